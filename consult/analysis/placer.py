"""All that places an answer by itself, as one value that goes from one process to another as bytes.

With it very many answers are placed in chunks, by whoever takes one. It holds numbers and digests, no word of an
answer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre, projection_for
from consult.analysis.language import languages_where
from consult.analysis.lexical import BUCKETS
from consult.analysis.placing_model import PlacingOptions, ThemeModel
from consult.analysis.reading import has_matter
from consult.analysis.stance import stance_hints
from consult.analysis.text import for_reading
from consult.analysis.threads import one_thread
from consult.analysis.values import Assignment, ThemeScore


@dataclass(frozen=True, slots=True)
class Placer:
    """All that is needed to place an answer that nobody has read: beside the themes the means of the languages, the
    `usual` language of short texts, whether the hint of stance reads single sentences, and the name of the `encoder`
    whose vectors it learned from."""

    themes: ThemeModel
    centre: LanguageCentre
    usual: str | None
    sentences: bool
    encoder: str

    @one_thread()
    def place(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None,
        *,
        embedder: Embedder,
        vectors: VectorCache | None = None,
    ) -> list[Assignment]:
        """The themes of some texts, rows counted from 0. The same texts together give the same to the byte."""
        read = [for_reading(text) for text in texts]
        codes = languages_where(read, self.usual, priors=languages)
        raw = embed_texts(embedder, read, vectors=vectors)
        fits = matter(read, codes)
        placed = self.themes.place(self.centre.apply(raw, codes), read, fits)
        said = stance_hints(read, codes, raw, embedder=embedder, vectors=vectors, sentences=self.sentences)
        return assignments(codes, placed, said, fits)

    def to_bytes(self) -> bytes:
        """For `from_bytes`, on any machine."""
        themes, options = self.themes, self.themes.options
        rest = {
            "ids": themes.ids,
            "known": themes.known,
            "threshold": options.threshold,
            "at_most": options.at_most,
            "languages": list(self.centre.means),
            "usual": self.usual,
            "sentences": self.sentences,
            "encoder": self.encoder,
        }
        target = io.BytesIO()
        np.savez(
            target,
            allow_pickle=False,
            rest=np.frombuffer(json.dumps(rest).encode(), dtype=np.uint8),
            centres=themes.centres,
            leaning=themes.leaning,
            rarity=themes.rarity,
            data=themes.words.data,
            indices=themes.words.indices,
            indptr=themes.words.indptr,
            mean=self.centre.mean,
            means=np.array([*self.centre.means.values()], dtype=np.float32),
        )
        return target.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, embedder: Embedder) -> Placer:
        """What `to_bytes` gave. Raises ValueError for another encoder than the one that it was learned with."""
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            rest = json.loads(found["rest"].tobytes())
            if rest["encoder"] != embedder.name:
                raise ValueError(f"learned with {rest['encoder']}, not with {embedder.name}")
            shape = (BUCKETS, len(rest["ids"]))
            themes = ThemeModel(
                tuple(rest["ids"]),
                found["centres"],
                found["leaning"],
                found["rarity"],
                sparse.csc_matrix((found["data"], found["indices"], found["indptr"]), shape=shape),
                rest["known"],
                PlacingOptions(rest["threshold"], rest["at_most"]),
            )
            means = dict(zip(rest["languages"], found["means"], strict=True))
            centre = LanguageCentre.of(found["mean"], means, projection_for(embedder.name))
        return cls(themes, centre, rest["usual"], rest["sentences"], rest["encoder"])


def assignments(
    codes: Sequence[str],
    placed: Sequence[tuple[ThemeScore, ...]],
    stances: Sequence[str | None],
    fits: np.ndarray,
) -> list[Assignment]:
    """One for each text; no stance where it has no matter."""
    return [
        Assignment(row, code, placed[row], stances[row] if fits[row] else None)
        for row, code in enumerate(codes)
    ]


def matter(read: Sequence[str], codes: Sequence[str]) -> np.ndarray:
    """Whether each text has a word that says something, shape (n,)."""
    return np.array([has_matter(text, code) for text, code in zip(read, codes, strict=True)], dtype=bool)
