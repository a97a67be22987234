"""Counting themes by what answers can be told apart by. Numbers only: no excerpt is loaded.

The counts are exact, for who may read single answers; what a summary shows of them passes `consult.summary.disclosed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

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

__all__ = ["Breakdown", "Column", "Dimension", "ThemeRow", "dimensions_of", "theme_breakdown"]


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a dimension. `label` is empty where the application has a word for `key`: a language, a kind of
    source, a stance, a month, and `NO_COLUMN`, the answers that stand in no other column. `base`: its answers."""

    key: str
    label: Mapping[str, str]
    base: int


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme: how many of all answers carry it, and how many of each column. `depth`: 0 for one under none."""

    theme: Theme
    total: int
    cells: tuple[int, ...]
    depth: int = 0
    is_broader: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Themes × columns of one question. An answer counts once a theme, a broader theme has all of those below it.

    `base`: all answers to the question.
    """

    dimension: Dimension
    base: int
    columns: tuple[Column, ...]
    rows: tuple[ThemeRow, ...]


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
    labels = labels_of(session, dimension, list(columns), consultation_id=scope.consultation_id)
    return Breakdown(
        dimension,
        read.base,
        tuple(Column(key, labels.get(key, {}), len(ids)) for key, ids in columns.items()),
        tuple(
            ThemeRow(
                theme,
                len(ids),
                tuple(int(number) for number in row),
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
