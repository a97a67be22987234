"""Candidate phrases for labels: short runs of words inside a sentence, with how telling they are.

Words are weighed by how much more often they occur in the theme than in the other answers of the same
language (the idea of class-based TF-IDF, Grootendorst 2022), each answer counted once.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from consult.analysis.stems import stem
from consult.analysis.stopwords import stopwords_of
from consult.analysis.text import is_arabic, normalise

LONGEST_PHRASE = 5
_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ‑-][^\W_]+)*")
_ELISION = re.compile(r"^(?:d|qu|j|n|s|c|m|t|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_LATIN = frozenset({"en", "fr", "es"})
_ONLY_SPACE = re.compile(r"[ \u00a0\u0640]+")


@dataclass(frozen=True, slots=True)
class Word:
    shown: str
    stem: str
    is_stop: bool
    joined: bool  # only spaces stand between this word and the one before


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as people wrote it most often, the stems that carry it, and how telling it is."""

    shown: str
    stems: tuple[str, ...]
    score: float
    texts: int


def read_words(text: str, language: str) -> list[Word]:
    """The words of a text for phrase finding."""
    stops = stopwords_of(language)
    found, end = [], -1
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()] if end >= 0 else ""
        shown = match.group()
        plain = normalise(shown)
        is_stop = plain in stops or not any(c.isalpha() for c in plain) or len(plain) < 2
        # A label in one script takes no word of the other: mixed texts would give it an unreadable one.
        is_stop = is_stop or (language in _LATIN and is_arabic(plain))
        found.append(Word(shown, stem(plain, language), is_stop, bool(_ONLY_SPACE.fullmatch(gap))))
        end = match.end()
    return found


def word_weights(inside: Sequence[Sequence[Word]], outside: Sequence[Sequence[Word]]) -> dict[str, float]:
    """How telling each stem is for the texts `inside` against those `outside`."""
    counted = Counter(s for text in inside for s in {w.stem for w in text if not w.is_stop})
    rest = Counter(s for text in outside for s in {w.stem for w in text if not w.is_stop})
    weights = {}
    for key, count in counted.items():
        share = count / len(inside)
        other = (rest[key] + 0.5) / (len(outside) + 1)
        weights[key] = max(0.0, share * math.log1p(share / other) - (0.6 * share if share < other else 0))
    return weights


def candidate_phrases(
    texts: Sequence[Sequence[Word]], weights: dict[str, float], *, limit: int, language: str
) -> list[Phrase]:
    """The `limit` most telling phrases of the texts, best first; ties by spelling."""
    forms: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    seen: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        found = _runs(text, weights)
        seen.update(set(found))
        for key, shown in found.items():
            forms[key][shown] += 1
    ranked = []
    vocabulary = {word.shown for text in texts for word in text}
    for key, counts in forms.items():
        usual = min(counts.items(), key=lambda item: (-item[1], item[0]))[0]
        form = _bare_start(usual, language, vocabulary)
        ranked.append(Phrase(form, key, _score(form, key, weights, seen[key]), seen[key]))
    ranked.sort(key=lambda p: (-p.score, p.shown))
    return ranked[:limit]


def _bare_start(shown: str, language: str, vocabulary: set[str]) -> str:
    """A phrase without the conjunction or preposition written onto its first word."""
    if language == "fr":
        return _ELISION.sub("", shown)
    first, _, rest = shown.partition(" ")
    if language == "ar" and len(first) > 4 and first[0] in "وبلف" and first[1:] in vocabulary:
        return f"{first[1:]} {rest}".rstrip()
    return shown


def _runs(text: Sequence[Word], weights: dict[str, float]) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for start, first in enumerate(text):
        if first.is_stop:
            continue
        for end in range(start, min(start + LONGEST_PHRASE, len(text))):
            if end > start and not text[end].joined:
                break
            if text[end].is_stop:
                continue
            run = text[start : end + 1]
            key = tuple(w.stem for w in run if not w.is_stop)
            if any(weights.get(s, 0) > 0 for s in key) and len(set(key)) == len(key):
                found.setdefault(key, " ".join(w.shown for w in run))
    return found


def _score(shown: str, key: tuple[str, ...], weights: dict[str, float], texts: int) -> float:
    length = shown.count(" ") + 1
    total = sum(weights.get(s, 0) for s in key)
    shape = {1: 0.75, 2: 1.15, 3: 1.15, 4: 1.0, 5: 0.9}[min(length, 5)]
    return shape * total / math.sqrt(len(key)) * (1 + 0.35 * math.log(texts))
