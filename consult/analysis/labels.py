"""Labels and keywords of themes, in each language that has answers in them.

A label is one to three phrases of the answers. A phrase is good when its words are telling of this theme
(`phrases.py`), when it reads as a name (`word_kinds.py`), when its meaning is near the theme and not nearer to
another, and when many of the theme's answers hold it; a further phrase is taken for the answers that the
ones before do not cover (maximal marginal relevance, Carbonell and Goldstein 1998).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from consult.analysis.descriptions import Description, describe_themes, reach_of
from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre
from consult.analysis.label_choice import LARGE, LanguageCandidates, Ranked, choose_labels, joined
from consult.analysis.label_words import Word, read_words
from consult.analysis.language import ARABIZI, MIXED, UNKNOWN
from consult.analysis.masking import masked
from consult.analysis.personal_data import find_personal
from consult.analysis.phrases import FEW_TEXTS, Phrase, candidate_phrases, stem_counts, word_weights
from consult.analysis.text import for_reading
from consult.analysis.word_kinds import WordKinds

# Texts read of a theme, and of all themes together in one language.
_READ_PER_THEME = 300
_READ_IN_ALL = 12_000
_READ_AT_LEAST = 60
_CANDIDATES = 40
_KEYWORDS = 8
_STRAY = 0.02
_BEGINNING = 60
_NAMELESS = {
    "ar": "محور بلا اسم",
    "en": "Theme without a name",
    "fr": "Thème sans nom",
    "es": "Tema sin nombre",
}
_COMMON = 0.2
# What nearness in meaning counts beside telling words, and being nearer to another theme against it.
_TELLING = 1.0
_MEANING = 2.2
_FOREIGN = 0.6
_REACH = 2.0
_COVERS = 1.0
_ALONE = 0.7
_SINGLE = 0.8


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """Label and description by language, and keywords over all languages.

    `described`: places of the texts whose sentences the description holds."""

    label: Mapping[str, str]
    description: Mapping[str, str]
    keywords: tuple[str, ...]
    described: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelInput:
    """Different texts with language, theme number (-1 for none), and vectors centred by language."""

    texts: Sequence[str]
    languages: Sequence[str]
    themes: np.ndarray
    vectors: np.ndarray
    centres: np.ndarray


def name_themes(
    data: LabelInput, *, embedder: Embedder, centre: LanguageCentre, vectors: VectorCache | None = None
) -> list[ThemeWords]:
    """Words for each theme, in the order of `data.centres`. No two themes share a label in a language."""
    languages = _candidates(data, embedder, centre, vectors)
    labels = choose_labels(languages, {}, is_broad=False)
    _name_the_rest(labels, languages, data.texts)
    described = describe_themes(
        {(theme, own.code): rows for own in languages for theme, rows in own.rows.items()},
        labels,
        data.texts,
        data.vectors,
        data.centres,
        embedder=embedder,
        centre=centre,
        vectors=vectors,
    )
    return [
        _words(theme, labels[theme], described.get(theme, {}), languages)
        for theme in range(len(data.centres))
    ]


def _name_the_rest(
    labels: dict[int, dict[str, str]], languages: Sequence[LanguageCandidates], texts: Sequence[str]
) -> None:
    """A theme without any phrase is called by the beginning of its first answer, masked (one endless word, say), and
    where there are many answers, so that the words of one may tell of a person, by words that say that it has none."""
    for own in languages:
        for theme, rows in own.rows.items():
            if not labels[theme]:
                first = for_reading(texts[rows[0]])[: 2 * _BEGINNING]
                beginning = masked(first, find_personal(first), own.code)[:_BEGINNING].rstrip() + "…"
                if len(texts) >= FEW_TEXTS:
                    beginning = _NAMELESS.get(own.code, _NAMELESS["en"])
                taken = {found[own.code].casefold() for found in labels.values() if own.code in found}
                ways = (beginning, *(f"{beginning} {number}" for number in range(2, len(taken) + 3)))
                labels[theme][own.code] = next(way for way in ways if way.casefold() not in taken)


def name_broader(
    data: LabelInput,
    named: Sequence[ThemeWords],
    below: Sequence[Sequence[int]],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> list[Mapping[str, str]]:
    """Labels for broader themes over the themes `below` of `named` (by place), none of them a label of those.

    Where no phrase is in many of the answers, the label lists how the largest themes below are called.
    """
    used: dict[str, set[str]] = defaultdict(set)
    for words in named:
        for code, label in words.label.items():
            used[code].add(label.casefold())
    languages = _candidates(data, embedder, centre, vectors)
    labels = choose_labels(languages, used, is_broad=True)
    for own in languages:
        for theme, members in enumerate(below):
            ranked = own.ranked.get(theme)
            if ranked and len(ranked[0].phrase.within) < _COMMON * len(own.rows[theme]):
                leads = [named[i].label[own.code] for i in members if own.code in named[i].label]
                listed = joined([lead.split("،")[0].split(",")[0] for lead in leads[:3]], own.code)
                if len(leads) > 1 and listed.casefold() not in used[own.code]:
                    labels[theme][own.code] = listed
                    used[own.code].add(listed.casefold())
    return [dict(sorted(labels[theme].items())) for theme in range(len(below))]


def _candidates(
    data: LabelInput, embedder: Embedder, centre: LanguageCentre, vectors: VectorCache | None
) -> list[LanguageCandidates]:
    """For each language and theme the phrases that may be its label, best first."""
    languages = _typical_rows(data)
    for language in languages:
        _find_phrases(language, data)
    _rank(languages, data, embedder, centre, vectors)
    return languages


def _words(
    theme: int,
    label: Mapping[str, str],
    found: Mapping[str, Description],
    languages: Sequence[LanguageCandidates],
) -> ThemeWords:
    kept = {code: found[code] for code in sorted(found)}
    return ThemeWords(
        label=dict(sorted(label.items())),
        description={code: item.text for code, item in kept.items()},
        keywords=_keywords(theme, languages),
        described=frozenset(row for item in kept.values() for row in item.rows),
    )


def _typical_rows(data: LabelInput) -> list[LanguageCandidates]:
    """For each language and theme the rows nearest to the theme's centre: few where there are many themes."""
    most = min(_READ_PER_THEME, max(_READ_AT_LEAST, _READ_IN_ALL // max(1, len(data.centres))))
    out: dict[str, LanguageCandidates] = {}
    codes = np.asarray(data.languages)
    for theme in range(len(data.centres)):
        rows = np.flatnonzero(data.themes == theme)
        nearness = np.round(data.vectors[rows] @ data.centres[theme], 6)
        ordered = rows[np.argsort(-nearness, kind="stable")]
        for code in _languages_of(codes[rows]):
            own = out.setdefault(code, LanguageCandidates(code))
            own.rows[theme] = ordered[codes[ordered] == code][:most].tolist()
    return [out[code] for code in sorted(out)]


def _languages_of(codes: np.ndarray) -> list[str]:
    """The languages a theme is named in: not those of a stray text among very many, nor what is no
    language (mixed scripts, Arabizi) where there is one."""
    found, counts = np.unique(codes, return_counts=True)
    named = [str(code) for code, n in zip(found, counts, strict=True) if n >= _STRAY * len(codes)]
    return [code for code in named if code not in (MIXED, ARABIZI, UNKNOWN)] or named


def _find_phrases(language: LanguageCandidates, data: LabelInput) -> None:
    words: dict[int, list[list[Word]]] = {
        theme: [read_words(for_reading(data.texts[row]), language.code) for row in rows]
        for theme, rows in language.rows.items()
    }
    kinds = WordKinds((text for texts in words.values() for text in texts), language.code)
    counts = {theme: stem_counts(texts) for theme, texts in words.items()}
    weights = word_weights(counts, len(data.texts))
    for theme, texts in words.items():
        language.phrases[theme] = candidate_phrases(
            texts, weights[theme], limit=_CANDIDATES, language=language.code, kinds=kinds
        )


def _rank(
    languages: Sequence[LanguageCandidates],
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
    start = 0
    for (own, theme), group in groupby(keys, key=lambda key: (key[0], key[1])):
        found = [phrase for _, _, phrase in group]
        part = slice(start, start + len(found))
        start += len(found)
        reach = reach_of(embedded[part], data.vectors[own.rows[theme]], data.centres[theme])
        for phrase, vector, cosines, share in zip(found, embedded[part], near[part], reach, strict=True):
            score = _score(phrase, cosines, theme, share)
            own.ranked.setdefault(theme, []).append(Ranked(round(score, 5), phrase, vector, share))
    for own in languages:
        for ranked in own.ranked.values():
            ranked.sort(key=lambda item: (-item.score, item.phrase.shown))


def _score(phrase: Phrase, cosines: np.ndarray, theme: int, reach: np.ndarray) -> float:
    """How good a phrase is alone, from its cosines to the centres and how far it reaches the theme's answers."""
    nearest_other = float(np.delete(cosines, theme).max(initial=-1.0))
    meaning = float(cosines[theme]) + _FOREIGN * min(0.0, float(cosines[theme]) - nearest_other)
    share = len(phrase.within) / len(reach)
    reached = float(reach.mean())
    value = math.log1p(phrase.score) * _TELLING + _MEANING * meaning + _REACH * reached + _COVERS * share**0.5
    # A clause in words that tell nothing of the theme may be of another one, however near it seems.
    telling = 0.4 + 0.6 * phrase.score / (phrase.score + 0.1)
    # One answer of many is no theme, unless the others mean the same.
    alike = reached if phrase.texts == 1 and len(reach) >= LARGE else 1.5 * reached
    known = max(_known(phrase, len(reach)), min(1.0, alike))
    form = min(1.0, phrase.shape) * (_SINGLE if phrase.words == 1 and len(reach) < LARGE else 1.0)
    return form * phrase.own**_ALONE * value * telling * known


def _known(phrase: Phrase, size: int) -> float:
    """Less than 1 for a phrase of hardly any answer of a theme with `size` texts."""
    return min(1.0, (phrase.texts + len(phrase.within)) / (2 + 0.04 * size)) ** 0.5


def _keywords(theme: int, languages: Sequence[LanguageCandidates]) -> tuple[str, ...]:
    """Telling words and word pairs, taken in turn from the languages with most answers."""
    own = sorted((x for x in languages if theme in x.rows), key=lambda x: (-len(x.rows[theme]), x.code))
    lists = [[p.shown for p in x.phrases[theme] if p.shown.count(" ") < 2] for x in own]
    out: dict[str, str] = {}
    for place in range(_KEYWORDS):
        for found in lists:
            if place < len(found):
                out.setdefault(found[place].casefold(), found[place])
    return tuple(out.values())[:_KEYWORDS]
