"""Themes that are said together: how many answers carry both, and how many would if the two had nothing to do with one
another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from consult.analysis.disclosure import Cell, Hidden
from consult.reading.breakdown import read_question
from consult.review.incidence import NONE, counted
from consult.review.models import Theme
from consult.review.scope import Scope

_WITHHELD = Cell(None, Hidden.WITHHELD)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two themes. `both`: answers that carry the two; `expected`: how many would by chance, from how often each is
    said; `lift`: the first through the second; `jaccard`: of the answers of either, the share that carry both. The
    last three are None where a figure that they are made of is withheld."""

    one: Theme
    other: Theme
    both: Cell
    expected: float | None
    lift: float | None
    jaccard: float | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of themes that have none below them, the strongest bond first; `totals`: theme id → its answers."""

    base: int
    totals: dict[int, int]
    pairs: Sequence[Pair]


def pairs_of(session: Session, scope: Scope) -> Pairs:
    """All pairs, exactly. Broader themes hold what is below them and are left out."""
    read = read_question(session, scope)
    themes = [theme for theme in read.themes if not read.lineage.below(theme)]
    carried = [read.of.get(theme.id, NONE) for theme in themes]
    both = counted(carried, carried, read.base)
    totals = [len(ids) for ids in carried]
    pairs = [
        pair(themes[i], themes[j], int(both[i, j]), totals[i], totals[j], read.base)
        for i in range(len(themes))
        for j in range(i + 1, len(themes))
        if totals[i] and totals[j]
    ]
    pairs.sort(key=lambda found: (-(found.jaccard or 0), found.one.id, found.other.id))
    return Pairs(read.base, {theme.id: n for theme, n in zip(themes, totals, strict=True)}, pairs)


def pair(one: Theme, other: Theme, both: int, first: int, second: int, base: int) -> Pair:
    """The measures of two themes (Jaccard 1901; lift as in Brin et al. 1997)."""
    expected = first * second / base
    return Pair(
        one,
        other,
        Cell(both),
        expected,
        both / expected if expected else None,
        both / (first + second - both),
    )


def shown(found: Pairs, k: int) -> Pairs:
    """The same for who may not read single answers. Totals of themes and the base are known to them, so that in each
    pair all four cells of the table of two by two must be none or k and more."""

    def kept(item: Pair) -> Pair:
        first, second, both = found.totals[item.one.id], found.totals[item.other.id], item.both.shown or 0
        four = np.array([both, first - both, second - both, found.base - first - second + both])
        margins = np.array([first, second, found.base - first, found.base - second])
        if not ((four > 0) & (four < k)).any() and not ((margins > 0) & (margins < k)).any():
            return item
        return replace(item, both=_WITHHELD, expected=None, lift=None, jaccard=None)

    pairs = sorted(
        (kept(item) for item in found.pairs),
        key=lambda item: (-(item.jaccard or 0), item.one.id, item.other.id),
    )
    return Pairs(found.base, found.totals, pairs)
