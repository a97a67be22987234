"""Weights, effective sample size and intervals for shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

_Z_95 = 1.959963984540054


TOLERANCE = 0.005
"""A margin is met where the weighted share is no further from the roll's than this."""
_ENOUGH = 1e-10


@dataclass(frozen=True, slots=True)
class Margin:
    """A value of a column: its share of the roll, and of the answers when weighted."""

    column: str
    value: str
    wanted: float
    reached: float

    @property
    def is_met(self) -> bool:
        return abs(self.wanted - self.reached) <= TOLERANCE


class WeightingError(ValueError):
    """Margins that cannot be met. `missed`: those that no weights reach together with the others; empty where a value
    has no match."""

    def __init__(self, message: str, missed: Sequence[Margin] = ()) -> None:
        super().__init__(message)
        self.missed = tuple(missed)


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a respondent, mean 1; `effective`: Kish's effective number; `trimmed`: how many were cut, so that
    `missed` margins of the roll are not reached."""

    values: tuple[float, ...]
    effective: float
    trimmed: int
    missed: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """A column as numbers of its values, and the number of answers that each value is to weigh."""

    column: str
    names: Sequence[str]
    codes: np.ndarray
    totals: np.ndarray

    def sums(self, weights: np.ndarray) -> np.ndarray:
        return np.bincount(self.codes, weights=weights, minlength=len(self.names))


def rake(
    columns: Mapping[str, Sequence[str]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    largest: float = 5.0,
    rounds: int = 200,
) -> Weights:
    """Weights that give the respondents the roll's margins (Deming and Stephan 1940), none above `largest`.

    `columns`: a value for each respondent; `margins`: counts or shares of the roll for each value. Where a weight comes
    out above `largest`, cutting and raking alternate, and what is then not reached is told. Raises WeightingError for a
    value on the roll that no respondent has, for a respondent's value not on it, and for margins that no weights meet
    together.
    """
    n = len(next(iter(columns.values()), ()))
    targets = [_target(name, columns[name], target, n) for name, target in margins.items()]
    weights = np.ones(n)
    for _ in range(rounds):
        before = weights
        weights = _raked(weights, targets)
        if np.abs(weights - before).max(initial=0) < _ENOUGH:
            break
    if missed := _missed(weights, targets):
        raise WeightingError("the margins contradict one another among the respondents", missed)
    if weights.max(initial=0) > largest:
        for _ in range(rounds):
            before = weights
            weights = _cut(_raked(weights, targets), largest)
            if np.abs(weights - before).max() < _ENOUGH:
                break
    trimmed = int((weights > largest * (1 - _ENOUGH)).sum())
    values = tuple(float(w) for w in weights)
    return Weights(values, effective_number(weights), trimmed, _missed(weights, targets))


def _target(name: str, values: Sequence[str], target: Mapping[str, float], n: int) -> _Target:
    wanted = {value: count for value, count in target.items() if count > 0}
    unknown, empty = set(values) - set(wanted), set(wanted) - set(values)
    if unknown or empty:
        raise WeightingError(f"{name}: no match for {', '.join(sorted(unknown | empty))}")
    names = sorted(wanted)
    places = {value: place for place, value in enumerate(names)}
    codes = np.array([places[value] for value in values], dtype=np.int64)
    whole = sum(wanted.values())
    return _Target(name, names, codes, np.array([n * wanted[value] / whole for value in names]))


def _raked(weights: np.ndarray, targets: Sequence[_Target]) -> np.ndarray:
    """One round over all margins."""
    for target in targets:
        sums = target.sums(weights)
        # What weighs nothing any more stays as it is: margins that contradict one another wear it away.
        factors = np.divide(target.totals, sums, out=np.ones(len(sums)), where=sums > 0)
        weights = weights * factors[target.codes]
    return weights


def _cut(weights: np.ndarray, largest: float) -> np.ndarray:
    """With none above `largest`; what is cut off goes to the others in proportion, so that the mean stays 1."""
    n = len(weights)
    weights = weights * (n / weights.sum())
    is_cut = np.zeros(n, dtype=bool)
    while (over := (weights > largest) & ~is_cut).any():
        is_cut |= over
        weights[is_cut] = largest
        weights[~is_cut] *= (n - largest * is_cut.sum()) / weights[~is_cut].sum()
    return weights


def _missed(weights: np.ndarray, targets: Sequence[_Target]) -> tuple[Margin, ...]:
    n = max(1, len(weights))
    found = (
        Margin(target.column, name, float(total) / n, float(reached) / n)
        for target in targets
        for name, total, reached in zip(target.names, target.totals, target.sums(weights), strict=True)
    )
    return tuple(margin for margin in found if not margin.is_met)


def effective_number(weights: Sequence[float] | np.ndarray) -> float:
    """Kish's effective sample size: the square of the sum over the sum of squares (Kish 1965)."""
    values = np.asarray(weights, dtype=float)
    squares = float((values**2).sum())
    return float(values.sum() ** 2 / squares) if squares else 0.0


def share_interval(
    share: float, n: float, *, population: int | None = None, z: float = _Z_95
) -> tuple[float, float]:
    """Wilson's interval for a share of n answers (Wilson 1927), within 0 and 1.

    With `population` (N) the variance carries the finite-population correction (N - n) / (N - 1), by way of
    an n enlarged by its inverse. Says what non-response would do only if it were random. n = 0: (0, 1).
    """
    if n <= 0:
        return 0.0, 1.0
    if population is not None and n >= population:
        return share, share
    if population is not None:
        n = n * (population - 1) / (population - n)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
