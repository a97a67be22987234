"""Counting themes by what answers can be told apart by. Numbers only: no excerpt is loaded.

`theme_breakdown` gives exact counts, for who may read single answers; whatever anybody else sees goes through `shown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy.orm import Session

from consult.analysis.crossing import suppress_crossing
from consult.analysis.disclosure import INSIDE, Cell, Hidden, union_may_show
from consult.review.columns import labels_of
from consult.review.dimensions import LANGUAGE, NO_COLUMN, Dimension, dimensions_of
from consult.review.figures import themes_in
from consult.review.incidence import (
    Answers,
    Ids,
    answers_by_language,
    codings_of,
    column_places,
    counted,
    together,
)
from consult.review.lineage import Lineage
from consult.review.models import Theme
from consult.review.scope import Scope

WITHHELD = Cell(None, Hidden.WITHHELD)
__all__ = ["Breakdown", "Column", "Dimension", "ThemeRow", "dimensions_of", "shown", "theme_breakdown"]


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a dimension. `label` is empty where the application has a word for `key`: a language, a kind of
    source, a stance, a month, and `NO_COLUMN`, the answers that stand in no other column. `base`: its answers."""

    key: str
    label: Mapping[str, str]
    base: Cell


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme: how many of all answers carry it, and how many of each column. `depth`: 0 for one under none."""

    theme: Theme
    total: Cell
    cells: tuple[Cell, ...]
    depth: int = 0
    is_broader: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Themes × columns of one question. An answer counts once a theme, a broader theme has all of those below it.

    `base`: all answers to the question. `k`: the rule under which cells are withheld; None for exact counts.
    """

    dimension: Dimension
    base: int
    columns: tuple[Column, ...]
    rows: tuple[ThemeRow, ...]
    k: int | None = None

    def share(self, row: ThemeRow, number: int) -> float | None:
        """Share of the answers of a column that carry the theme; None where a count is withheld or there are none."""
        cell, base = row.cells[number].shown, self.columns[number].base.shown
        return cell / base if cell is not None and base else None


@dataclass(frozen=True, slots=True)
class Read:
    """The answers to a question with the themes that they carry, read once for several tables."""

    scope: Scope
    answers: Answers
    languages: Mapping[str, Ids]
    themes: Sequence[Theme]
    of: Mapping[int | None, Ids]
    lineage: Lineage = field(repr=False)

    @property
    def base(self) -> int:
        return len(self.answers.ids)


def read_question(session: Session, scope: Scope) -> Read:
    """The themes in use and the answers that carry them."""
    themes = [theme for theme in themes_in(session, scope) if theme.status != "retired"]
    answers, languages = answers_by_language(session, scope)
    codings = codings_of(session, scope, answers, themes, has_people=False)
    lineage = Lineage(themes)
    counts = {theme.id: len(codings.of.get(theme.id, ())) for theme in themes}
    themes.sort(key=lambda theme: (-counts[theme.id], theme.position, theme.id))
    ordered = lineage.in_order(themes, key=lambda theme: theme)
    return Read(scope, answers, languages, ordered, codings.of, lineage)


def theme_breakdown(
    session: Session, scope: Scope, dimension: Dimension, *, read: Read | None = None
) -> Breakdown:
    """How many answers of each column carry each theme, exactly. `read`: what was read of the question before."""
    read = read or read_question(session, scope)
    columns = columns_of(session, read, dimension)
    carried = [read.of.get(theme.id, np.empty(0, dtype=np.int64)) for theme in read.themes]
    counts = counted(carried, list(columns.values()), read.base)
    labels = labels_of(session, dimension, list(columns))
    return Breakdown(
        dimension,
        read.base,
        tuple(Column(key, labels.get(key, {}), Cell(len(ids))) for key, ids in columns.items()),
        tuple(
            ThemeRow(
                theme,
                Cell(len(ids)),
                tuple(Cell(int(number)) for number in row),
                read.lineage.depth(theme),
                bool(read.lineage.below(theme)),
            )
            for theme, ids, row in zip(read.themes, carried, counts, strict=True)
        ),
    )


def columns_of(session: Session, read: Read, dimension: Dimension) -> dict[str, Ids]:
    """Column key → the answers in it, in the order of the dimension or the largest first; last, where there are any,
    those of no column."""
    if dimension.kind == LANGUAGE:
        return dict(read.languages)
    found = column_places(session, dimension, read.scope, read.answers)
    if dimension.order:
        later = sorted(set(found) - set(dimension.order))
        columns = {key: found[key] for key in (*dimension.order, *later) if key in found}
    else:
        columns = dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))
    rest = np.setdiff1d(np.arange(read.base), together(columns, columns), assume_unique=True)  # type: ignore[arg-type]
    return columns | ({NO_COLUMN: rest} if len(rest) else {})


def shown(breakdown: Breakdown, k: int = INSIDE) -> Breakdown:
    """The same for who may not read single answers: no cell of 1 to k-1, none that leaves so few on the other side, and
    none from which such a one follows; no columns at all where none has a base to show.

    A broader theme is shown where nothing below it could be worked out from it.
    """
    rows = breakdown.rows
    safe = suppress_crossing(
        [[_exact(cell) for cell in row.cells] for row in rows],
        [_exact(row.total) for row in rows],
        [_exact(column.base) for column in breakdown.columns],
        breakdown.base,
        k,
    )
    cells = {row.theme.id: found for row, found in zip(rows, safe.rows, strict=True)}
    totals = {row.theme.id: total for row, total in zip(rows, safe.totals, strict=True)}
    for row in rows:
        parts = [other for other in rows if other.theme.parent_id == row.theme.id]
        if not row.is_broader:
            continue
        if not _union_is_safe(row.total, [part.total for part in parts], k):
            totals[row.theme.id] = WITHHELD
        columns = [(cell, [part.cells[n] for part in parts]) for n, cell in enumerate(row.cells)]
        is_safe = all(_union_is_safe(cell, below, k) for cell, below in columns)
        if not is_safe or any(c.shown is None for one in (row, *parts) for c in cells[one.theme.id]):
            cells[row.theme.id] = (WITHHELD,) * len(row.cells)
    is_told_apart = any(base.shown is not None for base in safe.bases)
    out = (
        replace(row, total=totals[row.theme.id], cells=cells[row.theme.id] if is_told_apart else ())
        for row in rows
    )
    kept = tuple(
        Column(column.key, column.label, base)
        for column, base in zip(breakdown.columns, safe.bases, strict=True)
        if is_told_apart
    )
    return Breakdown(breakdown.dimension, breakdown.base, kept, tuple(out), k)


def _union_is_safe(whole: Cell, parts: Sequence[Cell], k: int) -> bool:
    """Whether the count of a broader theme may stand beside those of the themes below it."""
    return union_may_show(_exact(whole), [_exact(part) for part in parts], k)


def _exact(cell: Cell) -> int:
    """The count of a breakdown that nothing was withheld from."""
    if cell.shown is None:
        raise ValueError("the breakdown was under disclosure control already")
    return cell.shown
