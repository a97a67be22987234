"""What a backup is: one zip with every table as lines of JSON, the files that people sent, and a list of both.

Rows are written in the order of their primary keys and without anything of the database's own pages, so that a
backup says nothing about the order in which rows came to be. It does not depend on the kind of database: what
was saved from SQLite can be restored into PostgreSQL and the other way round.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any

from sqlalchemy import Column, Date, DateTime, LargeBinary, Table

from consult.errors import DomainError
from surveys.i18n import N_

FORMAT = 1
CONTENTS = "contents.json"
MOST_LINE = 256 * 1024 * 1024
"""Bytes of one row, as it is written."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table in the archive: its rows, and the SHA-256 of its lines."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds. `revision` is that of the tables, `files` path → SHA-256."""

    format: int
    made_at: str
    revision: str
    tables: dict[str, Part]
    files: dict[str, str]
    has_keys: bool

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Contents:
        """Raises DomainError when this is no backup of ours."""
        try:
            read = json.loads(data)
            tables = {name: Part(**part) for name, part in read.pop("tables").items()}
            found = cls(tables=tables, **read)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise not_a_backup() from error
        if found.format != FORMAT:
            raise DomainError("newer_backup", N_("This backup was made by a newer version of Mashura."))
        return found


def not_a_backup() -> DomainError:
    return DomainError("not_a_backup", N_("This file is not a backup of Mashura, or it is damaged."))


def table_path(name: str) -> str:
    return f"tables/{name}.jsonl"


def written_line(table: Table, row: Iterable[Any]) -> bytes:
    """A row as a line of JSON: values in the order of the columns, times in ISO, bytes in base 64."""
    values = [_written(value) for value in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value


def read_lines(source: IO[bytes], columns: list[Column[Any]], part: Part) -> Iterator[dict[str, Any]]:
    """The rows of a table, column → value. Raises DomainError at the end when the lines are not those written."""
    digest, count = hashlib.sha256(), 0
    while line := source.readline(MOST_LINE):
        digest.update(line)
        count += 1
        try:
            values = json.loads(line)
            row = {column.name: _read(column, value) for column, value in zip(columns, values, strict=True)}
        except (ValueError, TypeError, RecursionError) as error:
            raise not_a_backup() from error
        yield row
    if (count, digest.hexdigest()) != (part.rows, part.sha256):
        raise not_a_backup()


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return dt.date.fromisoformat(value)
    return value


def check_size(archive: zipfile.ZipFile, *, most: int, free: int) -> None:
    """Raises DomainError when the archive would unpack to more than `most` bytes, or than there is room for. A part
    never gives more bytes than it says here."""
    size = sum(part.file_size for part in archive.infolist())
    if size > most:
        raise DomainError(
            "backup_too_large",
            N_(
                "Unpacked, this file would take %(size)s MB, more than the %(most)s MB that are allowed. If it is your "
                "own backup, allow more with --most."
            ),
            size=-(-size // 2**20),
            most=most // 2**20,
        )
    if size > free:
        raise DomainError(
            "no_room",
            N_("Unpacked, this file would take %(size)s MB, and %(free)s MB of the disk are free."),
            size=-(-size // 2**20),
            free=free // 2**20,
        )


def open_archive(path: Any) -> zipfile.ZipFile:
    """Raises DomainError when the file is no archive."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise not_a_backup() from error
