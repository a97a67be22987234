"""Making and migrating an installation: keys, tables, roles."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, select

import consult.tables  # noqa: F401 - the metadata must be whole
from consult.access.models import Role
from consult.access.permissions import ROLES
from consult.application import build
from consult.config import PACKAGE, Settings
from consult.database import engine_options
from consult.extensions import db


def initialise(settings: Settings) -> Flask:
    """Make keys, tables and roles where they are missing, migrate what is older. Safe to repeat."""
    settings.make_keys()
    app = build(settings)
    with app.app_context():
        upgrade()
        known = set(db.session.scalars(select(Role.name)))
        db.session.add_all(Role(name=name) for name in ROLES if name not in known)
        db.session.commit()
    return app


def is_ready(settings: Settings) -> bool:
    """Whether the keys are there and the tables are those of this version of the program.

    Raises SQLAlchemy's OperationalError when the database cannot be reached.
    """
    if not (settings.instance / "keys" / "session").exists():
        return False
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    return found == tuple(ScriptDirectory(str(PACKAGE / "migrations")).get_heads())
