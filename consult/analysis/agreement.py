"""How far coders agree: Krippendorff's α with a bootstrap interval, Cohen's κ for two.

α for nominal data as in Krippendorff (2019, Content Analysis, 4th ed., ch. 12); κ as in Cohen (1960).
α of .80 and more counts as reliable, from .667 as tentative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RELIABLE, TENTATIVE = 0.8, 2 / 3
_RESAMPLES = 1_000


class CodingsError(ValueError):
    """Codings from which no agreement can be computed."""


@dataclass(frozen=True, slots=True)
class ThemeAgreement:
    """Agreement on whether items have a theme. `kappa` is None unless there are two coders.

    `items`: how many items two coders or more saw. α is None where nobody used the theme or all always did.
    """

    alpha: float | None
    interval: tuple[float, float] | None
    kappa: float | None
    items: int


@dataclass(frozen=True, slots=True)
class AgreementResult:
    """Agreement by theme and over all decisions on all themes. `items`: those that two of the `coders` or more saw;
    `sharing`: how many of the coders saw any of these."""

    themes: Mapping[str, ThemeAgreement]
    alpha: float | None
    interval: tuple[float, float] | None
    coders: int
    items: int
    sharing: int


def coder_agreement(items: Sequence[str], coders: Sequence[str], themes: Sequence[str]) -> AgreementResult:
    """Agreement from one coding a row. An empty theme says that the coder saw the item and coded nothing.

    An item that a coder has no row for was not seen. Raises CodingsError for fewer than two coders, no item
    seen by two, or no theme.
    """
    names = sorted({name for name in themes if name})
    people = sorted(set(coders))
    things = sorted(set(items))  # the interval does not depend on the order of the rows
    if len(people) < 2:
        raise CodingsError("agreement needs at least two coders")
    if not names:
        raise CodingsError("no theme was coded")
    place = {name: i for i, name in enumerate(things)}
    person = {name: i for i, name in enumerate(people)}
    theme = {name: i for i, name in enumerate(names)}
    seen = np.zeros((len(things), len(people)), dtype=bool)
    coded = np.zeros((len(names), len(things), len(people)), dtype=bool)
    for item, coder, name in zip(items, coders, themes, strict=True):
        seen[place[item], person[coder]] = True
        if name:
            coded[theme[name], place[item], person[coder]] = True
    shared = seen.sum(axis=1) >= 2
    if not shared.any():
        raise CodingsError("no item was seen by two coders")
    parts = np.stack([_parts(values[shared], seen[shared]) for values in coded])
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, int(shared.sum()), (_RESAMPLES, int(shared.sum())))
    found = {
        name: ThemeAgreement(
            _alpha(parts[i]),
            _interval(parts[i : i + 1], drawn),
            _kappa(coded[i][shared]) if len(people) == 2 else None,
            int(shared.sum()),
        )
        for i, name in enumerate(names)
    }
    return AgreementResult(
        found,
        _alpha(parts.reshape(-1, 4)),
        _interval(parts, drawn),
        len(people),
        int(shared.sum()),
        int(seen[shared].any(axis=0).sum()),
    )


def _parts(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """For each item what α is made of: coders' yes, no, their number, and pairs that disagree over n-1."""
    number = seen.sum(axis=1)
    yes = (values & seen).sum(axis=1)
    no = number - yes
    return np.stack([yes, no, number, 2 * yes * no / (number - 1)], axis=1).astype(float)


def _alpha(parts: np.ndarray) -> float | None:
    """α = 1 - observed / expected disagreement; None where only one value was ever used."""
    yes, no, number, differing = parts.sum(axis=0)
    expected = 2 * yes * no / (number - 1)
    return round(float(1 - differing / expected), 4) if expected > 0 else None


def _interval(parts: np.ndarray, drawn: np.ndarray) -> tuple[float, float] | None:
    """The middle 95 % of α over items drawn with replacement; the decisions on one item stay together."""
    by_item = parts.sum(axis=0)
    sums = by_item[drawn].sum(axis=1)
    expected = 2 * sums[:, 0] * sums[:, 1] / np.maximum(sums[:, 2] - 1, 1)
    some = expected > 0
    if not some.any():
        return None
    low, high = np.quantile(1 - sums[some, 3] / expected[some], (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def _kappa(values: np.ndarray) -> float | None:
    """Cohen's κ of two coders who saw the same items; None where chance alone would agree always."""
    first, second = values[:, 0], values[:, 1]
    agreed = float((first == second).mean())
    p, q = float(first.mean()), float(second.mean())
    chance = p * q + (1 - p) * (1 - q)
    return round((agreed - chance) / (1 - chance), 4) if chance < 1 else None
