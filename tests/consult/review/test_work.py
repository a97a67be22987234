"""The job: done once, safe to repeat, to stop and to lose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from consult import jobs
from consult.consultations import services as consultations
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.outbox import OutboxEvent
from consult.review import machine, requests, runs, theme_job, work
from consult.review.models import CachedVector, ChangeLog, Coding, Theme, ThemeRun
from consult.review.scope import Scope
from consult.review.vectors import forget_vectors
from consult.transaction import commits
from surveys.models import utc_now
from tests.consult.review.answers import QUESTION, WordEmbedder, answer, answer_all, make_consultation
from tests.support import on_both_databases


@pytest.fixture(autouse=True)
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    made = WordEmbedder()
    monkeypatch.setattr(theme_job, "encoder_of", lambda _: made)
    return made


@commits
def _prepare(*, answers: bool = True) -> int:
    consultation = make_consultation(db.session())
    if answers:
        answer_all(db.session(), consultation)
    return consultation.id


@pytest.fixture
def scope(app: Flask) -> Scope:
    return Scope(_prepare(), QUESTION)


def waiting_run(scope: Scope, kind: str = machine.FULL) -> int:
    run, _is_new = runs.request_run(
        db.session(), consultation_id=scope.consultation_id, question_id=scope.question_id, kind=kind
    )
    db.session.commit()
    return run.id


def state(run_id: int) -> tuple[str, int, int]:
    db.session.rollback()
    run = db.session.get(ThemeRun, run_id, populate_existing=True)
    return run.status, run.done, run.total


def count(model: type) -> int:
    return len(db.session.scalars(select(model)).all())


@on_both_databases
def test_a_run_gathers_computes_writes_and_says_how_far_it_is(scope: Scope, embedder: WordEmbedder) -> None:
    run_id = waiting_run(scope)
    theme_job.compute_themes(run_id)
    assert state(run_id) == ("done", 45, 45)
    run = db.session.get(ThemeRun, run_id)
    assert (run.engine["embedding"], run.finished_at is not None) == ("words/1", True)
    assert (count(Excerpt), count(Theme)) == (45, 3)
    assert count(CachedVector) == 45


def test_doing_a_run_again_does_nothing(scope: Scope) -> None:
    run_id = waiting_run(scope)
    theme_job.compute_themes(run_id)
    before = db.session.scalars(select(Coding.id)).all()
    theme_job.compute_themes(run_id)
    assert db.session.scalars(select(Coding.id)).all() == before


def test_a_second_run_embeds_no_answer_again(scope: Scope, embedder: WordEmbedder) -> None:
    theme_job.compute_themes(waiting_run(scope))
    embedder.embedded.clear()
    theme_job.compute_themes(waiting_run(scope))
    answers = set(db.session.scalars(select(Excerpt.text)))
    assert answers.isdisjoint(embedder.embedded)


def test_a_run_that_breaks_says_so_and_leaves_what_was_there(
    scope: Scope, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme_job.compute_themes(waiting_run(scope))
    themes = db.session.scalars(select(Theme.id)).all()
    monkeypatch.setattr(theme_job, "_propose", lambda *_: 1 / 0)
    run_id = waiting_run(scope)
    theme_job.compute_themes(run_id)
    assert state(run_id)[0] == "failed"
    assert db.session.get(ThemeRun, run_id).message == runs.FAILED
    assert db.session.scalars(select(Theme.id)).all() == themes


def test_a_cancelled_run_writes_nothing(
    app: Flask, scope: Scope, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = waiting_run(scope)
    embed = embedder.embed

    def cancel_then_embed(texts):
        with app.app_context():
            runs.cancel_run(db.session(), db.session.get(ThemeRun, run_id))
            db.session.commit()
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", cancel_then_embed)
    theme_job.compute_themes(run_id)
    assert state(run_id)[0] == "cancelled"
    assert (count(Theme), count(Coding)) == (0, 0)


def test_a_dead_workers_run_is_taken_over_and_it_can_write_no_more(
    app: Flask, scope: Scope, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = waiting_run(scope)
    embed = embedder.embed

    def fall_silent_then_embed(texts):
        monkeypatch.setattr(embedder, "embed", embed)
        long_ago = utc_now() - runs.STALE_AFTER - timedelta(seconds=1)
        with app.app_context():
            db.session.execute(update(ThemeRun).where(ThemeRun.id == run_id).values(heartbeat_at=long_ago))
            db.session.commit()
            work.sweep()  # hands the run to another worker, which finishes it
            assert state(run_id)[0] == "done"
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", fall_silent_then_embed)
    theme_job.compute_themes(run_id)
    assert state(run_id) == ("done", 45, 45)
    assert (count(Theme), len(db.session.scalars(select(ChangeLog)).all())) == (3, 1)


def test_a_working_run_is_not_taken_by_a_second_worker(scope: Scope) -> None:
    run_id = waiting_run(scope)
    assert runs.begin_run(db.session(), run_id, worker="one") is not None
    assert runs.begin_run(db.session(), run_id, worker="two") is None
    later = utc_now() + runs.STALE_AFTER + timedelta(seconds=1)
    assert runs.begin_run(db.session(), run_id, worker="two", now=later) is not None
    assert runs.report(db.session(), run_id, worker="one", done=1) is False


@on_both_databases
def test_a_question_has_one_active_run(scope: Scope) -> None:
    first = waiting_run(scope, machine.PLACE)
    assert waiting_run(scope, machine.FULL) == first
    assert db.session.get(ThemeRun, first).kind == machine.FULL


def test_a_full_run_asked_for_while_answers_are_placed_follows(scope: Scope) -> None:
    theme_job.compute_themes(waiting_run(scope))
    run_id = waiting_run(scope, machine.PLACE)
    runs.begin_run(db.session(), run_id, worker="one")
    assert waiting_run(scope, machine.FULL) == run_id
    db.session.execute(update(ThemeRun).where(ThemeRun.id == run_id).values(status="queued"))
    db.session.commit()
    theme_job.compute_themes(run_id)
    kinds = db.session.scalars(select(ThemeRun.kind).order_by(ThemeRun.id)).all()
    assert kinds == ["full", "place", "full"]


def test_closing_the_consultation_finds_the_themes(scope: Scope) -> None:
    @commits
    def close() -> None:
        consultation = db.session.get(consultations.Consultation, scope.consultation_id)
        consultations.close_consultation(db.session(), consultation)

    close()
    jobs.finish_waiting()
    assert db.session.scalars(select(ThemeRun.status)).all() == ["done"]
    assert (count(Theme), count(OutboxEvent)) == (3, 0)


def test_new_answers_are_placed_once_however_many_events_tell_of_them(scope: Scope) -> None:
    theme_job.compute_themes(waiting_run(scope))

    @commits
    def three_more() -> None:
        from consult import outbox

        consultation = db.session.get(consultations.Consultation, scope.consultation_id)
        for number in range(3):
            answer(db.session(), consultation, f"money budget new{number}", key=f"new-{number}")
            payload = {"consultation_id": consultation.id}
            outbox.emit(db.session(), "response.submitted", payload, wake=False)

    three_more()
    jobs.finish_waiting()
    db.session.rollback()
    assert machine.unseen_count(db.session(), scope) == 0
    assert db.session.scalars(select(ThemeRun.total).order_by(ThemeRun.id)).all() == [45, 3]
    assert db.session.scalars(select(ThemeRun.kind).order_by(ThemeRun.id)).all() == ["full", "place"]


def test_a_few_first_answers_wait_until_there_are_enough(app: Flask) -> None:
    consultation_id = _prepare(answers=False)

    @commits
    def few(numbers: range) -> None:
        consultation = db.session.get(consultations.Consultation, consultation_id)
        for number in numbers:
            answer(db.session(), consultation, f"money budget {number}", key=f"few-{number}")
        requests.request_placing(db.session(), consultation)

    few(range(requests.FEWEST_FOR_THEMES - 1))
    assert count(ThemeRun) == 0
    few(range(requests.FEWEST_FOR_THEMES, requests.FEWEST_FOR_THEMES + 1))
    assert db.session.scalars(select(ThemeRun.kind)).all() == ["full"]


def test_vectors_of_erased_answers_are_forgotten(scope: Scope, embedder: WordEmbedder) -> None:
    theme_job.compute_themes(waiting_run(scope))
    kept = db.session.scalars(select(Excerpt.text).order_by(Excerpt.id)).first()
    db.session.execute(delete(Excerpt).where(Excerpt.text != kept))
    assert forget_vectors(db.session()) == 44
    assert count(CachedVector) == 1
