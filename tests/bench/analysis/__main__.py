"""`make bench-analysis DATA=FOLDER [BASELINES=PYTHON]`: how good and how quick the analysis is on every known kind.

A set is known by its columns: parallel sentences with topics (sentence,language,topic,text), arguments with
key points (argument,question,stance,text,theme,theme_text), texts with themes (text,theme), comments below
proposals (proposal,text), tweets with sentiment (text,sentiment), votes beside published groups (votes.csv,
statements.csv, published_groups.csv). It is called by its folder.

BASELINES is the Python of an environment with NMF, BERTopic and red-dwarf (docs/analysis.md says how to make one).
Ends with what is asked of the analysis and whether this run shows it.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

from tests.bench.analysis.bars import print_bars
from tests.bench.analysis.beside import Baselines
from tests.bench.analysis.many import very_many
from tests.bench.analysis.reporting import Report, Rows, peak_memory, read
from tests.bench.analysis.text_sets import arguments, parallel, proposals, themed
from tests.bench.analysis.tone import toned
from tests.bench.analysis.vote_sets import conversations, made_votes, published

MANY, VOTES = 100_000, 10_000_000
KINDS: list[tuple[set[str], Callable[[Report, str, Rows], None]]] = [
    ({"sentence", "language", "topic", "text"}, parallel),
    ({"argument", "question", "stance", "text", "theme", "theme_text"}, arguments),
    ({"text", "theme"}, themed),
    ({"proposal", "text"}, proposals),
    ({"text", "sentiment"}, toned),
]


def run(folder: Path, baselines: Baselines, *, many: int = MANY, votes: int = VOTES) -> Report:
    """Prints the whole report. `many`: vectors, `votes`: made votes, of the sets that are made."""
    report = Report(baselines)
    found = sorted(folder.rglob("published_groups.csv"))
    conversations(report, [published(report, path.parent) for path in found])
    made_votes(report, votes)
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as source:
            columns = set(next(csv.reader(source), []))
        for wanted, measure in KINDS:
            if wanted <= columns:
                measure(report, path.resolve().parent.name, read(path))
                break
    very_many(report, many)
    if baselines.versions:
        print("baselines:", ", ".join(f"{name} {number}" for name, number in baselines.versions.items()))
    print(f"largest memory {peak_memory():.2f} GB")
    print_bars(report)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.analysis")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--baselines", default="", help="the Python of an environment that has them")
    parser.add_argument("--many", type=int, default=MANY, help="vectors to cluster")
    parser.add_argument("--votes", type=int, default=VOTES, help="votes to make")
    given = parser.parse_args()
    run(given.folder, Baselines(given.baselines), many=given.many, votes=given.votes)


if __name__ == "__main__":
    main()
