"""Responses as files. Test responses are never in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from surveys.exports.columns import Column, Sheet
from surveys.exports.csv import write_csv
from surveys.exports.json import write_json
from surveys.exports.layout import VALUES, Choices
from surveys.exports.records import Record, Table, response_table
from surveys.exports.sav import write_sav
from surveys.exports.targets import Files, Several, Zipped
from surveys.exports.xlsx import write_xlsx


@dataclass(frozen=True, slots=True)
class Format:
    """What writes a format, and whether a repeat needs a file of its own there."""

    write: Callable[[Table, Files, Choices], None]
    has_files: bool = False


FORMATS: dict[str, Format] = {
    "csv": Format(write_csv, has_files=True),
    "json": Format(write_json),
    "sav": Format(write_sav, has_files=True),
    "xlsx": Format(write_xlsx),
}
"""Name of a format → how it is written."""


def has_several_files(table: Table, kind: str) -> bool:
    """Whether this survey gives several files in a format: it has repeats, and the format one table a file."""
    return FORMATS[kind].has_files and len(table.sheets) > 1


def write_responses(table: Table, *, kind: str, files: Files, choices: Choices | None = None) -> None:
    """Write the submitted responses of a survey in a format of `FORMATS`, in the order they came."""
    FORMATS[kind].write(table, files, choices or Choices(language=table.default_language))


def write_file(table: Table, *, kind: str, out: BinaryIO, choices: Choices | None = None) -> bool:
    """The same into one file, a zip where there are several; returns whether it is one."""
    if has_several_files(table, kind):
        write_zip(table, kind=kind, out=out, choices=choices)
        return True
    write_responses(table, kind=kind, files=Several(lambda _name, _number: out), choices=choices)
    return False


def write_zip(table: Table, *, kind: str, out: BinaryIO, choices: Choices | None = None) -> None:
    """The same as a zip in any case."""
    archive = Zipped(out, kind)
    write_responses(table, kind=kind, files=archive, choices=choices)
    archive.close()


__all__ = [
    "FORMATS", "VALUES", "Choices", "Column", "Files", "Record", "Several", "Sheet", "Table", "Zipped",
    "has_several_files", "response_table", "write_file", "write_responses", "write_zip",
]  # fmt: skip
