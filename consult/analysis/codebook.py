"""Answers counted under the themes of a codebook that people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, use_embedder
from consult.analysis.graph import unit_rows
from consult.analysis.labels import ThemeWords
from consult.analysis.language import detect_languages
from consult.analysis.placing import place_vectors
from consult.analysis.placing_model import reference_sums
from consult.analysis.reading import read_texts
from consult.analysis.references import ThemeReference
from consult.analysis.stance import stance_hints
from consult.analysis.summary import summarise, theme_id
from consult.analysis.text import shown
from consult.analysis.themes import engine_names
from consult.analysis.threads import one_thread
from consult.analysis.values import Assignment, ThemeResult, ThemeScore


class CodebookError(ValueError):
    """A codebook that names no theme."""


@dataclass(frozen=True, slots=True)
class CodebookTheme:
    """A theme as people defined it: name, definition, and answers they gave as examples."""

    name: str
    definition: str
    examples: tuple[str, ...]


def codebook_themes(
    names: Sequence[str], definitions: Sequence[str], examples: Sequence[str]
) -> tuple[CodebookTheme, ...]:
    """Themes from three columns in which further rows of a theme repeat its name with one more example.

    A blank name continues the theme above. Raises CodebookError when no row names a theme.
    """
    defined: dict[str, str] = {}
    collected: dict[str, list[str]] = {}
    current = ""
    for name, definition, example in zip(names, definitions, examples, strict=True):
        current = " ".join(shown(name).split()) or current
        if not current:
            continue
        defined[current] = defined.get(current) or shown(definition)
        collected.setdefault(current, [])
        if shown(example):
            collected[current].append(shown(example))
    if not collected:
        raise CodebookError("no theme")
    return tuple(CodebookTheme(name, defined[name], tuple(collected[name])) for name in collected)


@one_thread()
def place_in_codebook(
    texts: Sequence[str],
    codebook: Sequence[CodebookTheme],
    *,
    languages: Sequence[str | None] | None = None,
    weights: Sequence[float] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    embedder: Embedder | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ThemeResult:
    """The answers under the themes of a codebook, in its order; theme number i is `t{i+1}`.

    Arguments as in `find_themes`. Labels are the codebook's names in the language they are written in.
    """
    embedder = embedder or use_embedder()
    reading = read_texts(
        texts, priors=languages, embedder=embedder, vectors=vectors, progress=progress, cancelled=cancelled
    )
    references = [
        ThemeReference(theme_id(i), tuple(t for t in (theme.name, theme.definition) if t), theme.examples)
        for i, theme in enumerate(codebook)
    ]
    sums = reference_sums(references, embedder=embedder, centre=reading.centre, vectors=vectors)
    every = np.ones(len(reading.rows), dtype=bool)
    scores = place_vectors(
        reading.space,
        reading.read,
        every,
        references,
        embedder=embedder,
        centre=reading.centre,
        vectors=vectors,
    )
    placed: list[tuple[ThemeScore, ...]] = [()] * len(texts)
    for rows, themes in zip(reading.rows, scores, strict=True):
        for row in rows:
            placed[row] = themes
    named = [
        ThemeWords({code: theme.name}, {code: theme.definition} if theme.definition else {}, ())
        for theme, code in zip(codebook, _name_languages(codebook), strict=True)
    ]
    stances = stance_hints(reading.read, reading.codes, reading.raw, embedder=embedder, vectors=vectors)
    said = reading.spread(stances)
    assignments = tuple(
        Assignment(row, code, placed[row], said[row]) for row, code in enumerate(reading.languages)
    )
    return summarise(
        reading,
        assignments,
        named,
        unit_rows(sums),
        engine={**engine_names(embedder), "clustering": "codebook/nearest-centre"},
        weights=weights,
        groups=groups,
    )


def _name_languages(codebook: Sequence[CodebookTheme]) -> list[str]:
    """The language of each theme's name, judged with its definition, one for all where they are short."""
    return detect_languages([f"{theme.name}. {theme.definition}" for theme in codebook])
