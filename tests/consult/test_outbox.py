"""What is to follow a change is written with it, and done after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consult import outbox
from consult.access.models import Role
from consult.extensions import db
from consult.outbox import OutboxEvent
from consult.transaction import commits
from tests.support import on_both_databases


class Crash(BaseException):
    """The end of a process in the middle of its work."""


@pytest.fixture
def seen(monkeypatch):
    """The events of kind `probe` that were handled, each with whether its change could be read then."""
    found: list[tuple[dict, bool]] = []

    def handler(payload: dict) -> None:
        stored = db.session.scalar(select(Role.id).where(Role.name == payload["name"]))
        found.append((payload, stored is not None))

    monkeypatch.setitem(outbox._handlers, "probe", [handler])
    return found


def waiting() -> int:
    return db.session.execute(select(func.count()).select_from(OutboxEvent)).scalar_one()


def change(name: str, **options) -> None:
    db.session.add(Role(name=name))
    db.session.flush()
    outbox.emit(db.session(), "probe", {"name": name}, **options)


@on_both_databases
def test_an_event_is_handled_after_the_commit(app, seen):
    @commits
    def write() -> None:
        change("first")
        change("second")
        assert seen == []

    write()
    assert seen == [({"name": "first"}, True), ({"name": "second"}, True)]
    assert waiting() == 0


@on_both_databases
def test_after_a_rollback_nothing_happened(app, seen):
    @commits
    def fail() -> None:
        change("first")
        raise ValueError

    with pytest.raises(ValueError):
        fail()

    @commits
    def write_nothing() -> None:
        pass

    write_nothing()
    outbox.deliver()
    assert (seen, waiting()) == ([], 0)


@on_both_databases
def test_what_a_crash_left_is_done_by_the_sweep(app, seen, monkeypatch):
    work = outbox._handlers["probe"][0]

    def crash(payload: dict) -> None:
        work(payload)
        raise Crash

    @commits
    def write() -> None:
        change("first")

    monkeypatch.setitem(outbox._handlers, "probe", [crash])
    with pytest.raises(Crash):
        write()
    db.session.remove()
    assert waiting() == 1
    db.session.rollback()
    monkeypatch.setitem(outbox._handlers, "probe", [work])
    outbox.deliver()
    assert seen == [({"name": "first"}, True), ({"name": "first"}, True)]
    assert waiting() == 0


@on_both_databases
def test_what_is_not_urgent_waits_for_the_sweep(app, seen):
    @commits
    def write() -> None:
        change("first", wake=False)

    write()
    assert (seen, waiting()) == ([], 1)
    db.session.rollback()
    outbox.deliver()
    assert seen == [({"name": "first"}, True)]


def test_nothing_is_kept_that_nobody_listens_to(app):
    @commits
    def write() -> None:
        outbox.emit(db.session(), "unheard", {})

    write()
    assert waiting() == 0


def test_one_handler_that_fails_does_not_stop_the_others(app, seen, monkeypatch, caplog):
    def fail(_payload: dict) -> None:
        raise ValueError("a fault")

    monkeypatch.setitem(outbox._handlers, "probe", [fail, *outbox._handlers["probe"]])

    @commits
    def write() -> None:
        change("first")

    write()
    assert seen == [({"name": "first"}, True)]
    assert "a fault" in caplog.text


@on_both_databases
def test_a_handler_that_fails_is_asked_again_and_given_up_at_last(app, monkeypatch):
    asked = []

    def fail(payload: dict) -> None:
        asked.append(payload["name"])
        raise ValueError("no")

    monkeypatch.setitem(outbox._handlers, "probe", [fail])

    @commits
    def write() -> None:
        change("first")

    write()
    outbox.deliver()
    assert len(asked) == 1, "the next attempt waits"
    times = outbox.utc_now()
    for pause in (*outbox.PAUSES, outbox.PAUSES[-1], outbox.PAUSES[-1]):
        times += pause + timedelta(seconds=1)
        monkeypatch.setattr(outbox, "utc_now", lambda now=times: now)
        outbox.deliver()
    assert len(asked) == 1 + len(outbox.PAUSES)
    assert waiting() == 1, "kept, for a person to look at"
