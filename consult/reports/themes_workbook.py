"""The report of `consult themes` as a workbook: themes, a sheet for each table, quotes, how it was made.

The same numbers as in the HTML report, after the same disclosure control. Every text is a text cell, so that
an answer that begins with "=" stays one; the same result gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from consult.analysis.disclosure import INSIDE, Cell
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.summary import STANCES
from consult.analysis.values import Parent, Theme, ThemeResult
from consult.reports.environment import LANGUAGE_NAMES, direction, translations
from consult.reports.sheets import MIDDLE, NARROW, WIDE, Row, Sheets, Value
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

_NO_HINTS = [(stance, Cell(0, None)) for stance in STANCES]


def themes_workbook(
    result: ThemeResult, *, title: str, question: str = "", language: str | None = None, k: int = INSIDE
) -> bytes:
    """The workbook, in `language` or the one most answers are in. No count of 1 to k-1 is shown."""
    language = language or dominant_language(result)
    say = translations(language).gettext
    sheets = Sheets(mask_contacts(title), direction(language) == "rtl")

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
        (MIDDLE, NARROW, NARROW, WIDE, WIDE, *[MIDDLE] * len(broader), *[NARROW] * len(hints)),
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
        (MIDDLE, NARROW, WIDE),
    )
    sheets.add(say("How this was made"), [question or title], _notes(result, say, shown, k), (WIDE, NARROW))
    return sheets.saved()


def _add_table(
    sheets: Sheets,
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
        (MIDDLE, *[NARROW] * len(table.values)),
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
