"""The report of `consult themes` as a workbook: themes, a sheet for each table, quotes, how it was made.

The same numbers as in the HTML report, after the same disclosure control. Every text is a text cell, so that
an answer that begins with "=" stays one; the same result gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from consult.analysis.disclosure import INSIDE, Cell
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.summary import STANCES
from consult.analysis.values import Parent, Theme, ThemeResult
from consult.reports.environment import LANGUAGE_NAMES, direction, translations
from consult.reports.themes_report import (
    GroupTable,
    best_text,
    dominant_language,
    group_tables,
    has_stances,
    language_cells,
    other_texts,
    silent_languages,
    stance_cells,
    theme_cells,
)

_LONGEST_NAME = 31
_UNFIT = re.compile(r"[\[\]:*?/\\'\x00-\x1f]+")
_WIDE, _MIDDLE, _NARROW = 60, 34, 14
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)

_NO_HINTS = [(stance, Cell(0, None)) for stance in STANCES]

Value = str | int | float | None
Row = Sequence[Value]


def themes_workbook(
    result: ThemeResult, *, title: str, question: str = "", language: str | None = None, k: int = INSIDE
) -> bytes:
    """The workbook, in `language` or the one most answers are in. No count of 1 to k-1 is shown."""
    language = language or dominant_language(result)
    say = translations(language).gettext
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": mask_contacts(title), "created": _MADE})
    sheets = _Sheets(book, direction(language) == "rtl")

    def name(theme: Theme | Parent | None) -> str:
        found = best_text(theme.label, language, result) if theme else (language, say("No theme"))
        return found[1] if found else say("Theme without a name")

    def shown(cell: Cell) -> Value:
        if cell.shown is not None:
            return cell.shown
        return say("fewer than %(k)s") % {"k": k} if cell.reason == "small" else say("withheld")

    parents = {parent.id: parent for parent in result.parents}
    broader = [say("Broader theme")] if parents else []
    marked = (
        say("in favour"),
        say("against"),
        say("both in favour and against"),
        say("neither in favour nor against"),
    )
    hints = [f"{word} ({say('a machine’s hint')})" for word in marked] if has_stances(result) else []
    sheets.add(
        say("All themes"),
        [say("Theme"), say("Answers"), say("Share"), say("Keywords"), "", *broader, *hints],
        [
            (
                name(theme),
                shown(cell),
                theme.share if cell.shown is not None else None,
                ", ".join(theme.keywords),
                " · ".join(text for _, text in other_texts(theme.label, language, result)),
                *([name(parents.get(theme.parent)) if theme.parent in parents else ""] if broader else []),
                *(shown(item) for _, item in (stance_cells(theme, k) or _NO_HINTS) if hints),
            )
            for theme, cell in theme_cells(result, k)
        ],
        (_MIDDLE, _NARROW, _NARROW, _WIDE, _WIDE, *[_MIDDLE] * len(broader), *[_NARROW] * len(hints)),
    )
    for table in group_tables(result, k):
        _add_table(sheets, table, say, name, shown)
    sheets.add(
        say("Each theme in people’s words"),
        [say("Theme"), say("Language"), say("Answer")],
        [
            (name(theme), LANGUAGE_NAMES.get(quote.language, quote.language), mask_contacts(quote.text))
            for theme in result.themes
            for quote in theme.quotes
        ],
        (_MIDDLE, _NARROW, _WIDE),
    )
    sheets.add(say("How this was made"), [question or title], _notes(result, say, shown, k), (_WIDE, _NARROW))
    book.close()
    return out.getvalue()


def _add_table(
    sheets: _Sheets,
    table: GroupTable,
    say: Callable[[str], str],
    name: Callable[[Theme | None], str],
    shown: Callable[[Cell], Value],
) -> None:
    """Counts of the themes by the values of a column, the bases in the first line below the names."""

    def called(value: str | None) -> str:
        if value is None:
            return say("other values")
        return (value if table.name else LANGUAGE_NAMES.get(value, value)) or say("not given")

    title = say("Themes by %(column)s") % {"column": table.name} if table.name else say("Themes by language")
    bases: Row = [say("Answers"), *(shown(base) for _, base in table.values)]
    rows = [[name(theme), *(shown(item.cell) for item in items)] for theme, items in table.rows]
    sheets.add(
        title,
        [say("Theme"), *(called(value) for value, _ in table.values)],
        [bases, *rows],
        (_MIDDLE, *[_NARROW] * len(table.values)),
    )


def _notes(
    result: ThemeResult, say: Callable[[str], str], shown: Callable[[Cell], Value], k: int
) -> list[Row]:
    rows: list[Row] = [(say("Rows in the file"), result.rows), (say("Answers with words"), result.analysed)]
    rows += [(LANGUAGE_NAMES.get(code, code), shown(cell)) for code, cell in language_cells(result, k)]
    rows += [
        (text,)
        for text in (
            say(
                "A program made these themes. No person has checked them yet. Read them as suggestions, and "
                "read the answers behind a number before you rely on it."
            ),
            say(
                "The shares say how often a matter was raised, not how many members hold it. People who did "
                "not answer are not counted."
            ),
        )
    ]
    if silent := silent_languages(result):
        said = say("A stance is not shown for answers in %(languages)s: there the hint is not good enough.")
        rows.append((said % {"languages": ", ".join(LANGUAGE_NAMES.get(code, code) for code in silent)},))
    return [*rows, *((part, version) for part, version in result.engine.items())]


class _Sheets:
    """Adds sheets with a line of names that stays in sight."""

    def __init__(self, book: Any, right_to_left: bool) -> None:
        self._book = book
        self._right_to_left = right_to_left
        self._names: set[str] = set()
        self._head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self._text = book.add_format({"valign": "top", "text_wrap": True})
        self._share = book.add_format({"valign": "top", "num_format": "0%"})

    def add(self, title: str, names: Sequence[str], rows: Sequence[Row], widths: Sequence[int]) -> None:
        sheet = self._book.add_worksheet(self._free_name(title))
        if self._right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 1)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, self._head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value, self._text)
                elif value is not None:
                    style = self._share if isinstance(value, float) else self._text
                    sheet.write_number(number, column, value, style)

    def _free_name(self, title: str) -> str:
        base = " ".join(_UNFIT.sub(" ", title).split()) or "–"
        name, number = base[:_LONGEST_NAME], 1
        while name.casefold() in self._names or name.casefold() == "history":
            number += 1
            name = f"{base[: _LONGEST_NAME - len(str(number)) - 1].rstrip()} {number}"
        self._names.add(name.casefold())
        return name
