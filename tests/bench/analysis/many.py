"""What is done for very many texts: its quality, forced on a set of known themes, and its speed on 100,000 vectors."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

from consult.analysis import clustering
from consult.analysis.graph import unit_rows
from consult.analysis.threads import one_thread
from tests.bench.analysis.beside import Answer, Given
from tests.bench.analysis.beside_themes import Known
from tests.bench.analysis.reporting import Report, timed

# The graph is made of so much of the set: half of it, and a fifth as with 100,000 texts.
_SHARES = (0.5, 0.2)
_SMALLEST_SAMPLE = 1_000
# Added to a copy: noise of this length, so that it keeps a cosine of about .9 with its text.
_JITTER = 0.5
_RUNS = 3


def of_a_sample(report: Report, name: str, one: Known) -> None:
    """The path for more than 20,000 texts beside the one that makes a graph of all, both on `one`."""
    space = one.reading.space
    if len(space) * min(_SHARES) < _SMALLEST_SAMPLE:
        return
    exact = one.figures(clustered(space))
    for share in _SHARES:
        with patch.object(clustering, "_GRAPH_LIMIT", int(share * len(space))):
            sampled = one.figures(clustered(space))
        report.line(
            f"{name}: graph of {100 * share:.0f} % of the texts",
            **{key: sampled[key] for key in ("NMI", "ARI", "themes", "cpu")},
            **{f"{key} lost": exact[key] - sampled[key] for key in ("NMI", "ARI")},
        )


def clustered(space: np.ndarray) -> Answer:
    with one_thread():
        labels, cpu, wall = timed(lambda: clustering.find_clusters(space))
    return Answer(labels, cpu, wall)


def very_many(report: Report, wanted: int) -> None:
    """Seconds of clustering `wanted` vectors: all that were read, and jittered copies of them."""
    if not report.known:
        return
    real = np.concatenate([reading.space for reading in report.known.values()])
    texts = [text for reading in report.known.values() for text in reading.read]
    vectors, rows = jittered(real, wanted)
    runs = [clustered(vectors)]
    theirs = report.baselines.themes([Given([texts[i] for i in rows], vectors, 2, ("bertopic",))])[0][
        "bertopic"
    ]
    runs += [clustered(vectors) for _ in range(_RUNS - 1)]
    cpu, wall = (float(np.median([getattr(run, key) for run in runs])) for key in ("cpu", "wall"))
    report.line(
        f"{wanted} vectors",
        real=min(len(real), wanted),
        themes=int(runs[0].labels.max()) + 1,
        cpu=cpu,
        wall=wall,
    )
    if theirs.error:
        report.line(f"  BERTopic: {theirs.error}")
        return
    outliers = int((theirs.labels < 0).sum())
    report.line(
        "  BERTopic",
        themes=len(set(theirs.labels.tolist()) - {-1}),
        covered=1 - outliers / wanted,
        cpu=theirs.cpu,
        wall=theirs.wall,
        **{"with words": theirs.whole or 0.0},
    )
    report.line(
        "many vectors: clustering alone against BERTopic",
        **{"times faster (CPU)": theirs.cpu / cpu, "times faster (clock)": theirs.wall / wall},
    )


def jittered(real: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """`wanted` unit rows: `real` (n, d), then copies with noise; and which row of `real` each is."""
    rng = np.random.default_rng(0)
    rows = np.concatenate([np.arange(len(real)), rng.integers(0, len(real), max(0, wanted - len(real)))])[
        :wanted
    ]
    vectors = real[rows].astype(np.float32)
    copies = slice(len(real), wanted)
    noise = rng.standard_normal(vectors[copies].shape, dtype=np.float32)
    vectors[copies] += _JITTER * noise / np.sqrt(vectors.shape[1])
    return unit_rows(vectors), rows
