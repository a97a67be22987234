"""Texts that are nearly the same: campaign letters in which each sender changed a name or a line.

Two texts are compared by their runs of four words (shingles, Broder 1997). Those that share one of their
eight smallest shingle numbers are looked at, and joined when most of their shingles are the same.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

# Short texts are alike by chance.
FEWEST_WORDS = 12
_RUN = 4
_SKETCH = 8
_ALIKE = 0.6
# Letters already found that a text is compared with, for each number it shares.
_COMPARED = 6
# Texts whose shingles are made together.
_AT_ONCE = 2_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


def near_copies(texts: Sequence[Sequence[str]], kinds: Sequence[str]) -> list[list[int]]:
    """Groups of texts (lists of words) that are nearly the same, of one kind (language) each.

    Every text is in one group, in the order of its first text; most groups have one text.
    """
    heads: dict[str, dict[int, list[int]]] = defaultdict(dict)
    shingles: dict[int, np.ndarray] = {}
    groups: dict[int, list[int]] = {}
    for number, (own, kind) in enumerate(zip(_each_shingles(texts), kinds, strict=True)):
        if own is None:
            groups[number] = [number]
            continue
        known = heads[kind]
        sketch = own[:_SKETCH].tolist()
        near = {head for key in sketch if key in known for head in known[key][:_COMPARED]}
        like = [(-_likeness(own, shingles[head]), head) for head in near]
        best = min(like, default=(0.0, -1))
        if -best[0] >= _ALIKE:
            groups[best[1]].append(number)
            continue
        groups[number] = [number]
        shingles[number] = own
        for key in sketch:
            known.setdefault(key, []).append(number)
    return list(groups.values())


class _Numbers(dict[str, int]):
    """A number for each word, made when it is first asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = number = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return number


def _each_shingles(texts: Sequence[Sequence[str]]) -> Iterator[np.ndarray | None]:
    """For each text the numbers of its different runs of four words, sorted; None for a short one."""
    numbers = _Numbers()
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        long = iter(_shingles([found for found in some if len(found) >= FEWEST_WORDS], numbers))
        for found in some:
            yield next(long) if len(found) >= FEWEST_WORDS else None


def _shingles(texts: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> list[np.ndarray]:
    if not texts:
        return []
    every = np.array([numbers[word] for found in texts for word in found], dtype=np.uint64)
    runs = np.zeros(len(every) - _RUN + 1, dtype=np.uint64)
    for step in range(_RUN):
        runs = (runs + every[step : step + len(runs)]) * _MIX
        runs ^= runs >> np.uint64(31)
    # Runs that go from one text into the next are none.
    counts = np.array([len(found) - _RUN + 1 for found in texts])
    first = np.cumsum(counts + _RUN - 1) - (counts + _RUN - 1)
    owner = np.repeat(np.arange(len(texts)), counts)
    runs = runs[np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + first[owner]]
    order = np.lexsort((runs, owner))
    owner, runs = owner[order], runs[order]
    new = np.ones(len(runs), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (runs[1:] != runs[:-1])
    ends = np.cumsum(np.bincount(owner[new], minlength=len(texts)))
    return np.split(runs[new], ends[:-1])


def _likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Jaccard index of two sorted sets."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)
