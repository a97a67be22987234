"""Constraints that several rooms put on their columns."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import CheckConstraint


def one_of(column: str, values: Iterable[str], *, name: str) -> CheckConstraint:
    """A named constraint: the column holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})", name=name)
