"""Codes are made for a roll that stays as it was, once, and are thrown away whole."""

from __future__ import annotations

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, text

from consult.ballots.handing_out import make_codes, throw_codes_away
from consult.ballots.slots import rid_of, slot_set_of
from consult.consultations import checks, services
from consult.extensions import db
from consult.stakeholders import people, queries
from consult.stakeholders.keys import secret_of
from consult.stakeholders.models import RollPlace
from surveys.errors import SurveyError
from surveys.queries import draft_definition
from tests.consult.ballots.house import make, named, opened
from tests.support import on_both_databases, text_of

NAMES = ("Amal", "Basem", "Carla")


def join(consultation, name: str):
    email = f"{name.lower()}@example.org"
    values = {"name": name, "organisation": "", "email": email, "email_key": email, "phone": None,
              "language": "ar", "region": "", "has_vote": True}  # fmt: skip
    return people.add_participant(db.session(), consultation, values=values, group_ids=())


@pytest.fixture
def consultation(app):
    made = make()
    for name in NAMES:
        join(made, name)
    db.session.commit()
    return made


def test_the_roll_is_fixed_when_codes_are_made(consultation):
    make_codes(db.session(), consultation)
    db.session.commit()
    place = queries.whole_roll(db.session(), consultation.id)[0]
    with pytest.raises(SurveyError, match="codes of this anonymous consultation are made"):
        join(consultation, "Dana")
    with pytest.raises(SurveyError, match="codes of this anonymous consultation are made"):
        people.remove_from_roll(db.session(), consultation, place)
    services.open_consultation(db.session(), consultation, allow_missing_translations=True)
    assert slot_set_of(db.session(), consultation.id).number == 3


@pytest.mark.parametrize("change", ["fewer", "others"])
def test_it_does_not_open_for_another_roll_than_its_codes(consultation, change):
    make_codes(db.session(), consultation)
    place = queries.whole_roll(db.session(), consultation.id)[0]
    db.session.execute(delete(RollPlace).where(RollPlace.id == place.id))  # past every rule
    if change == "others":
        consultation.is_roll_fixed = False
        join(consultation, "Amal")
    with pytest.raises(SurveyError, match="Throw the codes away"):
        services.open_consultation(db.session(), consultation, allow_missing_translations=True)


@on_both_databases
def test_codes_thrown_away_open_nothing_and_others_can_be_made(consultation, client):
    old = make_codes(db.session(), consultation)
    throw_codes_away(db.session(), consultation)
    join(consultation, "Dana")
    new = make_codes(db.session(), consultation)
    assert len(new) == 4 and not set(old) & set(new)
    services.open_consultation(db.session(), consultation, allow_missing_translations=True)
    db.session.commit()
    assert client.post("/c/quiet/enter", data={"code": old[0]}).status_code == 422
    assert client.post("/c/quiet/enter", data={"code": new[0]}).status_code == 200
    with pytest.raises(SurveyError, match="has opened"):
        throw_codes_away(db.session(), named())


def test_what_is_missing_before_opening_names_the_codes(consultation, client, sign_in):
    def missing() -> list[str]:
        return [item.place for item in checks.missing_before_opening(
            db.session(), consultation, draft_definition(consultation.survey))]  # fmt: skip

    assert "codes" in missing()
    sign_in(client, "facilitator")
    assert "Codes for the members of the roll must be made" in text_of(client.get("/manage/quiet/").text)
    make_codes(db.session(), consultation)
    assert "codes" not in missing()


def test_each_consultation_has_a_secret_of_its_own(app):
    first, second = make(), make(slug="other")
    assert secret_of(first) != secret_of(second)
    second.id, same = first.id, "ABCDEFGHJKMN"
    assert rid_of(first, same) != rid_of(second, same)
    db.session.rollback()


@on_both_databases
def test_codes_from_before_there_were_salts_still_fit(app, client):
    codes = opened(3)
    db.session.execute(text("UPDATE consultation SET salt = ''"))
    db.session.commit()
    assert client.post("/c/quiet/enter", data={"code": codes[0]}).status_code == 422
    db.session.remove()
    downgrade(revision="0007")
    upgrade()
    found = named()
    assert (found.salt, found.is_roll_fixed) == ("", True)
