"""Rows of the reversible tables as plain values: read, stored as JSON, and put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from consult.review.models import Coding, Stance, Theme
from consult.review.redaction_models import PersonalMark, Settlement
from surveys.models import UtcDateTime

# In the order in which rows can be made: what is referred to comes first.
REVERSIBLE: tuple[type[Any], ...] = (Theme, Coding, Stance, PersonalMark, Settlement)
TABLES: dict[str, Table] = {model.__tablename__: model.__table__ for model in REVERSIBLE}
_BATCH = 500

Rows = dict[str, dict[int, list[Any]]]
"""table name → row id → the row's values in the order of the table's columns, as JSON holds them."""


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, in portions that fit into one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


def read(connection: Connection, table: Table, ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for some in batches(ids):
        for row in connection.execute(select(table).where(table.c.id.in_(some))):
            found[row.id] = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return found


def pack(rows: Rows) -> dict[str, Any]:
    return {
        name: {"columns": [c.name for c in TABLES[name].columns], "rows": [found[i] for i in sorted(found)]}
        for name, found in rows.items()
        if found
    }


def unpack(packed: Mapping[str, Any]) -> Rows:
    """Read stored rows by column name, so that a column added later gets its default."""
    rows: Rows = {name: {} for name in TABLES}
    for name, content in packed.items():
        table = TABLES[name]
        for values in content["rows"]:
            known = dict(zip(content["columns"], values, strict=True))
            rows[name][known["id"]] = [known.get(column.name, _default(column)) for column in table.columns]
    return rows


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def restore(connection: Connection, before: Rows, after: Rows) -> None:
    """Write the rows of `before` in the place of those of `after`.

    Codings, stances and marks are removed and made again under their own ids, so that no intermediate state
    breaks a constraint; themes, which others refer to, are changed where they stand.
    """
    for name in reversed(TABLES):
        if name != Theme.__tablename__:
            _delete(connection, TABLES[name], after[name])
    _restore_themes(connection, before[Theme.__tablename__], after[Theme.__tablename__])
    for name, table in TABLES.items():
        if name != Theme.__tablename__ and before[name]:
            connection.execute(insert(table), _decode(table, before[name]))


def _restore_themes(
    connection: Connection, before: dict[int, list[Any]], after: dict[int, list[Any]]
) -> None:
    table = TABLES[Theme.__tablename__]
    gone = set(after) - set(before)
    for some in batches(gone):
        loose = {"parent_id": None, "merged_into_id": None}
        connection.execute(update(table).where(table.c.id.in_(some)).values(loose))
        connection.execute(delete(table).where(table.c.id.in_(some)))
    rows = _decode(table, before)
    new = [row | {"parent_id": None, "merged_into_id": None} for row in rows if row["id"] not in after]
    if new:
        connection.execute(insert(table), new)
    for row in rows:
        connection.execute(update(table).where(table.c.id == row["id"]).values(row))


def _delete(connection: Connection, table: Table, ids: Iterable[int]) -> None:
    for some in batches(ids):
        connection.execute(delete(table).where(table.c.id.in_(some)))


def _decode(table: Table, rows: Mapping[int, list[Any]]) -> list[dict[str, Any]]:
    times = {column.name for column in table.columns if isinstance(column.type, UtcDateTime)}
    names = [column.name for column in table.columns]
    return [
        {
            name: datetime.fromisoformat(value) if name in times and value else value
            for name, value in zip(names, rows[i], strict=True)
        }
        for i in sorted(rows)
    ]
