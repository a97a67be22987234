"""Broader themes over many themes: average linkage of their answers, cut where the groups are clearest.

The likeness of two themes is the mean cosine between an answer of the one and an answer of the other, so that
joining the most alike pair again and again is average linkage (Sokal and Michener 1958) over all answers, at
the cost of the themes alone. Of the possible cuts the one with the best mean silhouette (Rousseeuw 1987) is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.cluster.hierarchy import linkage

FEWEST_THEMES = 9
"""With fewer themes there is nothing to sort."""
# A broader theme says little when it holds most of the themes.
_MOST_PART = 0.5
_MOST_GROUPS = 60
_ALIKE = 0.01


def broader_themes(space: np.ndarray, numbers: np.ndarray, sizes: np.ndarray) -> list[list[int]]:
    """Groups of two and more theme numbers that belong under one broader theme, in order of their first.

    `space` (n, d): unit vectors of the different texts, `numbers` (n,): the theme of each, -1 for none,
    `sizes` (n,): how often each was said (counted by its root). A theme in no group stands for itself.
    """
    count = int(numbers.max(initial=-1)) + 1
    if count < FEWEST_THEMES:
        return []
    likeness = _likeness(space, numbers, np.sqrt(sizes), count)
    distance = 1.0 - likeness
    best: tuple[float, list[list[int]]] = (0.0, [])
    for groups in _cuts(distance):
        largest = max(map(len, groups))
        if largest > max(3, _MOST_PART * count):
            break
        if sum(len(group) > 1 for group in groups) < 2 or len(groups) > _most_groups(count):
            continue
        clear = round(float(_silhouettes(distance, groups).mean()), 6)
        if clear > best[0]:
            best = (clear, groups)
    found = sorted(sorted(group) for group in best[1] if len(group) > 1 and _is_alike(likeness, group))
    return found if len(found) > 1 else []


def _is_alike(likeness: np.ndarray, group: list[int]) -> bool:
    """Whether the themes of a group are more alike than any two answers (vectors are centred: 0)."""
    pairs = likeness[np.ix_(group, group)][np.triu_indices(len(group), 1)]
    return bool(pairs.mean() >= _ALIKE)


def _most_groups(count: int) -> int:
    """A cut that leaves nearly all themes alone does not help anybody to find their way."""
    return max(2, min(_MOST_GROUPS, round(0.6 * count)))


def _likeness(space: np.ndarray, numbers: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    """Mean cosine between the texts of each two themes, shape (count, count), double precision."""
    sums = np.zeros((count, space.shape[1]))
    whole = np.zeros(count)
    for number in range(count):
        rows = numbers == number
        sums[number] = (space[rows] * weights[rows][:, None]).sum(axis=0, dtype=np.float64)
        whole[number] = weights[rows].sum()
    means = sums / np.maximum(whole, 1e-9)[:, None]
    return np.round(means @ means.T, 9)


def _cuts(distance: np.ndarray) -> Iterator[list[list[int]]]:
    """The groups after each merge of the two most alike, from all but one apart to all together."""
    count = len(distance)
    groups = {number: [number] for number in range(count)}
    apart = distance[np.triu_indices(count, 1)]
    for step, (first, second, *_) in enumerate(linkage(apart, method="average")):
        groups[count + step] = groups.pop(int(first)) + groups.pop(int(second))
        yield list(groups.values())


def _silhouettes(distance: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """The silhouette of each theme, shape (themes,); 0 for one alone in its group."""
    group_of = np.empty(len(distance), dtype=np.int64)
    for place, group in enumerate(groups):
        group_of[group] = place
    sizes = np.bincount(group_of)
    member = np.eye(len(groups))[group_of]
    apart = distance.copy()
    np.fill_diagonal(apart, 0.0)
    sums = apart @ member
    rows = np.arange(len(distance))
    inside = sums[rows, group_of] / np.maximum(sizes[group_of] - 1, 1)
    means = sums / sizes
    means[rows, group_of] = np.inf
    outside = means.min(axis=1)
    single = sizes[group_of] == 1
    clear = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-9)
    return np.where(single, 0.0, clear)
