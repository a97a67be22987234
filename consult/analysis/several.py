"""Several themes in one long answer: its sentences are placed one by one."""

from __future__ import annotations

import numpy as np

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.reading import Reading
from consult.analysis.text import sentences, words
from consult.analysis.values import ThemeScore

MOST_THEMES = 3
# Of so many different texts the sentences are read; with more, answers keep the one theme they have.
MOST_TEXTS = 20_000
_LONG = 120  # characters
_FEWEST_WORDS = 5
_MOST_SENTENCES = 12
# A sentence says another theme when it is as near to it as this share of the theme's own answers are (or
# plainly near), and nearer than to the answer's main theme by so much.
_TYPICAL = 0.75
_PLAINLY = 0.4
_CLEARLY = 0.1


def further_themes(
    reading: Reading,
    numbers: np.ndarray,
    centres: np.ndarray,
    *,
    embedder: Embedder,
    vectors: VectorCache | None = None,
) -> dict[int, list[tuple[int, float]]]:
    """For different texts of several sentences: the further themes (number, cosine) that one of their
    sentences plainly has, the plainest first. `numbers`: the main theme of each text, -1 for none."""
    pieces: list[tuple[int, str]] = []
    if len(reading.read) <= MOST_TEXTS and len(centres) > 1:
        for index in np.flatnonzero(numbers >= 0).tolist():
            pieces += [(index, sentence) for sentence in long_sentences(reading.read[index])]
    if not pieces:
        return {}
    embedded = embed_texts(embedder, [sentence for _, sentence in pieces], vectors=vectors)
    space = reading.centre.apply(embedded, [reading.codes[index] for index, _ in pieces])
    cosines = space @ centres.T
    needed = _typical(reading.space, numbers, centres)
    found: dict[int, dict[int, float]] = {}
    for (index, _), near in zip(pieces, cosines, strict=True):
        best = int(near.argmax())
        main = int(numbers[index])
        if best != main and near[best] >= min(needed[best], _PLAINLY) and near[best] >= near[main] + _CLEARLY:
            others = found.setdefault(index, {})
            others[best] = max(others.get(best, 0.0), round(float(near[best]), 6))
    return {
        index: sorted(others.items(), key=lambda item: (-item[1], item[0]))[: MOST_THEMES - 1]
        for index, others in found.items()
    }


def scored(name: str, cosine: float) -> ThemeScore:
    """A theme's name with its cosine as a score from 0 to 1."""
    return ThemeScore(name, round(float(np.clip(cosine, 0, 1)), 3))


def long_sentences(text: str) -> list[str]:
    """The sentences of a long text; none where there is only one."""
    if len(text) < _LONG:
        return []
    found = [s for s in sentences(text, shortest=_FEWEST_WORDS)[:_MOST_SENTENCES] if len(words(s)) > 2]
    return found if len(found) > 1 else []


def _typical(space: np.ndarray, numbers: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """For each theme the cosine to its centre that `_TYPICAL` of its own answers reach, shape (themes,)."""
    return np.array(
        [
            np.quantile(space[numbers == number] @ centre, 1 - _TYPICAL) if (numbers == number).any() else 1.0
            for number, centre in enumerate(centres)
        ]
    )
