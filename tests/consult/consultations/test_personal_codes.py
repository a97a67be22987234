"""Answering with a personal code, in confidence: each entitled person once, on as many devices as she likes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from consult.consultations import services
from consult.extensions import db
from consult.stakeholders import codes, people, queries
from consult.stakeholders.entitlement import AccessCode, Participation
from surveys.errors import SurveyError
from surveys.models import DraftResponse, Response
from tests.consult.consultations.members import FIRST_PAGE, SECOND_PAGE, SLUG, Member, at_once, place
from tests.support import inputs_of, on_both_databases, text_of
from tests.surveys.samples import survey

NAMES = ("Amal", "Basem", "Carla")


@pytest.fixture
def roll(app):
    """An open consultation with three people on its roll; name → code."""
    made = services.create_consultation(
        db.session(), slug=SLUG, title={"en": "Members", "ar": "الأعضاء"}, languages=["en", "ar"],
        access="roll", privacy="confidential", definition=survey(),
    )  # fmt: skip
    for name in NAMES:
        email = f"{name.lower()}@example.org"
        values = {"name": name, "organisation": "", "email": email, "email_key": email, "phone": None,
                  "language": "ar", "region": "", "has_vote": True}  # fmt: skip
        people.add_participant(db.session(), made, values=values, group_ids=())
    services.open_consultation(db.session(), made)
    db.session.commit()
    return {p.participant.name: code for p, code in codes.personal_codes(db.session(), made)}


def _consultation():
    return services.Consultation, db.session.scalars(select(services.Consultation)).one()


def enter(member: Member, code: str):
    return member.post("/begin", code=code, action="continue")


def fill_in(member: Member, **changes: str) -> str:
    """Up to the check page; returns what it says was seen."""
    assert place(member.post("/1", **FIRST_PAGE | changes, action="continue")) == "/2"
    assert place(member.post("/2", **SECOND_PAGE, action="continue")) == "/check"
    return inputs_of(member.get("/check").text)["page:seen"][0]


def submit(member: Member, seen: str):
    return member.post("/check", action="submit", **{"page:seen": seen})


def stored() -> tuple[int, int]:
    db.session.rollback()
    return (
        db.session.scalar(select(func.count()).select_from(Response)),
        db.session.scalar(select(func.count()).select_from(DraftResponse)),
    )


@on_both_databases
def test_with_a_code_one_response_tied_to_her(app, roll):
    member = Member(app)
    page = member.get().text
    assert "code" in inputs_of(page) and "return_code" not in inputs_of(page)
    assert place(enter(member, roll["Amal"])) == "/1"
    assert stored() == (0, 0)
    submit(member, fill_in(member))
    assert stored() == (1, 0)
    tied = db.session.scalars(select(Participation)).one()
    assert tied.response_id == db.session.scalar(select(Response.id))
    assert member.receipt
    assert "Answers were sent from this device already." in text_of(member.get().text)


@pytest.mark.parametrize("write", [str.lower, codes.grouped, lambda c: f" {c} ", lambda c: c.translate(
    str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), lambda c: c.replace("1", "l").replace("0", "o")])  # fmt: skip
def test_codes_as_people_type_them(app, roll, write):
    assert place(enter(Member(app), write(roll["Amal"]))) == "/1"


def test_nobody_comes_in_without_a_code(app, roll):
    member = Member(app)
    assert place(member.get("/1")) == ""
    assert place(member.post("/1", **FIRST_PAGE)) == ""
    nowhere = codes.device_code(_consultation()[1], codes.Device("0" * 16, 1, 1))
    for cookie in ("X" * 12, "A" * 40, nowhere, f"{'0' * 40}1-1", "é" * 40):
        member.client.set_cookie("answer", cookie, path=f"/c/{SLUG}")
        assert place(member.get("/1")) == ""
        assert place(member.post("/1", **FIRST_PAGE)) == ""
        assert place(member.post("/check", action="submit")) == ""
    assert stored() == (0, 0)


def test_wrong_used_and_replaced_codes_answer_alike(app, roll):
    member = Member(app)
    enter(member, roll["Amal"])
    submit(member, fill_in(member))
    _model, consultation = _consultation()
    other = queries.whole_roll(db.session(), consultation.id)[1]
    codes.replace_code(db.session(), consultation, other)
    db.session.commit()
    pages = []
    for code in ("0" * 12, roll["Amal"], roll["Basem"], "x", "\u202e٠", "A" * 500):
        answer = enter(Member(app), code)
        assert answer.status_code == 422
        pages.append(answer.text.replace(code, "CODE"))
    assert pages[0] == pages[1] == pages[2]
    assert stored() == (1, 0)


def replaced(name: str) -> str:
    """The new code of somebody, as the staff make it."""
    _model, consultation = _consultation()
    place = next(p for p in queries.whole_roll(db.session(), consultation.id) if p.participant.name == name)
    new = codes.replace_code(db.session(), consultation, place)
    db.session.commit()
    return new


@on_both_databases
def test_a_replaced_code_shuts_out_the_devices_that_held_it(app, roll):
    hers, thief = Member(app), Member(app)
    enter(hers, roll["Amal"])
    hers.post("/1", **FIRST_PAGE, action="continue")
    enter(thief, roll["Amal"])
    assert FIRST_PAGE["place"] in thief.get("/1").text
    new = replaced("Amal")
    for page in ("/1", "/2", "/check", "/saved", "/copy", "/receipt"):
        assert place(thief.get(page)) == "", page
    assert place(thief.post("/1", **FIRST_PAGE, action="continue")) == ""
    enter(hers, new)
    assert FIRST_PAGE["place"] in hers.get("/1").text  # who holds the old one and the new one goes on
    fill_in(hers)
    assert place(submit(hers, inputs_of(hers.get("/check").text)["page:seen"][0])) == "/receipt"
    assert place(thief.get("/copy")) == "" and place(thief.get("/receipt")) == ""
    assert stored() == (1, 0)


def test_who_makes_a_new_code_cannot_read_what_was_begun(app, roll):
    hers, staff = Member(app), Member(app)
    enter(hers, roll["Amal"])
    hers.post("/1", **FIRST_PAGE, action="save")
    enter(staff, replaced("Amal"))
    for page in ("/1", "/check", "/saved"):
        answer = staff.get(page)
        assert answer.status_code == 302 or FIRST_PAGE["place"] not in answer.text, page


def test_what_was_sent_is_shown_only_where_it_was_sent(app, roll):
    hers, other = Member(app), Member(app)
    enter(other, roll["Amal"])  # by the list of codes, before she answers
    enter(hers, roll["Amal"])
    submit(hers, fill_in(hers))
    assert FIRST_PAGE["place"] in hers.get("/copy").text
    assert place(other.get("/copy")) == ""
    receipt = other.get("/receipt")
    assert "/copy" not in receipt.text and FIRST_PAGE["place"] not in receipt.text


def test_who_sends_again_after_a_lost_reply_reads_her_copy(app, roll):
    member = Member(app)
    enter(member, roll["Amal"])
    seen, before = fill_in(member), member.code
    submit(member, seen)
    member.client.set_cookie("answer", before, path=f"/c/{SLUG}")  # the reply never came
    assert place(member.get("/copy")) == ""
    assert place(submit(member, seen)) == "/receipt"
    assert FIRST_PAGE["place"] in member.get("/copy").text


@on_both_databases
def test_two_devices_go_on_with_one_draft_and_one_is_told(app, roll):
    phone, desk = Member(app), Member(app)
    enter(phone, roll["Amal"])
    seen_on_phone = fill_in(phone)
    enter(desk, roll["Amal"])
    assert FIRST_PAGE["place"] in desk.get("/1").text
    seen_on_desk = fill_in(desk, place="Irbid")
    changed = submit(phone, seen_on_phone)
    assert changed.status_code == 409
    assert "Irbid" in changed.text and "changed meanwhile" in changed.text
    assert stored() == (0, 1)
    assert place(submit(desk, seen_on_desk)) == "/receipt"
    late = submit(phone, seen_on_phone)
    assert late.status_code == 409
    assert "Answers were sent already" in text_of(late.text)
    assert place(submit(desk, seen_on_desk)) == "/receipt"  # the same once more is no mistake
    assert phone.receipt == desk.receipt
    assert stored() == (1, 0)


@on_both_databases
def test_eight_at_once_with_one_code_and_different_answers(app, roll):
    def answer(number: int) -> int:
        member = Member(app)
        enter(member, roll["Carla"])
        member.post("/1", **FIRST_PAGE | {"place": f"Town {number}"}, action="continue")
        member.post("/2", **SECOND_PAGE, action="continue")
        page = member.get("/check")
        seen = inputs_of(page.text).get("page:seen", ["gone"])[0] if page.status_code == 200 else "gone"
        return submit(member, seen).status_code

    statuses = at_once(*(lambda n=n: answer(n) for n in range(8)))
    assert stored()[0] == 1, statuses
    assert set(statuses) <= {303, 409}
    assert db.session.scalar(select(func.count()).select_from(Participation)) == 1


def test_many_wrong_codes_never_hold_up_a_right_one(app, roll):
    member = Member(app)
    statuses = [enter(member, f"{n:012d}").status_code for n in range(70)]
    assert statuses[0] == 422 and statuses[-1] == 429
    assert place(enter(member, roll["Basem"])) == "/1"


def test_another_site_cannot_make_a_device_hold_its_code(app, roll):
    answer = Member(app).client.post(
        f"/c/{SLUG}/begin", data={"code": roll["Amal"]}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 400


def test_the_database_holds_no_code(app, roll):
    from sqlalchemy import inspect, text

    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')):
            assert not any(code in str(row) for code in roll.values())
    hashes = set(db.session.scalars(select(AccessCode.code_hash)))
    assert len(hashes) == 3


def test_who_leaves_the_roll_comes_in_no_more(app, roll):
    member = Member(app)
    enter(member, roll["Amal"])
    member.post("/1", **FIRST_PAGE, action="continue")
    _model, consultation = _consultation()
    people.remove_from_roll(db.session(), consultation, queries.whole_roll(db.session(), consultation.id)[0])
    db.session.commit()
    assert place(member.get("/2")) == ""
    assert enter(Member(app), roll["Amal"]).status_code == 422


def test_an_empty_roll_does_not_open(app):
    made = services.create_consultation(
        db.session(), slug="empty", title={"en": "E"}, languages=["en", "ar"], access="roll",
        privacy="confidential", definition=survey(),
    )  # fmt: skip
    with pytest.raises(SurveyError, match="Nobody is on the roll"):
        services.open_consultation(db.session(), made)


def test_codes_are_the_same_each_time_and_differ_between_people(app, roll):
    _model, consultation = _consultation()
    again = {p.participant.name: code for p, code in codes.personal_codes(db.session(), consultation)}
    assert again == roll
    assert len(set(roll.values())) == 3
    assert all(len(code) == 12 and set(code) <= set(codes.ALPHABET) for code in roll.values())
    assert codes.make_codes(db.session(), consultation) == 0
