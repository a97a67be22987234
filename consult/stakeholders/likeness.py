"""People who may be the same one under two spellings: to be shown to a person, never merged by itself.

Every name is put in several orders, and only neighbours in one of them are compared (the sorted-neighbourhood
method: Hernández and Stolfo, The Merge/Purge Problem for Large Databases, 1995), word by word with the similarity
of Jaro and Winkler (Winkler, String Comparator Metrics, 1990). 20,000 names take a few seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from consult.stakeholders.names import name_words, skeleton

WINDOW = 6
LEAST_WORD = 0.84
LEAST_MEAN = 0.93


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two people by their place in the list that was given; 1.0 is the same name but for spelling."""

    first: int
    second: int
    score: float


def similar_names(names: Sequence[str], is_new: Sequence[bool]) -> list[Likeness]:
    """Pairs of similar names of which at least one is new, most alike first, then in the order of the list."""
    words = [name_words(name) for name in names]
    found: dict[tuple[int, int], float] = {}
    for pair in _same(words, is_new):
        found[pair] = 1.0
    tried: set[tuple[int, int]] = set(found)
    for pair in _neighbours(words, is_new):
        if pair not in tried:
            tried.add(pair)
            score = _score(words[pair[0]], words[pair[1]])
            if score:
                found[pair] = score
    pairs = [Likeness(first, second, round(score, 3)) for (first, second), score in found.items()]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.second, pair.first))


def _same(words: Sequence[tuple[str, ...]], is_new: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Each with the first that has the same words, whatever their order."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, own in enumerate(words):
        if own:
            blocks[tuple(sorted(own))].append(place)
    for block in blocks.values():
        for place in block[1:]:
            if is_new[block[0]] or is_new[place]:
                yield block[0], place


def _neighbours(words: Sequence[tuple[str, ...]], is_new: Sequence[bool]) -> Iterator[tuple[int, int]]:
    orders: tuple[Callable[[int], object], ...] = (
        lambda place: words[place],
        lambda place: words[place][::-1],
        lambda place: sorted(words[place]),
        lambda place: skeleton(words[place]),
    )
    known = [place for place, own in enumerate(words) if own]
    for order in orders:
        line = sorted(known, key=order)  # type: ignore[arg-type]
        for position, place in enumerate(line):
            for other in line[position + 1 : position + 1 + WINDOW]:
                if is_new[place] or is_new[other]:
                    yield (place, other) if place < other else (other, place)


def _score(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """0 unless word stands against word, each alike and all together very alike."""
    if len(one) != len(other):
        joined = JaroWinkler.similarity("".join(one), "".join(other), score_cutoff=0.985)
        return joined if min(len(one), len(other)) == 1 or abs(len(one) - len(other)) == 1 else 0.0
    return max(_by_word(one, other), _by_word(tuple(sorted(one)), tuple(sorted(other))))


def _by_word(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    total = 0.0
    for mine, yours in zip(one, other, strict=True):
        likeness = 1.0 if mine == yours else JaroWinkler.similarity(mine, yours, score_cutoff=LEAST_WORD)
        if not likeness:
            return 0.0
        total += likeness
    mean = total / len(one)
    return mean if mean >= LEAST_MEAN else 0.0
