"""The application's extensions, without an application."""

from __future__ import annotations

from flask_babel import Babel
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session

from surveys.models import Base

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
mail = Mail()
security = Security()


def current_session() -> Session:
    """The request's (or command's) database session, to hand to services and queries."""
    return db.session()
