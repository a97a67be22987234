"""Answering a survey whose answers decide what is asked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultations import services
from consult.extensions import db
from consult.i18n import SWITCH
from surveys.definition import Definition, Option, Question, Repeat, Section
from surveys.models import Response
from surveys.questions import question_types
from tests.consult.consultations.members import SLUG, Member, place
from tests.support import text_of


def question(name: str, kind: str, *, label: str = "", config: dict | None = None, **logic) -> Question:
    made = question_types[kind].Config(**(config or {}))
    return Question(name, name, kind, {"en": label or f"{name}?"}, config=made, **logic)


TOWNS = tuple(
    Option(name, name, {"en": name.title()}, {"region": region})
    for name, region in (("jenin", "north"), ("nablus", "north"), ("hebron", "south"))
)
YES_NO = {"options": (Option("y", "yes", {"en": "Yes"}), Option("n", "no", {"en": "No"}))}
IN_REGION = "region = ${region} or ${region} = ''"
WORKS = "${works} = 'yes'"
REGIONS = tuple(Option(name, name, {"en": name.title()}) for name in ("north", "south"))

SURVEY = Definition(
    {"en": "Families"},
    ("en",),
    "en",
    (
        Section(
            "you", "you", {"en": "You"},
            questions=(
                question("name", "short_text", default="'Nobody'"),
                question("age", "integer", constraint=". < 120", constraint_message={"en": "Too old, ${name}."}),
                question("works", "yes_no", config=YES_NO),
                question("where", "short_text", label="Where does ${name} work?", relevant=WORKS, required=True),
            ),
        ),
        Section(
            "adults", "adults", {"en": "For ${name}"}, relevant="${age} >= 18",
            questions=(
                question("region", "select_one", config={"options": REGIONS}),
                question("vote", "short_text", required_if="${region} = 'north'"),
            ),
        ),
        Section(
            "place", "place",
            questions=(
                question("town", "select_one", config={"options": TOWNS}, choice_filter=IN_REGION),
                question("sum", "calculated", config={"calculation": "sum(${years}) + ${age}"}),
            ),
        ),
        Section(
            "child", "child", {"en": "Children"}, repeat=Repeat(minimum=0, maximum=3, item={"en": "Child"}),
            questions=(
                question("first", "short_text", required=True),
                question("years", "integer", constraint=". < ${age}"),
                question("school", "short_text", relevant="${years} > 5"),
            ),
        ),
    ),
)  # fmt: skip


def answering(app: Flask, definition: Definition) -> Member:
    """Who has begun to answer this survey."""
    made = services.create_consultation(
        db.session(), slug=SLUG, title={"en": "Families"}, languages=["en"], definition=definition
    )
    services.open_consultation(db.session(), made)
    db.session.commit()
    member = Member(app)
    member.begin()
    return member


@pytest.fixture
def member(app: Flask) -> Member:
    return answering(app, SURVEY)


def words(response) -> str:
    return text_of(response.text)


def test_a_page_that_does_not_show_is_passed_over_and_the_count_follows(member: Member) -> None:
    assert "Section 1 of 3" in words(member.get("/1"))
    assert place(member.post("/1", name="Amal", age="17")) == "/3"
    assert "Section 2 of 3" in words(member.get("/3"))
    assert place(member.post("/3", action="back")) == "/1"
    assert place(member.post("/1", name="Amal", age="١٨")) == "/2"
    page = member.get("/2")
    assert "Section 2 of 4" in words(page) and "For Amal" in words(page)


def test_what_an_answer_opens_on_its_own_page_is_asked_next_without_script(member: Member, stored) -> None:
    page = member.get("/1").text
    assert re.search(r'<fieldset class="depends"[^>]* data-when="\[[^"]*works[^"]*" hidden disabled>', page)
    again = member.post("/1", name="Amal", age="30", works="yes")
    assert place(again) == "/1?more=1"
    page = member.get("/1?more=1")
    assert "opened a further question" in words(page) and "Where does Amal work?" in words(page)
    assert 'name="page:shown" value="where"' in page.text
    refused = member.post("/1", name="Amal", age="30", works="yes", **{"page:shown": "where"}, where="")
    assert refused.status_code == 422
    assert (
        place(member.post("/1", name="Amal", age="30", works="yes", **{"page:shown": "where"}, where="Jenin"))
        == "/2"
    )
    # Somebody who takes it back is not asked any more, and nothing of what was written is lost.
    assert (
        place(member.post("/1", name="Amal", age="30", works="no", **{"page:shown": "where"}, where="Jenin"))
        == "/2"
    )
    assert stored()[0][0]["where"] == "Jenin"
    assert "Jenin" not in words(member.get("/check"))


def test_with_the_script_both_are_sent_at_once(member: Member) -> None:
    assert (
        place(member.post("/1", name="A", age="30", works="yes", **{"page:shown": "where"}, where="Home"))
        == "/2"
    )


def test_a_constraint_refuses_in_its_own_words(member: Member) -> None:
    refused = member.post("/1", name="<b>Nuh</b>", age="950")
    assert refused.status_code == 422
    assert "Too old, &lt;b&gt;Nuh&lt;/b&gt;." in refused.text and "<b>Nuh" not in refused.text
    assert 'value="950"' in refused.text


def test_a_default_stands_there_until_the_page_is_answered(member: Member) -> None:
    assert 'value="Nobody"' in member.get("/1").text
    member.post("/1", name="", age="20")
    assert 'value="Nobody"' not in member.get("/1").text


def test_required_if_and_filtered_options(member: Member) -> None:
    member.post("/1", name="A", age="30")
    assert member.post("/2", region="north", vote="").status_code == 422
    assert place(member.post("/2", region="south", vote="")) == "/3"
    assert [town in words(member.get("/3")) for town in ("Jenin", "Nablus", "Hebron")] == [False, False, True]
    assert place(member.post("/3", town="hebron")) == "/4"
    member.post("/2", region="north", vote="x")
    assert "Hebron" not in words(member.get("/check")), (
        "an answer that is not offered any more counts no more"
    )


def test_rounds_are_added_removed_checked_and_submitted(member: Member, stored) -> None:
    member.post("/1", name="A", age="40", works="no")
    page = member.get("/4")
    assert "Add another: Child" in words(page) and 'name="child-0-first"' not in page.text
    assert place(member.post("/4", **{"page:rounds": "0"}, action="add")).startswith("/4")
    member.post("/4", **{"page:rounds": "1"}, **{"child-0-first": "Zain", "child-0-years": "٣"}, action="add")
    refused = member.post(
        "/4", **{"page:rounds": "2"},
        **{"child-0-first": "Zain", "child-0-years": "3", "child-1-first": "", "child-1-years": "41"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert ("child-1-first" in refused.text, 'id="q-child-1-years-error"' in refused.text) == (True, True)
    two = {"child-0-first": "Zain", "child-0-years": "3", "child-1-first": "Lina", "child-1-years": "9"}
    assert "more=1" in place(member.post("/4", **{"page:rounds": "2"}, **two))
    assert 'name="child-1-school"' in member.get("/4").text
    assert (
        place(
            member.post(
                "/4",
                **{"page:rounds": "2"},
                **two,
                **{"page:shown": "child-1-school"},
                **{"child-1-school": "Old"},
            )
        )
        == "/check"
    )
    check = words(member.get("/check"))
    assert all(word in check for word in ("Child 1", "Zain", "Child 2", "Lina", "Old"))
    member.post("/4", **{"page:rounds": "2"}, **two, action="remove-1")
    assert [child["first"] for child in stored()[0][0]["child"]] == ["Lina"]
    assert place(member.submit()) == "/receipt"
    assert stored()[1] == [
        {
            "name": "A",
            "age": 40,
            "works": "n",
            "sum": 49,
            "child": [{"first": "Lina", "years": 9, "school": "Old"}],
        }
    ]
    assert "Lina" in words(member.get("/copy"))


def test_no_more_rounds_than_allowed_whatever_is_sent(member: Member, stored) -> None:
    member.post("/1", name="A", age="40", works="no")
    many = {f"child-{n}-first": f"c{n}" for n in range(9)}
    member.post("/4", **{"page:rounds": "9"}, **many)
    assert "Child 4" not in words(member.get("/check"))
    member.post("/4", **{"page:rounds": "999999999999"}, **many)
    member.post("/4", **{"page:rounds": "-1"}, **many)
    member.post("/4", **{"page:rounds": "٣"}, **many, action="remove-٩٩")


def test_the_language_can_be_switched_with_the_form_half_filled(member: Member) -> None:
    page = member.post(
        "/1", name="أمل", age="x", works="yes", **{"page:shown": "where"}, where="البيت", **{SWITCH: "en"}
    )
    assert page.status_code == 200 and "أمل" in page.text and "البيت" in page.text


def test_what_is_hidden_is_not_asked_for_when_sending(member: Member, stored) -> None:
    member.post("/1", name="Kid", age="12", works="no")
    member.post("/3", town="jenin")
    assert place(member.submit()) == "/receipt"
    assert stored()[1] == [{"name": "Kid", "age": 12, "works": "n", "town": "jenin", "sum": 12}]


def test_the_copy_and_the_thanks_say_what_was_sent_and_not_what_would_come_out_now(app: Flask) -> None:
    drawn = question("drawn", "calculated", config={"calculation": "concat('no. ', random())", "shown": True})
    moment = question("moment", "calculated", config={"calculation": "string(now())", "shown": True})
    lucky = question("lucky", "short_text", relevant="${drawn} != '' and random() < 2 and ${moment} != ''")
    page = Section("s", "s", questions=(question("name", "short_text"), drawn, moment, lucky))
    definition = Definition(
        {"en": "T"}, ("en",), "en", (page,), thanks={"en": "Yours is ${drawn}, at ${moment}."}
    )  # fmt: skip
    member = answering(app, definition)
    member.post("/1", name="Lina", lucky="seven", action="continue")
    assert place(member.submit()) == "/receipt"
    (sent,) = db.session.scalars(select(Response))
    copy, thanks = text_of(member.get("/copy").text), text_of(member.get("/receipt").text)
    assert [sent.answers[name] in copy for name in ("drawn", "moment", "lucky")] == [True] * 3
    assert f"Yours is {sent.answers['drawn']}, at {sent.answers['moment']}." in thanks


def test_an_emptied_default_stays_empty_and_a_page_says_what_stood_on_it(app: Flask) -> None:
    asked = (
        question("name", "short_text", default="'Nobody'"),
        question("who", "short_text", relevant="${greeted} = 'yes'"),
    )
    first = Section("a", "a", questions=(question("greeted", "yes_no", config=YES_NO),))
    definition = Definition({"en": "T"}, ("en",), "en", (first, Section("b", "b", questions=asked)))
    member = answering(app, definition)
    member.post("/1", greeted="yes", action="continue")
    page = member.get("/2").text
    assert re.findall(r'name="page:shown" value="(\w*)"', page) == ["", "who"]
    assert 'value="Nobody"' in page
    member.post("/2", name="", who="Lina", **{"page:shown": ["", "who"]}, action="continue")
    assert "Nobody" not in member.get("/2").text
    other = Member(app).like(member)
    other.post("/1", greeted="no", action="continue")
    other.post("/2", name="", **{"page:shown": [""]}, action="continue")
    member.post("/1", greeted="yes", action="continue")
    assert 'value="Lina"' in member.get("/2").text


def test_a_repeat_takes_no_more_rounds_than_there_is_room_for_and_says_so(app: Flask, monkeypatch) -> None:
    for module in ("surveys.pages", "surveys.rules.flow", "surveys.rules.answers"):
        monkeypatch.setattr(f"{module}.MOST_ROUNDS", 3)
    trips = Section("t", "t", {"en": "Trips"}, questions=(question("to", "short_text"),), repeat=Repeat())
    member = answering(app, Definition({"en": "T"}, ("en",), "en", (trips,)))
    for number in (1, 2):
        assert "There is room for" not in member.get("/1").text
        member.post(
            "/1", **{f"t-{n}-to": "x" for n in range(number)}, action="add", **{"page:rounds": str(number)}
        )
    page = member.get("/1").text
    assert "There is room for 3 and no more." in page and 'value="add"' not in page


def test_questions_may_have_any_name_but_the_four_that_are_promised_to_programs(app: Flask) -> None:
    names = (
        "seen",
        "shown",
        "rounds",
        "sealed",
        "incomplete",
        "quote_consent",
        "switch_language",
        "language",
    )
    asked = tuple(question(name, "short_text") for name in names)
    member = answering(
        app, Definition({"en": "T"}, ("en",), "en", (Section("s", "s", {"en": "S"}, questions=asked),))
    )
    member.post("/1", **{name: f"my {name}" for name in names}, action="continue")
    assert place(member.submit()) == "/receipt"
    (sent,) = db.session.scalars(select(Response))
    assert sent.answers == {name: f"my {name}" for name in names}
