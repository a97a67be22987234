"""Labels, keywords and descriptions of themes, in each language that has answers in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre
from consult.analysis.phrases import Phrase, candidate_phrases, read_words, word_weights
from consult.analysis.text import for_reading, sentences

_READ_PER_THEME = 300
_CANDIDATES = 18
_KEYWORDS = 8
_STRAY = 0.02
_LIKENESS = 0.8
_SECOND = 0.6
_SENTENCE_LENGTH = (30, 220)


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """Label and description by language, and keywords over all languages."""

    label: Mapping[str, str]
    description: Mapping[str, str]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    score: float
    phrase: Phrase
    vector: np.ndarray


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
    chosen = _typical_rows(data)
    tokens = {row: read_words(for_reading(data.texts[row]), data.languages[row]) for row in _flat(chosen)}
    by_language: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for (theme, language), rows in sorted(chosen.items()):
        by_language[language][theme] = rows
    phrases: dict[tuple[int, str], list[Phrase]] = {}
    for language, themes in sorted(by_language.items()):
        for theme, rows in themes.items():
            outside = [tokens[r] for other, rs in themes.items() if other != theme for r in rs]
            inside = [tokens[r] for r in rows]
            phrases[theme, language] = candidate_phrases(
                inside, word_weights(inside, outside), limit=_CANDIDATES, language=language
            )
    ranked = _rank(phrases, data, embedder, centre, vectors)
    labels = _choose(ranked, chosen)
    described = _describe(chosen, data, embedder, centre, vectors)
    return [
        ThemeWords(
            dict(sorted(labels[t].items())), dict(sorted(described[t].items())), _keywords(t, chosen, phrases)
        )
        for t in range(len(data.centres))
    ]


def _flat(chosen: Mapping[tuple[int, str], list[int]]) -> list[int]:
    return sorted({row for rows in chosen.values() for row in rows})


def _typical_rows(data: LabelInput) -> dict[tuple[int, str], list[int]]:
    """For each theme and language the rows nearest to the theme's centre, at most `_READ_PER_THEME`."""
    out: dict[tuple[int, str], list[int]] = {}
    codes = np.asarray(data.languages)
    for theme in range(len(data.centres)):
        rows = np.flatnonzero(data.themes == theme)
        nearness = data.vectors[rows] @ data.centres[theme]
        ordered = rows[np.argsort(-nearness, kind="stable")]
        for language in _languages_of(codes[rows]):
            out[theme, language] = ordered[codes[ordered] == language][:_READ_PER_THEME].tolist()
    return out


def _languages_of(codes: np.ndarray) -> list[str]:
    """The languages a theme is named in: not those of a stray text among very many."""
    found, counts = np.unique(codes, return_counts=True)
    return [str(code) for code, count in zip(found, counts, strict=True) if count >= _STRAY * len(codes)]


def _rank(
    phrases: Mapping[tuple[int, str], list[Phrase]],
    data: LabelInput,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None,
) -> dict[tuple[int, str], list[_Ranked]]:
    """Phrases by telling words and by nearness to the theme, best first."""
    keys = [(key, phrase) for key, found in sorted(phrases.items()) for phrase in found]
    if not keys:
        return {}
    embedded = embed_texts(embedder, [for_reading(p.shown) for _, p in keys], vectors=vectors)
    embedded = centre.apply(embedded, [language for (_, language), _ in keys])
    ranked: dict[tuple[int, str], list[_Ranked]] = defaultdict(list)
    for ((theme, language), phrase), vector in zip(keys, embedded, strict=True):
        best = phrases[theme, language][0].score or 1.0
        score = phrase.score / best + 1.2 * float(vector @ data.centres[theme])
        ranked[theme, language].append(_Ranked(round(score, 6), phrase, vector))
    for found in ranked.values():
        found.sort(key=lambda item: (-item.score, item.phrase.shown))
    return ranked


def _choose(
    ranked: Mapping[tuple[int, str], list[_Ranked]], chosen: Mapping[tuple[int, str], list[int]]
) -> dict[int, dict[str, str]]:
    """A label for each theme and language: first in its largest language, then what says the same in others."""
    labels: dict[int, dict[str, str]] = defaultdict(dict)
    taken: dict[str, set[str]] = defaultdict(set)
    anchors: dict[int, np.ndarray] = {}
    for theme, language in sorted(chosen, key=lambda key: (key[0], -len(chosen[key]), key[1])):
        found = ranked.get((theme, language), [])
        if theme in anchors:
            found = _like(found, anchors[theme])
        parts = _parts(found, language, taken[language])
        if not parts:
            continue
        label = _join([part.phrase.shown for part in parts], language)
        taken[language].add(label.casefold())
        labels[theme][language] = label
        anchors.setdefault(theme, parts[0].vector)
    return labels


def _like(found: Sequence[_Ranked], anchor: np.ndarray) -> list[_Ranked]:
    """The phrases ranked anew with their likeness to the label in the theme's largest language."""
    again = [
        _Ranked(round(f.score + _LIKENESS * float(f.vector @ anchor), 6), f.phrase, f.vector) for f in found
    ]
    return sorted(again, key=lambda item: (-item.score, item.phrase.shown))


def _parts(ranked: Sequence[_Ranked], language: str, taken: set[str]) -> list[_Ranked]:
    """One phrase, and a second that adds another word and that several people used; no label twice."""
    for first in ranked:
        stems = set(first.phrase.stems)
        second = next(
            (
                r
                for r in ranked
                if not stems & set(r.phrase.stems)
                and r.phrase.texts >= 2
                and r.score >= _SECOND * first.score
            ),
            None,
        )
        for parts in ([first, second], [first]) if second else ([first],):
            kept = [part for part in parts if part]
            if _join([part.phrase.shown for part in kept], language).casefold() not in taken:
                return kept
    return []


def _join(parts: Sequence[str], language: str) -> str:
    text = ("، " if language == "ar" else ", ").join(parts)
    return text[:1].upper() + text[1:]


def _keywords(
    theme: int, chosen: Mapping[tuple[int, str], list[int]], phrases: Mapping[tuple[int, str], list[Phrase]]
) -> tuple[str, ...]:
    """Telling words and word pairs, taken in turn from the languages with most answers."""
    own = sorted((lang for t, lang in chosen if t == theme), key=lambda c: (-len(chosen[theme, c]), c))
    lists = [[p.shown for p in phrases[theme, lang] if p.shown.count(" ") < 2] for lang in own]
    out: list[str] = []
    for place in range(_KEYWORDS):
        for found in lists:
            if place < len(found) and found[place].casefold() not in {w.casefold() for w in out}:
                out.append(found[place])
    return tuple(out[:_KEYWORDS])


def _describe(
    chosen: Mapping[tuple[int, str], list[int]],
    data: LabelInput,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None,
) -> dict[int, dict[str, str]]:
    """The most typical sentence of each theme and language."""
    pool: list[tuple[int, str, str]] = []
    for (theme, language), rows in sorted(chosen.items()):
        for row in rows[:4]:
            pool += [(theme, language, s) for s in sentences(for_reading(data.texts[row]))[:3]]
    out: dict[int, dict[str, str]] = defaultdict(dict)
    if not pool:
        return out
    embedded = embed_texts(embedder, [s for _, _, s in pool], vectors=vectors)
    embedded = centre.apply(embedded, [language for _, language, _ in pool])
    best: dict[tuple[int, str], float] = {}
    for (theme, language, sentence), vector in zip(pool, embedded, strict=True):
        shortest, longest = _SENTENCE_LENGTH
        fits = shortest <= len(sentence) <= longest
        score = round(float(vector @ data.centres[theme]) - (0 if fits else 0.3), 6)
        if score > best.get((theme, language), -9):
            best[theme, language] = score
            out[theme][language] = sentence if len(sentence) <= 300 else sentence[:299].rstrip() + "…"
    return out
