"""What is changed on one roll reaches others only where whoever changes it may keep them, and no fixed ones."""

from __future__ import annotations

import pytest
from flask_security import current_user  # noqa: F401 - the fixtures sign in
from sqlalchemy import select

from consult.ballots.handing_out import make_codes
from consult.consultations import services
from consult.extensions import db
from consult.stakeholders import importing, queries, taking
from consult.stakeholders.models import Participant
from consult.stakeholders.people import _place
from consult.stakeholders.roll_file import COLUMNS, read_roll
from consult.tabular import LOCAL
from consult.tabular.csv_files import parse_csv
from tests.consult.stakeholders.conftest import ROLL, SLUG, csv_bytes
from tests.support import on_both_databases, text_of
from tests.surveys.samples import survey

PERSON = {"organisation": "", "phone": "", "language": "ar", "region": "", "has_vote": "y"}


@pytest.fixture
def others(bring_in, consultation):
    """Everybody of the roll also stands on three others: one that anybody of the staff keeps, one that is restricted,
    and an anonymous one whose codes are made."""
    bring_in([*ROLL, ("مني خليل", "", "+962790000001", "", "ar", "", "شباب", "")])
    made = {}
    for slug, privacy in (("shared", "confidential"), ("restricted", "confidential"), ("fixed", "anonymous")):
        made[slug] = services.create_consultation(
            db.session(), slug=slug, title={"en": slug}, languages=["en", "ar"], access="roll", privacy=privacy,
            definition=survey(), is_restricted=slug == "restricted",
        )  # fmt: skip
        for place in queries.whole_roll(db.session(), consultation.id):
            _place(db.session(), made[slug], place.participant)
    make_codes(db.session(), made["fixed"])
    db.session.commit()
    return made


def people_on(consultation) -> dict[str, str | None]:
    db.session.rollback()
    db.session.expire_all()
    return {
        p.participant.name: p.participant.email for p in queries.whole_roll(db.session(), consultation.id)
    }


@on_both_databases
def test_a_correction_stays_within_the_rolls_that_one_keeps(client, sign_in, consultation, others):
    sign_in(client, "facilitator")
    karim = db.session.scalars(select(Participant).where(Participant.name == "Karim Saad")).one()
    page = text_of(client.get(f"/manage/{SLUG}/roll/{karim.id}").text)
    assert "on the roll of 1 other consultation" in page
    answer = client.post(
        f"/manage/{SLUG}/roll/{karim.id}", data=PERSON | {"name": "Karim S.", "email": "k@example.org"}
    )
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    for changed in (consultation, others["shared"]):
        assert people_on(changed)["Karim S."] == "k@example.org"
    for kept in (others["restricted"], others["fixed"]):
        assert people_on(kept)["Karim Saad"] == "karim@example.org"


@on_both_databases
def test_making_two_one_leaves_fixed_and_foreign_rolls_whole(client, sign_in, consultation, others):
    sign_in(client, "facilitator")
    first, second = (
        db.session.scalars(select(Participant).where(Participant.name == name)).one()
        for name in ("منى خليل", "مني خليل")
    )
    answer = client.post(f"/manage/{SLUG}/roll/{first.id}/merge/{second.id}")
    assert answer.status_code == 303 and client.get(answer.location).status_code == 200
    for merged in (consultation, others["shared"]):
        assert len(people_on(merged)) == 3
    for kept in (others["restricted"], others["fixed"]):
        assert len(people_on(kept)) == 4
    services.open_consultation(db.session(), others["fixed"], allow_missing_translations=True)


@on_both_databases
def test_a_file_corrects_no_other_roll_than_it_may(consultation, others):
    rows = [("Karim Saad", "karim@example.org", "", "Federation", "en", "لبنان", "board", "yes")]
    table = parse_csv(csv_bytes(rows, COLUMNS), name="roll.csv", limits=LOCAL)
    plan = importing.plan_import(db.session(), consultation, read_roll(table))
    taking.apply_plan(
        db.session(), consultation, plan, default_language="en", reach=[consultation.id, others["shared"].id]
    )
    db.session.commit()

    def held(of) -> tuple[str, list[str]]:
        db.session.expire_all()
        place = next(p for p in queries.whole_roll(db.session(), of.id) if p.participant.name == "Karim Saad")
        return place.participant.organisation, sorted(group.key for group in place.participant.groups)

    assert held(consultation) == held(others["shared"]) == ("Federation", ["board"])
    assert held(others["restricted"]) == held(others["fixed"]) == ("Union", ["اعضا"])


@on_both_databases
@pytest.mark.parametrize("way", ["remove", "merge"])
def test_a_group_with_people_on_foreign_rolls_stays(client, sign_in, consultation, others, way):
    """The restricted roll is nobody's but its own facilitators'; without it the group may go."""

    def names() -> list[str]:
        db.session.rollback()
        db.session.expire_all()
        return sorted(group.name["ar"] for group in queries.groups(db.session()))

    sign_in(client, "facilitator")
    youth, other, *_ = sorted(queries.groups(db.session()), key=lambda group: group.name["ar"] != "شباب")
    address = f"/manage/{SLUG}/stakeholders/{youth.id}/{way}"
    if way == "merge":
        address += f"/{other.id}"
    gone, there = youth.name["ar"], names()
    page = client.post(address, follow_redirects=True)
    assert "rolls that you do not keep" in text_of(page.text)
    assert names() == there
    others["restricted"].is_restricted = False
    db.session.commit()
    client.post(address)
    assert names() == [name for name in there if name != gone]
