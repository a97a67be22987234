"""What the templates show of themes and runs: small values made ready, no queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Request
from werkzeug.datastructures import MultiDict

from consult.analysis import disclosure
from consult.analysis.crossing import suppress_crossing
from consult.analysis.partitions import Columns, beside_broader, rest_tells_of_few
from consult.analysis.trees import Node, rest_may_show, shown_in_tree
from consult.evidence.models import SOURCE_KINDS
from consult.review.figures import in_open_order
from consult.review.models import ThemeRun
from consult.review.queries import Filters, QuestionFigures, ThemeFigures
from consult.review.runs import ACTIVE
from surveys.presentation import ResultView

DECIDED = ("person", "machine", "nobody", "open")


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme in a table. `cells`: answers by language in the order of the table, None where withheld.

    `is_safe`: whether its count may be seen by who looks at the table.
    """

    figures: ThemeFigures
    cells: Sequence[int | None]
    is_safe: bool = True


@dataclass(frozen=True, slots=True)
class ThemeTable:
    """The themes of a question. `languages` are those of its answers. `is_other_safe`: whether it may be seen how many
    answers fit no theme."""

    figures: QuestionFigures
    languages: Sequence[str]
    lines: Sequence[ThemeLine]
    k: int = disclosure.INSIDE
    is_other_safe: bool = True


@dataclass(frozen=True, slots=True)
class QuestionBlock:
    """A question on the overview: a closed one has a `result`, a free one a `table` and perhaps a `run`."""

    id: str
    label: dict[str, str]
    result: ResultView | None = None
    table: ThemeTable | None = None
    run: ThemeRun | None = None

    @property
    def is_working(self) -> bool:
        return self.run is not None and self.run.status in ACTIVE


def theme_table(figures: QuestionFigures, *, can_read: bool) -> ThemeTable:
    """The table: exact for who may read single answers. For others languages of one theme are a row whose total is
    known, and the order says nothing about the size of what is withheld: it stands after what is shown."""
    languages = list(figures.languages) if len(figures.languages) > 1 else []
    if can_read:
        exact = [
            ThemeLine(item, [item.by_language.get(code, 0) for code in languages]) for item in figures.themes
        ]
        return ThemeTable(figures, languages, exact)
    nodes = [Node(item.theme.id, item.theme.parent_id, item.count, figures.base) for item in figures.themes]
    shown = shown_in_tree(nodes, disclosure.INSIDE)
    columns = _controlled(figures, languages, nodes, shown)
    order = sorted(range(len(languages)), key=languages.__getitem__)  # one by size would tell
    lines = [
        ThemeLine(item, _as_seen(item, columns, order), item.theme.id in shown)
        for item in in_open_order(figures.themes, shown)
    ]
    placed = figures.base - figures.other - figures.unseen
    is_other_safe = rest_may_show(
        figures.base - placed, nodes, base=figures.base, shown=shown, k=disclosure.INSIDE
    ) and not rest_tells_of_few(nodes, shown, placed, columns, disclosure.INSIDE)
    return ThemeTable(figures, [languages[n] for n in order], lines, is_other_safe=is_other_safe)


def _controlled(
    figures: QuestionFigures, languages: Sequence[str], nodes: Sequence[Node], shown: set[int]
) -> Columns:
    """The cells by language, and which of them may be seen. Those of a broader theme are not: beside the lines below it
    they would tell of the cells withheld there."""
    counts = {item.theme.id: [item.by_language.get(code, 0) for code in languages] for item in figures.themes}
    bases = [figures.languages[code] for code in languages]
    totals = [item.count for item in figures.themes]
    crossing = suppress_crossing(list(counts.values()), totals, bases, figures.base, disclosure.INSIDE)
    flags = {
        item.theme.id: tuple(cell.shown is not None and not item.below for cell in row)
        for item, row in zip(figures.themes, crossing.rows, strict=True)
    }
    columns = Columns(counts, flags, bases, figures.base)
    return replace(columns, shown=beside_broader(nodes, shown, columns, disclosure.INSIDE))


def _as_seen(item: ThemeFigures, columns: Columns, order: Sequence[int]) -> list[int | None]:
    counts, flags = columns.cells[item.theme.id], columns.shown[item.theme.id]
    return [counts[n] if flags[n] else None for n in order]


def filters_from(values: MultiDict[str, str], *, theme_id: int | None = None) -> Filters:
    """The filters in an address; what is not known is left out. `theme_id`: of the page of a theme."""
    decided = values.get("decided")
    by, column = (values.get(name, "")[:200] for name in ("by", "column"))
    language, kind, theme = (values.get(name, "") for name in ("language", "kind", "theme"))
    return Filters(
        theme_id=theme_id or _number(theme),
        is_other=theme_id is None and theme == "other",
        kind=kind if kind in SOURCE_KINDS else None,
        source_id=_number(values.get("source", "")),
        language=language if language.isalpha() and len(language) <= 8 else None,
        decided=decided if decided in DECIDED else None,
        is_unsure=values.get("only") == "unsure",
        is_flagged=values.get("only") == "flagged",
        by=by if by and column else None,
        column=column if by and column else None,
        also_id=_number(values.get("also", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def address_of(filters: Filters) -> dict[str, str]:
    """The filters as arguments of an address."""
    found = {"language": filters.language, "decided": filters.decided, "kind": filters.kind}
    found["source"] = str(filters.source_id) if filters.source_id else None
    found["theme"] = str(filters.theme_id) if filters.theme_id else None
    found |= {"by": filters.by, "column": filters.column}
    found["also"] = str(filters.also_id) if filters.also_id else None
    found["only"] = "unsure" if filters.is_unsure else "flagged" if filters.is_flagged else None
    if filters.is_other:
        found["theme"] = "other"
    return {key: value for key, value in found.items() if value}


def page_number(request: Request) -> int:
    """The page asked for, 1 for anything that is no number."""
    asked = request.values.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 1
