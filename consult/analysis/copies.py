"""Texts that are nearly the same: campaign letters in which each sender changed a name or a line.

Two texts are compared by their runs of four words (shingles, Broder 1997). Those that share one of their
eight smallest shingle numbers are looked at, and joined when most of their shingles are the same.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

# Short texts are alike by chance.
FEWEST_WORDS = 12
_RUN = 4
_SKETCH = 8
_ALIKE = 0.6
# Letters already found that a text is compared with, for each number it shares.
_COMPARED = 6
_MIX = np.uint64(0x9E3779B97F4A7C15)


def near_copies(texts: Sequence[Sequence[str]], kinds: Sequence[str]) -> list[list[int]]:
    """Groups of texts (lists of words) that are nearly the same, of one kind (language) each.

    Every text is in one group, in the order of its first text; most groups have one text.
    """
    known: dict[str, int] = {}
    heads: dict[tuple[str, int], list[int]] = defaultdict(list)
    shingles: dict[int, np.ndarray] = {}
    groups: dict[int, list[int]] = {}
    for number, (found, kind) in enumerate(zip(texts, kinds, strict=True)):
        if len(found) < FEWEST_WORDS:
            groups[number] = [number]
            continue
        own = _shingles(found, known)
        sketch = [(kind, key) for key in own[:_SKETCH].tolist()]
        near = {head for key in sketch for head in heads[key][:_COMPARED]}
        like = [(-_likeness(own, shingles[head]), head) for head in near]
        best = min(like, default=(0.0, -1))
        if -best[0] >= _ALIKE:
            groups[best[1]].append(number)
            continue
        groups[number] = [number]
        shingles[number] = own
        for key in sketch:
            heads[key].append(number)
    return list(groups.values())


def _shingles(found: Sequence[str], known: dict[str, int]) -> np.ndarray:
    """A number for each different run of four words, sorted."""
    for word in found:
        if word not in known:
            known[word] = zlib.crc32(word.encode("utf-8", "surrogatepass"))
    numbers = np.array([known[word] for word in found], dtype=np.uint64)
    runs = np.zeros(len(numbers) - _RUN + 1, dtype=np.uint64)
    for step in range(_RUN):
        runs = (runs + numbers[step : step + len(runs)]) * _MIX
        runs ^= runs >> np.uint64(31)
    return np.unique(runs)


def _likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Jaccard index of two sorted sets."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)
