"""What others make of the same sets: NMF, BERTopic and red-dwarf, in an environment that is not ours.

`python baselines.py FOLDER`. FOLDER/jobs.json lists the jobs; FOLDER/results.json gets one answer for each:

- `{"kind": "themes", "texts": FILE.json, "vectors": FILE.npy, "number": k, "methods": [...]}`: methods `nmf` (TF-IDF
  and NMF with k topics), `bertopic` (its defaults on the given vectors), `bertopic_reduced` (the same run, outliers
  placed by its `reduce_outliers` from the vectors). The answer holds, for each method, `labels` (-1: none), `cpu` and
  `wall` seconds; for BERTopic these are of UMAP and HDBSCAN alone, and `whole` is the CPU of all that it does.
- `{"kind": "votes", "votes": FILE.npz, "repeats": n}`: arrays rows, columns, values and moderated (statement numbers).
  Labels are one a participant, -1 where red-dwarf places none; seconds the medians of the repeats.

What fails or is not installed is an answer too: `{"error": ...}`. Imports and the compiling of numba's functions are
done before any clock starts. Imports nothing of the project: it runs in another environment.
"""

from __future__ import annotations

import importlib.metadata
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("scikit-learn", "bertopic", "umap-learn", "hdbscan", "numba", "red-dwarf", "numpy")
# UMAP searches neighbours in another way from this many rows on, which is compiled too.
_APPROXIMATE_FROM = 4_096
Answer = dict[str, Any]


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What `work` gives, its CPU seconds and its seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    return made, time.process_time() - cpu, time.perf_counter() - wall


def nmf(texts: list[str], number: int) -> Answer:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    def run() -> np.ndarray:
        weights = TfidfVectorizer().fit_transform(texts)
        return NMF(n_components=number, random_state=0).fit_transform(weights)

    parts, cpu, wall = timed(run)
    labels = np.where(parts.max(axis=1) > 0, parts.argmax(axis=1), -1)
    return {"labels": labels.tolist(), "cpu": cpu, "wall": wall}


def bertopic(texts: list[str], vectors: np.ndarray, methods: list[str]) -> dict[str, Answer]:
    """BERTopic with its defaults, and the same with its outliers placed."""
    from bertopic import BERTopic
    from joblib import parallel_config

    clock = {"cpu": 0.0, "wall": 0.0}

    class Clocked(BERTopic):  # type: ignore[misc]
        """Adds up what UMAP and HDBSCAN take; what BERTopic does with words stands aside."""

        def _reduce_dimensionality(self, *given: Any, **named: Any) -> Any:
            return self._add(super()._reduce_dimensionality, *given, **named)

        def _cluster_embeddings(self, *given: Any, **named: Any) -> Any:
            return self._add(super()._cluster_embeddings, *given, **named)

        def _add(self, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
            made, cpu, wall = timed(lambda: work(*given, **named))
            clock["cpu"] += cpu
            clock["wall"] += wall
            return made

    np.random.seed(0)
    model = Clocked()
    # One process: HDBSCAN's workers would not be in our CPU seconds.
    with parallel_config(backend="sequential"):
        (labels, _), whole, _ = timed(lambda: model.fit_transform(texts, vectors))
    answers = {"bertopic": {"labels": list(map(int, labels)), **clock, "whole": whole}}
    if "bertopic_reduced" in methods:
        placed, cpu, wall = list(labels), 0.0, 0.0
        if -1 in labels and max(labels) >= 0:
            placed, cpu, wall = timed(
                lambda: model.reduce_outliers(texts, labels, strategy="embeddings", embeddings=vectors)
            )
        answers["bertopic_reduced"] = {
            "labels": list(map(int, placed)),
            "cpu": clock["cpu"] + cpu,
            "wall": clock["wall"] + wall,
            "whole": whole + cpu,
        }
    return answers


def warm_up(sizes: list[int], dimensions: int) -> None:
    """Lets numba compile what BERTopic needs, on made vectors."""
    rng = np.random.default_rng(0)
    for n in {300} | ({_APPROXIMATE_FROM + 900} if max(sizes) >= _APPROXIMATE_FROM else set()):
        middles = 3 * rng.standard_normal((6, dimensions))
        vectors = middles[np.arange(n) % 6] + rng.standard_normal((n, dimensions))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        bertopic([f"matter{i % 6} word{i % 11}" for i in range(n)], vectors.astype(np.float32), ["bertopic"])


def themes(folder: Path, job: dict[str, Any]) -> dict[str, Answer]:
    texts = json.loads((folder / job["texts"]).read_text(encoding="utf-8"))
    vectors = np.load(folder / job["vectors"], allow_pickle=False)
    answers: dict[str, Answer] = {}
    if "nmf" in job["methods"]:
        answers["nmf"] = attempt(lambda: nmf(texts, job["number"]))
    wanted = [method for method in job["methods"] if method.startswith("bertopic")]
    if wanted:
        found = attempt(lambda: bertopic(texts, vectors, wanted))
        answers |= dict.fromkeys(wanted, found) if "error" in found else found
    return answers


def votes(folder: Path, job: dict[str, Any]) -> dict[str, Answer]:
    def run() -> Answer:
        from reddwarf.implementations.polis import run_pipeline

        with np.load(folder / job["votes"], allow_pickle=False) as given:
            rows, columns, values = (given[name].tolist() for name in ("rows", "columns", "values"))
            moderated = given["moderated"].tolist()
        said = [
            {"participant_id": row, "statement_id": column, "vote": value}
            for row, column, value in zip(rows, columns, values, strict=True)
        ]
        taken = [
            timed(lambda: run_pipeline(votes=said, mod_out_statement_ids=moderated, random_state=0))
            for _ in range(job["repeats"])
        ]
        people = taken[0][0].participants_df["cluster_id"].fillna(-1)
        labels = [int(people.get(row, -1)) for row in range(max(rows) + 1)]
        return {
            "labels": labels,
            "cpu": statistics.median(cpu for _, cpu, _ in taken),
            "wall": statistics.median(wall for _, _, wall in taken),
        }

    return {"red_dwarf": attempt(run)}


def attempt(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives, or why it gave nothing: one baseline must not stop the others."""
    try:
        return work()
    except ModuleNotFoundError as error:
        return {"error": f"not installed ({error.name})"}
    except Exception as error:  # whatever a library raises on an odd set
        return {"error": f"failed ({type(error).__name__}: {error})"[:200]}


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    jobs = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
    shapes = [
        np.load(folder / job["vectors"], mmap_mode="r").shape
        for job in jobs
        if "bertopic" in job.get("methods", ())
    ]
    if shapes:
        attempt(lambda: warm_up([n for n, _ in shapes], shapes[0][1]) or {})
    if any(job["kind"] == "votes" for job in jobs):
        attempt(lambda: __import__("reddwarf.implementations.polis") and {})
    results = [themes(folder, job) if job["kind"] == "themes" else votes(folder, job) for job in jobs]
    text = json.dumps({"versions": versions(), "results": results})
    (folder / "results.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
