"""A new address counts when it is confirmed, and nothing on the way tells who is on the roll."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select, update

from consult.consultations import services
from consult.extensions import db
from consult.stakeholders import addresses, codes, queries
from consult.stakeholders.models import Participant, PendingAddress
from surveys.models import utc_now
from tests.consult.stakeholders.conftest import ROLL, SLUG
from tests.support import on_both_databases, text_of

ME = f"/c/{SLUG}/me"


@pytest.fixture
def opened(bring_in, consultation):
    bring_in(ROLL)
    services.open_consultation(db.session(), consultation)
    db.session.commit()
    return consultation


@pytest.fixture
def mails(app) -> list:
    import flask_mailman.backends.locmem  # noqa: F401

    with app.app_context():
        mail = current_app.extensions["mailman"]
    mail.outbox = []
    return mail.outbox


def karim(consultation, **changed: str) -> dict[str, str]:
    code = next(
        c for p, c in codes.personal_codes(db.session(), consultation) if "Karim" in p.participant.name
    )
    return {"code": code, "name": "Karim Saad", "organisation": "Union", "phone": "", "language": "en",
            "region": "لبنان", "email": "karim@example.org", **changed}  # fmt: skip


def address_of(name: str = "Karim Saad") -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Participant.email).where(Participant.name == name)))


def code_in(mail) -> str:
    return re.search(r"/me/confirm#([0-9A-Z]{12})", mail.body)[1]


@on_both_databases
def test_a_new_address_counts_when_it_is_confirmed(opened, client, mails):
    page = client.post(f"{ME}/correct", data=karim(opened, email="New@Example.org"))
    assert "A mail was sent to New@example.org" in text_of(page.text)
    assert address_of() == ["karim@example.org"]
    [mail] = mails
    assert mail.to == ["New@example.org"] and "Karim" not in mail.body
    assert client.get(f"{ME}/confirm").status_code == 200
    assert client.post(f"{ME}/confirm", data={"code": "0" * 12}).status_code == 422
    assert address_of() == ["karim@example.org"]
    assert client.post(f"{ME}/confirm", data={"code": code_in(mail)}).status_code == 200
    assert address_of() == ["New@example.org"]
    assert client.post(f"{ME}/confirm", data={"code": code_in(mail)}).status_code == 422


def test_known_and_unknown_addresses_answer_alike(opened, client, mails):
    pages = []
    for email in ("mona@example.org", "nobody@example.org"):
        page = client.post(f"{ME}/correct", data=karim(opened, email=email))
        pages.append((page.status_code, page.text.replace(email, "EMAIL")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 200
    taken = client.post(f"{ME}/confirm", data={"code": code_in(mails[0])})
    assert taken.status_code == 422  # the second took the first one's place
    client.post(f"{ME}/correct", data=karim(opened, email="mona@example.org"))
    refused = client.post(f"{ME}/confirm", data={"code": code_in(mails[2])})
    assert refused.status_code == 422 and "has this e-mail address already" in refused.text
    assert address_of() == ["karim@example.org"]


def test_mails_to_addresses_that_somebody_names_come_to_an_end(opened, client, mails):
    for number in range(5):
        last = client.post(f"{ME}/correct", data=karim(opened, email=f"n{number}@example.org"))
    assert len(mails) == 3 and last.status_code == 422


def test_what_nobody_confirmed_is_forgotten(opened, client, mails):
    client.post(f"{ME}/correct", data=karim(opened, email="new@example.org"))
    db.session.execute(update(PendingAddress).values(asked_at=utc_now() - timedelta(days=2, minutes=1)))
    db.session.commit()
    assert client.post(f"{ME}/confirm", data={"code": code_in(mails[0])}).status_code == 422
    addresses.forget()
    assert db.session.scalars(select(PendingAddress)).all() == []


def test_her_correction_reaches_no_other_roll(opened, client, mails):
    other = services.create_consultation(
        db.session(),
        slug="other",
        title={"en": "Other"},
        languages=["en"],
        access="roll",
        privacy="anonymous",
    )
    person = db.session.scalars(select(Participant).where(Participant.name == "Karim Saad")).one()
    from consult.stakeholders.people import _place

    _place(db.session(), other, person)
    db.session.commit()
    client.post(f"{ME}/correct", data=karim(opened, email="new@example.org", region="Jordan"))
    client.post(f"{ME}/confirm", data={"code": code_in(mails[0])})
    assert sorted(address_of()) == ["karim@example.org", "new@example.org"]
    [there] = queries.whole_roll(db.session(), other.id)
    assert (there.participant.email, there.participant.region) == ("karim@example.org", "لبنان")


def test_a_wrong_code_does_not_wait_for_who_writes(opened, client):
    with db.engine.connect().execution_options(writes=True) as busy, busy.begin():
        for place in ("correct", "leave"):
            sent = karim(opened)
            with pytest.raises(AssertionError, match="looked up"):
                _refuse_writing(client, f"{ME}/{place}", sent | {"code": "0" * 12})


def _refuse_writing(client, address: str, sent: dict[str, str]) -> None:
    """Raises when the look-up came to its end without the writer's lock: the count of failures is the next to ask."""
    from consult.access import brake

    original = brake.too_many_wrong_codes

    def looked_up(_consultation_id: int) -> bool:
        raise AssertionError("looked up")

    brake.too_many_wrong_codes = looked_up
    try:
        client.post(address, data=sent)
    finally:
        brake.too_many_wrong_codes = original
