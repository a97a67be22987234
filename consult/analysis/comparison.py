"""How alike two clusterings of the same items are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse


def contingency(first: ArrayLike, second: ArrayLike) -> np.ndarray:
    """Counts of items by cluster in each, shape (clusters of first, clusters of second)."""
    _, a = np.unique(np.asarray(first), return_inverse=True)
    _, b = np.unique(np.asarray(second), return_inverse=True)
    ones = np.ones(len(a))
    return sparse.coo_matrix((ones, (a, b)), shape=(a.max() + 1, b.max() + 1)).toarray()


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985): 1 the same, 0 as by chance."""
    table = contingency(first, second)
    pairs = _pairs(table)
    rows, columns, every = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0)), _pairs(table.sum())
    expected = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((pairs - expected) / (most - expected))


def normalised_information(first: ArrayLike, second: ArrayLike) -> float:
    """Mutual information over the arithmetic mean of the entropies: 1 the same, 0 nothing in common."""
    table = contingency(first, second)
    information = mutual_information(table)
    mean = (_entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0))) / 2
    return float(information / mean) if mean > 0 else 1.0


def mutual_information(table: np.ndarray) -> float:
    """Mutual information of a contingency table, in nats."""
    p = table / table.sum()
    outer = np.outer(p.sum(axis=1), p.sum(axis=0))
    some = p > 0
    return float((p[some] * np.log(p[some] / outer[some])).sum())


def _entropy(counts: np.ndarray) -> float:
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def _pairs(counts: np.ndarray) -> float:
    return float((counts * (counts - 1) / 2).sum())
