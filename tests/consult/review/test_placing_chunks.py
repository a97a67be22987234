"""Very many answers placed in chunks that several workers take: the same, whole, waiting for nobody."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from consult import jobs
from consult.analysis import placing
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import chunks, machine, placing_chunks, requests, runs, theme_job, work
from consult.review.models import Coding, PlacingChunk, PlacingModel, Stance, Theme, ThemeRun
from consult.transaction import commits
from tests.consult.review.answers import QUESTION, WordEmbedder, answer_all, make_consultation
from tests.support import on_both_databases

SIZE = 10
NAMES = ("money budget funding pay", "meeting hours long agenda", "trust honest board open")
Asked = list[tuple[str, dict[str, int]]]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", SIZE)
    monkeypatch.setattr(placing, "CHUNK", SIZE)
    monkeypatch.setattr(placing, "MOST_LISTENING", 20)
    placing_chunks._kept.clear()


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    made = WordEmbedder()
    for module in (theme_job, chunks, placing_chunks):
        monkeypatch.setattr(module, "encoder_of", lambda _: made)
    return made


@pytest.fixture
def run_id(app: Flask, embedder: WordEmbedder) -> int:
    """A run that is to place 45 answers into three themes of a reviewer; it waits."""

    @commits
    def prepare() -> int:
        consultation = make_consultation(db.session())
        answer_all(db.session(), consultation)
        requests.gather(db.session(), consultation)
        for place, name in enumerate(NAMES):
            db.session.add(
                Theme(
                    consultation_id=consultation.id, question_id=QUESTION, name={"en": name}, origin="reviewer",
                    status="accepted", position=place,
                )
            )  # fmt: skip
        run, _ = runs.request_run(
            db.session(), consultation_id=consultation.id, question_id=QUESTION, kind=machine.PLACE
        )
        return run.id

    return prepare()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What is put into a queue that nobody serves."""
    asked: Asked = []
    monkeypatch.setattr(jobs, "is_immediate", lambda: False)
    monkeypatch.setattr(jobs, "enqueue", lambda name, **arguments: asked.append((name, arguments)))
    return asked


def made() -> list[list[tuple]]:
    rows = (
        select(Coding.excerpt_id, Coding.theme_id, Coding.score).order_by(Coding.excerpt_id, Coding.theme_id),
        select(Stance.excerpt_id, Stance.value).order_by(Stance.excerpt_id),
    )
    return [[tuple(row) for row in db.session.execute(some)] for some in rows]


def again(run_id: int) -> None:
    """Forget what was placed, and let the run wait."""
    for model in (Coding, Stance):
        db.session.execute(delete(model))
    db.session.query(ThemeRun).filter_by(id=run_id).update({"status": "queued"})
    db.session.commit()


def left() -> int:
    return sum(
        db.session.scalar(select(func.count()).select_from(m)) or 0 for m in (PlacingChunk, PlacingModel)
    )


def helped(monkeypatch: pytest.MonkeyPatch, queue: Asked, numbers: list[int]) -> list[int]:
    """Another worker takes these chunks before the run's own begins; returns which that one then places."""
    own: list[int] = []
    share, place = placing_chunks.share, placing_chunks._place

    def after_the_other(count: int, **rest) -> None:
        for name, arguments in list(queue):
            if name == placing_chunks.JOB and arguments["number"] in numbers:
                placing_chunks.place_chunk(**arguments)
                placing_chunks.place_chunk(**arguments)
        own.clear()
        share(count, **rest)

    def noted(run_id: int, worker: str, number: int, *rest, **more) -> None:
        own.append(number)
        place(run_id, worker, number, *rest, **more)

    monkeypatch.setattr(placing_chunks, "share", after_the_other)
    monkeypatch.setattr(placing_chunks, "_place", noted)
    return own


@on_both_databases
def test_alone_it_places_everything_and_leaves_nothing(
    run_id: int, embedder: WordEmbedder, queue: Asked
) -> None:
    theme_job.compute_themes(run_id)
    assert db.session.get(ThemeRun, run_id).status == "done"
    asked = [arguments for name, arguments in queue if name == placing_chunks.JOB]
    assert asked == [{"run_id": run_id, "number": number} for number in range(5)]
    codings, _ = made()
    assert len({excerpt_id for excerpt_id, _, _ in codings}) == 45
    assert len({theme_id for _, theme_id, _ in codings}) == 3
    assert left() == 0


@on_both_databases
def test_chunks_that_another_has_placed_are_the_same_and_not_done_again(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme_job.compute_themes(run_id)
    alone = made()
    again(run_id)
    queue.clear()
    own = helped(monkeypatch, queue, [0, 1, 3])
    theme_job.compute_themes(run_id)
    assert made() == alone and own == [4, 2]


def test_in_the_caller_it_is_the_same(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme_job.compute_themes(run_id)
    queued = made()
    again(run_id)
    queue.clear()
    monkeypatch.setattr(jobs, "is_immediate", lambda: True)
    theme_job.compute_themes(run_id)
    assert made() == queued and queue == []


def test_a_full_run_places_in_chunks_too(run_id: int, embedder: WordEmbedder, queue: Asked) -> None:
    db.session.query(ThemeRun).update({"kind": machine.FULL})
    db.session.commit()
    theme_job.compute_themes(run_id)
    assert db.session.get(ThemeRun, run_id).status == "done"
    assert [arguments["number"] for name, arguments in queue if name == placing_chunks.JOB] == list(range(5))
    assert left() == 0


@pytest.mark.parametrize("status", ["done", "cancelled", "failed", "queued"])
def test_a_job_for_a_run_that_is_over_does_nothing(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    stopped(run_id, monkeypatch)
    db.session.query(ThemeRun).update({"status": status})
    db.session.commit()
    placing_chunks.place_chunk(run_id, 0)
    placing_chunks.place_chunk(run_id, 99)
    placing_chunks.place_chunk(run_id + 1, 0)
    assert db.session.scalars(select(PlacingChunk.found)).all() == [None] * 5


def stopped(run_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that carries the run out is killed before it has placed a chunk."""

    class Killed(BaseException):
        pass

    def kill(*_args, **_more) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(placing_chunks, "share", kill)
        with pytest.raises(Killed):
            theme_job.compute_themes(run_id)
    db.session.rollback()


@on_both_databases
def test_what_a_worker_finds_after_the_run_was_taken_over_is_not_kept(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(run_id, monkeypatch)
    place = placing_chunks.Placer.place

    def taken_over_meanwhile(*args, **more):
        db.session.query(ThemeRun).update({"worker": "another"})
        db.session.commit()
        return place(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(placing_chunks.Aside, "run", lambda _self, compute: compute())
        patched.setattr(placing_chunks.Placer, "place", taken_over_meanwhile)
        placing_chunks.place_chunk(run_id, 0)
    assert db.session.scalars(select(PlacingChunk.found)).all() == [None] * 5


@on_both_databases
def test_a_run_whose_worker_was_killed_is_placed_by_the_next(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(run_id, monkeypatch)
    placing_chunks.place_chunk(run_id, 0)
    assert left() == 6
    again(run_id)
    theme_job.compute_themes(run_id)
    assert db.session.get(ThemeRun, run_id).status == "done" and left() == 0
    assert len({row[0] for row in made()[0]}) == 45


def test_the_sweep_forgets_what_a_stopped_run_left(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(run_id, monkeypatch)
    work.sweep()
    assert left() == 6
    db.session.query(ThemeRun).update({"status": "cancelled"})
    db.session.commit()
    work.sweep()
    assert left() == 0


def test_an_answer_that_goes_meanwhile_is_left_out(
    run_id: int, embedder: WordEmbedder, queue: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = db.session.scalars(select(Excerpt.id).order_by(Excerpt.id)).all()[13]
    share = placing_chunks.share

    def after_it_went(count: int, **rest) -> None:
        db.session.execute(delete(Excerpt).where(Excerpt.id == gone))
        db.session.commit()
        share(count, **rest)

    monkeypatch.setattr(placing_chunks, "share", after_it_went)
    theme_job.compute_themes(run_id)
    found = {row[0] for row in made()[0]}
    assert len(found) == 44 and gone not in found


def test_no_words_of_an_answer_get_into_the_queue(run_id: int, queue: Asked) -> None:
    theme_job.compute_themes(run_id)
    assert queue and all(isinstance(value, int) for _, job in queue for value in job.values())
