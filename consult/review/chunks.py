"""Vectors of very many answers, in chunks that any number of workers on any number of machines take.

Whoever carries out a run puts one job for each chunk into the queue and works on the chunks itself, from the last
one on, while others take them from the first one on. So it never waits for anybody: a chunk whose worker was
killed is there when its turn comes. At the meeting point a chunk may be computed twice, to the same bytes.
A job names ids of answers; no words of theirs get into the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from consult import jobs
from consult.analysis.embedding import CHUNK, AnalysisCancelledError, Embedder, content_key
from consult.analysis.text import for_reading
from consult.aside import Aside
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review.encoder import encoder_of
from consult.review.material import Text
from consult.review.models import ThemeRun
from consult.review.scope import Scope
from consult.review.vectors import KeptVectors, load_vectors, refresh, save_vectors
from consult.transaction import writing

JOB = "review.embed_chunk"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Answers whose vectors are missing: from excerpt `first` to `last`, and what is to be read, by key."""

    first: int
    last: int
    texts: dict[str, str]


def chunks_of(texts: Iterable[Text], vectors: KeptVectors, embedder: Embedder) -> list[Chunk]:
    """The different texts that have no vector, in chunks of fixed size, in the order of the excerpts."""
    ids: list[int] = []
    missing: dict[str, str] = {}
    for text in sorted(texts, key=lambda text: text.id):
        read = for_reading(text.text)
        key = content_key(embedder.name, read)
        if read and key not in vectors and key not in missing:
            missing[key] = read
            ids.append(text.id)
    found = list(missing.items())
    return [
        Chunk(ids[start], ids[min(start + CHUNK, len(ids)) - 1], dict(found[start : start + CHUNK]))
        for start in range(0, len(ids), CHUNK)
    ]


def embed_together(
    run_id: int,
    chunks: list[Chunk],
    vectors: KeptVectors,
    embedder: Embedder,
    *,
    done: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Fill `vectors` with all chunks, with the help of whoever takes jobs. `done` is told of complete chunks.

    Raises AnalysisCancelledError when `cancelled()` is true before a chunk.
    """
    if len(chunks) > 1 and not jobs.is_immediate():
        for chunk in chunks:
            jobs.enqueue(JOB, run_id=run_id, first=chunk.first, last=chunk.last)
    share(
        len(chunks),
        is_there=lambda number: not _missing(chunks[number], vectors),
        do=lambda number: _embed(_missing(chunks[number], vectors), vectors, embedder),
        done=done,
        cancelled=cancelled,
    )


def share(
    count: int,
    *,
    is_there: Callable[[int], bool],
    do: Callable[[int], None],
    done: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Do the chunks 0 to `count` that are not there, from the last one on, while others do them from the first one.

    Raises AnalysisCancelledError when `cancelled()` is true before a chunk.
    """
    front, back = 0, count
    while front < back:
        if cancelled():
            raise AnalysisCancelledError
        while front < back and is_there(front):
            front += 1
        if front < back:
            back -= 1
            do(back)
        done(front + count - back)


def embed_chunk(run_id: int, first: int, last: int) -> None:
    """One chunk, for a run that another worker carries out. Safe to repeat; nothing once the run is over."""
    run = db.session.get(ThemeRun, run_id)
    if run is None or run.status != "running":
        return
    scope = Scope(run.consultation_id, run.question_id)
    consultation = db.session.get(Consultation, run.consultation_id)
    assert consultation is not None
    embedder = encoder_of(consultation)
    statement = select(Excerpt.text).where(scope.excerpts, Excerpt.part_of_id.is_(None))
    texts = db.session.scalars(statement.where(Excerpt.id.between(first, last)).order_by(Excerpt.id)).all()
    vectors = load_vectors(db.session(), embedder=embedder, texts=texts)
    db.session.rollback()
    read = dict.fromkeys(filter(None, map(for_reading, texts)))
    missing = {content_key(embedder.name, text): text for text in read}
    _embed({key: text for key, text in missing.items() if key not in vectors}, vectors, embedder)
    with writing() as session:
        if session.scalar(select(ThemeRun.status).where(ThemeRun.id == run_id)) == "running":
            save_vectors(session, vectors)


def _missing(chunk: Chunk, vectors: KeptVectors) -> dict[str, str]:
    """What of a chunk has no vector yet, here or in the database."""
    refresh(db.session(), vectors, [key for key in chunk.texts if key not in vectors])
    db.session.rollback()
    return {key: text for key, text in chunk.texts.items() if key not in vectors}


def _embed(texts: dict[str, str], vectors: KeptVectors, embedder: Embedder) -> None:
    keys = list(texts)
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        found = Aside().run(partial(embedder.embed, [texts[key] for key in some]))
        for key, vector in zip(some, found, strict=True):
            vectors[key] = vector
