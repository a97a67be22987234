"""Workbooks (XLSX, XLS), opened by a child process that may be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from consult.tabular.values import Limits, Table, TableError, make_table
from surveys.i18n import N_

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHILD = Path(__file__).with_name("workbook_child.py")


def is_workbook(start: bytes) -> bool:
    """Whether a file beginning with these bytes is a zip or an old Office file."""
    return start.startswith((_ZIP, _OLE))


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
    with path.open("rb") as source:
        if source.read(4) != _ZIP:
            return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path) from error
    if not any(entry.filename.endswith("workbook.xml") for entry in entries):
        raise TableError(
            "no_table", N_("The file %(name)s is not a table in CSV, XLSX or XLS."), name=path.name
        )
    if sum(entry.file_size for entry in entries) > limits.unpacked or len(entries) > 10_000:
        raise TableError(
            "too_large",
            N_("The file %(name)s is larger than %(limit)s MB when unpacked."),
            name=path.name,
            limit=limits.unpacked // 1_000_000,
        )


def _records(path: Path, limits: Limits, *, sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    given = json.dumps(
        {
            "rows": limits.rows,
            "columns": limits.columns,
            "memory": limits.memory,
            "seconds": limits.seconds,
            "sheet": sheet,
        }
    )
    command = [sys.executable, "-I", str(_CHILD), str(path), given]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.seconds + 5, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_much(path) from error
    if done.returncode == 6:
        raise NoSuchSheetError
    if done.returncode == 3:
        raise _damaged(path)
    if done.returncode == 4:
        raise TableError(
            "too_wide",
            N_("The file %(name)s has more than %(limit)s columns."),
            name=path.name,
            limit=limits.columns,
        )
    if done.returncode != 0:
        raise _too_much(path)
    for line in done.stdout.splitlines():
        number, values = json.loads(line)
        yield number, values


def _damaged(path: Path) -> TableError:
    return TableError(
        "damaged", N_("The file %(name)s is damaged and cannot be opened as a workbook."), name=path.name
    )


def _too_much(path: Path) -> TableError:
    return TableError(
        "too_much", N_("The workbook %(name)s takes too much memory or time to open."), name=path.name
    )
