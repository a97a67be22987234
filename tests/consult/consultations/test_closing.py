"""Times: opening and closing by themselves, closing while somebody writes, and what cannot be opened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from consult.access.models import AuditEntry
from consult.consultations import clock, progress, services
from consult.consultations.models import Access, Consultation, Privacy, Status
from consult.errors import DomainError
from consult.extensions import db
from consult.transaction import begin_writing
from surveys.definition import Definition
from surveys.models import utc_now
from surveys.queries import count_responses
from tests.consult.consultations.members import ANSWERS, FIRST_PAGE, SECOND_PAGE, Member, place
from tests.support import on_both_databases, text_of
from tests.surveys.samples import survey

NINE = datetime(2027, 3, 7, 9, tzinfo=UTC)
CLOSED = "This consultation is closed. It takes no more answers."
NOT_SENT = "What you had begun was not sent."


def close_at(consultation: Consultation, at: datetime) -> None:
    consultation.closes_at = at
    db.session.commit()


@pytest.mark.parametrize("path", ["/1", "/2", "/check"])
@on_both_databases
def test_closed_while_writing(member: Member, consultation, stored, path: str) -> None:
    member.begin()
    member.post("/1", **FIRST_PAGE, action="continue")
    assert len(stored()[0]) == 1
    services.close_consultation(db.session(), consultation)
    db.session.commit()
    for response in (member.get(path), member.post(path, **SECOND_PAGE, change="Too late", action="submit")):
        assert response.status_code == 410
        words = text_of(response.text)
        assert (CLOSED in words, NOT_SENT in words) == (True, True)
    assert stored() == ([], []), "what was not sent is erased"
    assert progress.counts_of(db.session(), [consultation])[consultation.id].unfinished == 1


def test_closed_before_the_first_page_was_sent(member: Member, consultation, stored) -> None:
    member.begin()
    services.close_consultation(db.session(), consultation)
    db.session.commit()
    late = member.post("/1", **FIRST_PAGE, action="continue")
    assert (late.status_code, NOT_SENT in text_of(late.text), stored()) == (410, True, ([], []))


def test_after_closing_the_receipt_can_still_be_seen(member: Member, consultation) -> None:
    member.fill_in()
    member.submit()
    receipt = member.receipt
    services.close_consultation(db.session(), consultation)
    db.session.commit()
    assert member.receipt == receipt
    assert member.get("/copy").status_code == 200
    start = text_of(member.get().text)
    assert (CLOSED in start, NOT_SENT in start) == (True, False)
    assert place(member.begin()) == ""


def test_grace_takes_what_was_begun_before_the_closing_time(
    app: Flask, member: Member, consultation, stored
) -> None:
    member.begin()
    close_at(consultation, utc_now() - timedelta(seconds=30))
    late = Member(app)
    assert place(late.begin()) == place(late.get("/1")) == "", "nobody may begin after the closing time"
    assert CLOSED in text_of(late.get().text)
    member.post("/1", **FIRST_PAGE, action="continue")
    member.post("/2", **SECOND_PAGE, action="continue")
    assert place(member.submit()) == "/receipt"
    assert stored() == ([], [ANSWERS])


@on_both_databases
def test_what_is_sent_while_it_closes_is_stored_or_refused_and_never_lost(app: Flask, consultation) -> None:
    """Twelve send at the moment of closing: each has a receipt that counts, or is told that it was too late."""
    members = [Member(app) for _ in range(12)]
    for member in members:
        member.fill_in()
    consultation_id = consultation.id
    start = Barrier(len(members) + 1)

    def send(member: Member) -> TestResponse:
        start.wait()
        return member.submit()

    def close() -> None:
        start.wait()
        with app.app_context():
            begin_writing()
            services.close_consultation(db.session(), db.session.get(Consultation, consultation_id))
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(len(members) + 1) as pool:
        closing = pool.submit(close)
        replies = list(pool.map(send, members))
        closing.result()
    db.session.rollback()
    db.session.expire_all()
    acknowledged = [reply for reply in replies if reply.status_code == 303]
    assert {reply.status_code for reply in replies} <= {303, 410}
    assert len(acknowledged) == count_responses(db.session(), consultation.survey_id)
    assert sum(reply.status_code == 410 for reply in replies) == consultation.unfinished_at_closing


def test_grace_ends_after_a_minute(member: Member, consultation, stored) -> None:
    member.fill_in()
    close_at(consultation, utc_now() - timedelta(seconds=61))
    assert member.submit().status_code == 410
    assert stored() == ([], []), "the closing is committed, and erases what was not sent"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Set the clock and let it tick; the status afterwards."""

    def tick(consultation: Consultation, now: datetime) -> str:
        monkeypatch.setattr(services, "utc_now", lambda: now)
        clock.tick()
        db.session.expire_all()
        return consultation.status

    return tick


@on_both_databases
def test_a_clock_that_jumps_never_reopens(draft_consultation: Consultation, at) -> None:
    hours = [NINE + timedelta(hours=n) for n in range(10)]
    draft_consultation.opens_at, draft_consultation.closes_at = hours[1], hours[3]
    services.schedule_consultation(db.session(), draft_consultation, now=NINE)
    db.session.commit()
    second = timedelta(seconds=1)
    steps = [
        (hours[0], Status.SCHEDULED),
        (hours[1] - second, Status.SCHEDULED),
        (hours[1], Status.OPEN),
        (hours[0], Status.OPEN),
        (hours[3], Status.OPEN),
        (hours[3] + 60 * second, Status.OPEN),
        (hours[3] + 61 * second, Status.CLOSED),
        (hours[2], Status.CLOSED),
        (hours[0], Status.CLOSED),
        (hours[9], Status.CLOSED),
    ]
    assert [at(draft_consultation, now) for now, _ in steps] == [status for _, status in steps]
    with pytest.raises(DomainError) as refusal:
        services.open_consultation(db.session(), draft_consultation, now=hours[0])
    assert refusal.value.code == "not_a_draft"


def test_a_server_that_slept_through_everything_opens_nothing_in_the_past(draft_consultation, at) -> None:
    draft_consultation.opens_at, draft_consultation.closes_at = (
        NINE + timedelta(hours=1),
        NINE + timedelta(hours=2),
    )
    services.schedule_consultation(db.session(), draft_consultation, now=NINE)
    db.session.commit()
    assert at(draft_consultation, NINE + timedelta(days=3)) == Status.SCHEDULED


def test_one_that_cannot_open_does_not_hold_up_the_others(draft_consultation: Consultation, at) -> None:
    empty = Definition(title={"en": "Empty"}, languages=("en",), default_language="en", sections=())
    broken = services.create_consultation(
        db.session(), slug="broken", title={"en": "Empty"}, languages=["en"], definition=empty
    )
    later = services.create_consultation(
        db.session(), slug="zz-later", title={"en": "Later"}, languages=["en", "ar"], definition=survey()
    )
    for consultation in (broken, draft_consultation, later):
        consultation.opens_at = NINE + timedelta(hours=1)
        services.schedule_consultation(db.session(), consultation, now=NINE)
    db.session.commit()
    at(broken, NINE + timedelta(hours=2))
    statuses = [consultation.status for consultation in (broken, draft_consultation, later)]
    assert statuses == [Status.SCHEDULED, Status.OPEN, Status.OPEN]


def test_a_closing_time_that_has_passed_cannot_be_moved(consultation: Consultation) -> None:
    passed = utc_now() - timedelta(minutes=5)
    close_at(consultation, passed)  # no worker was there to act on it
    services.describe_consultation(
        db.session(), consultation, title={"en": "T"}, closes_at=utc_now() + timedelta(days=1)
    )
    assert (consultation.status, consultation.closes_at) == (Status.CLOSED, passed)


def test_a_scheduled_one_keeps_its_opening_time(draft_consultation: Consultation) -> None:
    draft_consultation.opens_at = NINE
    services.schedule_consultation(db.session(), draft_consultation, now=NINE - timedelta(days=1))
    with pytest.raises(DomainError) as refusal:
        services.describe_consultation(db.session(), draft_consultation, opens_at=None)
    assert refusal.value.code == "opening_time_needed"


def test_one_that_did_not_open_in_time_says_so(draft_consultation: Consultation, client, sign_in) -> None:
    draft_consultation.opens_at = utc_now() - timedelta(minutes=10)
    draft_consultation.status = Status.SCHEDULED
    db.session.commit()
    sign_in(client, "admin")
    assert "should have opened at its time" in client.get("/manage/members/").text


def test_closing_is_for_good_and_safe_to_repeat(consultation: Consultation) -> None:
    services.close_consultation(db.session(), consultation, now=NINE)
    services.close_consultation(db.session(), consultation, now=NINE + timedelta(hours=1))
    db.session.commit()
    assert (consultation.status, consultation.closed_at) == (Status.CLOSED, NINE)
    for step in (services.open_consultation, services.schedule_consultation):
        with pytest.raises(DomainError):
            step(db.session(), consultation)
    kinds = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert kinds.count("consultation.closed") == 1


def test_open_and_anonymous_is_refused_with_the_reason(app: Flask) -> None:
    with pytest.raises(DomainError) as refusal:
        services.create_consultation(
            db.session(), slug="x", title={"en": "X"}, languages=["en"],
            access=Access.OPEN, privacy=Privacy.ANONYMOUS,
        )  # fmt: skip
    assert refusal.value.code == "anonymous_needs_roll"
    assert "needs a roll" in str(refusal.value)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "A", "a b", "a/b", "مشاورة", "a" * 61, "new", "a\x00", "a\n"]
)
def test_addresses_that_are_refused(app: Flask, slug: str) -> None:
    with pytest.raises(DomainError) as refusal:
        services.create_consultation(db.session(), slug=slug, title={"en": "X"}, languages=["en"])
    assert refusal.value.code == "bad_slug"


@pytest.mark.parametrize("status", ["draft", "scheduled"])
def test_before_opening_nobody_can_answer(app: Flask, draft_consultation, stored, status: str) -> None:
    draft_consultation.status = status
    db.session.commit()
    member = Member(app)
    assert "This consultation is being prepared." in text_of(member.get().text)
    assert place(member.begin()) == ""
    assert member.get("/1").status_code in (302, 404)
    assert member.post("/1", **FIRST_PAGE).status_code in (302, 303, 404)
    assert stored() == ([], [])


@on_both_databases
@pytest.mark.parametrize("path", ["", "/1", "/check"])
def test_the_first_who_comes_after_closing_time_commits_the_closing(
    member: Member, consultation, stored, path
):
    member.begin()
    member.post("/1", **FIRST_PAGE, action="continue")
    close_at(consultation, utc_now() - services.GRACE - timedelta(seconds=1))
    answer = member.post(path, action="submit") if path == "/check" else member.get(path)
    assert answer.status_code == (410 if path else 200) and CLOSED in text_of(answer.text)
    db.session.rollback()
    db.session.refresh(consultation)
    assert consultation.status == Status.CLOSED and stored() == ([], [])
    consultation.closes_at = utc_now() + timedelta(days=1)  # or a clock that was set back
    db.session.commit()
    assert CLOSED in text_of(member.get().text)


def test_within_the_grace_nobody_closes(member: Member, consultation):
    close_at(consultation, utc_now() - timedelta(seconds=5))
    member.get()
    db.session.refresh(consultation)
    assert consultation.status == Status.OPEN


def test_a_page_of_the_staff_closes_too(member: Member, consultation, client, sign_in):
    sign_in(client, "facilitator")
    close_at(consultation, utc_now() - services.GRACE - timedelta(seconds=1))
    assert client.get("/manage/members/").status_code == 200
    db.session.refresh(consultation)
    assert consultation.status == Status.CLOSED
