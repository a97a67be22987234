"""Candidate phrases for labels: short runs of words inside a sentence, with how telling they are.

A word tells of a theme when it occurs in many of the theme's answers and in few of the others: the root of
its share times its log odds against the other themes, with the whole set as informative prior (Monroe,
Colaresi and Quinn 2008), each answer counted once. So the set's own subject, which all themes share, tells of none.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from consult.analysis.edges import Edges, edges_of
from consult.analysis.label_words import ELISION, PARTICLES, Word
from consult.analysis.personal_data import find_personal
from consult.analysis.text import normalise
from consult.analysis.word_kinds import WordKinds

LONGEST_PHRASE = 5
"""In words; a clause of a central answer may have more."""
_LONGEST_CLAUSE = 8
# Of so many of the most central answers whole clauses are candidates too.
_CENTRAL = 12
_CLAUSES = 12
_OF_ONE = 3
_CLAUSE_WORDS = 3
_WHOLE = 0.7
# What a whole clause is worth as a name, and with a pronoun in it.
_CLAUSE_SHAPE = 0.8
_PRONOUN = 0.75
_LONGEST_WHOLE = 9
# Words of one answer's phrase are in so many answers: of at least `_MANY`, and 2 of at least `FEW_TEXTS`.
_SHARED = 3
_MANY = 1000
FEW_TEXTS = 100
# A name that so many wrote is no private one.
_PUBLIC = 5
_APART = 0.25
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
    words: int = 1


@dataclass(frozen=True, slots=True)
class _Found:
    """A run of words that may be a phrase: how telling its words are, how often it occurs, how well it reads."""

    run: Sequence[Word]
    stems: tuple[str, ...]
    shown: str
    telling: float
    shape: float
    count: int

    def score(self, answers: float, size: int) -> float:
        """How telling it is with so many answers of a theme of `size` texts."""
        common = 5 * (max(0.0, answers - 0.7 * math.sqrt(answers)) / size) ** 0.4
        score = (
            self.telling * self.shape * _length_factor(len(self.run)) / math.sqrt(len(self.stems)) * common
        )
        return round(score * (0.5 if answers < 1.5 and size > 5 else 1.0), 6)


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
    """How telling each stem is of a theme, `usual`: the share of it that half of the other themes reach, `answers`: in
    how many of those read it is, `texts`: how many the whole set has, in all languages."""

    telling: Mapping[str, float]
    usual: Mapping[str, float]
    answers: Mapping[str, int]
    texts: int

    def is_shared(self, stems: Sequence[str]) -> bool:
        """Whether several people used each of the words: what one alone wrote may tell of a person."""
        needed = _SHARED if self.texts >= _MANY else 2 if self.texts >= FEW_TEXTS else 1
        return all(self.answers.get(s, 0) >= needed for s in stems)


def word_weights(themes: Mapping[int, StemCounts], texts: int = 0) -> dict[int, StemWeights]:
    """For each theme how telling its stems are against the other themes; nearly 0 for what tells nothing. `texts`: how
    many the whole set has, where not all of them are read here."""
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
        out[number] = StemWeights(telling, usual, total, max(whole, texts))
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
    """The most telling phrases of the texts, best first, ties by spelling: `limit` runs of up to five words, and
    clauses of the first texts, which are the most central ones."""
    kinds = kinds or WordKinds(texts, language)
    weak = {w.stem for text in texts for w in text if not w.is_stop and kinds.is_weak(w.plain)}
    runs = _Runs(kinds)
    for place, text in enumerate(texts):
        runs.read(text, weights.telling, _LONGEST_CLAUSE if place < _CENTRAL else LONGEST_PHRASE)
    vocabulary = _Vocabulary(texts)
    found = []
    for key, forms in runs.forms.items():
        if runs.seen[key] < _SHARED and not weights.is_shared(key):
            continue
        run = min(forms.values(), key=lambda form: (-form[0], form[1]))[2]
        telling = sum(weights.telling.get(s, 0.0) * (_WEAK if s in weak else 1.0) for s in key)
        shape = kinds.shape(run, closes=runs.closes(key)) * runs.whole(key)
        found.append(_Found(run, key, vocabulary.written(run, language), telling, shape, runs.seen[key]))
    stems = [{w.stem for w in text if not w.is_stop} for text in texts]
    short = [item for item in found if len(item.run) <= LONGEST_PHRASE]
    kept = {item.stems: item for item in _best_and_frequent(short, len(texts), limit)}
    clauses = [
        *_whole_clauses(texts[:_CENTRAL], weights, weak, kinds, vocabulary),
        *_clauses(found, stems, weights, weak),
    ]
    kept |= {item.stems: item for item in clauses if item.stems not in kept}
    private = _Private(texts)
    phrases = [_phrase(item, stems, weights) for item in kept.values()]
    phrases = [item for item in phrases if item.texts >= _PUBLIC or not private.holds(item)]
    return sorted(phrases, key=lambda item: (-item.score, item.shown))


def _phrase(item: _Found, stems: Sequence[set[str]], weights: StemWeights) -> Phrase:
    within = frozenset(i for i, own in enumerate(stems) if own.issuperset(item.stems))
    usual = min(weights.usual.get(s, 0.0) for s in item.stems)
    # Answers that have the words in another order say nearly the same.
    answers = item.count + min(_APART * (len(within) - item.count), 2 * item.count)
    return Phrase(
        shown=item.shown,
        stems=item.stems,
        score=item.score(answers, len(stems)),
        texts=item.count,
        shape=item.shape,
        own=1 / (1 + usual / _SUBJECT),
        within=within,
        words=len(item.run),
    )


class _Private:
    """The words of texts that tell of a person; a text is read when a phrase of it is asked for."""

    def __init__(self, texts: Sequence[Sequence[Word]]) -> None:
        self._texts = texts
        self._found: dict[int, set[str]] = {}

    def holds(self, phrase: Phrase) -> bool:
        """Whether a phrase has a word that tells of a person in one of the texts it is from."""
        own = set(phrase.shown.casefold().split())
        return any(own & self._words(place) for place in sorted(phrase.within)[:_PUBLIC])

    def _words(self, place: int) -> set[str]:
        if place not in self._found:
            text = " ".join(word.shown for word in self._texts[place])
            spans = find_personal(text)
            told = " ".join(text[span.start : span.end] for span in spans)
            self._found[place] = set(told.casefold().split())
        return self._found[place]


def _best_and_frequent(found: Sequence[_Found], size: int, limit: int) -> list[_Found]:
    """The most telling and, for the rest of `limit`, the most frequent of those that read as names."""
    ranked = sorted(
        ((item.score(item.count, size), item) for item in found), key=lambda p: (-p[0], p[1].shown)
    )
    frequent = sorted(
        (item for item in found if item.count > 1 and item.shape >= 0.5),
        key=lambda item: (-item.count, item.shown),
    )
    best = [item for _, item in ranked[: limit - int(_FREQUENT * limit)]]
    kept = {item.stems: item for item in (*best, *frequent[:limit])}
    return list(kept.values())[:limit]


def _clauses(
    found: Sequence[_Found], stems: Sequence[set[str]], weights: StemWeights, weak: set[str]
) -> list[_Found]:
    """Runs of three words and more of the most central answers, made of words that several people used: the
    most common words first, at most three of one answer."""
    central = (
        item
        for item in found
        if len(item.run) >= _CLAUSE_WORDS and item.shape >= _WHOLE and weights.is_shared(item.stems)
    )
    known = Counter(s for own in stems for s in own)

    def common(item: _Found) -> float:
        shares = sum(math.sqrt(known[s] / len(stems)) * (_WEAK if s in weak else 1.0) for s in item.stems)
        return round(shares * item.shape / len(item.stems) ** 0.3, 6)

    ranked = sorted(((common(item), item) for item in central), key=lambda pair: (-pair[0], pair[1].shown))
    used: Counter[int] = Counter()
    out: list[_Found] = []
    for _, item in ranked:
        place = next((i for i, own in enumerate(stems[:_CENTRAL]) if own.issuperset(item.stems)), None)
        if place is not None and used[place] < _OF_ONE and len(out) < _CLAUSES:
            used[place] += 1
            out.append(item)
    return out


def _whole_clauses(
    texts: Sequence[Sequence[Word]],
    weights: StemWeights,
    weak: set[str],
    kinds: WordKinds,
    vocabulary: _Vocabulary,
) -> Iterator[_Found]:
    """The clauses of the texts as they stand, from their first word that begins nothing to where they close."""
    for text in texts:
        edges = edges_of(text, kinds)
        start = 0
        for end, closes in enumerate(edges.closes):
            if not closes:
                continue
            run = text[start : end + 1]
            start = end + 1
            # "How do I …" at the beginning of a sentence is a question.
            while run and kinds.opens(run[0]) and (run[0].joined or not kinds.is_asking(run)):
                run = run[1:]
            key = tuple(w.stem for w in run if not w.is_stop)
            if not _CLAUSE_WORDS <= len(run) <= _LONGEST_WHOLE or len(key) < 2 or len(set(key)) < len(key):
                continue
            if run[-1].is_stop or not weights.is_shared(key) or all(s in weak for s in key):
                continue
            telling = sum(weights.telling.get(s, 0.0) * (_WEAK if s in weak else 1.0) for s in key)
            sides = kinds.lists.sides
            if run[0].is_stop and run[0].plain in sides["inside"]:
                continue
            shape = _CLAUSE_SHAPE * (_PRONOUN if any(w.plain in sides["person"] for w in run) else 1.0)
            yield _Found(run, key, vocabulary.written(run, kinds.language), telling, shape, 1)


def _length_factor(words: int) -> float:
    return {1: 0.55, 2: 1.15, 3: 1.15, 4: 1.0}.get(words, 0.85)


class _Runs:
    """All runs of words that may be a phrase, with the forms they were written in and what stands beside them."""

    def __init__(self, kinds: WordKinds) -> None:
        self.forms: dict[tuple[str, ...], dict[str, tuple[int, str, Sequence[Word]]]] = defaultdict(dict)
        self.seen: Counter[tuple[str, ...]] = Counter()
        self._kinds = kinds
        self._copulas = kinds.lists.sides["copula"]
        self._before: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._after: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._edges: dict[tuple[str, ...], float] = defaultdict(float)
        self._closes: Counter[tuple[str, ...]] = Counter()

    def read(self, text: Sequence[Word], weights: Mapping[str, float], longest: int) -> None:
        done = set()
        edges = edges_of(text, self._kinds)
        for start, first in enumerate(text):
            if first.is_stop or first.plain in PARTICLES:
                continue
            for end in range(start, min(start + longest, len(text))):
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
                self._add(key, run, text, (start, end), edges)

    def _add(
        self,
        key: tuple[str, ...],
        run: Sequence[Word],
        text: Sequence[Word],
        place: tuple[int, int],
        edges: Edges,
    ) -> None:
        start, end = place
        plain = " ".join(w.plain for w in run)
        count, shown, kept = self.forms[key].get(plain, (0, plain, run))
        self.forms[key][plain] = (count + 1, shown, kept)
        self.seen[key] += 1
        part = edges.begins[start] * edges.ends[end]
        if not edges.leads[start] and any(w.is_stop and w.plain in self._copulas for w in run):
            # "Ideas from inventors are stolen": what is said is said of another word.
            part *= 0.6
        self._edges[key] += part
        self._closes[key] += edges.closes[end]
        if start and text[start].joined and not text[start - 1].is_stop:
            self._before[key][text[start - 1].stem] += 1
        if end + 1 < len(text) and text[end + 1].joined and not text[end + 1].is_stop:
            self._after[key][text[end + 1].stem] += 1

    def closes(self, key: tuple[str, ...]) -> bool:
        """Whether it mostly ends where its clause does."""
        return 2 * self._closes[key] > self.seen[key]

    def whole(self, key: tuple[str, ...]) -> float:
        """Less than 1 for what is mostly a piece of one longer phrase, or breaks off."""
        count = self.seen[key]
        most = max(max(side[key].values(), default=0) for side in (self._before, self._after))
        piece = 0.5 if count > 1 and most >= _PIECE * count else 1.0
        return min(piece, self._edges[key] / count)


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
