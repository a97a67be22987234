"""Responses as CSV for spreadsheets: UTF-8 with a byte-order mark, and no cell that starts a formula."""

from __future__ import annotations

import csv
import io
import re
from contextlib import ExitStack
from typing import Any, BinaryIO

from surveys.exports.layout import REPEAT_ABOUT, Choices, about_headers, cells_of, rows_of
from surveys.exports.records import ABOUT, Table
from surveys.exports.targets import Files
from surveys.numbers import written_number

_FORMULA = re.compile("[\\s\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]*[=+\\-@＝＋－＠]|[\t\r]")


def write_csv(table: Table, files: Files, choices: Choices) -> None:
    """A line a response: what is known about it, then its answers; each repeat in a file of its own."""
    labels = choices.values == "labels"
    language = table.default_language
    with ExitStack() as stack:
        main = stack.enter_context(_Lines(files.open(table.main.name)))
        cells = cells_of(table.main, choices, language, labels=labels)
        main.write([*about_headers(cells), *(cell.header for cell in cells)])
        rounds = []
        for sheet in table.repeats:
            inner = cells_of(sheet, choices, language, labels=labels)
            lines = stack.enter_context(_Lines(files.open(sheet.name)))
            lines.write([*about_headers(inner, REPEAT_ABOUT), *(cell.header for cell in inner)])
            rounds.append((sheet, inner, lines))
        for record in table.records:
            about = [getattr(record, name) for name in ABOUT]
            main.write([*about, *(cell.value(record.answers) for cell in cells)])
            for sheet, inner, lines in rounds:
                for own, values in rows_of(sheet, record, inner):
                    lines.write([*own, *values])


class _Lines:
    """A CSV file being written; closing it leaves the file beneath open."""

    def __init__(self, out: BinaryIO) -> None:
        self.text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.text)

    def write(self, values: list[Any]) -> None:
        self.writer.writerow([safe_cell(value) for value in values])

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.text.flush()
        self.text.detach()


def safe_cell(value: Any) -> str:
    """A value as a cell: a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return written_number(value) if isinstance(value, float) else str(value)
