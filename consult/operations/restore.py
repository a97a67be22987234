"""Bringing a backup back into an installation that holds nothing yet."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, Table, bindparam, func, insert, select, text, update

from consult.errors import DomainError
from consult.operations.archive import (
    CONTENTS,
    Contents,
    check_size,
    not_a_backup,
    open_archive,
    read_lines,
    table_path,
)
from consult.operations.backup import FOLDERS, KEYS, PEPPER, revision_of, saved_tables
from surveys.i18n import N_

SEEDED = ("role",)
"""Tables that `consult init` fills; what is in them is replaced."""
MOST_UNPACKED = 20 * 2**30
"""Bytes that a backup may take unpacked, unless more is asked for: a small file can unpack to any size."""
MOST_CONTENTS = 64 * 2**20
BROKEN = (KeyError, zipfile.BadZipFile, zlib.error, EOFError)
_PORTION = 1000


def restore_backup(
    engine: Engine, instance: Path, path: Path, *, most: int = MOST_UNPACKED, pepper_file: Path | None = None
) -> Contents:
    """Fill an empty installation from a file that `save_backup` wrote; all of it, or nothing. No more than `most` bytes
    are unpacked. A pepper in it goes to `pepper_file`, where this installation looks for it.

    An older backup is restored at its own state of the tables and then migrated. Raises DomainError when the
    file is no whole backup, comes from a newer version, or the installation holds something already.
    """
    with open_archive(path) as archive:
        check_size(archive, most=most, free=shutil.disk_usage(instance).free)
        contents = _contents(archive)
        _refuse_unless_empty(engine)
        _check_files(archive, contents)
        _stand_at(engine, contents.revision)
        try:
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                try:
                    _fill(connection, archive, contents, saved_tables(engine))
                except BROKEN as error:
                    raise not_a_backup() from error
                # Before the commit: whoever has to begin again finds the database still empty.
                _write_files(archive, contents, instance, pepper_file or instance / PEPPER)
        finally:
            upgrade()
    return contents


def _contents(archive: zipfile.ZipFile) -> Contents:
    try:
        if archive.getinfo(CONTENTS).file_size > MOST_CONTENTS:
            raise not_a_backup()
        return Contents.from_json(archive.read(CONTENTS))
    except BROKEN as error:
        raise not_a_backup() from error


def _refuse_unless_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        for table in saved_tables(engine):
            if table.name not in SEEDED and connection.execute(select(table).limit(1)).first():
                raise DomainError(
                    "not_empty",
                    N_("This installation holds data already. Restore into a new, empty one."),
                )


def _check_files(archive: zipfile.ZipFile, contents: Contents) -> None:
    for name, sha256 in contents.files.items():
        place = Path(name)
        allowed = (*FOLDERS, KEYS) if contents.has_keys else FOLDERS
        if place.is_absolute() or ".." in place.parts or place.parts[0] not in allowed:
            raise not_a_backup()
        try:
            found = hashlib.sha256()
            with archive.open(f"files/{name}") as source:
                while portion := source.read(2**20):
                    found.update(portion)
        except BROKEN as error:
            raise not_a_backup() from error
        if found.hexdigest() != sha256:
            raise not_a_backup()


def _stand_at(engine: Engine, revision: str) -> None:
    """Bring the empty tables to the state that the backup was made at."""
    with engine.connect() as connection:
        present = revision_of(connection)
    if revision == present:
        return
    try:
        downgrade(revision=revision)
    except SystemExit as error:  # Alembic's way of saying that it knows no such revision
        raise DomainError(
            "newer_backup", N_("This backup was made by a newer version of Mashura.")
        ) from error


def _fill(connection: Connection, archive: zipfile.ZipFile, contents: Contents, tables: list[Table]) -> None:
    if {table.name for table in tables} != set(contents.tables):
        raise not_a_backup()
    for name in SEEDED:
        connection.execute(text(f"DELETE FROM {name}"))
    for table in tables:
        inner = _references_to_itself(table)
        later: list[dict[str, Any]] = []
        with archive.open(table_path(table.name)) as source:
            for portion in _portions(read_lines(source, list(table.columns), contents.tables[table.name])):
                for row in portion:
                    if any(row[name] is not None for name in inner):
                        later.append({f"new_{name}": row[name] for name in inner} | {"row_id": row["id"]})
                        row.update(dict.fromkeys(inner))
                connection.execute(insert(table), portion)
        if later:
            values: Mapping[str, Any] = {name: bindparam(f"new_{name}") for name in inner}
            connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(values), later)
        _count_on(connection, table)


def _references_to_itself(table: Table) -> list[str]:
    """Columns that name a row of the same table, which may not be there yet."""
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _portions(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while portion := list(islice(rows, _PORTION)):
        yield portion


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL's counters go on after the numbers that were brought back."""
    if connection.dialect.name == "sqlite" or "id" not in table.c:
        return
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
    if sequence:
        highest = connection.execute(select(func.max(table.c.id))).scalar()
        if highest:
            connection.execute(select(func.setval(sequence, highest)))


def _write_files(archive: zipfile.ZipFile, contents: Contents, instance: Path, pepper_file: Path) -> None:
    for name in contents.files:
        target = pepper_file if name == PEPPER else instance / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, archive.open(f"files/{name}") as source:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
