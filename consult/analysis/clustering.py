"""Communities in the neighbour graph: Louvain (Blondel et al. 2008) and a consensus of many runs.

The consensus follows Lancichinetti and Fortunato (2012): texts that most runs put together are linked,
and the communities of that second graph are taken.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from sknetwork.clustering import Louvain

from consult.analysis.comparison import adjusted_rand
from consult.analysis.graph import nearest, neighbour_graph, unit_rows

_STEPS = (0.8, 1.0, 1.25)
_SEEDS = 6
_SEEDS_OF_MANY = 2
_AGREED = 0.5
# Up to here all pairs are compared; up to there a graph of all texts is made, beyond it one of a sample.
_DENSE_LIMIT = 3_000
_GRAPH_LIMIT = 20_000
# Fewer different texts than this make no graph.
_FEW = 8
_PLAINLY_ALIKE = 0.5
_FITS = 0.1
_MOST_NEIGHBOURS = 45
# Tried for how fine the themes are; small sets say too little to choose.
_FINENESS = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
_FINENESS_FROM = 1_000
_NEARLY = 0.02
_STABLE = 0.78


def louvain(graph: sparse.csr_matrix, *, resolution: float, seed: int = 0) -> np.ndarray:
    """A community number for each node, largest community first."""
    if graph.nnz == 0:
        return np.zeros(graph.shape[0], dtype=np.int64)
    model = Louvain(
        resolution=resolution,
        modularity="newman",
        shuffle_nodes=True,
        random_state=seed,
        return_probs=False,
        return_aggregate=False,
    )
    return np.asarray(model.fit_predict(graph), dtype=np.int64)


def neighbour_counts(n: int) -> tuple[int, ...]:
    """The neighbourhood sizes of the runs for n texts."""
    largest = int(min(max(6, 2 * n**0.5), _MOST_NEIGHBOURS, max(3, n // 3)))
    return tuple(sorted({max(3, largest // 2), max(3, 3 * largest // 4), largest}))


def find_clusters(vectors: np.ndarray, *, resolution: float = 1.0) -> np.ndarray:
    """A cluster number for each row of unit vectors (n, d), from 0, largest first.

    `resolution` multiplies the fineness that the data ask for.
    """
    n = len(vectors)
    if n < 4:
        return np.zeros(n, dtype=np.int64)
    if n <= _DENSE_LIMIT:
        return by_size(_consensus(vectors, resolution))
    if n <= _GRAPH_LIMIT:
        return by_size(_large(vectors, resolution))
    sample = np.sort(np.random.default_rng(0).permutation(n)[:_GRAPH_LIMIT])
    labels = by_size(_large(vectors[sample], resolution))
    centres = unit_rows(_sums(vectors[sample], labels, int(labels.max()) + 1))
    out = np.empty(n, dtype=np.int64)
    for start in range(0, n, _GRAPH_LIMIT):
        out[start : start + _GRAPH_LIMIT] = (vectors[start : start + _GRAPH_LIMIT] @ centres.T).argmax(axis=1)
    out[sample] = labels
    return by_size(out)


def _consensus(vectors: np.ndarray, resolution: float) -> np.ndarray:
    sizes = neighbour_counts(len(vectors))
    indices, values = nearest(vectors, max(sizes))
    graphs = [neighbour_graph(indices, values, k) for k in sizes]
    fineness = resolution * _fineness(graphs[len(graphs) // 2])
    seeds = _SEEDS if len(vectors) < _FINENESS_FROM else _SEEDS_OF_MANY
    runs = [
        louvain(graph, resolution=fineness * step, seed=seed)
        for graph in graphs
        for step in _STEPS
        for seed in range(seeds)
    ]
    return louvain(_together(runs), resolution=1.0)


def _fineness(graph: sparse.csr_matrix) -> float:
    """The finest resolution at which runs that differ only in chance agree nearly as well as at the best
    one; the coarsest where they agree nowhere (stability as in Lancichinetti and Fortunato). Each figure is
    averaged with its neighbours', because three runs alone say little."""
    if graph.shape[0] < _FINENESS_FROM:
        return 1.0
    stable = []
    for resolution in _FINENESS:
        runs = [louvain(graph, resolution=resolution, seed=seed) for seed in range(3)]
        pairs = ((0, 1), (0, 2), (1, 2))
        stable.append(sum(adjusted_rand(runs[a], runs[b]) for a, b in pairs) / 3)
    smooth = [float(np.mean(stable[max(0, i - 1) : i + 2])) for i in range(len(stable))]
    best = max(smooth)
    if best < _STABLE:
        return _FINENESS[0]
    return max(r for r, value in zip(_FINENESS, smooth, strict=True) if value > best - _NEARLY)


def _large(vectors: np.ndarray, resolution: float) -> np.ndarray:
    """One graph of all texts; a sample says how many clusters to expect, the resolution is set to it."""
    n = len(vectors)
    sample = np.sort(np.random.default_rng(0).permutation(n)[:_DENSE_LIMIT])
    sizes = neighbour_counts(len(sample))
    indices, values = nearest(vectors[sample], sizes[1])
    graph = neighbour_graph(indices, values, sizes[1])
    wanted = int(louvain(graph, resolution=resolution * _fineness(graph)).max()) + 1
    k = neighbour_counts(n)[1]
    indices, values = nearest(vectors, k)
    graph = neighbour_graph(indices, values, k)
    tried = 1.0
    for _ in range(6):
        labels = louvain(graph, resolution=tried)
        found = int(labels.max()) + 1
        if found >= 0.9 * wanted:
            break
        tried *= min(2.0, max(1.15, wanted / found))
    return labels


def _together(runs: list[np.ndarray]) -> sparse.csr_matrix:
    """How often each pair fell together, pairs below `_AGREED` dropped."""
    share = np.zeros((len(runs[0]), len(runs[0])), dtype=np.float32)
    for labels in runs:
        share += labels[:, None] == labels[None, :]
    share /= len(runs)
    share[share < _AGREED] = 0
    np.fill_diagonal(share, 0)
    return sparse.csr_matrix(share)


def by_size(labels: np.ndarray) -> np.ndarray:
    """The same clusters numbered from the largest; ties by their first member."""
    found, first, counts = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    place = np.empty(len(found), dtype=np.int64)
    place[order] = np.arange(len(found))
    return place[np.searchsorted(found, labels)]


def smallest_theme(n: int) -> int:
    """How many answers a theme needs, by the number of answers."""
    return 1 if n < 8 else 2 if n < 30 else 3 if n < 80 else 4 if n < 200 else 5


def cluster_texts(
    space: np.ndarray,
    raw: np.ndarray,
    *,
    sizes: np.ndarray,
    themes: int | None = None,
    resolution: float = 1.0,
    smallest: int | None = None,
) -> np.ndarray:
    """A theme number for each different text, -1 where it fits nowhere.

    `space`: vectors centred by language, `raw`: as embedded, both (n, d); `sizes`: rows that say each text.
    """
    n = len(space)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    labels = _few(raw) if n < _FEW else find_clusters(space, resolution=resolution)
    if themes:
        labels = _to_number(space, labels, themes)
    needed = smallest or smallest_theme(int(sizes.sum()))
    return by_size_or_none(_without_small(space, labels, sizes, needed))


def by_size_or_none(labels: np.ndarray) -> np.ndarray:
    """Clusters numbered from the largest, -1 kept."""
    out = labels.copy()
    placed = labels >= 0
    if placed.any():
        out[placed] = by_size(labels[placed])
    return out


def _few(raw: np.ndarray) -> np.ndarray:
    """With a handful of texts: those that plainly say alike together."""
    alike = sparse.csr_matrix(unit_rows(raw) @ unit_rows(raw).T > _PLAINLY_ALIKE)
    return csgraph.connected_components(alike, directed=False)[1].astype(np.int64)


def _sums(space: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    member = sparse.csr_matrix(
        (np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(count, len(labels))
    )
    return np.asarray(member @ space)


def _to_number(space: np.ndarray, labels: np.ndarray, wanted: int) -> np.ndarray:
    """Exactly `wanted` clusters where the texts allow: the largest split, or the most alike merged."""
    wanted = max(1, min(wanted, len(space)))
    resolution = 1.0
    while labels.max() + 1 < wanted and resolution < 40 and len(space) >= _FEW:
        resolution *= 1.3
        labels = find_clusters(space, resolution=resolution)
    labels = by_size(labels)
    while labels.max() + 1 > wanted:
        count = int(labels.max()) + 1
        sums = _sums(space, labels, count)
        sizes = np.bincount(labels, minlength=count)
        centres = sums / sizes[:, None]
        # Ward's criterion: what merging a pair costs (Ward 1963).
        distance = ((centres[:, None] - centres[None]) ** 2).sum(axis=2)
        cost = distance * (sizes[:, None] * sizes[None] / (sizes[:, None] + sizes[None]))
        cost[np.tril_indices(count)] = np.inf
        first, second = np.unravel_index(int(np.argmin(cost)), cost.shape)
        labels = by_size(np.where(labels == second, first, labels))
    return labels


def _without_small(space: np.ndarray, labels: np.ndarray, sizes: np.ndarray, needed: int) -> np.ndarray:
    """Texts of clusters below `needed` rows go to the nearest theme if they fit it, else nowhere."""
    count = int(labels.max()) + 1
    totals = np.bincount(labels, weights=sizes, minlength=count)
    large = np.flatnonzero(totals >= needed)
    if not len(large):
        return np.full(len(labels), -1, dtype=np.int64)
    centres = unit_rows(_sums(space, labels, count)[large])
    out = labels.copy()
    loose = np.flatnonzero(totals[labels] < needed)
    nearness = space[loose] @ centres.T
    best = nearness.argmax(axis=1) if len(loose) else np.zeros(0, dtype=np.int64)
    fits = nearness[np.arange(len(loose)), best] >= _FITS
    out[loose] = np.where(fits, large[best], -1)
    return out
