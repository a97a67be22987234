"""Weights, effective sample size and intervals for shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

_Z_95 = 1.959963984540054


class WeightingError(ValueError):
    """Margins that cannot be met."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a respondent, mean 1; `effective`: Kish's effective number; `trimmed`: how many were cut."""

    values: tuple[float, ...]
    effective: float
    trimmed: int


def rake(
    columns: Mapping[str, Sequence[str]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    largest: float = 5.0,
    rounds: int = 200,
) -> Weights:
    """Weights that give the respondents the roll's margins (Deming and Stephan 1940), trimmed at `largest`.

    `columns`: a value for each respondent; `margins`: counts or shares of the roll for each value. Raises
    WeightingError for a value on the roll that no respondent has, and for a respondent's value not on it.
    """
    n = len(next(iter(columns.values()), ()))
    weights = np.ones(n)
    targets = []
    for name, target in margins.items():
        values = np.asarray(columns[name])
        wanted = {value: count for value, count in target.items() if count > 0}
        unknown, empty = set(values.tolist()) - set(wanted), set(wanted) - set(values.tolist())
        if unknown or empty:
            raise WeightingError(f"{name}: no match for {', '.join(sorted(unknown | empty))}")
        whole = sum(wanted.values())
        targets += [(values == value, n * count / whole) for value, count in sorted(wanted.items())]
    for _ in range(rounds):
        before = weights.copy()
        for rows, total in targets:
            weights[rows] *= total / weights[rows].sum()
        if np.abs(weights - before).max() < 1e-10:
            break
    trimmed = int((weights > largest).sum())
    weights = np.minimum(weights, largest)
    weights *= n / weights.sum() if n else 1
    return Weights(tuple(float(w) for w in weights), effective_number(weights), trimmed)


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
