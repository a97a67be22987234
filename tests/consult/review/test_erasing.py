"""When answers are erased, so are the words that were made of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from consult.consultations import retention
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import services
from consult.review.models import CachedVector, ChangeLog, Theme
from surveys.models import utc_now


def test_descriptions_examples_the_log_and_vectors_go_with_the_answers(
    closed: Consultation, staff, monkeypatch
) -> None:
    theme = db.session.scalars(select(Theme).order_by(Theme.id)).first()
    person = staff("reviewer")
    services.describe_theme(
        db.session(),
        theme,
        by_id=person.id,
        description={"en": "“pay late”"},
        example="pay late",
        definition="Pay",
    )
    closed.keep_answers_months = 1
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(CachedVector)) > 0
    now = utc_now() + timedelta(days=40)
    monkeypatch.setattr(retention, "utc_now", lambda: now)
    retention.erase_what_is_due()
    db.session.rollback()
    for row in db.session.scalars(select(Theme)):
        assert (row.description, row.example, row.keywords, row.quotes) == ({}, "", [], [])
    assert db.session.get(Theme, theme.id).definition == "Pay"  # what people meant by a theme stays
    assert all(change.before == {} == change.after for change in db.session.scalars(select(ChangeLog)))
    assert db.session.scalar(select(func.count()).select_from(CachedVector)) == 0
