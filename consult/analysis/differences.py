"""Whether two groups, or two waves, differ by more than chance, and by how much.

Different people: two proportions, or an order; the same people asked twice: changes of mind. All tests are two-sided,
all intervals 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, comb, sqrt
from typing import Any

import numpy as np

from consult.analysis.weighting import share_interval

_Z = 1.959963984540054
FEWEST_EXPECTED = 5
"""Below this expected number in any of the four cells the normal approximation is not trusted (Cochran 1954)."""
FEWEST_FOR_INTERVAL = 10
"""Below this number on either side no interval is given for Cliff's delta: its variance is not known well enough."""
FEWEST_FOR_NORMAL = 20
"""Below this number on either side a test of ranks counts out every way in which chance could have dealt the ranks."""
MOST_CHANGES_COUNTED = 50
MOST_STATES = 1_000_000
"""So many partial sums at most are counted out; beyond, the normal approximation is taken."""
ALPHA = 0.05
DRAWS = 19_999
"""How often answers are dealt to the two groups by chance where chi-square's approximation is not trusted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`test`: fisher, z, mann_whitney, mcnemar, wilcoxon, chi_square or permutation. `effect`: difference of shares, or
    of ranks (-1 to 1), or Cramér's V (0 to 1); `interval` is its own, None where there is none to give; `size`: Cohen's
    h for shares, else the effect again."""

    test: str
    p: float
    effect: float
    interval: tuple[float, float] | None
    size: float


def two_shares(a: int, n: int, b: int, m: int) -> Difference:
    """a of n against b of m different people: Fisher's exact test where a cell expects fewer than 5, else the z test of
    two proportions with their pooled variance. The interval is Newcombe's (Statistics in Medicine 17, 1998, method 10),
    the size Cohen's h (1988). Raises ValueError for an empty group."""
    if not (0 <= a <= n and 0 <= b <= m) or not n or not m:
        raise ValueError("both groups need people, and no more of them than there are")
    first, second = a / n, b / m
    pooled = (a + b) / (n + m)
    least = min(n, m) * min(pooled, 1 - pooled)
    if least < FEWEST_EXPECTED:
        test, p = "fisher", float(_stats().fisher_exact([[a, n - a], [b, m - b]])[1])
    else:
        z = (first - second) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        test, p = "z", float(2 * _stats().norm.sf(abs(z)))
    low, high = share_interval(first, n)
    other_low, other_high = share_interval(second, m)
    effect = first - second
    interval = (
        effect - sqrt((first - low) ** 2 + (other_high - second) ** 2),
        effect + sqrt((high - first) ** 2 + (second - other_low) ** 2),
    )
    return Difference(test, min(1.0, p), effect, interval, 2 * asin(sqrt(first)) - 2 * asin(sqrt(second)))


def two_orders(first: Sequence[int], second: Sequence[int]) -> Difference | None:
    """How many of two groups of different people stand at each point of a scale, from the lowest: Mann and Whitney's
    test with ties, exact where a group is small, and Cliff's delta (Psychological Bulletin 114, 1993): of all pairs,
    the share in which the first stands higher less the share in which the second does. His interval is left out for
    small groups and where its variance is 0, as between groups wholly apart. None where nothing can be compared."""
    x, y = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    n, m = int(x.sum()), int(y.sum())
    if n < 2 or m < 2:
        return None
    points = np.arange(len(x))
    fewest = min(n, m)
    if fewest < FEWEST_FOR_NORMAL and 2 * fewest * (fewest + 1) * (n + m) <= MOST_STATES:
        p = _exact_orders(x, y) if n <= m else _exact_orders(y, x)
    else:
        p = _normal_orders(np.repeat(points, x), np.repeat(points, y))
    # Each one's dominance over the other group: the share below it less the share above it.
    below_y, below_x = np.cumsum(y) - y, np.cumsum(x) - x
    rows = (below_y - (m - below_y - y)) / m
    columns = ((n - below_x - x) - below_x) / n
    delta = float((rows * x).sum() / n)
    of_rows = float((x * (rows - delta) ** 2).sum() / (n - 1))
    of_columns = float((y * (columns - delta) ** 2).sum() / (m - 1))
    sign = np.sign(points[:, None] - points[None, :])
    of_pairs = float(((sign - delta) ** 2 * x[:, None] * y[None, :]).sum() / (n * m - 1))
    variance = max(0.0, of_rows / n + of_columns / m - of_pairs / (n * m))
    interval = None
    if variance > 0 and fewest >= FEWEST_FOR_INTERVAL:
        spread = _Z * sqrt(variance)
        interval = max(-1.0, delta - spread), min(1.0, delta + spread)
    return Difference("mann_whitney", p, delta, interval, delta)


def _normal_orders(one: np.ndarray, other: np.ndarray) -> float:
    p = float(_stats().mannwhitneyu(one, other, method="asymptotic", use_continuity=False)[1])
    return 1.0 if np.isnan(p) else p


def _exact_orders(x: np.ndarray, y: np.ndarray) -> float:
    """How often chance gives a sum of ranks as far out where all ways of dealing the answers to the two groups are
    alike; ties as they are. `x` is the smaller group. Ranks are doubled, so that they are whole."""
    tied = x + y
    n, whole = int(x.sum()), int(tied.sum())
    ranks = 2 * (np.cumsum(tied) - tied) + tied + 1
    ways = np.zeros((n + 1, 2 * n * whole + 1))
    ways[0, 0] = 1.0
    for number, rank in zip(tied.tolist(), ranks.tolist(), strict=True):
        dealt = ways.copy()
        for taken in range(1, min(number, n) + 1):
            shift = taken * rank
            if shift >= ways.shape[1]:
                break
            dealt[taken:, shift:] += comb(number, taken) * ways[:-taken, :-shift]
        ways = dealt
    return _two_sided(ways[n], int((x * ranks).sum()))


def _two_sided(ways: np.ndarray, found: int) -> float:
    """Twice the share of the ways whose sum is as high as the one found, or as low, whichever is the less."""
    least = min(float(ways[: found + 1].sum()), float(ways[found:].sum()))
    return min(1.0, 2 * least / float(ways.sum()))


def two_distributions(first: Sequence[int], second: Sequence[int]) -> Difference | None:
    """How many of two groups of different people gave each of several answers without an order: Pearson's chi-square
    over the whole distribution, or where a cell expects fewer than 5 the same statistic against answers dealt to the
    groups by chance with all totals kept (a Monte Carlo form of Fisher, Freeman and Halton's test, the same draws each
    time). The size is Cramér's V without its bias (Bergsma, Journal of the Korean Statistical Society 42, 2013). None
    where a group is empty; where all gave the same answer nothing differs. Raises ValueError for negative counts."""
    table = np.array([first, second], dtype=np.int64)
    if (table < 0).any():
        raise ValueError("counts cannot be negative")
    table = table[:, table.sum(axis=0) > 0]
    sides, answers = table.sum(axis=1), table.sum(axis=0)
    whole = int(table.sum())
    if not sides.all() or whole < 3:
        return None
    if len(answers) < 2:
        return Difference("permutation", 1.0, 0.0, None, 0.0)
    expected = np.outer(sides, answers) / whole
    statistic = float(((table - expected) ** 2 / expected).sum())
    if expected.min() >= FEWEST_EXPECTED:
        test, p = "chi_square", float(_stats().chi2.sf(statistic, len(answers) - 1))
    else:
        test, p = "permutation", _dealt(statistic, answers, int(sides[0]), expected)
    size = _cramers_v(statistic / whole, len(answers), whole)
    return Difference(test, min(1.0, p), size, None, size)


def _dealt(statistic: float, answers: np.ndarray, number: int, expected: np.ndarray) -> float:
    """How often chance gives a statistic as high; what was found counts as one of the draws."""
    drawn = np.random.default_rng(0).multivariate_hypergeometric(answers, number, size=DRAWS)
    off = (drawn - expected[0]) ** 2
    found = (off / expected[0]).sum(axis=1) + (off / expected[1]).sum(axis=1)
    return float((1 + (found >= statistic - 1e-9).sum()) / (1 + DRAWS))


def _cramers_v(phi_squared: float, answers: int, whole: int) -> float:
    """Of a table of two rows, corrected for its bias; 0 where no more is there than chance would give."""
    left = max(0.0, phi_squared - (answers - 1) / (whole - 1))
    rows = 2 - 1 / (whole - 1)
    columns = answers - (answers - 1) ** 2 / (whole - 1)
    least = min(rows, columns) - 1
    return min(1.0, sqrt(left / least)) if least > 0 else 0.0


def changed_shares(both: int, only_first: int, only_second: int, neither: int) -> Difference:
    """The same people asked twice, by whether they said something each time: McNemar's test in its exact form, over
    those who changed; the interval of the difference of shares is Newcombe's (Statistics in Medicine 17, 1998, pages
    2635 to 2650, method 10). Raises ValueError where nobody was asked."""
    n = both + only_first + only_second + neither
    if n == 0 or min(both, only_first, only_second, neither) < 0:
        raise ValueError("somebody must have been asked twice")
    changes = only_first + only_second
    p = float(_stats().binomtest(only_first, changes).pvalue) if changes else 1.0
    first, second = (both + only_first) / n, (both + only_second) / n
    low, high = share_interval(first, n)
    other_low, other_high = share_interval(second, n)
    phi = _phi(both, only_first, only_second, neither, n)
    effect = first - second
    down = (first - low) ** 2 - 2 * phi * (first - low) * (other_high - second) + (other_high - second) ** 2
    up = (second - other_low) ** 2 - 2 * phi * (second - other_low) * (high - first) + (high - first) ** 2
    interval = effect - sqrt(max(0.0, down)), effect + sqrt(max(0.0, up))
    return Difference("mcnemar", p, effect, interval, 2 * asin(sqrt(first)) - 2 * asin(sqrt(second)))


def _phi(both: int, only_first: int, only_second: int, neither: int, n: int) -> float:
    """The correlation of the two answers, with the correction of Newcombe's method 10."""
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    if not margins:
        return 0.0
    product = both * neither - only_first * only_second
    return (max(product - n / 2, 0) if product > 0 else product) / sqrt(margins)


def changed_orders(pairs: Sequence[tuple[int, int]]) -> Difference | None:
    """The same people at two points of a scale: Wilcoxon's signed ranks, those who did not change left out, exact up to
    50 changes, and the matched-pairs rank-biserial correlation (Kerby, Comprehensive Psychology 3, 2014). Where nobody
    changed the difference is 0; None without anybody."""
    if not pairs:
        return None
    change = np.array([first - second for first, second in pairs if first != second], dtype=float)
    if not len(change):
        return Difference("wilcoxon", 1.0, 0.0, None, 0.0)
    ranks = _stats().rankdata(np.abs(change))
    effect = float((ranks * np.sign(change)).sum() / ranks.sum())
    if len(change) <= MOST_CHANGES_COUNTED:
        p = _exact_changes(np.rint(2 * ranks).astype(np.int64), change > 0)
    else:
        p = float(
            _stats().wilcoxon(change, zero_method="wilcox", correction=False, method="asymptotic").pvalue
        )
    return Difference("wilcoxon", p, effect, None, effect)


def _exact_changes(ranks: np.ndarray, is_up: np.ndarray) -> float:
    """How often chance gives a sum of ranks as far out where each change goes either way alike; `ranks` are doubled."""
    ways = np.zeros(int(ranks.sum()) + 1)
    ways[0] = 1.0
    for rank in ranks.tolist():
        further = ways.copy()
        further[rank:] += ways[:-rank]
        ways = further
    return _two_sided(ways, int(ranks[is_up].sum()))


def holm(values: Sequence[float]) -> list[float]:
    """p values adjusted for their number (Holm, Scandinavian Journal of Statistics 6, 1979), in the order given."""
    order = sorted(range(len(values)), key=lambda n: values[n])
    out, highest = [0.0] * len(values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, values[place] * (len(values) - rank)))
        out[place] = highest
    return out


def _stats() -> Any:
    """scipy's, loaded when something is compared: it would take half a second of every start."""
    from scipy import stats

    return stats
