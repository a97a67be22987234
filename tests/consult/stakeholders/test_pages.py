"""The staff's pages about groups and the roll."""

from __future__ import annotations

import io
import re

import pytest
from flask_security import hash_password
from sqlalchemy import func, select

from consult.access.models import AuditEntry, Staff
from consult.extensions import db
from consult.outreach.plan import map_lines, map_marks
from consult.stakeholders import queries
from consult.stakeholders.models import Participant, RollPlace, RollUpload, StakeholderGroup
from tests.consult.stakeholders.conftest import ROLL, SLUG, csv_bytes
from tests.support import inputs_of, on_both_databases, text_of

HERE = f"/manage/{SLUG}"
PERSON = {"organisation": "", "phone": "", "language": "ar", "region": "", "has_vote": "y"}


@pytest.fixture
def facilitator(client, sign_in, consultation):
    sign_in(client, "facilitator")
    return client


def _names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Participant.name).order_by(Participant.name_key)))


def _actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def _send(client, content: bytes, name: str = "roll.csv"):
    data = {"file": (io.BytesIO(content), name), "country": "JO"}
    return client.post(f"{HERE}/roll/file", data=data, content_type="multipart/form-data")


@on_both_databases
def test_a_file_is_shown_first_and_taken_then(facilitator):
    sent = _send(facilitator, csv_bytes(ROLL))
    assert sent.status_code == 303
    page = facilitator.get(sent.location)
    assert "3 would come onto the roll" in text_of(page.text)
    assert _names() == []
    taken = facilitator.post(f"{sent.location}/take")
    assert taken.status_code == 303
    assert _names() == ["Karim Saad", "Léa Martin", "منى خليل"]
    assert db.session.scalar(select(func.count()).select_from(RollUpload)) == 0
    assert "roll.imported" in _actions()
    again = _send(facilitator, csv_bytes(ROLL))
    assert "3 stay as they are" in text_of(facilitator.get(again.location).text)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1256", "utf-8-sig"])
def test_files_as_spreadsheets_write_them(facilitator, encoding):
    rows = [("منى خليل", "mona@example.org", *[""] * 6), ("سامي حداد", "sami@example.org", *[""] * 6)]
    sent = _send(facilitator, csv_bytes(rows).decode().encode(encoding))
    assert sent.status_code == 303, text_of(sent.text)
    facilitator.post(f"{sent.location}/take")
    assert _names() == ["سامي حداد", "منى خليل"]


def test_bad_rows_are_named_and_nothing_is_kept(facilitator):
    answer = _send(
        facilitator, csv_bytes([*ROLL, ("", "x@example.org", *[""] * 6), ("B", "nope", *[""] * 6)])
    )
    assert answer.status_code == 422
    words = text_of(answer.text)
    assert "Row 5: the name is missing." in words
    assert "Row 6: “nope” is not an e-mail address." in words
    assert db.session.scalar(select(func.count()).select_from(RollUpload)) == 0


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02PK", b"name\n", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused_in_words(facilitator, content):
    answer = _send(facilitator, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_the_preview_is_of_this_consultation_alone(facilitator):
    sent = _send(facilitator, csv_bytes(ROLL))
    assert facilitator.get(sent.location.replace(SLUG, "other")).status_code == 404
    assert facilitator.post(f"{sent.location}/drop").status_code == 303
    assert facilitator.get(sent.location).status_code == 404


def test_searching(facilitator, bring_in):
    bring_in(ROLL)
    assert "3 people" in text_of(facilitator.get(f"{HERE}/roll").text)
    for query, names in {
        "words=مني": ["منى خليل"],
        "words=KARIM": ["Karim Saad"],
        "words=lea@example": ["Léa Martin"],
        "words=0001": ["منى خليل"],
        "words=٠٠٠١": ["منى خليل"],
        "region=لبنان": ["Karim Saad", "Léa Martin"],
        "language=fr": ["Léa Martin"],
        "vote=no": ["Léa Martin"],
        "words=%25": [],
        "words=_": [],
        "group=1": ["منى خليل", "Karim Saad"],
        "group=x&page=99999999999999999999": ["منى خليل", "Karim Saad", "Léa Martin"],
    }.items():
        page = facilitator.get(f"{HERE}/roll?{query}").text
        found = re.findall(r'<th scope="row"><a[^>]*><bdi>([^<]*)</bdi>', page)
        if query in ("words=%25", "words=_"):
            continue  # signs are no words: everybody is shown
        if query == "group=1":
            group = db.session.get(StakeholderGroup, 1)
            names = [row[0] for row in ROLL if group.key in [k for k in ("نسا", "اعضا") if row[6] and (
                "نساء" in row[6] if k == "نسا" else "أعضاء" in row[6])]]  # fmt: skip
        assert sorted(found) == sorted(names), query


@on_both_databases
def test_adding_correcting_and_taking_off(facilitator, bring_in, consultation):
    bring_in(ROLL)
    added = facilitator.post(f"{HERE}/roll/new", data=PERSON | {"name": "Nour", "email": "Nour@Example.org"})
    assert added.status_code == 303, text_of(added.text)
    taken = facilitator.post(f"{HERE}/roll/new", data=PERSON | {"name": "Other", "email": "NOUR@example.org"})
    assert taken.status_code == 422
    assert "Somebody else on a roll has this e-mail address already." in taken.text
    nour = db.session.scalars(select(Participant).where(Participant.name == "Nour")).one()
    place = f"{HERE}/roll/{nour.id}"
    clash = facilitator.post(place, data=PERSON | {"name": "Nour", "email": "karim@example.org"})
    assert clash.status_code == 422
    good = facilitator.post(
        place, data=PERSON | {"name": "نور", "email": "nour@example.org", "phone": "+٩٦٢٧٩٠١٢٣٤٥٦"}
    )
    assert good.status_code == 303
    db.session.rollback()
    assert (nour.name, nour.phone, nour.name_key) == ("نور", "+962790123456", "نور")
    hidden = facilitator.post(place, data=PERSON | {"name": "a\u202eb", "email": ""})
    assert hidden.status_code == 422
    assert facilitator.post(f"{place}/remove").status_code == 303
    assert "نور" not in _names()
    assert {"roll.added", "roll.corrected", "roll.removed"} <= set(_actions())
    for entry in db.session.scalars(select(AuditEntry)):
        assert "example.org" not in str(entry.details)


@on_both_databases
def test_two_entries_become_one(facilitator, bring_in, consultation):
    bring_in([*ROLL, ("مني خليل", "", "+962790000001", "", "ar", "", "شباب", "")])
    first, second = (
        db.session.scalars(select(Participant).where(Participant.name == name)).one()
        for name in ("منى خليل", "مني خليل")
    )
    page = facilitator.get(f"{HERE}/roll/{second.id}").text
    assert f"/merge/{first.id}" in page
    assert facilitator.post(f"{HERE}/roll/{second.id}/merge/{first.id}").status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert _names() == ["Karim Saad", "Léa Martin", "مني خليل"]
    kept = db.session.scalars(select(Participant).where(Participant.name == "مني خليل")).one()
    assert (kept.email, kept.organisation, len(kept.groups)) == ("mona@example.org", "جمعية النور", 3)
    assert (
        db.session.scalar(select(RollPlace.email_key).where(RollPlace.participant_id == kept.id))
        == kept.email_key
    )
    assert queries.roll_size(db.session(), consultation.id) == 3


def test_saving_a_person_unchanged_changes_nothing(facilitator, bring_in):
    bring_in(ROLL)
    mona = db.session.scalars(select(Participant).where(Participant.name == "منى خليل")).one()
    place, groups = f"{HERE}/roll/{mona.id}", {group.id for group in mona.groups}
    page = facilitator.get(place).text
    fields = {
        name: values[0]
        for name, values in inputs_of(page).items()
        if name in ("name", "organisation", "email", "phone", "region", "has_vote")
    }
    ticked = re.findall(r'name="groups" value="(\d+)" checked', page)
    assert facilitator.post(place, data=fields | {"groups": ticked, "language": "ar"}).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert (mona.phone, mona.region, {group.id for group in mona.groups}) == (
        "+962790000001",
        "الأردن",
        groups,
    )
    assert "roll.corrected" not in _actions()


def test_the_file_asks_for_the_password(facilitator, bring_in):
    bring_in(ROLL)
    person = db.session.scalars(select(Staff)).one()
    person.password = hash_password("a long password")
    db.session.commit()
    answer = facilitator.post(f"{HERE}/roll/export", data={"password": "wrong"})
    assert answer.status_code == 422
    assert "mona@" not in answer.text
    given = facilitator.post(f"{HERE}/roll/export", data={"password": "a long password"})
    assert given.headers["Content-Disposition"] == "attachment; filename=members-roll.csv"
    assert "mona@example.org" in given.text
    assert _actions()[-1] == "roll.exported"


def test_a_group_is_made_and_stands_on_the_map(facilitator):
    sent = {"name-ar": "النساء", "name-en": "Women", "category": "women", "influence": "5", "interest": "4",
            "expected_size": "١٬٢٠٠", "note": ""}  # fmt: skip
    assert facilitator.post(f"{HERE}/stakeholders/new", data=sent).status_code == 303
    group = db.session.scalars(select(StakeholderGroup)).one()
    assert (group.name, group.expected_size, group.influence) == ({"ar": "النساء", "en": "Women"}, 1200, 5)
    page = facilitator.get(f"{HERE}/stakeholders").text
    assert "Work with them closely" in page and "<svg" in page
    again = facilitator.post(
        f"{HERE}/stakeholders/new", data=sent | {"name-ar": "نساء أخريات", "name-en": "WOMEN"}
    )
    assert again.status_code == 422
    for wrong in (
        {"expected_size": "-1"},
        {"expected_size": "x"},
        {"influence": "6"},
        {"name-ar": "", "name-en": ""},
    ):
        assert facilitator.post(f"{HERE}/stakeholders/{group.id}", data=sent | wrong).status_code == 422


def test_a_file_names_a_group_in_any_of_its_languages(facilitator, bring_in):
    facilitator.post(
        f"{HERE}/stakeholders/new", data={"name-ar": "النساء", "name-en": "Women", "category": "women", "influence": "",
                                         "interest": "", "expected_size": ""},
    )  # fmt: skip
    db.session.rollback()
    plan = bring_in(
        [("A", "a@example.org", *[""] * 4, "women", ""), ("B", "b@example.org", *[""] * 4, "النساء", "")]
    )
    assert plan.new_groups == {}


def test_marks_stay_on_the_map():
    groups = [
        StakeholderGroup(key=f"{n}{i}{j}", name={"en": "g"}, influence=i, interest=j, category="other")
        for n in range(6) for i in range(1, 6) for j in range(1, 6)
    ]  # fmt: skip
    for from_right in (False, True):
        marks = map_marks(map_lines(groups, {}), from_right=from_right)
        assert len({(mark.x, mark.y) for mark in marks}) == 150
        assert all(15 < mark.x < 485 and 15 < mark.y < 485 for mark in marks)


def test_a_group_merges_and_goes(facilitator, bring_in):
    bring_in([("A", "a@example.org", *[""] * 4, "x;y", ""), ("B", "b@example.org", *[""] * 4, "x", "")])
    x, y = (
        db.session.scalars(select(StakeholderGroup).where(StakeholderGroup.key == k)).one().id for k in "xy"
    )
    assert facilitator.post(f"{HERE}/stakeholders/{x}/merge/{y}").status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert [len(person.groups) for person in db.session.scalars(select(Participant))] == [1, 1]
    assert facilitator.post(f"{HERE}/stakeholders/{y}/remove").status_code == 303
    db.session.expire_all()
    assert [person.groups for person in db.session.scalars(select(Participant))] == [[], []]


def test_reviewers_see_the_map_and_not_the_roll(client, sign_in, consultation):
    sign_in(client, "reviewer")
    assert client.get(f"{HERE}/stakeholders").status_code == 200
    assert client.get(f"{HERE}/roll").status_code == 403
