"""`python -m tests.bench.redaction [--misses]`: recall and precision of the finder, by kind and language.

Counted as found is what is covered to its last letter, whatever it was taken for. The figures of the sentences held
apart are written to `consult/analysis/data/personal-data-figures.json`, from where the pages tell them.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import consult.analysis
from consult.analysis.personal_data import VERSION, find_personal
from tests.bench.redaction.sentences import SETS, Sentence, sentences

FILE = Path(consult.analysis.__file__).parent / "data" / "personal-data-figures.json"
LANGUAGES = ("ar", "en", "fr", "es")


class Score:
    """Seeded and found, found and right."""

    def __init__(self) -> None:
        self.seeded = self.found = self.right = self.proposed = 0

    @property
    def recall(self) -> float | None:
        return self.found / self.seeded if self.seeded else None

    @property
    def precision(self) -> float | None:
        return self.right / self.proposed if self.proposed else None


def score(found: list[Sentence], *, misses: bool = False) -> dict[str, Score]:
    """By kind and by language; "all" is everything."""
    by: dict[str, Score] = defaultdict(Score)
    for sentence in found:
        spans = find_personal(sentence.text)
        covered = {place for span in spans for place in range(span.start, span.end)}
        for seed in sentence.seeded:
            places = [p for p in range(seed.start, seed.end) if sentence.text[p].isalnum()]
            is_found = covered.issuperset(places)
            for key in (seed.kind, sentence.language, "all"):
                by[key].seeded += 1
                by[key].found += is_found
            if misses and not is_found:
                print(f"missed {seed.kind:10} {sentence.text[seed.start : seed.end]!r} in {sentence.text!r}")
        for span in spans:
            is_right = any(span.start < seed.end and seed.start < span.end for seed in sentence.seeded)
            for key in (span.kind, sentence.language, "all"):
                by[key].proposed += 1
                by[key].right += is_right
            if misses and not is_right:
                print(f"in vain {span.kind:9} {sentence.text[span.start : span.end]!r} in {sentence.text!r}")
    return by


def main(arguments: list[str]) -> None:
    for name in SETS:
        some = sentences(name)
        started = time.perf_counter()
        # What was held apart is never shown sentence by sentence, so that nobody mends the rules by it.
        by = score(some, misses="--misses" in arguments and name == "tuned")
        took = (time.perf_counter() - started) * 1000 / len(some)
        print(
            f"\n{name}: {len(some)} sentences, {took:.2f} ms each\n{'':12} seeded  recall  found  precision"
        )
        for key in ("name", "bare name", "address", "phone", "email", "link", "identity", *LANGUAGES, "all"):
            item = by[key]
            recall = f"{item.recall:.2f}" if item.recall is not None else "–"
            precision = f"{item.precision:.2f}" if item.precision is not None else "–"
            print(f"{key:12} {item.seeded:6} {recall:>7} {item.proposed:6} {precision:>10}")
        if name == "held_out":
            _write(by, len(some))


def _write(by: dict[str, Score], number: int) -> None:
    kinds = ("name", "bare name", "address", "phone", "email", "link", "identity", "all")
    figures = {
        "version": VERSION,
        "sentences": number,
        "recall": {kind.replace(" ", "_"): round(by[kind].recall or 0, 2) for kind in kinds},
        "precision": {kind: round(by[kind].precision or 0, 2) for kind in kinds if kind != "bare name"},
    }
    FILE.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
