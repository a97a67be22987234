"""What the commands that need no server share: reading a table, writing a result whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import click

from consult.tabular import LOCAL, Table, TableError, read_table


def table_of(path: Path) -> Table:
    """The table in a file; a mistake becomes a message and exit status 1."""
    try:
        return read_table(path, limits=LOCAL)
    except TableError as error:
        raise click.ClickException(str(error)) from error


def column_of(table: Table, name: str) -> list[str]:
    """A column of a table, in the same manner."""
    try:
        return table.column(name)
    except TableError as error:
        raise click.ClickException(str(error)) from error


def columns_of(path: Path, *names: str) -> list[list[str]]:
    """Several columns of a file."""
    table = table_of(path)
    return [column_of(table, name) for name in names]


def check_place(place: Path) -> None:
    """Raises before any work where a result could not be written."""
    if not place.parent.is_dir():
        raise click.ClickException(f"There is no folder {place.parent}.")
    if place.is_dir():
        raise click.ClickException(f"{place} is a folder.")


def write_json(path: Path, document: dict[str, Any]) -> None:
    """The document as UTF-8, keys in the order given."""
    check_place(path)
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as target:
            target.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
