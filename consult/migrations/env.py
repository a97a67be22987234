"""Runs migrations with the application's engine and metadata."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from flask_security import AsaList

import consult.tables  # noqa: F401 - registers every table
from consult.extensions import db
from surveys.models import UtcDateTime


def _as_plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations must not depend on the application's own types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, AsaList):
        return "sa.Text()"
    return False


def _is_ours(item: Any, _name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leave tables alone that no model of ours describes, such as those of a job queue in this database."""
    return not (kind == "table" and reflected and item.name not in db.metadata.tables)


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_as_plain_type,
            include_object=_is_ours,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported")
current_app.logger.debug("migrating")
run()
