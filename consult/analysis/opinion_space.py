"""Participants in the plane by how they voted, and the groups they form there.

Nothing is ever as large as participants × statements: what is centred is zero wherever nobody voted, so
the two principal components are found from the votes alone (Lanczos' method, Lehoucq et al. 1998).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from consult.analysis.votes import Votes

_MOST_GROUPS = 5
_SMALLEST_STEP = 12  # one more group is tried for each so many participants
_SILHOUETTE_SAMPLE = 2_000
_STARTS = 10
# Starts are tried on so many points; the best is then carried on with all.
_START_SAMPLE = 5_000
_ROUNDS = 100
_ROUNDS_OF_ALL = 8
# Up to so many statements the whole (statements × statements) matrix is decomposed.
_DENSE_STATEMENTS = 60


class VoteSpace:
    """The votes centred by statement; statements that were moderated out say nothing, but count as votes."""

    def __init__(self, votes: Votes, moderated_out: np.ndarray) -> None:
        n, m = votes.shape
        self.moderated_out = moderated_out
        seen = np.bincount(votes.columns, minlength=m)
        means = np.bincount(votes.columns, weights=votes.values, minlength=m) / np.maximum(seen, 1)
        says = np.where(moderated_out, 0.0, 1.0)[votes.columns]
        self.centred = votes.matrix((votes.values - means[votes.columns]) * says)
        self.seen = votes.matrix(says)

    def axes(self, times: np.ndarray | None = None) -> np.ndarray:
        """The two principal axes, unit rows, shape (2, m); the sign of each is fixed by its largest part.

        `times`: how often each statement counts, shape (m,); all once if left out.
        """
        m = self.centred.shape[1]
        centred = self.centred if times is None else self.centred @ sparse.diags(np.sqrt(times))
        axes = _leading(centred.tocsr())
        if len(axes) < 2:
            axes = np.vstack([axes, np.zeros((2 - len(axes), m))])
        largest = np.abs(axes).argmax(axis=1)
        return np.asarray(axes * np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None])

    def project(self, axes: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
        """Two coordinates for each participant on `axes`, shape (n, 2); `times` as in `axes`."""
        times = np.ones(self.centred.shape[1]) if times is None else times
        voted = self.seen @ times + times[self.moderated_out].sum()
        scale = np.sqrt(times.sum() / np.maximum(voted, 1))
        return np.asarray((self.centred @ (axes * np.sqrt(times)).T) * scale[:, None])


def _leading(centred: sparse.csr_matrix) -> np.ndarray:
    """The eigenvectors of the two largest eigenvalues of `centred.T @ centred`, largest first, as rows."""
    m = centred.shape[1]
    across = centred.T.tocsr()
    if m > _DENSE_STATEMENTS:
        operator = LinearOperator((m, m), matvec=lambda x: across @ (centred @ x), dtype=np.float64)
        start = np.random.default_rng(0).standard_normal(m)
        try:
            _, directions = eigsh(operator, k=2, v0=start, tol=1e-9)
            return np.asarray(directions[:, ::-1].T)
        except ArpackError:  # nobody disagrees, or nearly: all axes are alike
            pass
    _, directions = np.linalg.eigh((across @ centred).toarray())
    return np.asarray(directions[:, ::-1][:, :2].T)


def group_points(points: np.ndarray, most: int | None = None) -> np.ndarray:
    """A group for each point, the largest first; how many is decided by the silhouette."""
    n = len(points)
    limit = most or max(2, min(_MOST_GROUPS, 2 + n // _SMALLEST_STEP))
    rows = np.arange(n)
    if n > _SILHOUETTE_SAMPLE:
        rows = np.sort(np.random.default_rng(0).permutation(n)[:_SILHOUETTE_SAMPLE])
    apart = distances(points[rows])
    best, best_score = np.zeros(n, dtype=np.int64), -1.0
    for k in range(2, min(limit, len(np.unique(points, axis=0))) + 1):
        labels = k_means(points, k)
        score = silhouette(apart, labels[rows])
        if score > best_score + 1e-9:
            best, best_score = labels, score
    sizes = np.bincount(best)
    order = np.argsort(-sizes, kind="stable")
    place = np.empty(len(sizes), dtype=np.int64)
    place[order] = np.arange(len(sizes))
    return place[best]


def k_means(points: np.ndarray, k: int) -> np.ndarray:
    """The best of several runs, started far apart (Arthur and Vassilvitskii 2007), fixed seeds."""
    points = np.asfortranarray(points)
    some = points
    if len(points) > _START_SAMPLE:
        drawn = np.sort(np.random.default_rng(0).permutation(len(points))[:_START_SAMPLE])
        some = np.asfortranarray(points[drawn])
    best, least = some[:1], np.inf
    for seed in range(_STARTS):
        middle, cost = _settle(some, _far_apart(some, k, seed))
        if cost < least - 1e-9:
            best, least = middle, cost
    if some is not points:
        best, _ = _settle(points, best, _ROUNDS_OF_ALL)
    return np.unique(_closest(points, best)[0], return_inverse=True)[1]


def _far_apart(points: np.ndarray, k: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = [points[rng.integers(len(points))]]
    gap = np.full(len(points), np.inf)
    for _ in range(k - 1):
        gap = np.minimum(gap, _closest(points, centres[-1][None])[2])
        total = gap.sum()
        at = int(np.searchsorted(np.cumsum(gap) / total, rng.random())) if total > 0 else 0
        centres.append(points[min(at, len(points) - 1)])
    return np.array(centres)


def _settle(points: np.ndarray, middle: np.ndarray, rounds: int = _ROUNDS) -> tuple[np.ndarray, float]:
    """Centres moved until nothing changes or `rounds` are over, and the sum of squares about them."""
    labels = np.full(len(points), -1)
    for _ in range(rounds):
        new, cost, _ = _closest(points, middle)
        if (new == labels).all():
            break
        labels = new
        sizes = np.bincount(labels, minlength=len(middle))
        sums = np.stack(
            [np.bincount(labels, weights=column, minlength=len(middle)) for column in points.T], axis=1
        )
        middle = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], middle)
    return middle, cost


def _closest(points: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """The nearest centre of each point, the sum of the squared distances, and these."""
    across, up = points.T
    squares = np.stack([(across - x) ** 2 + (up - y) ** 2 for x, y in middle])
    least = squares.min(axis=0)
    return squares.argmin(axis=0), float(least.sum()), least


def distances(points: np.ndarray) -> np.ndarray:
    """Euclidean distances between all pairs, shape (n, n)."""
    across = points[:, None, 0] - points[None, :, 0]
    up = points[:, None, 1] - points[None, :, 1]
    return np.asarray(np.hypot(across, up))


def silhouette(apart: np.ndarray, labels: np.ndarray) -> float:
    """Mean silhouette (Rousseeuw 1987) from the distances between all pairs, shape (n, n)."""
    groups = np.unique(labels)
    if len(groups) < 2:
        return -1.0
    own = np.searchsorted(groups, labels)
    member = np.zeros((len(labels), len(groups)))
    at = np.arange(len(labels))
    member[at, own] = 1
    sums, sizes = apart @ member, member.sum(axis=0)
    inside = sums[at, own] / np.maximum(sizes[own] - 1, 1)
    others = sums / sizes
    others[at, own] = np.inf
    outside = others.min(axis=1)
    spread = np.maximum(inside, outside)
    value = np.divide(outside - inside, spread, out=np.zeros_like(spread), where=spread > 0)
    value[sizes[own] == 1] = 0
    return float(value.mean())
