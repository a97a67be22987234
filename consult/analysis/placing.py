"""Placing texts in themes that people defined.

Each theme is a centre: its words and the answers that people coded. Beside nearness in meaning counts which words
a text shares with a theme. The texts to place then say how common each theme is and draw the centres a little (a
mixture fitted by expectation and maximisation, Nigam et al. 2000), and each takes something from its nearest
neighbours, coded or not (Zhou et al. 2004), so that a handful of coded answers go a long way. What people coded is
never moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from consult.analysis.embedding import (
    CHUNK,
    AnalysisCancelledError,
    Cancelled,
    Embedder,
    Progress,
    VectorCache,
    embed_texts,
    use_embedder,
)
from consult.analysis.graph import LanguageCentre, projection_for
from consult.analysis.language import detect_languages, languages_and_usual
from consult.analysis.placer import Placer, assignments, matter
from consult.analysis.placing_model import PlacingOptions, ThemeModel, learn_themes, reference_vectors
from consult.analysis.references import ThemeReference
from consult.analysis.several import MOST_TEXTS
from consult.analysis.stance import stance_hints
from consult.analysis.text import for_reading
from consult.analysis.threads import one_thread
from consult.analysis.values import Assignment, ThemeScore

# With more texts and examples than this nobody listens to neighbours: each text is placed by itself, in chunks.
MOST_LISTENING = 10_000
# Of more texts than this a sample says how common themes and words are.
MOST_LEARNED = 20_000

Chunks = Sequence[range]
Carry = Callable[[Placer, Chunks], Iterable[list[Assignment]]]
"""Places the texts of each chunk of rows with a model; their assignments in order, rows counted within the chunk."""


@one_thread()
def place(
    texts: Sequence[str],
    themes: Sequence[ThemeReference],
    *,
    languages: Sequence[str | None] | None = None,
    background: Sequence[str] = (),
    options: PlacingOptions | None = None,
    embedder: Embedder | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    carry: Carry | None = None,
) -> tuple[Assignment, ...]:
    """The themes of each text, best first, none where nothing fits; never forced.

    `background`: other answers to the same question (already placed), so that a few new texts are
    compared with the usual answer and not with each other. Themes without any word or example get nothing.
    `carry`: who places the chunks of many texts; left out, they are placed here one after the other.
    """
    embedder = embedder or use_embedder()
    vectors = {} if vectors is None else vectors
    many = themes and len(texts) + sum(len(theme.examples) for theme in themes) > MOST_LISTENING
    some = sample_of(len(texts)) if many else list(range(len(texts)))
    read = [for_reading(texts[row]) for row in some]
    codes, usual = languages_and_usual(read, priors=[languages[row] for row in some] if languages else None)
    others = [for_reading(text) for text in background]
    embedded = embed_texts(
        embedder,
        [*read, *others],
        vectors=vectors,
        progress=None if many else progress,
        cancelled=cancelled,
    )
    centre = LanguageCentre(embedded, [*codes, *detect_languages(others)], projection_for(embedder.name))
    raw = embedded[: len(read)]
    space = centre.apply(raw, codes)
    fits = matter(read, codes)
    if many:
        model, _ = learn_themes(
            space, read, fits, themes, embedder=embedder, centre=centre, background=others, options=options,
            vectors=vectors,
        )  # fmt: skip
        placer = Placer(model, centre, usual, len(texts) <= MOST_TEXTS, embedder.name)
        here = partial(
            _one_by_one, texts, languages, embedder=embedder, vectors=vectors, progress=progress,
            cancelled=cancelled,
        )  # fmt: skip
        return _joined((carry or here)(placer, chunks_of(len(texts))))
    placed = place_vectors(
        space, read, fits, themes, embedder=embedder, centre=centre, background=others, options=options,
        vectors=vectors,
    )  # fmt: skip
    said = stance_hints(read, codes, raw, embedder=embedder, vectors=vectors)
    return tuple(assignments(codes, placed, said, fits))


def sample_of(number: int) -> list[int]:
    """The rows from which is learned: all, or `MOST_LEARNED` of them."""
    if number <= MOST_LEARNED:
        return list(range(number))
    return sorted(np.random.default_rng(0).permutation(number)[:MOST_LEARNED].tolist())


def chunks_of(number: int) -> list[range]:
    """Rows 0 to `number` in chunks of fixed size."""
    return [range(start, min(start + CHUNK, number)) for start in range(0, number, CHUNK)]


def _one_by_one(
    texts: Sequence[str],
    languages: Sequence[str | None] | None,
    placer: Placer,
    chunks: Chunks,
    *,
    embedder: Embedder,
    vectors: VectorCache,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Iterable[list[Assignment]]:
    for rows in chunks:
        if cancelled and cancelled():
            raise AnalysisCancelledError
        own = slice(rows.start, rows.stop)
        yield placer.place(
            texts[own], languages[own] if languages else None, embedder=embedder, vectors=vectors
        )
        if progress:
            progress(rows.stop, len(texts))


def _joined(found: Iterable[list[Assignment]]) -> tuple[Assignment, ...]:
    every = [item for items in found for item in items]
    return tuple(replace(item, row=row) for row, item in enumerate(every))


def place_vectors(
    space: np.ndarray,
    read: Sequence[str],
    fits: np.ndarray,
    themes: Sequence[ThemeReference],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    background: Sequence[str] = (),
    options: PlacingOptions | None = None,
    vectors: VectorCache | None = None,
) -> list[tuple[ThemeScore, ...]]:
    """The same from centred vectors (n, d) of the texts `read`; `fits[i]` is false for what is never placed.

    A text with the very words of a theme's example has that theme.
    """
    if not themes or not len(space):
        return [()] * len(space)
    some = sample_of(len(space))
    model, shared = learn_themes(
        space[some], [read[row] for row in some], fits[some], themes, embedder=embedder, centre=centre,
        background=background, options=options, vectors=vectors,
    )  # fmt: skip
    if len(space) + sum(len(theme.examples) for theme in themes) > MOST_LISTENING:
        return _each_chunk(model, space, read, fits)
    examples = [
        reference_vectors(t.examples, embedder=embedder, centre=centre, vectors=vectors) for t in themes
    ]
    return model.place(space, read, fits, shared=shared, examples=examples)


def _each_chunk(
    model: ThemeModel, space: np.ndarray, read: Sequence[str], fits: np.ndarray
) -> list[tuple[ThemeScore, ...]]:
    found: list[tuple[ThemeScore, ...]] = []
    for rows in chunks_of(len(space)):
        own = slice(rows.start, rows.stop)
        found += model.place(space[own], read[own], fits[own])
    return found
