"""Vectors from a server that speaks OpenAI's embeddings interface (`POST …/embeddings`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from consult.analysis.graph import unit_rows
from consult.encoders.server import JsonServer

BATCH = 64


class Endpoint(JsonServer):
    """An encoder behind an address such as `https://models.example.org/v1`."""

    def __init__(self, address: str, *, model: str = "", key_file: Path | None = None) -> None:
        super().__init__(address, "/embeddings", key_file=key_file)
        self.name = f"endpoint/{self.place}/{model}"
        self._model = model

    @cached_property
    def dimensions(self) -> int:
        """Asked of the server once, with a word that is nobody's answer."""
        return self._asked(["word"]).shape[1]

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, shape (n, dimensions), of length 1; zero rows for empty texts, which are not sent."""
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        some = [i for i, text in enumerate(texts) if text]
        for start in range(0, len(some), BATCH):
            rows = some[start : start + BATCH]
            found = self._asked([texts[i] for i in rows])
            if found.shape[1] != self.dimensions:
                raise self.error("nonsense")
            out[rows] = found
        return out

    def _asked(self, texts: list[str]) -> np.ndarray:
        body = json.dumps({"model": self._model, "input": texts, "encoding_format": "float"}).encode()
        try:
            sent = json.loads(self.answer(body))["data"]
            rows = {int(item["index"]): item["embedding"] for item in sent}
            found = np.array([rows[i] for i in range(len(texts))], dtype=np.float32)
        except (ValueError, KeyError, TypeError, OverflowError):
            # Without the cause: it may hold what was sent.
            raise self.error("nonsense") from None
        if len(sent) != len(texts) or found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
            raise self.error("nonsense")
        return unit_rows(found)
