"""Opinion groups beside published ones and beside red-dwarf's, and ten million made votes."""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from consult.analysis.comparison import adjusted_rand
from consult.analysis.opinion import OpinionResult, groups_of, opinion_groups
from consult.analysis.votes import Votes
from consult.votes_file import read_votes
from tests.bench.analysis.beside import Answer
from tests.bench.analysis.reporting import Report, peak_memory, read, timed

_RUNS = 5
_VOTES_EACH, _STATEMENTS = 100, 1_000


@dataclass(frozen=True, slots=True)
class Conversation:
    """What came of one: votes, how alike the groups are to the published ones, CPU seconds from votes in memory."""

    votes: int
    ours: float
    theirs: float | None
    cpu: float
    their_cpu: float | None


def published(report: Report, folder: Path) -> Conversation:
    """Groups with the moderation known, beside those that the authors of a conversation published."""
    removed = frozenset(r["statement"] for r in read(folder / "statements.csv") if r["moderated"] == "-1")
    wanted = {r["participant"]: r["group"] for r in read(folder / "published_groups.csv")}
    (votes, found), _, from_file = timed(lambda: _from_file(folder / "votes.csv", removed))
    rows = read(folder / "votes.csv")
    columns = (
        [r["participant"] for r in rows],
        [r["statement"] for r in rows],
        [int(r["vote"]) for r in rows],
    )
    runs = [_clocked(lambda: opinion_groups(*columns, moderated_out=removed)) for _ in range(_RUNS)]
    theirs = report.baselines.groups(votes, removed, repeats=_RUNS)
    runs += [_clocked(lambda: opinion_groups(*columns, moderated_out=removed)) for _ in range(_RUNS)]
    cpu, wall = (statistics.median(column) for column in zip(*runs, strict=True))
    name = folder.name
    alike = _alike(dict(found.assignments), wanted)
    report.line(
        f"{name}: opinion groups",
        votes=len(votes.values), ARI=alike, groups=len(found.groups),
        cpu=cpu, wall=wall, **{"wall with the file": from_file},
    )  # fmt: skip
    their_alike = _their_line(report, theirs, votes.people, wanted)
    return Conversation(len(votes.values), alike, their_alike, cpu, None if theirs.error else theirs.cpu)


def _from_file(path: Path, removed: frozenset[str]) -> tuple[Votes, OpinionResult]:
    votes = read_votes(path)
    return votes, groups_of(votes, moderated_out=removed)


def _clocked(work: Callable[[], object]) -> tuple[float, float]:
    _, cpu, wall = timed(work)
    return cpu, wall


def _their_line(report: Report, theirs: Answer, people: list[str], wanted: dict[str, str]) -> float | None:
    if theirs.error:
        report.line(f"  red-dwarf: {theirs.error}")
        return None
    groups = {
        person: str(label) for person, label in zip(people, theirs.labels.tolist(), strict=True) if label >= 0
    }
    alike = _alike(groups, wanted)
    report.line("  red-dwarf", ARI=alike, groups=len(set(groups.values())), cpu=theirs.cpu, wall=theirs.wall)
    return alike


def _alike(found: dict[str, str], wanted: dict[str, str]) -> float:
    """Adjusted Rand index over the participants that both placed."""
    both = sorted(wanted.keys() & found.keys())
    return adjusted_rand([found[p] for p in both], [wanted[p] for p in both])


def conversations(report: Report, found: list[Conversation]) -> None:
    """Medians over all sets, and the time on the largest."""
    if not found:
        return
    figures: dict[str, float | int] = {"sets": len(found), "ARI": statistics.median(c.ours for c in found)}
    theirs = [c.theirs for c in found if c.theirs is not None]
    if len(theirs) == len(found):
        figures["red-dwarf ARI"] = statistics.median(theirs)
        figures["ARI ahead"] = figures["ARI"] - figures["red-dwarf ARI"]
    largest = max(found, key=lambda c: c.votes)
    if largest.their_cpu:
        figures |= {"votes of the largest": largest.votes, "time there": largest.cpu / largest.their_cpu}
    report.line("opinion groups: median of the sets", **figures)


def made_votes(report: Report, count: int) -> None:
    """`consult opinion` on a file of so many made votes, in a process of its own: start-up, reading and all."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "votes.csv"
        votes_file(path, count)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.analysis.vote_sets", str(path)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    report.line("made votes: consult opinion with 20 resamples", **json.loads(done.stdout))


def votes_file(path: Path, count: int) -> None:
    """Votes of people of three minds, each on a hundred statements of a thousand."""
    rng = np.random.default_rng(0)
    people = max(2, count // _VOTES_EACH)
    minds, tendency = rng.integers(0, 3, people), rng.uniform(0.1, 0.9, (3, _STATEMENTS))
    starts = rng.integers(0, _STATEMENTS, people)
    with path.open("w", newline="") as out:
        csv.writer(out).writerow(["participant", "statement", "vote"])
        for first in range(0, people, 10_000):
            rows = np.repeat(np.arange(first, min(first + 10_000, people)), _VOTES_EACH)
            # Steps of a number without a factor in common with 1,000 meet no statement twice.
            columns = (
                starts[rows] + 77 * np.tile(np.arange(_VOTES_EACH), len(rows) // _VOTES_EACH)
            ) % _STATEMENTS
            values = np.where(rng.random(len(rows)) < tendency[minds[rows], columns], 1, -1)
            values[rng.random(len(rows)) < 0.15] = 0
            pd.DataFrame({"p": rows, "s": columns, "v": values}).to_csv(out, header=False, index=False)


def main() -> None:
    """Runs `consult opinion` on a file and prints what it took as JSON; the peak is this process's alone."""
    from consult.opinion_command import opinion_command

    path = Path(sys.argv[1])
    _, _, wall = timed(
        lambda: opinion_command.main(
            [str(path), "--json", str(path.with_suffix(".json"))], standalone_mode=False
        )
    )
    result = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    print(
        json.dumps(
            {"people": result["participants"], "groups": len(result["groups"]),
             "cpu": time.process_time(), "wall": wall, "GB": peak_memory()}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
