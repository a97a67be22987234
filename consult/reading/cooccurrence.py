"""Themes that are said together: how many answers carry both, and how many would if the two had nothing to do with one
another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.reading.breakdown import read_question
from consult.review.incidence import NONE, counted
from consult.review.models import Theme
from consult.review.scope import Scope


@dataclass(frozen=True, slots=True)
class Pair:
    """Two themes. `both`: answers that carry the two; `expected`: how many would by chance, from how often each is
    said; `lift`: the first through the second; `jaccard`: of the answers of either, the share that carry both."""

    one: Theme
    other: Theme
    both: int
    expected: float
    lift: float
    jaccard: float


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
    pairs.sort(key=lambda found: (-found.jaccard, found.one.id, found.other.id))
    return Pairs(read.base, {theme.id: n for theme, n in zip(themes, totals, strict=True)}, pairs)


def pair(one: Theme, other: Theme, both: int, first: int, second: int, base: int) -> Pair:
    """The measures of two themes (Jaccard 1901; lift as in Brin et al. 1997)."""
    expected = first * second / base
    return Pair(
        one,
        other,
        both,
        expected,
        both / expected,
        both / (first + second - both),
    )
