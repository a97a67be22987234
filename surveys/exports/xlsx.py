"""Responses as a workbook: answers in words, the same in codes, and a codebook. Every text is a text cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from surveys.exports.codebook import codebook_headers, codebook_rows
from surveys.exports.columns import Sheet
from surveys.exports.layout import REPEAT_ABOUT, Cells, Choices, about_headers, cells_of, rows_of
from surveys.exports.records import ABOUT, Record, Table
from surveys.exports.targets import Files

MOST_SIGNS = 32_767  # what a cell of a workbook can hold
MOST_COLUMNS = 16_384  # what a sheet can hold
FIRST_YEAR = 1900  # a workbook knows no day before it; such a date stays a text
_UNFIT = re.compile(r"[\[\]:*?/\\']+")
_FORMATS = {"date": "yyyy-mm-dd", "time": "hh:mm", "datetime": "yyyy-mm-dd hh:mm"}
_READ: dict[str, Any] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def write_xlsx(table: Table, files: Files, choices: Choices) -> None:
    """The sheets `words` and `codes` (or one of them), each with one for every repeat, and `codebook`.

    They run right to left where the chosen language does. Codes stand as in JSON; in words, dates are dates. What is
    too wide for one sheet goes on in another one, whose lines begin with the same columns.
    """
    import xlsxwriter  # when it is needed: each start of a process would be longer by it

    workbook = xlsxwriter.Workbook(
        files.open(table.main.name), {"constant_memory": True, "strings_to_formulas": False}
    )
    formats = {kind: workbook.add_format({"num_format": written}) for kind, written in _FORMATS.items()}
    wanted = [name for name, other in (("words", "codes"), ("codes", "labels")) if choices.values != other]
    names: list[str] = []
    pages = [
        _Page(workbook, table, sheet, choices, names, word, formats, cells)
        for word in wanted
        for sheet in table.sheets
        for cells in _portions(cells_of(sheet, choices, table.default_language, labels=word == "words"))
    ]
    for record in table.records:
        for page in pages:
            page.add(record)
    book = _worksheet(workbook, "codebook", choices, codebook_headers(table))
    for row, line in enumerate(codebook_rows(table, choices), start=1):
        for place, text in enumerate(line):
            _write(book, row, place, text)
    workbook.close()


def _portions(cells: Sequence[Cells]) -> Iterator[Sequence[Cells]]:
    """The columns of a table in as many parts as it takes sheets; one where there are none."""
    most = MOST_COLUMNS - len(ABOUT)
    for start in range(0, max(len(cells), 1), most):
        yield cells[start : start + most]


class _Page:
    """One sheet of answers being written."""

    def __init__(
        self,
        workbook: Any,
        table: Table,
        sheet: Sheet,
        choices: Choices,
        names: list[str],
        word: str,
        formats: dict[str, Any],
        cells: Sequence[Cells],
    ) -> None:
        self.sheet = sheet
        self.is_main = sheet is table.main
        self.formats = formats if word == "words" else {}
        self.cells = cells
        about = about_headers(self.cells, ABOUT if self.is_main else REPEAT_ABOUT)
        name = sheet_name(word if self.is_main else f"{sheet.name} {word}", names)
        self.worksheet = _worksheet(workbook, name, choices, [*about, *(cell.header for cell in self.cells)])
        self.row = 0

    def add(self, record: Record) -> None:
        if self.is_main:
            about = [getattr(record, name) for name in ABOUT]
            self._line(about, [cell.value(record.answers) for cell in self.cells])
            return
        for about, values in rows_of(self.sheet, record, self.cells):
            self._line(about, values)

    def _line(self, about: Sequence[Any], values: Sequence[Any]) -> None:
        self.row += 1
        for place, value in enumerate(about):
            _write(self.worksheet, self.row, place, value)
        for place, (cell, value) in enumerate(zip(self.cells, values, strict=True), len(about)):
            if not self._moment(cell, place, value):
                _write(self.worksheet, self.row, place, value)

    def _moment(self, cell: Cells, place: int, value: Any) -> bool:
        """Write a date or time as one; false where it is none or a workbook has none such."""
        form = self.formats.get(cell.column.kind)
        if form is None or not isinstance(value, str):
            return False
        moment = _READ[cell.column.kind](value)
        if isinstance(moment, date) and moment.year < FIRST_YEAR:
            return False
        self.worksheet.write_datetime(self.row, place, moment, form)
        return True


def sheet_name(wanted: str, taken: list[str]) -> str:
    """A name that a workbook takes: at most 31 signs, none of ``[]:*?/\\'``, unlike those taken."""
    first = _UNFIT.sub("_", wanted)[:27]
    name, number = first, 2
    while name.casefold() in map(str.casefold, [*taken, "codebook", "history"]):
        name = f"{first} {number}"
        number += 1
    taken.append(name)
    return name


def _worksheet(workbook: Any, name: str, choices: Choices, headers: Sequence[str]) -> Any:
    sheet = workbook.add_worksheet(name)
    if choices.is_right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(len(headers) - 1, 0), 22)
    for place, header in enumerate(headers):
        _write(sheet, 0, place, header)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        text = str(value)
        sheet.write_string(row, column, text if len(text) <= MOST_SIGNS else f"{text[: MOST_SIGNS - 1]}…")
