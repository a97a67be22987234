"""Who has answered and left the roll does not answer twice; who took the answers along may come again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from consult.consultations import services
from consult.errors import DomainError
from consult.extensions import db
from consult.outreach.leaving import leave_roll
from consult.stakeholders import people, queries
from consult.stakeholders.entitlement import SpentEntitlement
from consult.stakeholders.importing import RollError
from consult.stakeholders.names import match_key
from tests.consult.stakeholders.conftest import ROLL
from tests.consult.stakeholders.test_heard import answer
from tests.support import on_both_databases

BY_ADDRESS = ("Mona", "mona@example.org", "+962790000001", "", "ar", "", "", "yes")
BY_PHONE = ("Sami", "", "+962790000002", "", "ar", "", "", "yes")
BY_NAME = ("Huda", "", "", "Union", "ar", "", "", "yes")
AGAIN = {
    BY_ADDRESS: [("Another spelling", "MONA@example.org", "", "", "ar", "", "", "yes")],
    BY_PHONE: [("Sami", "sami@example.org", "00962790000002", "Union", "ar", "", "", "yes")],
    BY_NAME: [("huda", "", "", "UNION", "en", "", "", "yes")],
}
OTHERS = [
    ("Mona", "mona2@example.org", "", "", "ar", "", "", "yes"),  # a name alone is nobody
    ("Samia", "", "+962790000002", "", "ar", "", "", "yes"),  # a telephone that two share
    ("Huda", "", "", "Society", "ar", "", "", "yes"),
]


@pytest.fixture
def opened(bring_in, consultation):
    """An open consultation in which all three have answered."""
    bring_in([BY_ADDRESS, BY_PHONE, BY_NAME])
    services.open_consultation(db.session(), consultation)
    db.session.commit()
    for number in range(3):
        answer(consultation, number)
    return consultation


def _leave(consultation, **how) -> None:
    for place in queries.whole_roll(db.session(), consultation.id):
        leave_roll(db.session(), consultation, place, **how)
    db.session.commit()


@on_both_databases
@pytest.mark.parametrize("left", AGAIN)
def test_who_left_her_answers_does_not_come_back(opened, bring_in, left):
    _leave(opened, erase_answers=False)
    with pytest.raises(RollError) as refused:
        bring_in([*OTHERS, *AGAIN[left]])
    assert [problem.number for problem in refused.value.problems] == [5]
    db.session.rollback()
    assert bring_in(OTHERS).added == 3


@on_both_databases
def test_who_took_her_answers_along_may_come_back(opened, bring_in):
    _leave(opened, erase_answers=True)
    assert bring_in([BY_ADDRESS, BY_PHONE, BY_NAME]).added == 3


def test_who_had_not_answered_may_come_back(bring_in, consultation):
    bring_in(ROLL)
    _leave(consultation, erase_answers=False)
    assert bring_in(ROLL).added == 3


def test_staff_neither_bring_her_back_by_hand(opened):
    for place in queries.whole_roll(db.session(), opened.id):
        people.remove_from_roll(db.session(), opened, place)
    values = {
        "name": "Mona", "organisation": "", "email": "mona@example.org", "email_key": "mona@example.org",
        "phone": None, "language": "ar", "region": "", "has_vote": True,
    }  # fmt: skip
    with pytest.raises(DomainError) as refused:
        people.add_participant(db.session(), opened, values=values, group_ids=())
    assert refused.value.code == "answered_and_left"


def test_what_is_kept_tells_nobody_and_goes_with_the_roll(opened):
    _leave(opened, erase_answers=False)
    marks = db.session.scalars(select(SpentEntitlement.mark)).all()
    assert len(set(marks)) == 4  # an address, two telephones, and a name
    assert all(len(mark) == 64 and match_key("mona") not in mark for mark in marks)
    services.close_consultation(db.session(), opened)
    people.erase_roll(db.session(), opened)
    assert db.session.scalar(select(func.count()).select_from(SpentEntitlement)) == 0


def test_nor_by_an_address_that_she_had_not_then(bring_in, consultation):
    """She is held by her name alone, stands on another roll too, and a file names her with an address."""
    bring_in([BY_NAME])
    services.open_consultation(db.session(), consultation)
    other = services.create_consultation(
        db.session(), slug="other", title={"en": "O"}, languages=["en"], access="roll", privacy="confidential"
    )
    place = queries.whole_roll(db.session(), consultation.id)[0]
    people._place(db.session(), other, place.participant)
    answer(consultation, 0)
    _leave(consultation, erase_answers=False)
    with pytest.raises(RollError):
        bring_in([("Huda", "huda@example.org", "", "Union", "ar", "", "", "yes")])
