"""A workbook of plain tables. Every text is a text cell, so that an answer that begins with "=" stays one; the same
sheets give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from consult.reports.archive import MADE
from consult.reports.words import clean

_LONGEST_NAME = 31
_UNFIT = re.compile(r"[\[\]:*?/\\'\x00-\x1f]+")
_LONGEST_CELL = 32_767
WIDE, MIDDLE, NARROW = 60, 34, 14

Value = str | int | float | None
"""A float is a share of 1 and is written as a percentage."""
Row = Sequence[Value]


class Sheets:
    """Adds sheets with a line of names that stays in sight."""

    def __init__(self, title: str, right_to_left: bool) -> None:
        self._out = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._book.set_properties({"title": title, "created": MADE})
        self._right_to_left = right_to_left
        self._names: set[str] = set()
        self._head = self._book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self._text = self._book.add_format({"valign": "top", "text_wrap": True})
        self._share = self._book.add_format({"valign": "top", "num_format": "0%"})

    def add(self, title: str, names: Sequence[str], rows: Sequence[Row], widths: Sequence[int]) -> None:
        """A sheet; names longer than a sheet's may be are cut, and told apart by numbers."""
        sheet = self._book.add_worksheet(self._free_name(title))
        if self._right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 1)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, name in enumerate(names):
            sheet.write_string(0, column, clean(name), self._head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, clean(value)[:_LONGEST_CELL], self._text)
                elif value is not None:
                    style = self._share if isinstance(value, float) else self._text
                    sheet.write_number(number, column, value, style)

    def saved(self) -> bytes:
        """The workbook as a file; nothing can be added after it."""
        self._book.close()
        return self._out.getvalue()

    def _free_name(self, title: str) -> str:
        base = " ".join(_UNFIT.sub(" ", title).split()) or "–"
        name, number = base[:_LONGEST_NAME], 1
        while name.casefold() in self._names or name.casefold() == "history":
            number += 1
            name = f"{base[: _LONGEST_NAME - len(str(number)) - 1].rstrip()} {number}"
        self._names.add(name.casefold())
        return name
