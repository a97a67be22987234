"""Workbooks (XLSX, XLS), opened by a child process that may be killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from consult.tabular.apart import DAMAGED, ZIP, damaged, packed_names, read_apart, too_much
from consult.tabular.values import Limits, Table, TableError, make_table
from surveys.i18n import N_

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHILD = Path(__file__).with_name("workbook_child.py")


def is_workbook(start: bytes) -> bool:
    """Whether a file beginning with these bytes is a zip or an old Office file."""
    return start.startswith((ZIP, _OLE))


def read_workbook(path: Path, *, limits: Limits) -> Table:
    """The first sheet of a workbook. Raises TableError."""
    _check_unpacked(path, limits)
    return make_table(_records(path, limits), name=path.name, limits=limits)


def read_sheet(path: Path, title: str, *, limits: Limits) -> Table | None:
    """The sheet of that title, None where there is none. Raises TableError, also for what is no workbook."""
    with path.open("rb") as source:
        if not is_workbook(source.read(8)):
            raise TableError(
                "no_table", N_("The file %(name)s is not a table in CSV, XLSX or XLS."), name=path.name
            )
    _check_unpacked(path, limits)
    try:
        return make_table(_records(path, limits, sheet=title), name=path.name, limits=limits)
    except NoSuchSheetError:
        return None


class NoSuchSheetError(Exception):
    """A workbook has no sheet of the title that was asked for."""


def _check_unpacked(path: Path, limits: Limits) -> None:
    names = packed_names(path, limits)
    if names and not any(name.endswith("workbook.xml") for name in names):
        raise TableError(
            "no_table", N_("The file %(name)s is not a table in CSV, XLSX or XLS."), name=path.name
        )


def _records(path: Path, limits: Limits, *, sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    given = {"rows": limits.rows, "columns": limits.columns, "sheet": sheet}
    status, output = read_apart(_CHILD, path, given, limits)
    if status == 6:
        raise NoSuchSheetError
    if status == DAMAGED:
        raise damaged(path)
    if status == 4:
        raise TableError(
            "too_wide",
            N_("The file %(name)s has more than %(limit)s columns."),
            name=path.name,
            limit=limits.columns,
        )
    if status != 0:
        raise too_much(path)
    for line in output.splitlines():
        number, values = json.loads(line)
        yield number, values
