"""Labels and keywords of themes, in each language that has answers in them.

A label is one to three phrases of the answers. A phrase is good when its words are telling of this theme
(`phrases.py`), when it reads as a name (`word_kinds.py`), when its meaning is near the theme and not nearer to
another, and when many of the theme's answers hold it; a further phrase is taken for the answers that the
ones before do not cover (maximal marginal relevance, Carbonell and Goldstein 1998).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from consult.analysis.descriptions import Description, describe_themes
from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre
from consult.analysis.language import ARABIZI, MIXED, UNKNOWN
from consult.analysis.phrases import Phrase, Word, candidate_phrases, read_words, stem_counts, word_weights
from consult.analysis.text import for_reading
from consult.analysis.word_kinds import WordKinds

_READ_PER_THEME = 300
_CANDIDATES = 40
_KEYWORDS = 8
_STRAY = 0.02
# What nearness in meaning counts beside telling words, and being nearer to another theme against it.
_MEANING = 2.2
_FOREIGN = 0.6
_COVERS = 1.0
_LIKENESS = 0.8
# A further phrase: so good beside the first, and so many answers (share) that the label did not cover.
_FURTHER = (0.5, 0.55)
_ADDS = (0.04, 0.05)
_COVERED = 0.4
_TOO_ALIKE = 0.85
# This is good enough for a further phrase, however good the first is.
_GOOD = 1.6
_FAIR = 0.6
# Below this a phrase belongs to the whole set; so good must be what is taken in its place.
_OWN = 0.6
_INSTEAD = 0.2
_LONGER = 0.4
_READS = 0.6


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """Label and description by language, and keywords over all languages.

    `described`: places of the texts whose sentences the description holds."""

    label: Mapping[str, str]
    description: Mapping[str, str]
    keywords: tuple[str, ...]
    described: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Ranked:
    score: float
    phrase: Phrase
    vector: np.ndarray

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self.phrase.stems)


@dataclass(frozen=True, slots=True)
class LabelInput:
    """Different texts with language, theme number (-1 for none), and vectors centred by language."""

    texts: Sequence[str]
    languages: Sequence[str]
    themes: np.ndarray
    vectors: np.ndarray
    centres: np.ndarray


@dataclass(slots=True)
class _Language:
    """What is read of one language: per theme the rows, their words and the candidate phrases."""

    code: str
    rows: dict[int, list[int]] = field(default_factory=dict)
    phrases: dict[int, list[Phrase]] = field(default_factory=dict)
    ranked: dict[int, list[_Ranked]] = field(default_factory=dict)


def name_themes(
    data: LabelInput, *, embedder: Embedder, centre: LanguageCentre, vectors: VectorCache | None = None
) -> list[ThemeWords]:
    """Words for each theme, in the order of `data.centres`. No two themes share a label in a language."""
    languages = _candidates(data, embedder, centre, vectors)
    labels = _choose(languages, {}, is_broad=False)
    described = describe_themes(
        {(theme, own.code): rows for own in languages for theme, rows in own.rows.items()},
        data.texts,
        data.centres,
        embedder=embedder,
        centre=centre,
        vectors=vectors,
    )
    return [
        _words(theme, labels[theme], described.get(theme, {}), languages)
        for theme in range(len(data.centres))
    ]


def name_broader(
    data: LabelInput,
    named: Sequence[ThemeWords],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> list[Mapping[str, str]]:
    """Labels for broader themes, none of them a label of `named`, the themes below them."""
    used: dict[str, set[str]] = defaultdict(set)
    for words in named:
        for code, label in words.label.items():
            used[code].add(label.casefold())
    labels = _choose(_candidates(data, embedder, centre, vectors), used, is_broad=True)
    return [dict(sorted(labels[theme].items())) for theme in range(len(data.centres))]


def _candidates(
    data: LabelInput, embedder: Embedder, centre: LanguageCentre, vectors: VectorCache | None
) -> list[_Language]:
    """For each language and theme the phrases that may be its label, best first."""
    languages = _typical_rows(data)
    for language in languages:
        _find_phrases(language, data)
    _rank(languages, data, embedder, centre, vectors)
    return languages


def _words(
    theme: int, label: Mapping[str, str], found: Mapping[str, Description], languages: Sequence[_Language]
) -> ThemeWords:
    kept = {code: found[code] for code in sorted(found)}
    return ThemeWords(
        label=dict(sorted(label.items())),
        description={code: item.text for code, item in kept.items()},
        keywords=_keywords(theme, languages),
        described=frozenset(row for item in kept.values() for row in item.rows),
    )


def _typical_rows(data: LabelInput) -> list[_Language]:
    """For each language and theme the rows nearest to the theme's centre, at most `_READ_PER_THEME`."""
    out: dict[str, _Language] = {}
    codes = np.asarray(data.languages)
    for theme in range(len(data.centres)):
        rows = np.flatnonzero(data.themes == theme)
        nearness = np.round(data.vectors[rows] @ data.centres[theme], 6)
        ordered = rows[np.argsort(-nearness, kind="stable")]
        for code in _languages_of(codes[rows]):
            own = out.setdefault(code, _Language(code))
            own.rows[theme] = ordered[codes[ordered] == code][:_READ_PER_THEME].tolist()
    return [out[code] for code in sorted(out)]


def _languages_of(codes: np.ndarray) -> list[str]:
    """The languages a theme is named in: not those of a stray text among very many, nor what is no
    language (mixed scripts, Arabizi) where there is one."""
    found, counts = np.unique(codes, return_counts=True)
    named = [str(code) for code, n in zip(found, counts, strict=True) if n >= _STRAY * len(codes)]
    return [code for code in named if code not in (MIXED, ARABIZI, UNKNOWN)] or named


def _find_phrases(language: _Language, data: LabelInput) -> None:
    words: dict[int, list[list[Word]]] = {
        theme: [read_words(for_reading(data.texts[row]), language.code) for row in rows]
        for theme, rows in language.rows.items()
    }
    kinds = WordKinds((text for texts in words.values() for text in texts), language.code)
    weights = word_weights({theme: stem_counts(texts) for theme, texts in words.items()})
    for theme, texts in words.items():
        language.phrases[theme] = candidate_phrases(
            texts, weights[theme], limit=_CANDIDATES, language=language.code, kinds=kinds
        )


def _rank(
    languages: Sequence[_Language],
    data: LabelInput,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None,
) -> None:
    """Phrases by telling words, by form, and by nearness to their theme rather than to others, best first."""
    keys = [
        (own, theme, phrase)
        for own in languages
        for theme, found in sorted(own.phrases.items())
        for phrase in found
    ]
    if not keys:
        return
    embedded = embed_texts(embedder, [for_reading(p.shown) for _, _, p in keys], vectors=vectors)
    embedded = centre.apply(embedded, [own.code for own, _, _ in keys])
    near = embedded @ data.centres.T
    for (own, theme, phrase), vector, cosines in zip(keys, embedded, near, strict=True):
        nearest_other = float(np.delete(cosines, theme).max(initial=-1.0))
        meaning = float(cosines[theme]) + _FOREIGN * min(0.0, float(cosines[theme]) - nearest_other)
        meaning *= min(1.0, phrase.shape) * phrase.own * _known(phrase, len(own.rows[theme]))
        share = len(phrase.within) / len(own.rows[theme])
        covers = phrase.shape * phrase.own * share**0.5
        score = phrase.score + _MEANING * meaning + _COVERS * covers
        own.ranked.setdefault(theme, []).append(_Ranked(round(score, 5), phrase, vector))
    for own in languages:
        for found in own.ranked.values():
            found.sort(key=lambda item: (-item.score, item.phrase.shown))


def _known(phrase: Phrase, size: int) -> float:
    """Less than 1 for a phrase of hardly any answer of a theme with `size` texts."""
    return min(1.0, phrase.texts / (1 + 0.02 * size)) ** 0.5


def _choose(
    languages: Sequence[_Language], taboo: Mapping[str, set[str]], *, is_broad: bool
) -> dict[int, dict[str, str]]:
    """A label for each theme and language, none of `taboo`: first in its largest language, then what says
    the same in others. A broad theme is called by single words rather than by a phrase for one part of it."""
    labels: dict[int, dict[str, str]] = defaultdict(dict)
    anchors: dict[int, np.ndarray] = {}
    by_code = {own.code: own for own in languages}
    order = [(theme, -len(rows), own.code) for own in languages for theme, rows in own.rows.items()]
    leads: dict[tuple[int, str], _Ranked] = {}
    taken: dict[str, set[frozenset[str]]] = defaultdict(set)
    for theme, _, code in sorted(order):
        own = by_code[code]
        if theme in anchors:
            own.ranked[theme] = _like(own.ranked.get(theme, []), anchors[theme])
        lead = _lead(own.ranked.get(theme, []), taken[code], is_broad=is_broad)
        if lead is not None:
            leads[theme, code] = lead
            taken[code].add(lead.stems)
            anchors.setdefault(theme, lead.vector)
    used: dict[str, set[str]] = defaultdict(set, {code: set(found) for code, found in taboo.items()})
    for theme, _, code in sorted(order):
        if (theme, code) in leads:
            others = [lead.stems for (t, c), lead in leads.items() if c == code and t != theme]
            label = _label(leads[theme, code], by_code[code], theme, others, used[code], is_broad=is_broad)
            used[code].add(label.casefold())
            labels[theme][code] = label
    return labels


def _like(found: Sequence[_Ranked], anchor: np.ndarray) -> list[_Ranked]:
    """The phrases ranked anew with their likeness to the label in the theme's largest language."""
    again = [
        _Ranked(round(f.score + _LIKENESS * float(f.vector @ anchor), 5), f.phrase, f.vector) for f in found
    ]
    return sorted(again, key=lambda item: (-item.score, item.phrase.shown))


def _lead(ranked: Sequence[_Ranked], taken: set[frozenset[str]], *, is_broad: bool) -> _Ranked | None:
    """The best phrase whose words no other theme has for its first phrase.

    What all themes speak of (the set's own subject) gives way to a phrase of this theme alone, and a single
    word to a phrase that holds it and that several people used: it says more.
    """
    free = [item for item in ranked if item.stems not in taken] or list(ranked)
    if not free:
        return None
    best = free[0]
    if best.phrase.own < _OWN:
        own = (i for i in free if i.phrase.own >= _OWN and not i.stems >= best.stems)
        most = len(best.phrase.within) / 8
        best = next((i for i in own if _stands(i, best, _INSTEAD) and len(i.phrase.within) >= most), best)
    if len(best.stems) == 1 and not is_broad:
        best = next((i for i in free if i.stems > best.stems and _stands(i, best, _LONGER)), best)
    return best


def _stands(item: _Ranked, best: _Ranked, part: float) -> bool:
    phrase = item.phrase
    return item.score >= part * best.score and phrase.texts > 1 and phrase.shape >= _READS


def _label(
    lead: _Ranked,
    own: _Language,
    theme: int,
    others: Sequence[frozenset[str]],
    used: set[str],
    *,
    is_broad: bool,
) -> str:
    """The lead with what covers further answers; more where another theme's first phrase holds the lead."""
    size = len(own.rows[theme])
    ranked = own.ranked[theme]
    parts = [lead]
    is_vague = (
        is_broad
        or lead.phrase.own < _OWN
        or len(lead.stems) == 1
        or any(lead.stems <= other for other in others)
    )
    for needed, adds in ((0.3 if is_vague else _FURTHER[0], _ADDS[0]), (_FURTHER[1], _ADDS[1])):
        covered = frozenset().union(*(part.phrase.within for part in parts))
        if len(parts) == 2 and not is_broad and len(covered) >= _COVERED * size:
            break
        needed = min(needed * lead.score, _GOOD if lead.phrase.own >= _OWN else _FAIR)
        # Where even the lead is in few answers, a theme has many small matters: some of them are named.
        adds = max(2.0, min(adds * size, 0.7 * len(lead.phrase.within)))
        found = _further(parts, ranked, covered, needed, adds)
        if found is None:
            break
        parts.append(found)
    return _unused([part.phrase.shown for part in parts], ranked, own.code, used)


def _further(
    parts: Sequence[_Ranked],
    ranked: Sequence[_Ranked],
    covered: frozenset[int],
    needed: float,
    adds: float,
) -> _Ranked | None:
    """The best phrase that scores `needed`, says something else, and is in `adds` answers not `covered`."""
    stems = frozenset().union(*(part.stems for part in parts))
    for item in ranked:
        if item.score < needed:
            return None
        is_new = len(item.stems - stems) > 0 and (len(item.stems) > 1 or not item.stems & stems)
        if not is_new or item.phrase.texts < 2 or item.phrase.shape < _READS or item.phrase.own < _OWN:
            continue
        if max(float(item.vector @ part.vector) for part in parts) > _TOO_ALIKE:
            continue
        if len(item.phrase.within - covered) >= adds:
            return item
    return None


def _unused(parts: Sequence[str], ranked: Sequence[_Ranked], language: str, used: set[str]) -> str:
    """The parts as a label that no other theme has: with a further phrase, or a number, if need be."""
    more = ([*parts, item.phrase.shown] for item in ranked if item.phrase.shown not in parts)
    numbered = ([*parts[:-1], f"{parts[-1]} {number}"] for number in range(2, len(used) + 3))
    return next(
        label
        for some in chain([list(parts)], more, numbered)
        if (label := _join(some, language)).casefold() not in used
    )


def _join(parts: Sequence[str], language: str) -> str:
    text = ("، " if language == "ar" else ", ").join(parts)
    return text[:1].upper() + text[1:]


def _keywords(theme: int, languages: Sequence[_Language]) -> tuple[str, ...]:
    """Telling words and word pairs, taken in turn from the languages with most answers."""
    own = sorted((x for x in languages if theme in x.rows), key=lambda x: (-len(x.rows[theme]), x.code))
    lists = [[p.shown for p in x.phrases[theme] if p.shown.count(" ") < 2] for x in own]
    out: dict[str, str] = {}
    for place in range(_KEYWORDS):
        for found in lists:
            if place < len(found):
                out.setdefault(found[place].casefold(), found[place])
    return tuple(out.values())[:_KEYWORDS]
