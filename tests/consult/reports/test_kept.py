"""Public reports that are kept: when they hold, and what happens where two things happen at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from consult.consultations import retention, services
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from consult.reports import kept
from consult.reports.making import make_report
from consult.reports.models import MadeReport
from surveys.models import utc_now
from tests.consult.reports.signed import signed_consultation
from tests.support import on_both_databases

ADDRESS = "/c/agm/results/report-en.html"


@pytest.fixture
def published(app) -> Consultation:
    made = signed_consultation(db.session())
    services.publish_consultation(db.session(), made)
    db.session.commit()
    return made


def kept_now() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(MadeReport))


def test_words_that_were_corrected_stand_in_the_next_report(client, published) -> None:
    assert "says voice 2<" in client.get(ADDRESS).text
    words = "We need water, says who corrected it"
    db.session.execute(
        update(Excerpt)
        .where(Excerpt.text.endswith("voice 2"))
        .values(text=words, text_hash=hash_of(words), end_offset=len(words))
    )
    db.session.commit()
    page = client.get(ADDRESS).text
    assert "says voice 2<" not in page and words in page


def test_other_digits_make_another_report(app, published, monkeypatch) -> None:
    before = kept.stamp_of(db.session(), published, language="ar")
    monkeypatch.setitem(app.config, "SHOWN_DIGITS", "arab")
    assert kept.stamp_of(db.session(), published, language="ar") != before


def test_what_still_holds_is_kept_and_what_does_not_goes(client, published) -> None:
    client.get(ADDRESS)
    kept.erase_reports(db.session(), published, now=utc_now())
    db.session.commit()
    assert kept_now() == 1, "nothing was due"
    db.session.execute(update(Excerpt).where(Excerpt.text.endswith("voice 2")).values(quote_consent=False))
    kept.erase_reports(db.session(), published, now=utc_now())
    db.session.commit()
    assert kept_now() == 0, "a quote of it is gone"


@on_both_databases
def test_nothing_is_kept_of_answers_that_are_erased_while_it_is_made(published, monkeypatch) -> None:
    def made_slowly(session, consultation, **more) -> bytes:
        content = make_report(session, consultation, **more)
        mine = update(Consultation).values(closed_at=utc_now() - timedelta(days=62), keep_answers_months=1)
        db.session.execute(mine)
        db.session.commit()
        retention.erase_what_is_due()
        return content

    monkeypatch.setattr(kept, "make_report", made_slowly)
    with pytest.raises(DomainError):
        kept.make_and_keep(published, language="en", kind="html")
    assert kept_now() == 0


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_two_that_make_the_same_report_at_once_both_get_it(app, published) -> None:
    number, answers = published.id, []

    def ask() -> None:
        with app.app_context():
            answers.append(app.test_client().get(ADDRESS).status_code)

    db.session.rollback()
    with db.engine.connect() as other, other.begin():
        row = {"language": "en", "kind": "html", "stamp": "s", "content": b"x", "made_at": utc_now()}
        other.execute(insert(MadeReport).values(consultation_id=number, **row))
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(1.5)
    asking.join(20)
    assert answers == [200] and kept_now() > 0
