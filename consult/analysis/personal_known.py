"""Names of known people (a roll) in a text, in any spelling of alef, ya and ta marbuta, with or without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from consult.analysis.arabic import fold_built_in
from consult.analysis.masking import Span
from consult.analysis.stopwords import ALL_STOPWORDS

_WORD = re.compile("[^\\W\\d_][\\w'’\u064b-\u065f\u0670]*")
_LINKS = frozenset(
    [
        "بن",
        "ابن",
        "بنت",
        "ال",
        "bin",
        "ben",
        "ibn",
        "bint",
        "al",
        "el",
        "de",
        "del",
        "la",
        "van",
        "von",
        "der",
    ]
)
_PARTICLES = ("و", "ف", "ب", "ل", "ك", "ول", "وب")


def find_known_names(text: str, names: Collection[str]) -> Iterator[Span]:
    """Where two words of one name stand beside each other (the order is free), or the only word of a name."""
    if not names:
        return
    known = _index(frozenset(names))
    words = [(found.start(), found.end(), folded(found[0])) for found in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        last = _last_of_name(words, place, known)
        if last is None:
            place += 1
            continue
        yield Span(words[place][0], words[last][1], "name")
        place = last + 1


def _last_of_name(
    words: list[tuple[int, int, str]], place: int, known: dict[str, frozenset[frozenset[str]]]
) -> int | None:
    first = next((form for form in _forms(words[place][2]) if form in known), None)
    if first is None:
        return None
    best = place if any(len(name) == 1 for name in known[first]) else None
    for name in known[first]:
        last, seen = place, {first}
        for at in range(place + 1, min(place + 8, len(words))):
            word = words[at][2]
            if word in name and word not in seen:
                last, seen = at, seen | {word}
            elif word not in _LINKS:
                break
        if len(seen) > 1:
            best = max(best or place, last)
    return best


def _forms(word: str) -> Iterator[str]:
    """A word, and without the particles that Arabic attaches."""
    yield word
    for particle in _PARTICLES:
        if word.startswith(particle) and len(word) > len(particle) + 2:
            yield word[len(particle) :]


@lru_cache(maxsize=8)
def _index(names: frozenset[str]) -> dict[str, frozenset[frozenset[str]]]:
    """A word of a name → the names that have it, each as its words."""
    found: dict[str, set[frozenset[str]]] = {}
    for name in names:
        words = frozenset(folded(part) for part in _WORD.findall(name)) - _LINKS
        words = frozenset(word for word in words if len(word) > 1)
        if not words or (len(words) == 1 and words & ALL_STOPWORDS):
            continue
        for word in words:
            found.setdefault(word, set()).add(words)
    return {word: frozenset(several) for word, several in found.items()}


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """One spelling of a word of a name."""
    plain = unicodedata.normalize("NFKD", fold_built_in(word).casefold().replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).removesuffix("'s")
