"""`python -m tests.bench.agreement`: agreement of 5 coders on 100 items, 20 themes, 1,000 bootstraps (bar: 2 s)."""

from __future__ import annotations

import random
import statistics
import time

from consult.analysis.agreement import coder_agreement

ITEMS, CODERS, THEMES, BAR = 100, 5, 20, 2.0


def columns() -> tuple[list[str], list[str], list[str]]:
    """Codings of five coders who mostly follow one view; the same each time."""
    chance = random.Random(5)
    rows: list[tuple[str, str, str]] = []
    for item in range(ITEMS):
        view = {theme for theme in range(THEMES) if chance.random() < 0.1}
        for coder in range(CODERS):
            said = {theme for theme in range(THEMES) if (theme in view) != (chance.random() < 0.05)}
            rows += [(str(item), f"c{coder}", f"t{theme}") for theme in sorted(said)] or [
                (str(item), f"c{coder}", "")
            ]
    items, coders, themes = zip(*rows, strict=True)
    return list(items), list(coders), list(themes)


def main() -> None:
    given = columns()
    took = []
    for _ in range(5):
        started = time.perf_counter()
        found = coder_agreement(*given)
        took.append(time.perf_counter() - started)
    median = statistics.median(took)
    print(
        f"agreement, {ITEMS} × {CODERS} × {THEMES}, 1,000 bootstraps  {median:.3f} s (bar: {BAR} s)  α {found.alpha}"
    )


if __name__ == "__main__":
    main()
