"""`python -m tests.bench.learning [FOLDER]`: macro-F1 of the suggestions after so many reviewed answers.

The themes are the set's own. Before any decision the machine has only their names, as it has when a codebook is
applied; what it puts into each theme by these is its prototype. Then a reviewer decides about answers drawn by chance,
and the suggestions for all other answers are judged. Mean of the draws; in brackets the middle 80 % of the differences.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from consult.analysis.embedding import embed_texts, use_embedder
from consult.analysis.graph import LanguageCentre, projection_for
from consult.analysis.learning import learn, macro_f1, suggested
from consult.analysis.placing import ThemeReference, place_vectors
from consult.analysis.text import for_reading

REVIEWED = (0, 25, 50, 100, 200)
DRAWS = 10
MOST = 2_000
KEPT: dict[str, np.ndarray] = {}
Labelled = list[tuple[str, str]]


def sets_in(folder: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Labelled sets: several questions each, of (text, theme)."""
    by: dict[str, Labelled] = {}
    for row in _rows(folder / "argkp" / "arguments.csv"):
        by.setdefault(f"{row['question']}|{row['stance']}", []).append((row["text"], row["theme_text"]))
    # The shipped matrix has seen these motions: the figures are too good as such; what matters is the difference.
    yield "ArgKP, by motion and stance", [some for some in by.values() if len(some) >= 60]
    queries = [
        (row["text"], row["theme"].replace("_", " ")) for row in _rows(folder / "banking77" / "queries.csv")
    ]
    themes = sorted({theme for _text, theme in queries})
    parts = [set(themes[start::7]) for start in range(7)]
    yield "banking77, 11 themes at a time", [[item for item in queries if item[1] in some] for some in parts]
    rows = _rows(folder / "sib200" / "sentences.csv")
    for language in ("ar", "fr"):
        mine = [(row["text"], row["topic"]) for row in rows if row["language"] == language]
        yield f"SIB-200, {language}", [mine]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as source:
        return list(csv.DictReader(source))


class Question:
    """Vectors of the answers to one question, their themes, and what the machine makes of them by the names alone."""

    def __init__(self, some: Labelled) -> None:
        embedder = use_embedder()
        some = list(dict.fromkeys((text, theme) for text, theme in some if theme))[:MOST]
        texts = [for_reading(text) for text in dict.fromkeys(text for text, _theme in some)]
        place = {text: number for number, text in enumerate(texts)}
        names = sorted({theme for _text, theme in some})
        self.decided = np.zeros((len(texts), len(names)), dtype=bool)
        for text, theme in some:
            self.decided[place[for_reading(text)], names.index(theme)] = True
        raw = embed_texts(embedder, texts, vectors=KEPT)
        codes = ["en"] * len(texts)
        centre = LanguageCentre(raw, codes, projection_for(embedder.name))
        self.vectors = centre.apply(raw, codes)
        references = [ThemeReference(str(number), (name,), ()) for number, name in enumerate(names)]
        fits = np.ones(len(texts), dtype=bool)
        placed = place_vectors(self.vectors, texts, fits, references, embedder=embedder, centre=centre)
        self.prototypes = np.zeros((len(names), self.vectors.shape[1]), dtype=np.float32)
        for vector, themes in zip(self.vectors, placed, strict=True):
            if themes:
                self.prototypes[int(themes[0].id)] += vector

    def scores(self, reviewed: int, draw: int) -> tuple[float, float]:
        """Macro-F1 on the answers not reviewed: with what was learned, and without."""
        order = np.random.default_rng(draw).permutation(len(self.vectors))
        seen, rest = order[:reviewed], order[reviewed:]
        names = range(self.decided.shape[1])
        none = np.zeros(0, dtype=np.int64)
        found = []
        for known in (seen, none):
            made = learn(names, self.prototypes, self.vectors[known], self.decided[known])
            found.append(macro_f1(suggested(made.scores(self.vectors[rest])), self.decided[rest]))
        return found[0], found[1]


def main(folder: Path) -> None:
    for name, questions in sets_in(folder):
        made = [Question(some) for some in questions]
        print(f"\n{name}: {len(made)} questions, {sum(len(item.vectors) for item in made)} answers")
        for reviewed in REVIEWED:
            # At least a third of the answers is left to be judged.
            large = [item for item in made if len(item.vectors) * 2 >= reviewed * 3]
            pairs = [
                item.scores(reviewed, draw) for item in large for draw in range(DRAWS if reviewed else 1)
            ]
            if not pairs:
                continue
            after, before = np.array(pairs).T
            low, high = np.quantile(after - before, (0.1, 0.9))
            worse = float((after < before - 0.02).mean())
            difference = f"{(after - before).mean():+.3f} ({low:+.3f} to {high:+.3f})"
            print(
                f"{reviewed:4} reviewed ({len(large):2} questions)  macro-F1 {after.mean():.3f}"
                f"  none {before.mean():.3f}  difference {difference}  worse by > .02: {worse:.0%}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../../shared/data"))
