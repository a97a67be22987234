"""Statements that a database answers once, whoever asks at the same moment."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.models import Base


def insert_once(session: Session, model: type[Base], values: dict[str, Any]) -> int | None:
    """Insert a row unless one that a unique constraint forbids beside it is there; its id, or None if it was.

    The constraints decide between two that come at the same moment: the second waits for the first. All of
    them, for PostgreSQL refuses a row with an error where another constraint than the one named is met first.
    """
    statement = _insert_unless_there(session.get_bind().dialect.name, model)
    return session.connection().execute(statement, values).scalar_one_or_none()


@cache
def _insert_unless_there(dialect: str, model: type[Base]) -> Any:
    """The statement, built once: building it costs as much as running it."""
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return statement.on_conflict_do_nothing().returning(table.c.id)
