"""The words of a text, read for finding phrases: as written, folded, stemmed, and whether they carry matter."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from consult.analysis.stems import stem
from consult.analysis.stopwords import stopwords_of
from consult.analysis.text import is_arabic, normalise

_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ‑-][^\W_]+)*")
ELISION = re.compile(r"^(?:l|d|qu|j|n|s|c|m|t|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
PARTICLES = frozenset({"up", "out", "off", "down"})
"""English particles: after a word they are part of it, and no function words."""
_LONGEST_WORD = 40
_LATIN = frozenset({"en", "fr", "es"})
_ONLY_SPACE = re.compile(r"[ \u00a0\u0640]+")


@lru_cache(maxsize=50_000)
def _plain(word: str) -> str:
    return normalise(word)


@dataclass(frozen=True, slots=True)
class Word:
    shown: str
    plain: str
    stem: str
    is_stop: bool
    joined: bool  # only spaces stand between this word and the one before


def read_words(text: str, language: str) -> list[Word]:
    """The words of a text for phrase finding."""
    stops = stopwords_of(language)
    found: list[Word] = []
    end = -1
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()] if end >= 0 else ""
        shown = match.group()
        plain = _plain(shown)
        joined = bool(_ONLY_SPACE.fullmatch(gap))
        is_stop = (
            plain in stops or not any(c.isalpha() for c in plain) or not 2 <= len(plain) <= _LONGEST_WORD
        )
        if language == "fr":
            is_stop = is_stop or ELISION.sub("", plain) in stops
        # A label in one script takes no word of the other: mixed texts would give it an unreadable one.
        is_stop = is_stop or (language in _LATIN and is_arabic(plain))
        if language == "en" and joined and plain in PARTICLES and found and not found[-1].is_stop:
            # "top up" is one verb; its particle is no function word.
            is_stop = False
        found.append(Word(shown, plain, stem(plain, language), is_stop, joined))
        end = match.end()
    return _with_names(found)


def _with_names(found: list[Word]) -> list[Word]:
    """A function word with a capital inside a sentence, before another capital, is part of a name (New York)."""
    for place in range(1, len(found) - 1):
        word, after = found[place], found[place + 1]
        if word.is_stop and word.joined and after.joined and word.shown.istitle() and after.shown.istitle():
            found[place] = replace(word, is_stop=len(word.plain) < 2)
    return found
