"""Words shared by texts, beside their meaning: hashed runs of letters inside words, the rare ones counting more.

The encoder reads for meaning and may miss that two answers name the same thing. Runs of three to five letters
(Cavnar and Trenkle 1994) find it in any inflecting language without a stemmer; what half of the texts have says
little (inverse document frequency, Spärck Jones 1972).
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from scipy import sparse

from consult.analysis.stopwords import ALL_STOPWORDS
from consult.analysis.text import normalise, words

BUCKETS = 1 << 17
_RUNS = (3, 4, 5)
_LONGEST_WORD = 40
_MOST_KNOWN = 50_000
_READ = 5_000
_NONE = np.zeros(0, dtype=np.int64)


class SharedWords:
    """How rare each run of letters is in some texts, and texts as unit rows of their runs."""

    def __init__(self, texts: Sequence[str] = (), *, rarity: np.ndarray | None = None) -> None:
        """From texts, or from the rarity (BUCKETS,) of others."""
        self._known: dict[str, np.ndarray] = {}
        if rarity is None:
            seen = np.zeros(BUCKETS, dtype=np.int64)
            for text in texts:
                seen[np.unique(self._buckets(text))] += 1
            rarity = np.log((len(texts) + 1) / (seen + 0.5)).clip(min=0).astype(np.float32)
        self.rarity = rarity

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Unit rows (n, BUCKETS); a text of function words alone has a row of zeros."""
        places, counts, starts = [], [], [0]
        for text in texts:
            found, times = np.unique(self._buckets(text), return_counts=True)
            places.append(found)
            counts.append(times)
            starts.append(starts[-1] + len(found))
        columns = np.concatenate([_NONE, *places])
        weights = (1 + np.log(np.concatenate([_NONE, *counts]))) * self.rarity[columns]
        rows = sparse.csr_matrix((weights.astype(np.float32), columns, starts), shape=(len(texts), BUCKETS))
        return unit_sparse(rows)

    def _buckets(self, text: str) -> np.ndarray:
        found = [self._of_word(word) for word in words(normalise(text[:_READ])) if word not in ALL_STOPWORDS]
        return np.concatenate(found) if found else _NONE

    def _of_word(self, word: str) -> np.ndarray:
        """The same words come again and again: what they give is kept."""
        found = self._known.get(word)
        if found is None:
            edged = f"<{word[:_LONGEST_WORD]}>"
            runs = [edged[i : i + n] for n in _RUNS for i in range(len(edged) - n + 1)]
            numbers = (crc32(run.encode("utf-8", "surrogatepass")) % BUCKETS for run in runs)
            found = np.fromiter(numbers, dtype=np.int64)
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = found
        return found


def unit_sparse(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows scaled to length 1; zero rows stay zero."""
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 1e-9)
    return (sparse.diags_array(scale.astype(np.float32)) @ rows).tocsr()
