"""Our clusters beside those of NMF and BERTopic, on the same texts and the same vectors."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.beside import with_words
from consult.analysis.clustering import cluster_texts
from consult.analysis.embedding import use_embedder
from consult.analysis.reading import Reading, read_texts
from consult.analysis.threads import one_thread
from tests.bench.analysis.beside import Answer, Given
from tests.bench.analysis.reporting import Report, compare, mean, timed

_NAMES = {
    "nmf": "  TF-IDF and NMF, true number",
    "bertopic": "  BERTopic",
    "bertopic_reduced": "  BERTopic, outliers placed",
}
_RAW = ", vectors as embedded"
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A set as read (`reading.space` is what our clustering gets), and the true theme of each row."""

    reading: Reading
    true: list[str]

    @property
    def number(self) -> int:
        return len(set(self.true))

    def figures(self, answer: Answer) -> dict[str, float]:
        """How alike `answer`'s labels, one a different text, are to the truth; rows without a theme are one cluster."""
        labels = self.reading.spread(
            [f"c{label}" if label >= 0 else None for label in answer.labels.tolist()]
        )
        found = compare([label or "" for label in labels], self.true)
        return {
            **found,
            "covered": 1 - found["unplaced"] / len(self.true),
            "cpu": answer.cpu,
            "wall": answer.wall,
        }


def known(report: Report, texts: list[str], true: list[str]) -> Known:
    return Known(read_texts(texts, priors=None, embedder=use_embedder(), vectors=report.vectors), true)


def ours(one: Known) -> Answer:
    """The clusters that `find_themes` starts from, timed alone."""
    with one_thread():
        labels, cpu, wall = timed(
            lambda: cluster_texts(with_words(one.reading), one.reading.raw, sizes=one.reading.sizes)
        )
    return Answer(labels, cpu, wall)


def beside(report: Report, name: str, sets: Sequence[Known], weights: Sequence[float] | None = None) -> None:
    """Lines for the baselines (weighted means over `sets`) and one that compares ours with BERTopic's.

    Ours is timed before and after the baselines ran, so that other work on the machine slows both.
    """
    runs = [[ours(one) for one in sets]]
    found = report.baselines.themes(
        [Given(one.reading.read, one.reading.space, one.number) for one in sets]
        + [Given(one.reading.read, one.reading.raw, one.number, ("bertopic",)) for one in sets]
    )
    runs += [[ours(one) for one in sets] for _ in range(_RUNS - 1)]
    own = [_median(of_one) for of_one in zip(*runs, strict=True)]
    own_figures = _line(report, "  ours, clustering alone", sets, own, weights)
    spaces, raws = found[: len(sets)], found[len(sets) :]
    theirs = {
        key: _line(report, label, sets, [answers[key] for answers in spaces], weights)
        for key, label in _NAMES.items()
    }
    _line(report, _NAMES["bertopic"] + _RAW, sets, [answers["bertopic"] for answers in raws], weights)
    against = theirs["bertopic"]
    if own_figures and against:
        report.line(
            f"{name}: clustering alone against BERTopic",
            **{
                "times faster (CPU)": against["cpu"] / own_figures["cpu"],
                "times faster (clock)": against["wall"] / own_figures["wall"],
                "NMI ahead": own_figures["NMI"] - against["NMI"],
                "ARI times": own_figures["ARI"] / against["ARI"] if against["ARI"] > 0 else float("inf"),
            },
        )


def _median(runs: Sequence[Answer]) -> Answer:
    return Answer(
        runs[0].labels,
        statistics.median(run.cpu for run in runs),
        statistics.median(run.wall for run in runs),
    )


def _line(
    report: Report,
    label: str,
    sets: Sequence[Known],
    answers: Sequence[Answer],
    weights: Sequence[float] | None,
) -> dict[str, float]:
    """Prints means over the sets that have an answer (seconds are sums); gives the figures, none without one."""
    errors = [answer.error for answer in answers if answer.error]
    if len(errors) == len(answers):
        report.line(f"{label}: {errors[0]}")
        return {}
    kept = [i for i, answer in enumerate(answers) if not answer.error]
    some = [sets[i].figures(answers[i]) for i in kept]
    figures = mean(some, [weights[i] for i in kept] if weights else None)
    seconds = {key: float(np.sum([one[key] for one in some])) for key in ("cpu", "wall")}
    whole = [answers[i].whole for i in kept]
    more: dict[str, float] = {"with words": sum(w or 0 for w in whole)} if all(whole) else {}
    left_out = {f"sets without ({errors[0]})": len(errors)} if errors else {}
    report.line(label, **figures | seconds | more | left_out)
    return {key: float(value) for key, value in (figures | seconds).items()}
