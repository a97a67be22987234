"""Run by file name in a process of its own: one sheet to lines of JSON, `[row number, [values]]`.

Exit status: 0 done, 3 damaged, 4 too many columns, 6 no sheet of that name; any other, stopped by a limit.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any

DAMAGED, TOO_WIDE, NO_SUCH_SHEET = 3, 4, 6


class NoSuchSheetError(Exception):
    """The workbook has no sheet of the name that was asked for."""


class TooWideError(Exception):
    """A row has a value beyond the last column allowed."""


def main() -> int:
    path, limits = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    warnings.simplefilter("ignore")
    with open(path, "rb") as source:
        is_zip = source.read(2) == b"PK"
    try:
        for number, values in (xlsx_rows if is_zip else xls_rows)(path, limits):
            print(json.dumps([number, values], ensure_ascii=True))
    except (MemoryError, ImportError):  # a library that does not fit into the limit fails to load
        return 5
    except TooWideError:
        return TOO_WIDE
    except NoSuchSheetError:
        return NO_SUCH_SHEET
    except Exception:  # a parser may fail in any way on a damaged file, or where memory ends
        return 5 if is_full(limits["memory"]) else DAMAGED
    return 0


def is_full(memory: int) -> bool:
    """Whether this process has as good as all the memory it may take (Linux tells; elsewhere no)."""
    try:
        with open("/proc/self/statm", "rb") as pages:
            return int(pages.read().split()[0]) * resource.getpagesize() >= 0.9 * memory
    except OSError:
        return False


def xlsx_rows(path: str, limits: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """Rows with a value in them, at most one more than allowed, numbered from 1."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    sheet = wanted_sheet(book.worksheets, limits.get("sheet"))
    sheet.reset_dimensions()
    found = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        values = fitted(row, limits["columns"])
        if values:
            yield number, values
            found += 1
        if found > limits["rows"] + 1:
            return


def xls_rows(path: str, limits: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """The same for the old binary format."""
    import xlrd

    book = xlrd.open_workbook(path, on_demand=True, logfile=sys.stderr)
    sheet = book.sheet_by_index(0)
    if limits.get("sheet"):
        if limits["sheet"] not in book.sheet_names():
            raise NoSuchSheetError
        sheet = book.sheet_by_name(limits["sheet"])
    for number in range(min(sheet.nrows, limits["rows"] + 2)):
        row = [xls_value(cell, book.datemode) for cell in sheet.row(number)]
        values = fitted(row, limits["columns"])
        if values:
            yield number + 1, values


def wanted_sheet(sheets: list[Any], title: str | None) -> Any:
    """The sheet of that title, the first where none is asked for."""
    for sheet in sheets:
        if title is None or sheet.title == title:
            return sheet
    raise NoSuchSheetError


def xls_value(cell: Any, datemode: int) -> Any:
    """A cell's value; dates as datetimes, errors as nothing."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype == xlrd.XL_CELL_ERROR else cell.value


def fitted(row: Any, columns: int) -> list[str]:
    """Texts of a row without the blank ones at its end."""
    values = [as_text(value) for value in row]
    while values and not values[-1]:
        values.pop()
    if len(values) > columns:
        raise TooWideError
    return values


def as_text(value: Any) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
