"""Responses for SPSS and PSPP: variables with words, codes with words, levels of measurement.

SPSS keeps a file's columns at one width and knows one table a file, so a table is gathered column by column
(numbers as 8 bytes) before it is written, and each repeat is a file of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from surveys.exports.columns import Sheet
from surveys.exports.layout import Choices
from surveys.exports.records import ABOUT, Record, Table
from surveys.exports.spss import LONGEST_TEXT, Variable, about_variables, cut, variables_of
from surveys.exports.targets import Files

_FIRST_DAY = datetime(1582, 10, 14)  # noqa: DTZ001 - the calendar of SPSS has no zones
FIRST_DATE = "1582-10-15"
_FORMATS = {"date": "EDATE10", "time": "TIME5", "datetime": "DATETIME20"}


@dataclass(slots=True)
class _Column:
    """One variable with its values so far: numbers as they come, everything else until it can be judged."""

    variable: Variable
    numbers: array[float] = field(default_factory=lambda: array("d"))
    others: list[Any] = field(default_factory=list)
    shortened: int = 0

    def add(self, answers: dict[str, Any]) -> None:
        value = self.variable.read(answers)
        if self.variable.is_number:
            self.numbers.append(float("nan") if value is None else value)
        else:
            self.others.append(value)

    def finished(self) -> tuple[Any, str]:
        """The values as the writer takes them, and their format, ``""`` for the usual one."""
        kind = self.variable.kind
        if self.variable.is_number:
            return self.numbers, self.variable.form
        given = [value for value in self.others if value is not None]
        if kind in _FORMATS and all(kind == "time" or value >= FIRST_DATE for value in given):
            return array("d", map(_seconds, self.others)), _FORMATS[kind]
        if kind == "any" and given and all(_is_number(value) for value in given):
            return array("d", (float("nan") if v is None else float(v) for v in self.others)), ""
        return [self._text(value) for value in self.others], ""

    def _text(self, value: Any) -> str:
        if value is None:
            return ""  # SPSS has no missing text
        if isinstance(value, bool):
            return "yes" if value else "no"
        text = value if isinstance(value, str) else str(value)
        kept = cut(text, LONGEST_TEXT)
        self.shortened += kept != text
        return kept


def write_sav(table: Table, files: Files, choices: Choices) -> None:
    """One file for the responses and one for each repeat, which names the response in `id`."""
    gathered = [_Gathered(sheet, table, choices) for sheet in table.sheets]
    for record in table.records:
        for group in gathered:
            group.add(record)
    for group in gathered:
        _write(group.sheet, [*group.about, *group.answers], files.open(group.sheet.name))


class _Gathered:
    """The columns of one sheet while the records are read."""

    def __init__(self, sheet: Sheet, table: Table, choices: Choices) -> None:
        self.sheet = sheet
        self.is_main = sheet is table.main
        own = variables_of(sheet, choices, table.default_language)
        self.about = [_Column(known) for known in about_variables(own, choices, is_main=self.is_main)]
        self.answers = [_Column(variable) for variable in own]

    def add(self, record: Record) -> None:
        if self.is_main:
            self._line(_about(record), record.answers)
            return
        for number, answers in enumerate(record.rounds.get(self.sheet.name, ()), 1):
            self._line({"id": record.id, "round": number}, answers)

    def _line(self, known: dict[str, Any], answers: dict[str, Any]) -> None:
        for column in self.about:
            column.add(known)
        for column in self.answers:
            column.add(answers)


def _about(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ABOUT}


def _write(sheet: Sheet, columns: Sequence[_Column], out: BinaryIO) -> None:
    import pandas  # both take longer to load than the rest of the application, and few requests need them
    import pyreadstat

    data: dict[str, Any] = {}
    formats: dict[str, str] = {}
    for column in columns:
        name = column.variable.name
        values, form = column.finished()
        is_number = isinstance(values, array)
        data[name] = pandas.Series(values, dtype="float64" if is_number else "object")
        column.numbers, column.others = array("d"), []  # the frame has them now
        if form:
            formats[name] = form
    variables = {column.variable.name: column.variable for column in columns}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.sav"
        pyreadstat.write_sav(
            pandas.DataFrame(data),
            path,
            column_labels={name: variable.label for name, variable in variables.items()},
            variable_value_labels={n: v.labels for n, v in variables.items() if v.labels},
            variable_measure={name: variable.measure for name, variable in variables.items()},
            variable_format=formats,
            missing_ranges={n: v.missing for n, v in variables.items() if v.missing},
            note=_notes(sheet, columns),
            row_compress=True,
        )
        with path.open("rb") as made:
            shutil.copyfileobj(made, out, 1 << 20)


def _notes(sheet: Sheet, columns: Sequence[_Column]) -> list[str]:
    """What a reader of the file must know beyond its labels."""
    notes = [f"Table: {cut(sheet.name, 60)}"]
    notes += [
        f"{column.variable.name}: {column.shortened} texts cut at {LONGEST_TEXT} bytes, the most SPSS takes"
        for column in columns
        if column.shortened
    ]
    return notes


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: str | None) -> float:
    """A date, time or both as SPSS counts them: seconds since 14 October 1582, or since midnight."""
    if value is None:
        return float("nan")
    if len(value) <= 8 and ":" in value:
        hours, minutes, *rest = value.split(":")
        return float(int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0))
    if "T" in value:
        moment = datetime.fromisoformat(value).replace(tzinfo=None)
        return (moment - _FIRST_DAY).total_seconds()
    return (date.fromisoformat(value).toordinal() - _FIRST_DAY.toordinal()) * 86400.0
