"""Learning from decisions: what a reviewer accepts, moves and rejects bends the machine's view of the other answers.

The view before any decision is how near an answer is to the answers that the machine has put into each theme. The
decisions move the centres of the themes, and ridge regression over the vectors learns what is lacking then: each as far
as leaving out every decision in turn shows to be good, and not at all where that helps nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.graph import unit_rows
from consult.analysis.threads import one_thread

FEWEST = 10
"""Decisions from which on something is learned and said."""
FOLDS = 5
SUGGESTED = 0.5
"""From this score on a theme is suggested; the first one already from `FIRST`."""
FIRST = 0.2
_SHARPNESS = 12.0
_SHARPNESSES = (12.0, 8.0, 16.0)
_WEIGHTS: tuple[float | None, ...] = (None, 16.0, 6.0, 2.0)
"""How many decisions what the machine put into a theme is worth; None: they do not move its centre."""
_COMMON = (0.0, 0.5)
_STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0)
_CLEARLY = 0.93
"""Something is learned where leaving out each decision in turn makes so much less of a mistake."""


@dataclass(frozen=True, slots=True)
class Suggester:
    """What was learned: `centres` and `weights` have shape (themes, d); `themes` names the rows; `leaning`: how common
    each theme is among the decisions."""

    themes: tuple[int, ...]
    centres: np.ndarray
    weights: np.ndarray
    leaning: np.ndarray
    sharpness: float
    decisions: int

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """How well each theme fits each vector, from 0 to 1, shape (n, themes)."""
        near = _chances(vectors @ self.centres.T, self.leaning, self.sharpness, _known(self.centres))
        return np.clip(near + vectors @ self.weights.T, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """How the suggestions would have met decisions that they had not seen (k folds), and how the machine alone did.

    `hits`: share of the answers with a theme whose first suggestion was one of the reviewer's; the F1 of a theme counts
    all suggested themes, the macro-F1 is its mean over the themes that the reviewer used.
    """

    decisions: int
    hits: float
    macro_f1: float
    precision: float
    hits_before: float
    macro_f1_before: float


@one_thread()
def learn(
    themes: Sequence[int], prototypes: np.ndarray, vectors: np.ndarray, decided: np.ndarray
) -> Suggester:
    """A suggester from what the machine knows and what people decided.

    `prototypes` (themes, d): the sum of the vectors that the machine has put into each theme, zero where it has none;
    `vectors` (n, d), unit rows; `decided` (n, themes): which themes a person gave.
    """
    given, rows = decided.astype(np.float64), vectors.astype(np.float64)
    known = unit_rows(prototypes.astype(np.float64))
    if len(rows) < FEWEST or not len(themes):
        return Suggester(
            tuple(themes), known, np.zeros_like(known), np.zeros(len(themes)), _SHARPNESS, len(rows)
        )
    best: tuple[float, np.ndarray, np.ndarray, float, np.ndarray] | None = None
    for weight in _WEIGHTS:
        sums = (known if weight is None else weight * known) + (0 if weight is None else given.T @ rows)
        empty = ~sums.any(axis=1)
        sums[empty] = (given.T @ rows)[empty]
        cosines = _left_out(sums, rows, given if weight is not None else given * empty)
        for common in _COMMON:
            leaning = common * np.log((given.sum(axis=0) + 1) / (given.sum() + len(themes)))
            for sharpness in _SHARPNESSES:
                before = _chances(cosines, leaning, sharpness, _known(sums))
                error = float(((given - before) ** 2).sum())
                if best is None or error < best[0] * _CLEARLY:
                    best = (error, unit_rows(sums), leaning, sharpness, before)
    assert best is not None
    _error, centres, leaning, sharpness, before = best
    weights = _weights(rows, given - before)
    return Suggester(tuple(themes), centres, weights, leaning, sharpness, len(rows))


@one_thread()
def trial(prototypes: np.ndarray, vectors: np.ndarray, decided: np.ndarray) -> Trial | None:
    """The same in folds, each decision met by what was learned from the others; None with too few to say."""
    if len(vectors) < 2 * FEWEST or not decided.any():
        return None
    names = range(decided.shape[1])
    fold = np.random.default_rng(0).permutation(len(vectors)) % FOLDS
    after = np.zeros(decided.shape)
    for number in range(FOLDS):
        kept = fold != number
        after[~kept] = learn(names, prototypes, vectors[kept], decided[kept]).scores(vectors[~kept])
    before = learn(names, prototypes, vectors[:0], decided[:0]).scores(vectors)
    hits, f1, precision = _figures(after, decided)
    hits_before, f1_before, _precision = _figures(before, decided)
    return Trial(len(vectors), hits, f1, precision, hits_before, f1_before)


def suggested(scores: np.ndarray) -> np.ndarray:
    """Which themes are suggested, shape (n, themes)."""
    chosen: np.ndarray = np.asarray(scores >= SUGGESTED)
    if scores.shape[1]:
        first = scores.argmax(axis=1)
        rows = np.arange(len(scores))
        chosen[rows, first] |= scores[rows, first] >= FIRST
    return chosen


def macro_f1(chosen: np.ndarray, decided: np.ndarray) -> float:
    """Mean F1 over the themes that were given at least once."""
    used = decided.any(axis=0)
    both = (chosen & decided).sum(axis=0)
    size = chosen.sum(axis=0) + decided.sum(axis=0)
    return float((2 * both / np.maximum(size, 1))[used].mean()) if used.any() else 0.0


def _figures(scores: np.ndarray, decided: np.ndarray) -> tuple[float, float, float]:
    chosen = suggested(scores)
    some = decided.any(axis=1)
    first = decided[np.arange(len(scores)), scores.argmax(axis=1)]
    precision = float((chosen & decided).sum() / max(1, chosen.sum()))
    return float(first[some].mean()), macro_f1(chosen, decided), precision


def _known(centres: np.ndarray) -> np.ndarray:
    """Of which themes anything is known."""
    return np.asarray(centres.any(axis=1))


def _left_out(sums: np.ndarray, rows: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Cosines (n, themes) of rows to the sums, each row taken out of the sums that hold it."""
    products, length = rows @ sums.T, (sums**2).sum(axis=1)
    own = given > 0
    norms = np.sqrt(np.maximum(length - own * (2 * products - 1), 0.0))
    return np.divide(products - own, norms, out=np.zeros_like(products), where=norms > 1e-6)


def _chances(cosines: np.ndarray, leaning: np.ndarray, sharpness: float, known: np.ndarray) -> np.ndarray:
    """How probable each theme is; none for a theme of which nothing is known."""
    if not known.any():
        return np.zeros(cosines.shape)
    logits = np.where(known, sharpness * cosines + leaning, -np.inf)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


def _weights(vectors: np.ndarray, lacking: np.ndarray) -> np.ndarray:
    """Ridge regression of what the machine's view lacks, shape (themes, d), as strong as leaving one out bears."""
    values, directions = _spectrum(vectors)
    turned = directions.T @ lacking
    best, chosen = _CLEARLY * float((lacking**2).sum()), None
    for strength in _STRENGTHS:
        # Leaving one out, of all at once: residual over 1 - leverage.
        shrunk = values / (values + strength)
        fitted = directions @ (shrunk[:, None] * turned)
        leverage = (directions**2) @ shrunk
        left = (lacking - fitted) / np.maximum(1 - leverage, 1e-6)[:, None]
        error = float((left**2).sum())
        if error < best:
            best, chosen = error, strength
    if chosen is None:
        return np.zeros((lacking.shape[1], vectors.shape[1]))
    solved = directions @ (turned / (values + chosen)[:, None])
    return solved.T @ vectors


def _spectrum(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors (as columns) of the products of all pairs, by the shorter way."""
    number, dimensions = vectors.shape
    if number <= dimensions:
        values, directions = np.linalg.eigh(vectors @ vectors.T)
        return np.maximum(values, 0.0), directions
    values, turned = np.linalg.eigh(vectors.T @ vectors)
    some = values > 1e-9 * max(float(values[-1]), 1e-12)
    return values[some], (vectors @ turned[:, some]) / np.sqrt(values[some])
