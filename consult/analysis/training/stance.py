"""Learns the hint of stance from tweets with the sentiment that people saw in them.

Run `python -m consult.analysis.training.stance TWEETS.csv`. TWEETS has columns text,sentiment,dialect with
sentiment negative, neutral or positive (ArSarcasm-v2, training part, Abu Farha et al. 2021). Prints the figures
of the model card, from five folds in which equal texts never stand on both sides, then learns from all and saves
the weights. Classes are weighted by the root of how rare they are; the penalty was chosen from three on two folds.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from consult.analysis.embedding import VectorCache, embed_texts, use_embedder
from consult.analysis.stance import BUCKETS, CLASSES, PLAINLY, SURE, WEIGHTS_FILE, buckets, softmax
from consult.analysis.text import for_reading, same_words

SENTIMENT = dict(zip(("negative", "neutral", "positive"), CLASSES, strict=True))
PENALTY = 1.0
FOLDS = 5
ROUNDS = 100


def features(texts: Sequence[str], vectors: VectorCache | None = None) -> sparse.csr_matrix:
    """(n, BUCKETS + d): hashed words and runs of letters, each row of length 1, beside the encoder's vectors."""
    found = [buckets(text) for text in texts]
    lengths = np.array([len(row) for row in found])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    edges = np.concatenate([[0], np.cumsum(lengths)])
    hashed = sparse.csr_matrix((values, np.concatenate(found), edges), shape=(len(texts), BUCKETS))
    return sparse.hstack(
        [hashed, embed_texts(use_embedder(), texts, vectors=vectors).astype(np.float64)]
    ).tocsr()


def learn(known: sparse.csr_matrix, classes: np.ndarray) -> np.ndarray:
    """Weights (features + 1, 3) of a multinomial logistic regression with a quadratic penalty."""
    counts = np.bincount(classes, minlength=len(CLASSES))
    weights = np.sqrt(counts.mean() / counts)[classes]
    target = np.eye(len(CLASSES))[classes]
    shape = (known.shape[1] + 1, len(CLASSES))
    turned = known.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = flat.reshape(shape)
        chances = softmax(known @ matrix[:-1] + matrix[-1])
        surprise = -np.log(np.maximum(chances[np.arange(len(classes)), classes], 1e-12))
        error = (chances - target) * weights[:, None]
        slope = np.vstack([turned @ error + PENALTY * matrix[:-1], error.sum(axis=0)])
        return float(weights @ surprise + PENALTY / 2 * (matrix[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros(shape).ravel()
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x.reshape(shape)


def held_out(known: sparse.csr_matrix, folds: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How probable each class is, (n, 3), by weights learned from the other folds, rounded as they are shipped."""
    chances = np.zeros((len(classes), len(CLASSES)))
    for fold in range(FOLDS):
        weights = learn(known[folds != fold], classes[folds != fold]).astype(np.float16).astype(np.float64)
        chances[folds == fold] = softmax(known[folds == fold] @ weights[:-1] + weights[-1])
    return chances


def f1_scores(true: np.ndarray, found: np.ndarray) -> np.ndarray:
    """F1 of each class; `found` may hold -1 for none, which is right for nobody."""
    hits = [((true == c) & (found == c)).sum() for c in range(len(CLASSES))]
    sizes = [((true == c).sum() + (found == c).sum()) for c in range(len(CLASSES))]
    return np.array([2 * hit / size if size else 0.0 for hit, size in zip(hits, sizes, strict=True)])


def report(name: str, true: np.ndarray, chances: np.ndarray) -> None:
    best = chances.argmax(axis=1)
    sure = chances.max(axis=1) >= SURE
    every, each = f1_scores(true, best), f1_scores(true[sure], best[sure])
    silent = f1_scores(true, np.where(sure, best, -1))
    print(
        f"{name:<8} {len(true):>6} macro-F1 {every.mean():.3f} ({' '.join(f'{x:.2f}' for x in every)}); "
        f"where sure ({sure.mean():.2f}) {each.mean():.3f}; silence taken as wrong {silent.mean():.3f}"
    )


def folds_of(texts: Sequence[str]) -> np.ndarray:
    """A fold for each text, the same for equal texts."""
    _, number = np.unique(np.array([same_words(text) for text in texts]), return_inverse=True)
    return np.random.default_rng(0).integers(0, FOLDS, number.max() + 1)[number]


def joined(texts: Sequence[str], classes: np.ndarray, known: np.ndarray) -> None:
    """How often two sentences of known tone, joined, would be called mixed: of two sides, and of one."""
    plain = {side: known[:, CLASSES.index(side)] >= PLAINLY for side in ("oppose", "support")}
    against, backing = (classes == CLASSES.index(side) for side in ("oppose", "support"))
    both = plain["oppose"][against].mean() * plain["support"][backing].mean()
    crossed = plain["support"][against].mean() * plain["oppose"][against].mean() * 2
    print(f"mixed: two sides joined {both:.2f}, two of one side joined {crossed:.3f}")


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    texts = [for_reading(row["text"]) for row in rows]
    classes = np.array([CLASSES.index(SENTIMENT[row["sentiment"]]) for row in rows])
    dialects = np.array([row["dialect"] for row in rows])
    known, folds = features(texts), folds_of(texts)
    chances = held_out(known, folds, classes)
    report("all", classes, chances)
    for dialect in sorted(set(dialects)):
        report(dialect, classes[dialects == dialect], chances[dialects == dialect])
    joined(texts, classes, chances)
    np.save(WEIGHTS_FILE, learn(known, classes).astype(np.float16))


if __name__ == "__main__":
    main()
