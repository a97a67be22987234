"""What is kept is erased when it was said, with a record, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from consult.access.models import AuditEntry
from consult.consultations import retention, services
from consult.extensions import db
from consult.stakeholders import participation, queries
from consult.stakeholders.entitlement import AccessCode, Participation
from consult.stakeholders.models import Participant, RollPlace
from consult.stakeholders.people import _place
from surveys.models import Answer, Response
from surveys.queries import latest_version
from surveys.services import submit_response
from tests.consult.stakeholders.conftest import ROLL, SLUG
from tests.support import on_both_databases, sent_by, text_of
from tests.surveys.samples import survey

CLOSED = datetime(2026, 8, 31, 12, tzinfo=UTC)


@pytest.fixture
def closed(bring_in, consultation):
    """Closed, with one answer of three people; one of them also stands on another roll."""
    bring_in(ROLL)
    consultation.keep_roll_months, consultation.keep_answers_months = 6, 12
    services.open_consultation(db.session(), consultation, now=CLOSED - timedelta(days=9))
    places = queries.whole_roll(db.session(), consultation.id)
    sent = submit_response(
        db.session(), version=latest_version(db.session(), consultation.survey_id), submission_key="k" * 64,
        answers={"t1": "x"}, language="en",
    )  # fmt: skip
    participation.tie_response(db.session(), places[0].id, sent.response_id)
    other = services.create_consultation(
        db.session(),
        slug="other",
        title={"en": "O"},
        languages=["en", "ar"],
        access="roll",
        definition=survey(),
    )
    _place(db.session(), other, places[1].participant)
    services.close_consultation(db.session(), consultation, now=CLOSED)
    db.session.commit()
    return consultation


def number_of(*tables) -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def erase(monkeypatch, now: datetime) -> None:
    monkeypatch.setattr(retention, "utc_now", lambda: now)
    retention.erase_what_is_due()
    db.session.expire_all()


def test_months_are_those_of_the_calendar():
    assert retention.after_months(CLOSED, 6) == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert retention.after_months(CLOSED, 16) == datetime(2027, 12, 31, 12, tzinfo=UTC)


@on_both_databases
def test_roll_and_answers_are_erased_when_it_was_said(closed, monkeypatch, client, sign_in):
    tables = (RollPlace, Participant, AccessCode, Participation, Response, Answer)
    erase(monkeypatch, datetime(2027, 2, 28, 11, tzinfo=UTC))
    assert number_of(*tables) == [4, 3, 3, 1, 1, 1]
    erase(monkeypatch, datetime(2027, 2, 28, 13, tzinfo=UTC))
    assert number_of(*tables) == [1, 1, 0, 0, 1, 1]
    erase(monkeypatch, datetime(2027, 8, 31, 13, tzinfo=UTC))
    erase(monkeypatch, datetime(2027, 9, 1, tzinfo=UTC))
    assert number_of(*tables) == [1, 1, 0, 0, 0, 0]
    actions = select(AuditEntry.action, AuditEntry.details).where(AuditEntry.action.startswith("retention"))
    assert [tuple(row) for row in db.session.execute(actions.order_by(AuditEntry.id))] == [
        ("retention.roll_erased", {"people": 3}), ("retention.answers_erased", {"answers": 1}),
    ]  # fmt: skip
    assert closed.status == "archived"
    sign_in(client, "facilitator")
    assert text_of(client.get(f"/manage/{SLUG}/").text).count("erased on") == 2
    assert client.get(f"/c/{SLUG}").status_code == 200


def test_the_periods_are_set_and_shown(consultation, bring_in, client, sign_in):
    bring_in(ROLL)
    sign_in(client, "facilitator")
    page = client.get(f"/manage/{SLUG}/settings").text
    sent = sent_by(page) | {"keep_roll_months": "3", "keep_answers_months": "24"}
    assert client.post(f"/manage/{SLUG}/settings", data=sent).status_code == 302
    db.session.refresh(consultation)
    assert (consultation.keep_roll_months, consultation.keep_answers_months) == (3, 24)
    assert client.post(f"/manage/{SLUG}/settings", data=sent | {"keep_roll_months": "7"}).status_code == 422
    services.open_consultation(db.session(), consultation)
    db.session.commit()
    assert "answers 24 months after closing, names 3 months" in text_of(client.get(f"/c/{SLUG}").text)


def test_without_a_period_nothing_is_erased(closed, monkeypatch):
    closed.keep_roll_months = closed.keep_answers_months = None
    db.session.commit()
    erase(monkeypatch, datetime(2050, 1, 1, tzinfo=UTC))
    assert number_of(RollPlace, Response) == [4, 1]
