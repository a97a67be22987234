"""The feedback channel: open to everybody, once for each form, with nothing kept that leads to anybody."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.access import brake
from consult.consultations.models import Consultation
from consult.evidence import feedback
from consult.evidence.models import EvidenceSource, Excerpt, SentForm, excerpt_groups
from consult.extensions import db
from consult.stakeholders import people
from tests.consult.evidence.house import BASE, excerpts
from tests.support import on_both_databases, sent_by, text_of

PAGE = "/c/agm/feedback"
LONG = "كلمة " * 2_000 + "زيادة"


@pytest.fixture
def channel(consultation: Consultation) -> None:
    feedback.open_channel(db.session(), consultation, is_open=True)
    db.session.commit()


def test_the_staff_open_and_close_it(facilitator: FlaskClient, consultation: Consultation) -> None:
    statuses = [facilitator.get(PAGE).status_code]
    for action in ("open", "open", "close"):
        facilitator.post(f"{BASE}/channel", data={"action": action})
        statuses.append(facilitator.get(PAGE).status_code)
    assert statuses == [404, 200, 200, 410]
    assert facilitator.post(PAGE, data={"text": "too late"}).status_code == 410
    assert (excerpts(), len(db.session.scalars(select(EvidenceSource)).all())) == ([], 1)


@pytest.mark.parametrize("status", ["draft", "closed", "published"])
def test_it_is_open_whatever_becomes_of_the_survey(client, consultation, channel, status) -> None:
    consultation.status = status
    db.session.commit()
    assert client.get(PAGE).status_code == 200


@pytest.fixture
def on_roll(consultation, youth) -> None:
    """Somebody of the group is on this consultation's roll."""
    values = {"name": "Amal", "organisation": "", "email": None, "email_key": None, "phone": None,
              "language": "ar", "region": "", "has_vote": True}  # fmt: skip
    people.add_participant(db.session(), consultation, values=values, group_ids=[youth.id])
    db.session.commit()


def test_groups_that_are_not_on_its_roll_are_nobodys_business(client, consultation, youth, channel) -> None:
    assert next(iter(youth.name.values())) not in text_of(client.get(PAGE).text)
    client.post(PAGE, data={"text": "x", "key": "k", "group": str(youth.id)})
    assert db.session.execute(select(excerpt_groups)).all() == []


@on_both_databases
def test_a_message_is_kept_once_with_its_day_and_no_time(
    app, client, consultation, youth, on_roll, channel
) -> None:
    sent = sent_by(client.get(f"{PAGE}?lang=ar").text) | {
        "text": "الطريق إلى المدرسة خطر",
        "group": str(youth.id),
    }
    answers = [client.post(f"{PAGE}?lang=ar", data=sent | {"quote_consent": "y"}) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"{PAGE}/thanks"}
    row = db.session.scalars(select(Excerpt)).one()
    today = datetime.combine(row.said_on, time(), UTC)
    assert (row.text, row.language, row.created_at, row.quote_consent) == (sent["text"], "ar", today, True)
    assert db.session.execute(select(excerpt_groups)).all() == [(row.id, youth.id)]
    assert db.session.scalars(select(SentForm.key_hash)).one() not in (sent["key"][0], row.text_hash)
    assert client.get(f"{PAGE}/thanks").status_code == 200


@pytest.mark.parametrize(("text", "said"), [("  ", "Write something first"), (LONG, "10005 characters")])
def test_what_was_typed_stays_when_it_cannot_be_taken(client, consultation, channel, text, said) -> None:
    answer = client.post(PAGE, data={"text": text, "key": "k"})
    assert (answer.status_code, said in text_of(answer.text), text.strip() in answer.text) == (
        422,
        True,
        True,
    )
    assert excerpts() == []
    client.post(PAGE, data={"text": "shorter", "key": "k"})
    assert [row[0] for row in excerpts()] == ["shorter"]


def test_switching_language_keeps_what_was_typed_and_sends_nothing(client, consultation, channel) -> None:
    page = client.post(PAGE, data={"text": "half a thou", "page:language": "ar"})
    assert (page.status_code, "half a thou" in page.text, 'lang="ar"' in page.text, excerpts()) == (
        200,
        True,
        True,
        [],
    )


def test_a_flood_is_stopped_and_nothing_typed_is_lost(client, consultation, channel, monkeypatch) -> None:
    monkeypatch.setattr(brake, "FEEDBACK_PER_CONSULTATION", 2)
    statuses = [client.post(PAGE, data={"text": f"text {n}", "key": str(n)}).status_code for n in range(3)]
    answer = client.post(PAGE, data={"text": "not lost", "key": "x"})
    assert (statuses, answer.status_code, "not lost" in answer.text) == ([303, 303, 429], 429, True)
    assert len(excerpts()) == 2


def test_messages_of_a_day_do_not_stand_in_the_order_in_which_they_came(
    client, consultation, channel
) -> None:
    for number in range(12):
        client.post(PAGE, data={"text": f"message {number}", "key": str(number)})
    assert [row[0] for row in excerpts()] != [f"message {number}" for number in range(12)]


def test_a_call_is_entered_with_its_day(facilitator, consultation, channel) -> None:
    sent = sent_by(facilitator.get(f"{BASE}/call").text)
    sent |= {"text": "Bus fares are too high", "date-day": "3", "date-month": "٢", "date-year": "2026"}
    for _ in range(2):
        facilitator.post(f"{BASE}/call", data=sent)
    row = db.session.scalars(select(Excerpt)).one()
    assert (row.text, row.said_on.isoformat(), row.quote_consent) == (
        "Bus fares are too high",
        "2026-02-03",
        False,
    )


def test_only_who_may_read_answers_reads_messages(client, consultation, channel, sign_in) -> None:
    client.post(PAGE, data={"text": "Somebody said this", "key": "1"})
    source_id = db.session.scalars(select(EvidenceSource.id)).one()
    excerpt_id = db.session.scalars(select(Excerpt.id)).one()
    sign_in(client, "facilitator")
    address = f"{BASE}/{source_id}"
    assert client.get(address).status_code == 403 and address not in client.get(BASE).text
    assert client.post(f"{BASE}/excerpts/{excerpt_id}/remove").status_code == 403
    sign_in(client, "reviewer")
    assert "Somebody said this" in client.get(address).text
    client.post(f"{BASE}/excerpts/{excerpt_id}/remove")
    assert excerpts() == []
