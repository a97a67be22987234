"""Runs `tests/bench/baselines.py` in the environment that BASELINES names, over our vectors."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from consult.analysis.votes import Votes

SCRIPT = Path(__file__).parents[1] / "baselines.py"
METHODS = ("nmf", "bertopic", "bertopic_reduced")
# One thread each, so that CPU seconds of both sides mean the same.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A set as a baseline gets it: texts, their vectors (n, d), the true number of themes, which methods."""

    texts: Sequence[str]
    vectors: np.ndarray
    number: int
    methods: Sequence[str] = METHODS


@dataclass(frozen=True, slots=True)
class Answer:
    """What a baseline made: labels (-1: none), CPU seconds and seconds; or why there is nothing (`error`).

    `whole`: CPU seconds with what BERTopic does with words.
    """

    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cpu: float = 0.0
    wall: float = 0.0
    whole: float | None = None
    error: str = ""


class Baselines:
    """`python`: the interpreter of the other environment; without one every answer is "not installed"."""

    def __init__(self, python: str | None) -> None:
        self.python = python or None
        self.versions: dict[str, str] = {}

    def themes(self, given: Sequence[Given]) -> list[dict[str, Answer]]:
        """For each set the answer of each of its methods."""
        if self.python is None:
            return [{name: Answer(error="not installed") for name in one.methods} for one in given]
        with tempfile.TemporaryDirectory() as name:
            folder, jobs = Path(name), []
            for i, one in enumerate(given):
                np.save(folder / f"{i}.npy", one.vectors)
                (folder / f"{i}.json").write_text(json.dumps(list(one.texts)), encoding="utf-8")
                jobs.append(
                    {"kind": "themes", "texts": f"{i}.json", "vectors": f"{i}.npy",
                     "number": one.number, "methods": list(one.methods)}
                )  # fmt: skip
            return self._run(folder, jobs)

    def groups(self, votes: Votes, moderated_out: frozenset[str], *, repeats: int) -> Answer:
        """red-dwarf's groups: a label for each of `votes.people`; seconds are the median of the repeats."""
        if self.python is None:
            return Answer(error="not installed")
        removed = [i for i, name in enumerate(votes.statements) if name in moderated_out]
        with tempfile.TemporaryDirectory() as name:
            np.savez(
                Path(name) / "votes.npz",
                rows=votes.rows, columns=votes.columns, values=votes.values,
                moderated=np.array(removed, dtype=np.int64),
            )  # fmt: skip
            job = {"kind": "votes", "votes": "votes.npz", "repeats": repeats}
            return self._run(Path(name), [job])[0]["red_dwarf"]

    def _run(self, folder: Path, jobs: list[dict[str, Any]]) -> list[dict[str, Answer]]:
        """Raises RuntimeError with what the script complained about where it wrote no answer."""
        (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
        ours = ("PYTHON", "VIRTUAL_ENV")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(
            [str(self.python), str(SCRIPT), str(folder)],
            env=clean | _ONE_THREAD, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{SCRIPT.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        self.versions = found["versions"]
        return [{name: _answer(value) for name, value in one.items()} for one in found["results"]]


def _answer(value: dict[str, Any]) -> Answer:
    if "error" in value:
        return Answer(error=value["error"])
    labels = np.array(value["labels"], dtype=np.int64)
    return Answer(labels, float(value["cpu"]), float(value["wall"]), value.get("whole"))
