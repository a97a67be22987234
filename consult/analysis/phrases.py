"""Candidate phrases for labels: short runs of words inside a sentence, with how telling they are.

A word tells of a theme when it occurs in many of the theme's answers and in few of the others: the root of
its share times its log odds against the other themes, with the whole set as informative prior (Monroe,
Colaresi and Quinn 2008), each answer counted once. So the set's own subject, which all themes share, tells of none.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.analysis.label_words import ELISION, PARTICLES, Word
from consult.analysis.text import normalise
from consult.analysis.word_kinds import WordKinds

LONGEST_PHRASE = 5
_POSSESSIVE = re.compile(r"['’]s$")
# What the prior weighs, in answers; and the part of another single theme's share that counts as "others".
_PRIOR = 10.0
_OTHER_THEME = 0.5
# A word that half of the other themes have in such a share is the set's subject rather than the theme's.
_USUAL = 0.02
_SUBJECT = 0.02
# Of the candidates so many are the most frequent ones: a theme of many matters has few telling words.
_FREQUENT = 0.35
_WEAK = 0.6
# A phrase that stands beside the same word so often is a piece of a longer one.
_PIECE = 0.6
# What a word is worth that occurs as often in the other themes: where no word tells, a theme still has a name.
_LEAST = 0.02
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as people wrote it most often, the stems that carry it, how telling it is, how
    well it reads, how far it belongs to the theme alone, and in which texts (by place) all its stems occur."""

    shown: str
    stems: tuple[str, ...]
    score: float
    texts: int
    shape: float = 1.0
    own: float = 1.0
    within: frozenset[int] = frozenset()


# Score, as written, stems, in how many texts, how well it reads, usual share of its rarest stem elsewhere.
_Candidate = tuple[float, str, tuple[str, ...], int, float, float]


@dataclass(frozen=True, slots=True)
class StemCounts:
    """In how many of `texts` texts each stem occurs."""

    texts: int
    counts: Counter[str]


def stem_counts(texts: Sequence[Sequence[Word]]) -> StemCounts:
    """The stems of the texts that are no function words, each text counted once."""
    return StemCounts(
        len(texts), Counter(s for text in texts for s in {w.stem for w in text if not w.is_stop})
    )


@dataclass(frozen=True, slots=True)
class StemWeights:
    """How telling each stem is of a theme, and `usual`: the share of it that half of the other themes reach."""

    telling: Mapping[str, float]
    usual: Mapping[str, float]


def word_weights(themes: Mapping[int, StemCounts]) -> dict[int, StemWeights]:
    """For each theme how telling its stems are against the other themes; nearly 0 for what tells nothing."""
    whole = sum(theme.texts for theme in themes.values())
    total: Counter[str] = Counter()
    shares: dict[str, list[float]] = defaultdict(list)
    for theme in themes.values():
        total.update(theme.counts)
        for key, count in theme.counts.items():
            # Two answers in a tiny theme are no high share.
            shares[key].append(count / (theme.texts + _PRIOR))
    for found in shares.values():
        found.sort(reverse=True)
    out: dict[int, StemWeights] = {}
    for number, theme in themes.items():
        telling: dict[str, float] = {}
        usual: dict[str, float] = {}
        rest = whole - theme.texts
        for key, count in theme.counts.items():
            prior = _PRIOR * (total[key] + 0.5) / (whole + 1)
            inside = (count + prior) / (theme.texts + _PRIOR)
            other = (total[key] - count + 0.1 * prior) / (rest + 0.1 * _PRIOR)
            beside, usual[key] = _beside(shares[key], count / (theme.texts + _PRIOR), len(themes))
            lead = _odds(inside) - _odds(max(other, _OTHER_THEME * beside))
            # The least that chance leaves of a count: one answer is hardly a share.
            sure = max(0.0, count - 0.7 * math.sqrt(count)) / theme.texts
            telling[key] = max(_LEAST * sure, 1.2 * sure**0.7 * lead / (1 + usual[key] / _USUAL))
        out[number] = StemWeights(telling, usual)
    return out


def _beside(shares: Sequence[float], own: float, themes: int) -> tuple[float, float]:
    """The highest share of a word in another theme, and the share that half of the other themes reach."""
    others = list(shares)
    others.remove(own)
    middle = themes // 2
    return (others[0] if others else 0.0), (others[middle - 1] if 0 < middle <= len(others) else 0.0)


def _odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def candidate_phrases(
    texts: Sequence[Sequence[Word]],
    weights: StemWeights,
    *,
    limit: int,
    language: str,
    kinds: WordKinds | None = None,
) -> list[Phrase]:
    """The `limit` most telling phrases of the texts, best first; ties by spelling."""
    kinds = kinds or WordKinds(texts, language)
    weak = {w.stem for text in texts for w in text if not w.is_stop and kinds.is_weak(w.plain)}
    found = _Runs()
    for text in texts:
        found.read(text, weights.telling)
    vocabulary = _Vocabulary(texts)
    stems = [{w.stem for w in text if not w.is_stop} for text in texts]
    ranked = []
    for key, forms in found.forms.items():
        run = min(forms.values(), key=lambda form: (-form[0], form[1]))[2]
        count = found.seen[key]
        telling = sum(weights.telling.get(s, 0.0) * (_WEAK if s in weak else 1.0) for s in key)
        shape = kinds.shape(run) * found.whole(key)
        common = 5 * ((count - 0.7 * math.sqrt(count)) / len(texts)) ** 0.4
        score = telling * shape * _length_factor(len(run)) / math.sqrt(len(key)) * common
        if count == 1 and len(texts) > 5:
            score *= 0.5
        usual = min(weights.usual.get(s, 0.0) for s in key)
        ranked.append((round(score, 6), vocabulary.written(run, language), key, count, shape, usual))
    ranked.sort(key=lambda item: (-item[0], item[1]))
    ranked = _best_and_frequent(ranked, limit)
    return [
        Phrase(
            shown,
            key,
            score,
            count,
            shape,
            1 / (1 + usual / _SUBJECT),
            frozenset(i for i, own in enumerate(stems) if own.issuperset(key)),
        )
        for score, shown, key, count, shape, usual in ranked
    ]


def _best_and_frequent(ranked: list[_Candidate], limit: int) -> list[_Candidate]:
    """The most telling and, for the rest of `limit`, the most frequent of those that read as names."""
    frequent = sorted(
        (item for item in ranked if item[3] > 1 and item[4] >= 0.5), key=lambda item: (-item[3], item[1])
    )
    kept = {item[2]: item for item in (*ranked[: limit - int(_FREQUENT * limit)], *frequent[:limit])}
    return sorted(list(kept.values())[:limit], key=lambda item: (-item[0], item[1]))


def _length_factor(words: int) -> float:
    return {1: 0.65, 2: 1.15, 3: 1.15, 4: 1.0}.get(words, 0.85)


class _Runs:
    """All runs of words that may be a phrase, with the forms they were written in and what stands beside them."""

    def __init__(self) -> None:
        self.forms: dict[tuple[str, ...], dict[str, tuple[int, str, Sequence[Word]]]] = defaultdict(dict)
        self.seen: Counter[tuple[str, ...]] = Counter()
        self._before: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._after: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)

    def read(self, text: Sequence[Word], weights: Mapping[str, float]) -> None:
        done = set()
        for start, first in enumerate(text):
            if first.is_stop or first.plain in PARTICLES:
                continue
            for end in range(start, min(start + LONGEST_PHRASE, len(text))):
                if end > start and not text[end].joined:
                    break
                if text[end].is_stop:
                    continue
                run = text[start : end + 1]
                if sum(len(word.shown) + 1 for word in run) > _LONGEST_SHOWN:
                    break
                key = tuple(w.stem for w in run if not w.is_stop)
                if key in done or len(set(key)) < len(key) or not any(weights.get(s, 0) > 0 for s in key):
                    continue
                done.add(key)
                self._add(key, run, text, start, end)

    def _add(
        self, key: tuple[str, ...], run: Sequence[Word], text: Sequence[Word], start: int, end: int
    ) -> None:
        plain = " ".join(w.plain for w in run)
        count, shown, kept = self.forms[key].get(plain, (0, plain, run))
        self.forms[key][plain] = (count + 1, shown, kept)
        self.seen[key] += 1
        if start and text[start].joined and not text[start - 1].is_stop:
            self._before[key][text[start - 1].stem] += 1
        if end + 1 < len(text) and text[end + 1].joined and not text[end + 1].is_stop:
            self._after[key][text[end + 1].stem] += 1

    def whole(self, key: tuple[str, ...]) -> float:
        """Less than 1 for what is mostly a piece of one longer phrase."""
        count = self.seen[key]
        most = max(max(side[key].values(), default=0) for side in (self._before, self._after))
        return 0.5 if count > 1 and most >= _PIECE * count else 1.0


class _Vocabulary:
    """How words are written in these texts: their usual case, and which forms occur."""

    def __init__(self, texts: Sequence[Sequence[Word]]) -> None:
        self.plain = Counter(word.plain for text in texts for word in text)
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for place, word in enumerate(text):
                # The capital at the start of a sentence says nothing.
                if place and word.joined:
                    forms[word.shown.casefold()][word.shown] += 1
        self._case = {
            key: min(counts.items(), key=lambda item: (-item[1], item[0].isupper(), item[0]))[0]
            for key, counts in forms.items()
        }

    def written(self, run: Sequence[Word], language: str) -> str:
        """A phrase as it is usually written, without what is written onto its first and last word."""
        parts = [self._case.get(word.shown.casefold(), word.shown) for word in run]
        if language == "fr":
            parts[0] = ELISION.sub("", parts[0])
        if language == "en":
            parts[-1] = _POSSESSIVE.sub("", parts[-1])
        if language == "ar":
            parts[0] = self._bare(parts[0])
        return " ".join(parts)

    def _bare(self, word: str) -> str:
        """An Arabic word without the conjunction or preposition written onto it, where people also write it so."""
        if len(word) < 4 or word[0] not in "وبلف":
            return word
        rest = self.plain[normalise(word[1:])]
        return word[1:] if rest > 0 and (len(word) > 4 or rest >= self.plain[normalise(word)]) else word
