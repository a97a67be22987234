"""The first steps that all analyses share: read, tell languages, join equal texts, embed, centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.copies import near_copies
from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre, projection_for
from consult.analysis.language import detect_languages
from consult.analysis.stopwords import stopwords_of
from consult.analysis.text import for_reading, normalise, words


@dataclass(frozen=True, slots=True)
class Reading:
    """Texts as read. The different ones among them (those that have matter) are numbered from 0.

    Near copies (campaign letters) are one text, that of the first row.
    `shown[row]`: as written; `languages[row]`; `rows[i]`: the rows that say different text i; `read[i]`,
    `codes[i]`: its words and language; `raw`, `space`: its vectors as embedded and centred, (n, d).
    """

    shown: Sequence[str]
    languages: Sequence[str]
    rows: list[list[int]]
    read: list[str]
    codes: list[str]
    raw: np.ndarray
    space: np.ndarray
    centre: LanguageCentre

    @property
    def sizes(self) -> np.ndarray:
        """How many rows say each different text."""
        return np.array([len(rows) for rows in self.rows], dtype=np.int64)

    def spread(self, values: Sequence[str | None]) -> list[str | None]:
        """What holds for each different text, for each row; None for rows without matter."""
        out: list[str | None] = [None] * len(self.shown)
        for rows, value in zip(self.rows, values, strict=True):
            for row in rows:
                out[row] = value
        return out

    @property
    def analysed(self) -> list[int]:
        """The rows that have matter, in order."""
        return sorted(row for rows in self.rows for row in rows)


def read_texts(
    texts: Sequence[str],
    *,
    priors: Sequence[str | None] | None,
    embedder: Embedder,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Reading:
    """Read `texts`; `priors` are the languages of the pages on which they were written."""
    read = [for_reading(text) for text in texts]
    languages = detect_languages(read, priors=priors)
    rows = _different(read, languages)
    unique = [read[places[0]] for places in rows]
    codes = [languages[places[0]] for places in rows]
    raw = embed_texts(embedder, unique, vectors=vectors, progress=progress, cancelled=cancelled)
    centre = LanguageCentre(raw, codes, projection_for(embedder.name))
    return Reading(texts, languages, rows, unique, codes, raw, centre.apply(raw, codes), centre)


def has_matter(text: str, language: str) -> bool:
    """Whether a text has a word that is not a function word."""
    return _carry_matter(words(normalise(text[:5000])), language)


def _carry_matter(found: Sequence[str], language: str) -> bool:
    stops = stopwords_of(language)
    return any(len(word) > 1 and word not in stops for word in found)


def _different(read: Sequence[str], languages: Sequence[str]) -> list[list[int]]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, (text, code) in enumerate(zip(read, languages, strict=True)):
        found = words(normalise(text))
        if _carry_matter(found, code):
            places[" ".join(found), code].append(row)
    equal = list(places.values())
    groups = near_copies([key.split(" ") for key, _ in places], [code for _, code in places])
    return [sorted(row for number in group for row in equal[number]) for group in groups]
