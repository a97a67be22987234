"""The report of `consult themes`: one HTML file to read, print and send.

Every count in it passes disclosure control, because it is made to leave the house.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consult.analysis.disclosure import INSIDE, Cell, suppress, suppress_table, union_may_show
from consult.analysis.language import MIXED
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.stance import is_heard
from consult.analysis.summary import STANCES
from consult.analysis.trees import Node, rest_may_show, shown_in_tree
from consult.analysis.values import Parent, Theme, ThemeResult
from consult.reports.environment import LANGUAGE_NAMES, LANGUAGES, direction, report_environment
from surveys.numbers import percent_figure

_MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of the heat map: the count as it may be shown, its share of the column, a shade 0–9."""

    cell: Cell
    share: float | None
    shade: int


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Themes by the values of a column. `values`: name and base; `rows`: theme (None for none) and cells."""

    name: str
    values: tuple[tuple[str | None, Cell], ...]
    rows: tuple[tuple[Theme | None, tuple[TableCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class ThemeSection:
    """A broader theme with its count (None where withheld) and the themes below it; no `parent`: one theme."""

    parent: Parent | None
    count: int | None
    themes: tuple[tuple[Theme, Cell], ...]


def themes_report(
    result: ThemeResult,
    *,
    title: str,
    question: str = "",
    language: str | None = None,
    k: int = INSIDE,
) -> str:
    """The report as HTML, in `language` or the one most answers are in. No count of 1 to k-1 is shown."""
    language = language or dominant_language(result)
    template = report_environment(language).get_template("reports/themes.html")
    return template.render(
        title=title,
        question=question,
        result=result,
        lang=language,
        direction=direction,
        names=LANGUAGE_NAMES,
        label=lambda theme: best_text(theme.label, language, result),
        other_labels=lambda theme: other_texts(theme.label, language, result),
        description=lambda theme: best_text(theme.description, language, result),
        theme_cells=theme_cells(result, k),
        sections=theme_sections(result, k),
        language_cells=language_cells(result, k),
        tables=group_tables(result, k),
        stances=lambda theme: stance_cells(theme, k),
        has_stances=has_stances(result),
        silent=listed([LANGUAGE_NAMES.get(code, code) for code in silent_languages(result)], language),
        percent=percent,
        bdi=bdi,
        mask=mask_contacts,
        k=k,
        placed=placed(result, k),
    )


def dominant_language(result: ThemeResult) -> str:
    """The interface language in which most answers are written; English where there is none."""
    counted = {code: result.languages.get(code, 0) for code in LANGUAGES}
    best = max(counted, key=lambda code: (counted[code], -LANGUAGES.index(code)))
    return best if counted[best] else "en"


def best_text(texts: Mapping[str, str], language: str, result: ThemeResult) -> tuple[str, str] | None:
    """Language and text: in the language read if there is one, else in the commonest."""
    order = [language, *sorted(texts, key=lambda code: (-result.languages.get(code, 0), code))]
    return next(((code, texts[code]) for code in order if code in texts), None)


def other_texts(texts: Mapping[str, str], language: str, result: ThemeResult) -> list[tuple[str, str]]:
    """The texts in the other languages."""
    best = best_text(texts, language, result)
    return [(code, text) for code, text in sorted(texts.items()) if best and code != best[0]]


def bdi(text: str) -> Markup:
    """A text of unknown direction, set apart, to put into a sentence."""
    return Markup("<bdi>{}</bdi>").format(text)


def listed(names: Sequence[str], language: str) -> Markup:
    """Names of unknown direction in a row."""
    return Markup("، " if language == "ar" else ", ").join(bdi(name) for name in names)


def percent(share: float) -> str:
    """A share as a whole percentage; a half is rounded up."""
    return percent_figure(share)


def theme_cells(result: ThemeResult, k: int) -> list[tuple[Theme, Cell]]:
    """Each theme with its count as it may be shown. The answers in no theme are a further part."""
    counts = [theme.count for theme in result.themes]
    if _adds_up(result):
        cells = suppress([*counts, result.unplaced], k).cells[:-1]
    else:
        cells = tuple(suppress([count], k).cells[0] for count in counts)
    return list(zip(result.themes, cells, strict=True))


def placed(result: ThemeResult, k: int) -> int | None:
    """How many answers have a theme; None where that would tell of few in a theme that is withheld, or in two."""
    numbers = {parent.id: place for place, parent in enumerate(result.parents)}
    nodes = [Node(numbers[parent.id], None, parent.count, result.analysed) for parent in result.parents]
    nodes += [
        Node(len(numbers) + place, numbers.get(theme.parent or ""), theme.count, result.analysed)
        for place, theme in enumerate(result.themes)
    ]
    shown = shown_in_tree(nodes, k)
    is_shown = rest_may_show(result.unplaced, nodes, base=result.analysed, shown=shown, k=k)
    return result.analysed - result.unplaced if is_shown else None


def theme_sections(result: ThemeResult, k: int) -> list[ThemeSection]:
    """The themes under their broader ones and those that stand for themselves, the largest first."""
    cells = theme_cells(result, k)
    found = [
        (theme.count, ThemeSection(None, None, ((theme, cell),))) for theme, cell in cells if not theme.parent
    ]
    for parent in result.parents:
        below = tuple(pair for pair in cells if pair[0].parent == parent.id)
        found.append((parent.count, ThemeSection(parent, parent_count(parent, below, k), below)))
    return [section for _, section in sorted(found, key=lambda item: -item[0])]


def parent_count(parent: Parent, below: Sequence[tuple[Theme, Cell]], k: int) -> int | None:
    """A broader theme's count where it may be shown: a theme below it that is withheld could be worked out
    from it, and so could how few answers are in two of them."""
    if any(cell.shown is None for _, cell in below):
        return None
    return parent.count if union_may_show(parent.count, [theme.count for theme, _ in below], k) else None


def language_cells(result: ThemeResult, k: int) -> list[tuple[str, Cell]]:
    """How many rows are in each language; those without words are a further part."""
    codes = sorted(result.languages, key=lambda code: (-result.languages[code], code))
    rest = result.rows - sum(result.languages.values())
    cells = suppress([*(result.languages[code] for code in codes), rest], k).cells
    return list(zip(codes, cells[:-1], strict=True))


def has_stances(result: ThemeResult) -> bool:
    """Whether any answer has a hint of stance."""
    return any(any(theme.stance.values()) for theme in result.themes)


def stance_cells(theme: Theme, k: int) -> list[tuple[str, Cell]]:
    """Each stance of a theme as it may be shown; the answers without a hint are a further part."""
    counts = [theme.stance[stance] for stance in STANCES]
    if not any(counts):
        return []
    cells = suppress([*counts, theme.count - sum(counts)], k).cells
    return list(zip(STANCES, cells[:-1], strict=True))


def silent_languages(result: ThemeResult) -> list[str]:
    """The languages of the answers for which no stance is shown; none where the encoder gives no hints at all."""
    codes = [code for code in result.languages if code != MIXED] if "stance" in result.engine else []
    return [code for code in codes if not is_heard(code)]


def group_tables(result: ThemeResult, k: int) -> list[GroupTable]:
    """A table by language where there are several, then one for each column asked for."""
    names = [name for name in result.bases if name or len(result.bases[name]) > 1]
    return [_table(name, result, k) for name in names] if result.themes else []


def _adds_up(result: ThemeResult) -> bool:
    """Whether no answer has two themes, so that themes and "none" sum to the answers."""
    return all(len(item.themes) <= 1 for item in result.assignments)


def _table(name: str, result: ThemeResult, k: int) -> GroupTable:
    base = result.bases[name]
    by_theme = [
        {value: c.count for value, c in (theme.groups[name] if name else theme.by_language).items()}
        for theme in result.themes
    ]
    ranked = sorted(base, key=lambda value: (-base[value], value))
    columns = [[value] for value in ranked[:_MOST_COLUMNS]]
    if ranked[_MOST_COLUMNS:]:
        columns.append(ranked[_MOST_COLUMNS:])
    counts = [[sum(row[value] for value in values) for values in columns] for row in by_theme]
    bases = [sum(base[value] for value in values) for values in columns]
    whole = _adds_up(result)
    if whole:
        counts.append([b - sum(row[j] for row in counts) for j, b in enumerate(bases)])
    table = suppress_table(counts, k, column_totals=whole)
    shown_bases = table.column_totals if whole else suppress(bases, k).cells
    most = max((c.shown or 0) / b for row in table.cells for c, b in zip(row, bases, strict=True) if b)
    themes = [*result.themes, *([None] if whole else [])]
    return GroupTable(
        name,
        tuple(
            (None if len(values) > 1 else values[0], cell)
            for values, cell in zip(columns, shown_bases, strict=True)
        ),
        tuple(
            (theme, tuple(_shaded(c, b, s, most) for c, b, s in zip(row, bases, shown_bases, strict=True)))
            for theme, row in zip(themes, table.cells, strict=True)
        ),
    )


def _shaded(cell: Cell, base: int, shown_base: Cell, most: float) -> TableCell:
    """Share of the column and a shade from 0 to 9; neither where the count or the base is not shown."""
    if not cell.shown or shown_base.shown is None:
        return TableCell(cell, 0.0 if cell.shown == 0 else None, 0)
    part = cell.shown / base
    return TableCell(cell, part, round(9 * part / most))
