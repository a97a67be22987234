"""Statements that a database answers once, whoever asks at the same moment."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.models import Base


def insert_once(session: Session, model: type[Base], values: dict[str, Any], *, unique: str) -> int | None:
    """Insert a row unless one with the same `unique` column is there; its id, or None if it was.

    The unique constraint decides between two that come at the same moment: the second waits for the first.
    """
    statement = _insert_unless_there(session.get_bind().dialect.name, model, unique)
    return session.connection().execute(statement, values).scalar_one_or_none()


@cache
def _insert_unless_there(dialect: str, model: type[Base], unique: str) -> Any:
    """The statement, built once: building it costs as much as running it."""
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return statement.on_conflict_do_nothing(index_elements=[unique]).returning(table.c.id)
