"""What all parts of the report share: its lines, the vectors already known, how two clusterings compare."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.special import gammaln

from consult.analysis.comparison import (
    adjusted_rand,
    contingency,
    mutual_information,
    normalised_information,
)
from consult.analysis.embedding import embed_texts, use_embedder
from consult.analysis.reading import Reading
from consult.analysis.text import for_reading
from consult.analysis.themes import find_themes
from tests.bench.analysis.beside import Baselines

DRAWS = 5
T = TypeVar("T")
Rows = list[dict[str, str]]
Figures = dict[str, float | int | str]


@dataclass
class Report:
    """Prints each line and keeps it for the bars; `known`: the sets of texts read so far, for the set of many."""

    baselines: Baselines
    lines: dict[str, Figures] = field(default_factory=dict)
    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    known: dict[str, Reading] = field(default_factory=dict)

    def line(self, name: str, /, **figures: float | int | str) -> None:
        """Print `figures`; a name that begins with blanks belongs to the line above and is not kept."""
        if not name.startswith(" "):
            self.lines[name] = figures
        shown = "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())
        print(f"{name:<52} {shown}", flush=True)

    def numbers(self, texts: list[str]) -> list[str]:
        """The main theme of each text, "" where it has none (all such count as one cluster)."""
        result = find_themes(texts, vectors=self.vectors)
        return [item.themes[0].id if item.themes else "" for item in result.assignments]

    def embed(self, texts: list[str]) -> np.ndarray:
        """The vectors of `texts` as embedded, and a line of what those not known yet took."""
        read = [for_reading(text) for text in texts]
        before = len(self.vectors)
        made, cpu, wall = timed(lambda: embed_texts(use_embedder(), read, vectors=self.vectors))
        if len(self.vectors) > before:
            self.line("  embedding", texts=len(self.vectors) - before, cpu=cpu, wall=wall)
        return made


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What `work` gives, its CPU seconds and its seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    return made, time.process_time() - cpu, time.perf_counter() - wall


def peak_memory() -> float:
    """The most memory this process has had, in GB. (`getrusage` would count what its parent had when it began.)"""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1e6  # type: ignore[index]


def read(path: Path) -> Rows:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def compare(found: Sequence[str], true: Sequence[str]) -> dict[str, float]:
    """What no theme holds ("") counts as one cluster."""
    return {
        "NMI": normalised_information(found, true),
        "ARI": adjusted_rand(found, true),
        "themes": len(set(found) - {""}),
        "unplaced": sum(1 for label in found if label == ""),
    }


def mean(figures: Sequence[dict[str, float]], weights: Sequence[float] | None = None) -> Figures:
    """The weighted mean of each figure; of a single set the figures themselves."""
    if len(figures) == 1:
        return dict(figures[0])
    return {key: float(np.average([f[key] for f in figures], weights=weights)) for key in figures[0]}


def adjusted_information(first: Sequence[str], second: Sequence[str]) -> float:
    """Adjusted mutual information, arithmetic mean (Vinh, Epps and Bailey 2010)."""
    table = contingency(first, second)
    n, a, b = int(table.sum()), table.sum(axis=1).astype(int), table.sum(axis=0).astype(int)
    expected = 0.0
    for x in a:
        for y in b:
            k = np.arange(max(1, x + y - n), min(x, y) + 1)
            log_p = (
                gammaln(x + 1) + gammaln(y + 1) + gammaln(n - x + 1) + gammaln(n - y + 1)
                - gammaln(n + 1) - gammaln(k + 1) - gammaln(x - k + 1) - gammaln(y - k + 1)
                - gammaln(n - x - y + k + 1)
            )  # fmt: skip
            expected += float((k / n * np.log(n * k / (x * y)) * np.exp(log_p)).sum())
    found = mutual_information(table)
    middle = (mutual_information(np.diag(a)) + mutual_information(np.diag(b))) / 2
    return (found - expected) / (middle - expected) if middle > expected else 0.0
