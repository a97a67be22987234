"""The machine's hints of stance: a person's word wins, and is never touched."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import changes, coding
from consult.review.hints import write_hints
from consult.review.models import ChangeLog, Stance
from tests.consult.review.conftest import House


def said(session: Session, house: House) -> list[tuple[int, str, str, bool]]:
    """Excerpt by its place, value, who, and whether it counts."""
    place = {excerpt.id: i for i, excerpt in enumerate(house.excerpts)}
    rows = session.execute(
        select(Stance.excerpt_id, Stance.value, Stance.origin, Stance.is_current).order_by(
            Stance.excerpt_id, Stance.id
        )
    )
    return [(place[i], value, origin, counts) for i, value, origin, counts in rows]


def test_what_a_run_says_replaces_what_an_earlier_one_said(house: House) -> None:
    ids = [excerpt.id for excerpt in house.excerpts]
    write_hints(house.session, {ids[0]: "support", ids[1]: "oppose", ids[2]: None, ids[3]: "neutral"})
    write_hints(house.session, {ids[0]: "support", ids[1]: "mixed", ids[2]: "oppose", ids[3]: None})
    assert said(house.session, house) == [
        (0, "support", "machine", True),
        (1, "mixed", "machine", True),
        (2, "oppose", "machine", True),
    ]


def test_a_persons_stance_wins_and_taking_it_back_brings_the_hint_back(house: House) -> None:
    session, (first, second) = house.session, house.excerpts[:2]
    write_hints(session, {first.id: "support", second.id: None})
    coding.set_stance(session, first, value="oppose", by_id=house.ana)
    coding.set_stance(session, second, value="mixed", by_id=house.ana)
    write_hints(session, {first.id: "neutral", second.id: "support"})
    assert said(session, house) == [
        (0, "support", "machine", False),
        (0, "oppose", "reviewer", True),
        (1, "mixed", "reviewer", True),
    ]
    change = session.scalars(select(ChangeLog).order_by(ChangeLog.id)).first()
    assert change is not None
    changes.undo_change(session, change, by_id=house.ana)
    assert (0, "support", "machine", True) in said(session, house)
    write_hints(session, {first.id: "neutral"})
    assert (0, "neutral", "machine", True) in said(session, house)


def test_the_list_of_answers_marks_a_hint(app: Flask, closed: Consultation, reviewer: FlaskClient) -> None:
    excerpts = db.session.scalars(select(Excerpt).order_by(Excerpt.position, Excerpt.id)).all()
    write_hints(db.session(), {excerpts[0].id: "oppose"})
    db.session.commit()
    page = reviewer.get(f"/manage/agm/review/question/{excerpts[0].question_id}/answers").text
    assert page.count("a machine’s hint, from the tone: against") == 1
    coding.set_stance(db.session(), excerpts[0], value="support", by_id=1)
    db.session.commit()
    page = reviewer.get(f"/manage/agm/review/question/{excerpts[0].question_id}/answers").text
    assert "hint, from the tone" not in page and "· in favour" in page
