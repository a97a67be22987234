"""The rounds of double coding beside one another, from the first to the last: whether coders come to agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consult.analysis.agreement import AgreementResult, ThemeAgreement
from consult.review.double import Round
from consult.review.models import Theme

UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True, slots=True)
class RoundCell:
    """Agreement in one round. `turn`: whether α is above, below or the same as in the last round before that has one,
    to two places; empty where there is none before."""

    found: ThemeAgreement
    turn: str = ""


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A theme, or all of them together (None), with a cell a round; None where the round says nothing of it."""

    theme: Theme | None
    cells: Sequence[RoundCell | None]


@dataclass(frozen=True, slots=True)
class OverTime:
    """`numbers`: those of the rounds, the first is 1; only rounds in which coders can be compared."""

    numbers: Sequence[int]
    lines: Sequence[RoundLine]


def over_time(rounds: Sequence[Round], themes: Sequence[Theme]) -> OverTime:
    """`rounds`: all of a question, the oldest first."""
    numbered = [(n, one.agreement) for n, one in enumerate(rounds, start=1) if one.agreement is not None]
    found = [agreement for _number, agreement in numbered]
    lines = [RoundLine(None, _cells([_whole(one) for one in found]))]
    for theme in themes:
        cells = _cells([one.themes.get(str(theme.id)) for one in found])
        if any(cells):
            lines.append(RoundLine(theme, cells))
    return OverTime([number for number, _agreement in numbered], lines if numbered else [])


def _whole(one: AgreementResult) -> ThemeAgreement:
    return ThemeAgreement(one.alpha, one.interval, None, one.items)


def _cells(values: Sequence[ThemeAgreement | None]) -> list[RoundCell | None]:
    cells: list[RoundCell | None] = []
    last: float | None = None
    for value in values:
        if value is None:
            cells.append(None)
            continue
        cells.append(RoundCell(value, _turn(last, value.alpha)))
        last = value.alpha if value.alpha is not None else last
    return cells


def _turn(before: float | None, now: float | None) -> str:
    if before is None or now is None:
        return ""
    change = round(now, 2) - round(before, 2)
    return SAME if not change else UP if change > 0 else DOWN
