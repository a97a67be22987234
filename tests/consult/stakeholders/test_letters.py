"""Letters leave once, each noted before and after; what is doubtful waits for a person."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text, update

from consult.access.models import AuditEntry
from consult.consultations import services
from consult.extensions import db
from consult.outreach import sending
from consult.stakeholders import codes, letter_words, letters, participation, queries
from consult.stakeholders.entitlement import Letter
from surveys.errors import SurveyError
from surveys.models import utc_now
from surveys.queries import latest_version
from surveys.services import submit_response
from tests.consult.stakeholders.conftest import ROLL, SLUG
from tests.support import on_both_databases, text_of


@pytest.fixture
def opened(bring_in, consultation):
    bring_in([*ROLL, ("No Address", *[""] * 7)])
    services.open_consultation(db.session(), consultation)
    db.session.commit()
    return consultation


@pytest.fixture
def outbox(app):
    """The letters that left."""
    kept = app.extensions["mailman"]
    assert kept.backend == "locmem"
    kept.outbox = []
    return lambda: list(kept.outbox)


def _start(consultation, kind="invitation", **more) -> int:
    count = letters.start_mailing(db.session(), consultation, kind=kind, made_by="me@example.org", **more)
    db.session.commit()
    db.session().info.pop("emitted", None)  # the jobs run when the test says so
    return count


def _send() -> None:
    sending.resume()


def _states() -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Letter.state).order_by(Letter.id)))


def _answer(consultation, name: str) -> None:
    version = latest_version(db.session(), consultation.survey_id)
    sent = submit_response(
        db.session(), version=version, submission_key=name.ljust(64, "x"), answers={"t1": "x"}, language="en"
    )
    place = next(p for p in queries.whole_roll(db.session(), consultation.id) if p.participant.name == name)
    participation.tie_response(db.session(), place.id, sent.response_id)
    db.session.commit()


@on_both_databases
def test_everybody_with_an_address_gets_one_in_their_language(opened, outbox):
    assert _start(opened) == 3
    _send()
    _send()
    sent = outbox()
    assert sorted(m.to[0] for m in sent) == ["karim@example.org", "lea@example.org", "mona@example.org"]
    assert _states() == ["sent"] * 3
    own = {p.participant.email: code for p, code in codes.personal_codes(db.session(), opened)}
    for message in sent:
        assert f"/c/{SLUG}#{own[message.to[0]]}" in message.body
        assert own[message.to[0]] not in message.subject
    mona = next(m for m in sent if m.to == ["mona@example.org"])
    assert "الجمعية العامة" in mona.body and "منى خليل" in mona.body
    with pytest.raises(SurveyError, match="nobody to write to"):
        _start(opened)


@on_both_databases
def test_a_crash_in_the_middle_sends_nothing_twice(opened, outbox, monkeypatch):
    _start(opened)
    real, calls = sending.hand_over, []

    def dies(sheet, connection):
        calls.append(sheet.ref)
        outcome = real(sheet, connection)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr(sending, "hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        _send()
    assert _states() == ["sent", "attempted", "waiting"]
    monkeypatch.setattr(sending, "hand_over", real)
    _send()
    assert _states() == ["sent", "attempted", "sent"]
    assert len(outbox()) == 3 == len({m.to[0] for m in outbox()})
    db.session.execute(update(Letter).values(attempted_at=utc_now() - timedelta(hours=1)))
    db.session.commit()
    doubt = letters.doubtful(db.session(), opened.id)
    assert len(doubt) == 1
    letters.decide(db.session(), opened, doubt[0].id, again=True)
    db.session.commit()
    db.session().info.pop("emitted", None)
    _send()
    assert _states() == ["sent"] * 3


@pytest.mark.parametrize(
    ("error", "states"),
    [
        (smtplib.SMTPRecipientsRefused({}), ["refused"] * 3),
        (smtplib.SMTPServerDisconnected(), ["attempted", "waiting", "waiting"]),
        (TimeoutError(), ["attempted", "waiting", "waiting"]),
    ],
)
def test_what_the_mail_server_says_is_noted(opened, outbox, monkeypatch, error, states):
    _start(opened)

    class Server:
        def open(self): ...
        def close(self): ...
        def send_messages(self, messages):
            raise error

    monkeypatch.setattr(sending.mail, "get_connection", Server)
    _send()
    assert _states() == states


@on_both_databases
def test_reminders_go_only_to_who_has_not_answered(opened, outbox):
    _start(opened)
    _send()
    assert letters.count_recipients(db.session(), opened, "reminder") == 0  # a letter today is enough
    db.session.execute(
        text("UPDATE mailing SET made_at = :then"),
        {"then": (utc_now() - timedelta(days=3)).replace(tzinfo=None)},
    )
    db.session.commit()
    _answer(opened, "Karim Saad")
    assert _start(opened, "reminder") == 2
    _send()
    assert sorted(m.to[0] for m in outbox()[3:]) == ["lea@example.org", "mona@example.org"]
    own = {p.participant.email: code for p, code in codes.personal_codes(db.session(), opened)}
    assert all(own[m.to[0]] in m.body for m in outbox())  # the link of the invitation stays good


def test_no_table_and_no_log_holds_a_code_or_an_address_outside_the_roll(opened, outbox, caplog):
    _start(opened)
    _send()
    secrets = [code for _place, code in codes.personal_codes(db.session(), opened)]
    addresses = ["mona@example.org", "karim@example.org", "lea@example.org"]
    for table in inspect(db.engine).get_table_names():
        rows = [str(row) for row in db.session.execute(text(f'SELECT * FROM "{table}"'))]
        assert not any(code in row for code in secrets for row in rows), table
        if table not in ("participant", "roll_place"):
            assert not any(address in row for address in addresses for row in rows), table
    assert not any(word in caplog.text for word in secrets + addresses)
    assert any(entry.action == "letters.asked_for" for entry in db.session.scalars(select(AuditEntry)))


def test_bounces_are_known_by_their_ids(opened, outbox, app):
    app.config["MAIL_BOUNCES"] = "back@example.net"
    app.config["MAIL_DEFAULT_SENDER"] = "asking@example.net"
    _start(opened)
    _send()
    ref = db.session.scalars(select(Letter.ref).order_by(Letter.id)).first()
    message = outbox()[0]
    assert message.from_email == f"back+{ref}@example.net"
    assert message.message()["From"] == "asking@example.net"
    assert (
        letters.note_bounces(db.session(), opened, f"To: <back+{ref}@example.net>\nno such user {'0' * 16}")
        == 1
    )
    assert letters.note_bounces(db.session(), opened, f"{ref}") == 0


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("", "{link}", "bad_subject"),
        ("a\nBcc: x@example.org", "{link}", "bad_subject"),
        ("x" * 151, "{link}", "bad_subject"),
        ("s", "no address", "no_link"),
        ("s", "{link} {answers}", "unknown_placeholder"),
        ("s", "{link} {", "unknown_placeholder"),
        ("{code}", "{link}", "code_in_subject"),
        ("s", "{link}\u202e", "hidden_signs"),
        ("s", "{link}" + "x" * 5000, "long_body"),
    ],
)
def test_the_words_of_a_letter_are_checked(opened, subject, body, code):
    with pytest.raises(SurveyError) as caught:
        letter_words.save_text(
            db.session(), opened, kind="invitation", language="en", subject=subject, body=body
        )
    assert caught.value.code == code


def test_what_people_are_called_is_not_filled_in_again(opened):
    assert letter_words.filled("Dear {name}: {link}", {"name": "{link}", "link": "L"}) == "Dear {link}: L"


def test_own_words_and_pages(opened, outbox, client, sign_in):
    sign_in(client, "facilitator")
    here = f"/manage/{SLUG}/invitations"
    page = client.get(f"{here}/invitation/ar")
    assert page.status_code == 200
    assert client.get(f"{here}/invitation/fr").status_code == 404
    bad = client.post(f"{here}/invitation/ar", data={"subject": "س", "body": "بلا رابط"})
    assert bad.status_code == 422
    good = client.post(
        f"{here}/invitation/ar", data={"subject": "دعوة {title}", "body": "{name}\r\n{link} {code}"}
    )
    assert good.status_code == 303
    assert client.post(f"{here}/send", data={"kind": "invitation"}).status_code == 303
    _send()
    mona = next(m for m in outbox() if m.to == ["mona@example.org"])
    assert mona.subject == "دعوة الجمعية العامة"
    assert mona.body.startswith("منى خليل\nhttp://localhost/c/members#")
    overview = text_of(client.get(here).text)
    assert "What went out" in overview
    again = client.post(f"{here}/send", data={"kind": "invitation"})
    assert again.status_code == 422 and "nobody to write to" in again.text


def test_closing_stops_the_letters(opened, outbox):
    _start(opened)
    services.close_consultation(db.session(), opened)
    db.session.commit()
    sent_before = len(outbox())
    _send()
    assert len(outbox()) == sent_before
    assert set(_states()) <= {"dropped", "sent"}


def test_cards_and_lists_ask_for_the_password(opened, client, sign_in):
    from flask_security import hash_password

    person = sign_in(client, "facilitator")
    here = f"/manage/{SLUG}/invitations/codes"
    own = [code for _place, code in codes.personal_codes(db.session(), opened)]
    refused = client.post(here, data={"password": "", "action": "csv"})
    assert refused.status_code == 422 and not any(code in refused.text for code in own)
    person.password = hash_password("a long password")
    db.session.commit()
    cards = client.post(here, data={"password": "a long password", "action": "cards"})
    assert cards.status_code == 200
    assert all(codes.grouped(code) in cards.text for code in own)
    assert cards.text.count("<svg") >= 4 and "style=" not in cards.text
    listed = client.post(here, data={"password": "a long password", "action": "csv"})
    assert listed.data.decode("utf-8-sig").splitlines()[0] == "code,link,email,name"
    assert "".join(own) not in listed.text and all(code in listed.text for code in own)
