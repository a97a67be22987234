"""Very many answers placed into themes, in chunks that any number of workers on any number of machines take.

Whoever carries out the run learns from a sample of the answers what the themes are, and stores that and the ids of
each chunk. Then it places as `consult.review.chunks` embeds: from the last chunk on, while others take them from the
first one on, waiting for nobody. A chunk holds the same answers whoever places it, so the bytes are the same. What was
found waits beside the run until all of it is written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import exists, insert, select, update

from consult import jobs
from consult.analysis.embedding import Embedder
from consult.analysis.language import UNKNOWN
from consult.analysis.placer import Placer
from consult.analysis.values import Assignment, ThemeScore
from consult.aside import Aside
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import runs
from consult.review.chunks import share
from consult.review.encoder import encoder_of
from consult.review.models import PlacingChunk, PlacingModel, ThemeRun
from consult.review.snapshots import batches
from consult.review.vectors import KeptVectors, load_vectors, save_vectors
from consult.transaction import writing

JOB = "review.place_chunk"
# The model that this process used last, under the run and the worker that carries it out.
_kept: dict[tuple[int, str], Placer] = {}


def place_together(
    run_id: int,
    worker: str,
    vectors: KeptVectors,
    embedder: Embedder,
    done: Callable[[int], None],
    cancelled: Callable[[], bool],
    ids: Sequence[int],
    placer: Placer,
    chunks: Sequence[range],
) -> list[list[Assignment]]:
    """The themes of the answers `ids` (excerpts), chunk by chunk, with the help of whoever takes jobs.

    Raises AnalysisCancelledError when `cancelled()` is true before a chunk.
    """
    given = [[ids[row] for row in rows] for rows in chunks]
    with writing() as session:
        save_vectors(session, vectors)
        runs.forget_chunks(session, run_id)
        session.execute(insert(PlacingModel), [{"run_id": run_id, "content": placer.to_bytes()}])
        session.execute(
            insert(PlacingChunk),
            [{"run_id": run_id, "number": number, "excerpts": own} for number, own in enumerate(given)],
        )
    if len(chunks) > 1 and not jobs.is_immediate():
        for number in range(len(chunks)):
            jobs.enqueue(JOB, run_id=run_id, number=number)
    is_there = partial(_is_there, run_id)

    def place_missing(number: int) -> None:
        if not is_there(number):
            _place(run_id, worker, number, given[number], placer=placer, embedder=embedder, vectors=vectors)

    share(
        len(chunks),
        is_there=is_there,
        do=place_missing,
        done=done,
        cancelled=cancelled,
    )
    found = select(PlacingChunk.excerpts, PlacingChunk.found).where(PlacingChunk.run_id == run_id)
    rows = db.session.execute(found.order_by(PlacingChunk.number)).all()
    db.session.rollback()
    return [_assignments(own, placed or []) for own, placed in rows]


def place_chunk(run_id: int, number: int) -> None:
    """One chunk, for a run that another worker carries out. Safe to repeat; nothing once the run is over."""
    run = db.session.get(ThemeRun, run_id)
    chunk = db.session.get(PlacingChunk, (run_id, number))
    if (
        run is None
        or run.worker is None
        or run.status != "running"
        or chunk is None
        or chunk.found is not None
    ):
        return
    consultation = db.session.get(Consultation, run.consultation_id)
    assert consultation is not None
    embedder = encoder_of(consultation)
    placer = _model(run_id, run.worker, embedder)
    if placer is not None:
        _place(run_id, run.worker, number, chunk.excerpts, placer=placer, embedder=embedder)


def _is_there(run_id: int, number: int) -> bool:
    chosen = (PlacingChunk.run_id == run_id, PlacingChunk.number == number, PlacingChunk.found.is_not(None))
    there = db.session.scalar(select(PlacingChunk.number).where(*chosen)) is not None
    db.session.rollback()
    return there


def _model(run_id: int, worker: str, embedder: Embedder) -> Placer | None:
    """The model of a run as `worker` learned it; None when it is gone, or was learned with another encoder than this
    process has (it was started with other settings): then who carries out the run places the chunk."""
    kept = _kept.get((run_id, worker))
    if kept is None:
        content = db.session.scalar(select(PlacingModel.content).where(PlacingModel.run_id == run_id))
        if content is None:
            return None
        try:
            kept = Placer.from_bytes(content, embedder=embedder)
        except ValueError:
            return None
        _kept.clear()
        _kept[run_id, worker] = kept
    return kept


def _place(
    run_id: int,
    worker: str,
    number: int,
    ids: Sequence[int],
    *,
    placer: Placer,
    embedder: Embedder,
    vectors: KeptVectors | None = None,
) -> None:
    """Place a chunk and keep what was found, unless the run is no longer in the hands of `worker`."""
    texts = _texts(ids)
    if vectors is None:
        vectors = load_vectors(db.session(), embedder=embedder, texts=[text for _, text, _ in texts])
    db.session.rollback()
    words, languages = [text for _, text, _ in texts], [language for _, _, language in texts]
    placed = Aside().run(partial(placer.place, words, languages, embedder=embedder, vectors=vectors))
    found = [_row(text[0], item) for text, item in zip(texts, placed, strict=True)]
    run = (ThemeRun.id == run_id, ThemeRun.worker == worker, ThemeRun.status == "running")
    keep = update(PlacingChunk).where(PlacingChunk.run_id == run_id, PlacingChunk.number == number)
    with writing() as session:
        session.execute(
            keep.where(exists().where(*run)).values(found=found).execution_options(synchronize_session=False)
        )


def _texts(ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Id, words and language of those excerpts that are still there, in the order of `ids`."""
    found: dict[int, tuple[int, str, str]] = {}
    for some in batches(ids):
        rows = select(Excerpt.id, Excerpt.text, Excerpt.language).where(Excerpt.id.in_(some))
        found |= {row.id: (row.id, row.text, row.language) for row in db.session.execute(rows)}
    return [found[excerpt_id] for excerpt_id in ids if excerpt_id in found]


def _row(excerpt_id: int, item: Assignment) -> list[Any]:
    return [excerpt_id, item.language, [[theme.id, theme.score] for theme in item.themes], item.stance]


def _assignments(ids: Sequence[int], found: Sequence[list[Any]]) -> list[Assignment]:
    """What was found of each of `ids`; nothing of an excerpt that went meanwhile."""
    rows = {row[0]: row[1:] for row in found}
    out = []
    for place, excerpt_id in enumerate(ids):
        language, themes, stance = rows.get(excerpt_id, (UNKNOWN, (), None))
        scores = tuple(ThemeScore(name, score) for name, score in themes)
        out.append(Assignment(place, language, scores, stance))
    return out
