"""The cache of embeddings in the database, as the mapping that the analysis fills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.analysis.embedding import Embedder, content_key
from consult.analysis.text import for_reading
from consult.evidence.models import Excerpt
from consult.review.models import CachedVector, ThemeRun

_BATCH = 400


class KeptVectors(dict[str, np.ndarray]):
    """Vectors by content key. `new` holds those of `wanted` that are not in the database yet; others (of
    phrases that may become labels) are forgotten with the run."""

    def __init__(self, *, wanted: Iterable[str] = ()) -> None:
        super().__init__()
        self.wanted = set(wanted)
        self.new: dict[str, np.ndarray] = {}

    def __setitem__(self, key: str, vector: np.ndarray) -> None:
        super().__setitem__(key, vector)
        if key in self.wanted:
            self.new[key] = vector

    def take(self, key: str, vector: np.ndarray) -> None:
        """Add a vector that the database has."""
        super().__setitem__(key, vector)


def load_vectors(
    session: Session, *, embedder: Embedder, texts: Iterable[str], second: Embedder | None = None
) -> KeptVectors:
    """The vectors that the database has for these texts, read at once; `second`: an encoder that reads them too."""
    names = [encoder.name for encoder in (embedder, second) if encoder]
    read = {for_reading(text) for text in texts}
    keys = sorted(content_key(name, text) for name in names for text in read)
    vectors = KeptVectors(wanted=keys)
    refresh(session, vectors, keys)
    return vectors


def refresh(session: Session, vectors: KeptVectors, keys: Sequence[str]) -> None:
    """Add what the database has under `keys` by now."""
    for some in _portions(keys):
        for key, vector in session.execute(
            select(CachedVector.key, CachedVector.vector).where(CachedVector.key.in_(some))
        ):
            vectors.take(key, np.frombuffer(vector, dtype=np.float32))


def save_vectors(session: Session, vectors: KeptVectors) -> int:
    """Keep what was computed since the last time; returns how many. Two runs may keep the same."""
    rows = [
        {"key": key, "vector": np.ascontiguousarray(vector, dtype=np.float32).tobytes()}
        for key, vector in vectors.new.items()
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for start in range(0, len(rows), _BATCH):
        statement = dialect.insert(CachedVector).values(rows[start : start + _BATCH])
        session.execute(statement.on_conflict_do_nothing())
    vectors.new.clear()
    return len(rows)


def forget_vectors(session: Session) -> int:
    """Forget the vectors of texts that are evidence no more, whichever encoder made them; how many there were."""
    engines = session.scalars(select(ThemeRun.engine))
    encoders = {engine.get(which, "") for engine in engines for which in ("embedding", "second")}
    needed = {
        content_key(encoder, for_reading(text))
        for text in session.scalars(select(Excerpt.text))
        for encoder in encoders
    }
    gone = [key for key in session.scalars(select(CachedVector.key)) if key not in needed]
    for some in _portions(gone):
        forgotten = delete(CachedVector).where(CachedVector.key.in_(some))
        session.execute(forgotten.execution_options(synchronize_session=False))
    return len(gone)


def _portions(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
