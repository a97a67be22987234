"""Letters and a mail server that really speaks SMTP: what it takes, wants later, refuses, and when it goes away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_mailman import Mail
from sqlalchemy import select, update

from consult.ballots import handing_out
from consult.config import mail_settings
from consult.consultations import services
from consult.extensions import db
from consult.outreach import code_mail, sending
from consult.stakeholders import codes, letters, people
from consult.stakeholders.entitlement import Letter, Mailing
from surveys.models import utc_now
from tests.consult.ballots.house import make
from tests.consult.stakeholders.conftest import ROLL
from tests.consult.stakeholders.smtp_server import MailServer, mail_server, self_signed


@pytest.fixture
def named(app, monkeypatch):
    """Names an address as the installation's mail server."""

    def name(address: str) -> None:
        given = {
            "CONSULT_MAIL_URL": address,
            "CONSULT_MAIL_FROM": "Alliance <alliance@example.org>",
            "CONSULT_MAIL_BOUNCES": "back@example.org",
        }
        app.config.update(mail_settings(given))
        monkeypatch.setitem(app.extensions, "mailman", Mail.init_mail(app.config))

    return name


@pytest.fixture
def server(named):
    """The installation's mail server."""
    with mail_server() as house:
        named(f"smtp://127.0.0.1:{house.port}?tls=no")
        yield house


@pytest.fixture
def asked_for(bring_in, consultation, server) -> MailServer:
    """Three invitations wait."""
    bring_in(ROLL)
    services.open_consultation(db.session(), consultation)
    letters.start_mailing(db.session(), consultation, kind="invitation", made_by="me@example.org")
    db.session.commit()
    db.session().info.pop("emitted", None)
    return server


def _states() -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Letter.state).order_by(Letter.id)))


def _later(**passed) -> None:
    """As if so much time had passed since the letters were tried."""
    db.session.execute(update(Letter).values(attempted_at=utc_now() - timedelta(**passed)))
    db.session.commit()


def test_a_letter_arrives_as_it_was_written(asked_for, consultation):
    sending.resume()
    assert _states() == ["sent"] * 3
    assert asked_for.connections == 1
    got = {to: (sender, letter) for sender, to, letter in asked_for.letters}
    sender, mona = got["mona@example.org"]
    ref = db.session.scalar(select(Letter.ref).order_by(Letter.id))
    own = {p.participant.email: code for p, code in codes.personal_codes(db.session(), consultation)}
    assert "الجمعية العامة" in mona["Subject"] and mona["From"] == "Alliance <alliance@example.org>"
    assert "منى خليل" in mona.get_content() and f"#{own['mona@example.org']}" in mona.get_content()
    refs = set(db.session.scalars(select(Letter.ref)))
    assert {
        s.removeprefix("back+").removesuffix("@example.org") for s, _to, _letter in asked_for.letters
    } == refs
    assert mona["Message-ID"] == f"<{sender.removeprefix('back+')}>"
    assert ref in refs and mona["Auto-Submitted"] == "auto-generated"


def test_what_the_server_wants_later_is_tried_later(asked_for):
    asked_for.answers["karim@example.org"] = ["451 greylisted, come again"] * 2
    sending.resume()
    assert sorted(_states()) == ["sent", "sent", "waiting"]
    sending.resume()  # the next minute: nothing yet
    assert (len(asked_for.letters), len(asked_for.answers["karim@example.org"])) == (2, 1)
    _later(minutes=11)
    sending.resume()
    assert "waiting" in _states()
    _later(minutes=11)
    sending.resume()
    assert _states() == ["sent"] * 3 and len(asked_for.letters) == 3


def test_after_a_day_it_counts_as_refused(asked_for):
    asked_for.answers["karim@example.org"] = ["450 not now"]
    db.session.execute(update(Mailing).values(made_at=utc_now() - timedelta(hours=25)))
    db.session.commit()
    sending.resume()
    assert sorted(_states()) == ["refused", "sent", "sent"]


def test_an_address_that_is_none_is_refused_and_the_others_leave(asked_for):
    asked_for.answers["karim@example.org"] = ["550 nobody here"]
    sending.resume()
    assert sorted(_states()) == ["refused", "sent", "sent"]
    reason = db.session.scalar(select(Letter.reason).where(Letter.state == "refused"))
    assert reason == "SMTPRecipientsRefused 550"


def test_a_server_that_takes_one_letter_a_connection_gets_all(asked_for):
    asked_for.most = 1
    sending.resume()
    assert _states() == ["sent"] * 3 and len(asked_for.letters) == 3


def test_a_server_that_goes_away_in_the_middle_leaves_one_in_doubt(asked_for):
    asked_for.hangs_up = True
    sending.resume()
    assert sorted(_states()) == ["attempted", "waiting", "waiting"]
    sending.resume()
    assert sorted(_states()) == ["attempted", "sent", "sent"]


def test_a_server_that_is_down_costs_nobody_a_letter(asked_for, named):
    with mail_server() as other:
        pass
    named(f"smtp://127.0.0.1:{other.port}?tls=no")
    sending.resume()
    assert _states() == ["waiting"] * 3


def test_a_server_that_does_not_prove_who_it_is_gets_nothing(asked_for, named, tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    with mail_server(certificate) as other:
        named(f"smtps://127.0.0.1:{other.port}")
        sending.resume()
        assert (_states(), other.letters) == (["waiting"] * 3, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        sending.resume()
        assert (_states(), len(other.letters)) == (["sent"] * 3, 3)


def _members(number: int):
    consultation = make()
    for n in range(number):
        address = f"m{n}@example.org"
        values = {"name": f"M{n}", "organisation": "", "email": address, "email_key": address, "phone": None,
                  "language": "en", "region": "", "has_vote": True}  # fmt: skip
        people.add_participant(db.session(), consultation, values=values, group_ids=())
    db.session.commit()
    return consultation


def test_anonymous_codes_leave_though_the_server_wants_some_later(app, server, monkeypatch):
    monkeypatch.setattr(code_mail, "AGAIN", (0, 0))
    consultation = _members(5)
    server.most = 2
    server.answers = {"m1@example.org": ["451 later"], "m2@example.org": ["450 later", "421 later"],
                      "m3@example.org": ["550 nobody"]}  # fmt: skip
    drawn = handing_out.make_codes(db.session(), consultation)
    db.session.commit()
    assert code_mail.send_codes(consultation, drawn, made_by="me@example.org") == []
    assert sorted(to for _sender, to, _letter in server.letters) == [
        f"m{n}@example.org" for n in (0, 1, 2, 4)
    ]
    given = [letter.get_content() for _sender, _to, letter in server.letters]
    assert len({code for code in drawn for text in given if code in text.replace("-", "")}) == 4
    assert sorted(_states()) == ["refused", *["sent"] * 4]


def test_codes_that_were_thrown_away_meanwhile_do_not_leave_any_more(app, server, monkeypatch):
    consultation = _members(3)
    drawn = handing_out.make_codes(db.session(), consultation)
    db.session.commit()
    server.answers = {"m1@example.org": ["451 later"]}

    def thrown_away(_seconds: float) -> None:
        handing_out.throw_codes_away(db.session(), db.session.get(type(consultation), consultation.id))
        db.session.commit()

    monkeypatch.setattr(code_mail.time, "sleep", thrown_away)
    code_mail.send_codes(consultation, drawn, made_by="me@example.org")
    assert sorted(to for _sender, to, _letter in server.letters) == ["m0@example.org", "m2@example.org"]
