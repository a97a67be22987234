"""Anonymous codes leave once, from memory: as cards, as a list, by e-mail."""

from __future__ import annotations

import re

import pytest
from flask import current_app
from flask_security import hash_password
from sqlalchemy import inspect, select, text

from consult.consultations import services
from consult.extensions import db
from consult.stakeholders import letters, people
from consult.stakeholders.entitlement import Letter
from tests.consult.ballots.house import make, named
from tests.support import on_both_databases, text_of

PASSWORD = "a long password"
CODES = "/manage/quiet/invitations/codes"


@pytest.fixture
def facilitator(client, sign_in):
    """Signed in; on the roll are four people, one of them without an address."""
    consultation = make()
    for name in ("Amal", "Basem", "Carla", "Dana"):
        email = f"{name.lower()}@example.org" if name != "Dana" else None
        values = {"name": name, "organisation": "", "email": email, "email_key": email, "phone": None,
                  "language": "en", "region": "", "has_vote": True}  # fmt: skip
        people.add_participant(db.session(), consultation, values=values, group_ids=())
    sign_in(client, "facilitator").password = hash_password(PASSWORD)
    db.session.commit()
    return client


@pytest.fixture
def mails(app) -> list:
    mail = current_app.extensions["mailman"]
    mail.outbox = []
    return mail.outbox


def opens(client, code: str) -> bool:
    return client.post("/c/quiet/enter", data={"code": code}).status_code == 200


def codes_on(page: str) -> list[str]:
    return re.findall(r'card-code">([0-9A-Z-]{14})<', page)


@on_both_databases
def test_as_cards_with_the_password_once(facilitator):
    assert facilitator.post(CODES, data={"action": "cards", "password": "wrong"}).status_code == 422
    page = facilitator.post(CODES, data={"action": "cards", "password": PASSWORD}).text
    codes = codes_on(page)
    assert len(set(codes)) == 4 and page.count("<svg") == 4 and "Amal" not in page
    again = facilitator.post(CODES, data={"action": "cards", "password": PASSWORD})
    assert again.status_code == 422 and "made once and kept nowhere" in text_of(again.text)
    services.open_consultation(db.session(), named(), allow_missing_translations=True)
    db.session.commit()
    assert all(opens(facilitator, code) for code in codes)


@on_both_databases
def test_by_mail_and_no_code_stays(facilitator, mails):
    page = facilitator.post(CODES, data={"action": "mail", "password": PASSWORD}).text
    for_paper = codes_on(page)
    sent = {mail.to[0]: re.search(r"#([0-9A-Z]{12})", mail.body)[1] for mail in mails}
    assert sorted(sent) == ["amal@example.org", "basem@example.org", "carla@example.org"]
    assert len({*sent.values(), *(code.replace("-", "") for code in for_paper)}) == 4
    assert all("lost code cannot be made again" in mail.body for mail in mails)
    assert set(db.session.scalars(select(Letter.state))) == {"sent"}
    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')):
            assert not any(code in str(row) for code in sent.values()), table
    db.session.rollback()
    services.open_consultation(db.session(), named(), allow_missing_translations=True)
    db.session.commit()
    assert all(opens(facilitator, code) for code in [*sent.values(), *for_paper])


def test_what_was_doubtful_is_not_sent_again_without_its_code(facilitator, mails):
    facilitator.post(CODES, data={"action": "mail", "password": PASSWORD})
    letter = db.session.scalars(select(Letter)).first()
    letter.state, letter.attempted_at = "attempted", letter.attempted_at - letters.DOUBTFUL_AFTER * 2
    services.open_consultation(db.session(), named(), allow_missing_translations=True)
    db.session.commit()
    page = facilitator.get("/manage/quiet/invitations").text
    assert "Take it as sent" in page and "Send again" not in page
    facilitator.post(f"/manage/quiet/invitations/doubtful/{letter.id}", data={"action": "again"})
    db.session.refresh(letter)
    assert letter.state == "attempted" and len(mails) == 3


def test_codes_that_were_lost_are_thrown_away_and_made_anew(facilitator):
    old = codes_on(facilitator.post(CODES, data={"action": "cards", "password": PASSWORD}).text)
    assert "Throw the codes away" in facilitator.get(CODES).text
    thrown = facilitator.post(CODES, data={"action": "throw-away", "password": PASSWORD})
    assert thrown.status_code == 303
    listed = facilitator.post(CODES, data={"action": "csv", "password": PASSWORD}).text
    new = re.findall(r"^([0-9A-Z]{12}),", listed, re.M)
    services.open_consultation(db.session(), named(), allow_missing_translations=True)
    db.session.commit()
    assert len(new) == 4 and opens(facilitator, new[0]) and not opens(facilitator, old[0])
