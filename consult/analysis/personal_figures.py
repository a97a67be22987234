"""How much the finder of personal data finds: measured by `python -m tests.bench.redaction`, kept beside the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class FinderFigures:
    """On how many made-up sentences; of 100 seeded ones of a kind how many were found, of 100 found how many right."""

    sentences: int
    recall: Mapping[str, int]
    precision: Mapping[str, int]


@cache
def finder_figures() -> FinderFigures:
    """The figures of the sentences that were held apart while the rules were made."""
    kept = json.loads((files("consult.analysis") / "data" / "personal-data-figures.json").read_text("utf-8"))

    def hundred(shares: Mapping[str, float]) -> dict[str, int]:
        return {kind: round(100 * share) for kind, share in shares.items()}

    return FinderFigures(kept["sentences"], hundred(kept["recall"]), hundred(kept["precision"]))
