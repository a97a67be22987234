"""What a person chose for a file, and the cells that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.exports.columns import Column, Sheet
from surveys.exports.records import ABOUT, Record
from surveys.questions import type_of
from surveys.questions.choices import OTHER, OTHER_LABEL
from surveys.text import Text, pick

VALUES = ("codes", "labels", "both")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ckb", "ps"})
ROUND = "round"
"""The column that counts the rounds of a repeat from 1."""

Value = str | int | float | bool | None


def _as_written(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be.

    `language` is that of labels and words. `values`: choices as codes, as labels, or both where the format
    has room for both (a workbook; elsewhere codes). `spread`: several choices as one column an option, 1 or
    0, beside the column that names them. `titles`: columns are headed by the question's words instead of its
    name. `translate` puts the engine's own few words ("Other, please say") into that language.
    """

    language: str
    values: str = "both"
    spread: bool = False
    titles: bool = False
    translate: Callable[[str], str] = _as_written

    @property
    def is_right_to_left(self) -> bool:
        return self.language in RIGHT_TO_LEFT

    @property
    def comma(self) -> str:
        return "، " if self.language in {"ar", "fa", "ur"} else ", "


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a file. `words` are the labels of codes, None where codes are wanted; `option` is the
    code that a column of its own stands for."""

    header: str
    column: Column
    words: Mapping[str, str] | None = None
    option: str | None = None
    comma: str = " "

    def value(self, answers: Mapping[str, Any]) -> Value:
        """What stands in the cell, None for nothing."""
        given = answers.get(self.column.name)
        if given is None:
            return None
        if self.option is not None:
            return int(self.option in given) if self.column.kind == "codes" else _place(self.option, given)
        if isinstance(given, list):
            return self.comma.join(self._worded(item) for item in given)
        return self._worded(given) if self.words and isinstance(given, str) else given

    def _worded(self, code: Any) -> str:
        return (self.words or {}).get(code) or str(code)


def _place(option: str, ranking: Sequence[str]) -> int | None:
    return ranking.index(option) + 1 if option in ranking else None


def words_of(column: Column, choices: Choices, default_language: str) -> dict[str, str]:
    """Code → its words in the chosen language; the code itself where there are none."""
    return {code: in_words(code, text, choices, default_language) for code, text in column.codes}


def in_words(code: str, text: Text, choices: Choices, default_language: str) -> str:
    """The words of one code."""
    found = pick(text, choices.language, default_language)
    return found or (choices.translate(OTHER_LABEL) if code == OTHER else code)


def title_of(column: Column, choices: Choices, default_language: str) -> str:
    """What a column is about, in words: its question, and the part of it that the column holds."""
    label = pick(column.question.label, choices.language, default_language)
    part = pick(column.label, choices.language, default_language)
    own = type_of(column.question).column_words(column.question).get(column.name)
    if not part and own:
        part = choices.translate(own)
    return f"{label} – {part}" if part else label or column.name


def cells_of(sheet: Sheet, choices: Choices, default_language: str, *, labels: bool) -> list[Cells]:
    """The columns of a sheet's answers, with labels or with codes."""
    cells = []
    for column in sheet.columns:
        words = words_of(column, choices, default_language)
        title = title_of(column, choices, default_language) if choices.titles else column.name
        shown = words if labels and column.codes else None
        cells.append(Cells(title, column, shown, comma=choices.comma if labels else " "))
        if choices.spread and column.kind in ("codes", "ranks"):
            part = words if choices.titles else {}
            cells += [
                Cells(f"{title}/{part.get(code, code)}", column, option=code) for code, _ in column.codes
            ]
    return cells


def about_headers(cells: Sequence[Cells], names: Sequence[str] = ABOUT) -> list[str]:
    """Headers of what is known beside the answers; one that a question bears too gets a line before it, or several."""
    taken = {cell.header for cell in cells}
    headers = []
    for name in names:
        free = name
        while free in taken:
            free = f"_{free}"
        taken.add(free)
        headers.append(free)
    return headers


def rows_of(
    sheet: Sheet, record: Record, cells: Sequence[Cells]
) -> Iterator[tuple[list[Value], list[Value]]]:
    """The lines that a record has in a repeat's table: what it belongs to, and its answers."""
    for number, answers in enumerate(record.rounds.get(sheet.name, ()), 1):
        yield [record.id, number], [cell.value(answers) for cell in cells]


REPEAT_ABOUT = ("id", ROUND)
