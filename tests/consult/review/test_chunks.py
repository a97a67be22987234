"""Vectors in chunks that several workers take: whole, the same, and waiting for nobody."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from consult import jobs
from consult.analysis.embedding import AnalysisCancelledError
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import chunks, machine, requests, runs, theme_job
from consult.review.material import Text
from consult.review.models import CachedVector, ThemeRun
from consult.review.vectors import KeptVectors, load_vectors, save_vectors
from consult.transaction import commits
from tests.consult.review.answers import QUESTION, WordEmbedder, answer_all, make_consultation
from tests.support import on_both_databases

SIZE = 10


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", SIZE)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    made = WordEmbedder()
    monkeypatch.setattr(theme_job, "encoder_of", lambda _: made)
    monkeypatch.setattr(chunks, "encoder_of", lambda _: made)
    return made


@pytest.fixture
def run_id(app: Flask, embedder: WordEmbedder) -> int:
    """A run over 45 answers that waits."""

    @commits
    def prepare() -> int:
        consultation = make_consultation(db.session())
        answer_all(db.session(), consultation)
        requests.gather(db.session(), consultation)
        return consultation.id

    run, _ = runs.request_run(
        db.session(), consultation_id=prepare(), question_id=QUESTION, kind=machine.FULL
    )
    db.session.commit()
    return run.id


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """What is put into a queue that nobody serves."""
    asked: list[dict[str, int]] = []
    monkeypatch.setattr(jobs, "is_immediate", lambda: False)
    monkeypatch.setattr(jobs, "enqueue", lambda _name, **arguments: asked.append(arguments))
    return asked


def texts() -> list[Text]:
    found = db.session.scalars(select(Excerpt).order_by(Excerpt.id)).all()
    return [Text(item.id, item.text, item.language) for item in found]


def begin(run_id: int) -> None:
    runs.begin_run(db.session(), run_id, worker="w")
    db.session.commit()


def kept() -> dict[str, bytes]:
    return {row.key: row.vector for row in db.session.execute(select(CachedVector.key, CachedVector.vector))}


def test_each_text_without_a_vector_is_in_one_chunk(embedder: WordEmbedder) -> None:
    given = [Text(i, f"word{i % 25}", "en") for i in range(40, 0, -1)] + [Text(90, "", "en")]
    vectors = KeptVectors()
    found = chunks.chunks_of(given, vectors, embedder)
    assert [(c.first, c.last, len(c.texts)) for c in found] == [(1, 10, 10), (11, 20, 10), (21, 25, 5)]
    assert sorted(text for c in found for text in c.texts.values()) == sorted(f"word{i}" for i in range(25))
    for key in found[0].texts:
        vectors[key] = embedder.embed(["x"])[0]
    assert [c.first for c in chunks.chunks_of(given, vectors, embedder)] == [11, 21]


@on_both_databases
def test_alone_it_does_everything_and_waits_for_nobody(
    run_id: int, embedder: WordEmbedder, queue: list[dict[str, int]]
) -> None:
    theme_job.compute_themes(run_id)
    assert db.session.get(ThemeRun, run_id).status == "done"
    assert len(queue) == 5 and [job["run_id"] for job in queue] == [run_id] * 5
    assert len(kept()) == 45


@on_both_databases
def test_what_others_have_done_is_not_done_again(
    run_id: int, embedder: WordEmbedder, queue: list[dict[str, int]]
) -> None:
    begin(run_id)
    vectors = load_vectors(db.session(), embedder=embedder, texts=[t.text for t in texts()])
    pieces = chunks.chunks_of(texts(), vectors, embedder)
    for piece in pieces[:3]:
        chunks.embed_chunk(run_id, piece.first, piece.last)
    assert len(kept()) == 30
    embedder.embedded.clear()
    told: list[int] = []
    chunks.embed_together(run_id, pieces, vectors, embedder, done=told.append, cancelled=lambda: False)
    assert set(embedder.embedded) == {*pieces[3].texts.values(), *pieces[4].texts.values()}
    assert len(vectors) == 45 and told == [4, 5]
    save_vectors(db.session(), vectors)
    embedder.embedded.clear()
    chunks.embed_chunk(run_id, pieces[0].first, pieces[-1].last)
    assert embedder.embedded == []


@on_both_databases
def test_a_chunk_gives_the_same_bytes_whoever_computes_it(
    run_id: int, embedder: WordEmbedder, queue: list[dict[str, int]]
) -> None:
    theme_job.compute_themes(run_id)
    alone = kept()
    db.session.query(CachedVector).delete()
    db.session.query(ThemeRun).update({"status": "running"})
    db.session.commit()
    for job in queue:
        chunks.embed_chunk(**job)
    assert kept() == alone


@pytest.mark.parametrize("status", ["done", "cancelled", "failed", "queued"])
def test_a_job_for_a_run_that_is_over_does_nothing(run_id: int, embedder: WordEmbedder, status: str) -> None:
    db.session.query(ThemeRun).update({"status": status})
    db.session.commit()
    chunks.embed_chunk(run_id, 0, 10**6)
    chunks.embed_chunk(run_id + 1, 0, 10**6)
    assert embedder.embedded == [] and kept() == {}


def test_it_stops_between_two_chunks(
    run_id: int, embedder: WordEmbedder, queue: list[dict[str, int]]
) -> None:
    vectors = KeptVectors()
    pieces = chunks.chunks_of(texts(), vectors, embedder)
    answers = iter([False, True])
    with pytest.raises(AnalysisCancelledError):
        chunks.embed_together(
            run_id, pieces, vectors, embedder, done=lambda _: None, cancelled=lambda: next(answers)
        )
    assert len(vectors) == len(pieces[-1].texts)


def test_no_words_of_an_answer_get_into_the_queue(run_id: int, queue: list[dict[str, int]]) -> None:
    theme_job.compute_themes(run_id)
    assert all(isinstance(value, int) for job in queue for value in job.values())
