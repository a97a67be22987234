"""What stands beside the meaning in the graph from which themes are made: words in common, or a second encoder.

Among few answers to one question the encoder's differences are small and a rare word that two of them share says
much. Among some hundred and more, a second encoder helps: two that were trained on different things err in different
places. What comes after the graph (labels, quotes, further themes) stays with the first encoder alone.
"""

from __future__ import annotations

import numpy as np

from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre, projection_for, unit_rows
from consult.analysis.lexical import SharedWords
from consult.analysis.reading import Reading

# From so many different texts on, words in common count no more and a second encoder may; up to so many it does,
# because it takes long. Both, and how much each counts beside the meaning, are measured: docs/analysis.md.
_MANY, _VERY_MANY = 200, 5_000
_WORDS, _SECOND = 1.0, 0.7


def is_read_twice(reading: Reading) -> bool:
    """Whether a second encoder is asked about so many different texts."""
    return _MANY <= len(reading.read) <= _VERY_MANY


def with_words(reading: Reading) -> np.ndarray:
    """Unit rows of the different texts, (n, d); of fewer than 200 with their words in common beside, (n, d + n)."""
    if not 0 < len(reading.read) < _MANY:
        return reading.space
    rows = SharedWords(reading.read).rows(reading.read)
    # Rows of n columns that have the same products as those of so many runs of letters.
    values, directions = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
    words = directions * np.sqrt(values.clip(min=0))
    return _side_by_side(reading.space, words, _WORDS)


def read_twice(
    reading: Reading,
    second: Embedder,
    *,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> np.ndarray:
    """Unit rows (n, d + d of the second encoder) of the different texts, each part centred by language and turned by
    what was learned for its encoder. Raises AnalysisCancelledError when `cancelled()` becomes true."""
    raw = embed_texts(second, reading.read, vectors=vectors, progress=progress, cancelled=cancelled)
    centre = LanguageCentre(raw, reading.codes, projection_for(second.name))
    return _side_by_side(reading.space, centre.apply(raw, reading.codes), _SECOND)


def _side_by_side(first: np.ndarray, second: np.ndarray, weight: float) -> np.ndarray:
    return unit_rows(np.hstack([first, weight * second]).astype(np.float32))
