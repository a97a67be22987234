"""Answers are checked against what was offered, which a choice filter makes out of earlier answers."""

from __future__ import annotations

import pytest

from surveys.definition import Definition, Option, Question, Repeat, Section
from surveys.questions import question_types
from surveys.rules import Flow, Logic, check_page, check_response, known_answers

TOWNS = tuple(
    Option(f"id-{name}", name, {"en": name}, {"region": region})
    for region, names in {"north": ("acre", "haifa", "safed"), "south": ("gaza", "rafah")}.items()
    for name in names
)
REGION = Question(
    "r", "region", "short_text", {"en": "Region?"}, config=question_types["short_text"].Config()
)


def asked(kind: str, **config) -> Question:
    made = question_types[kind].Config(options=TOWNS, **config)
    return Question(
        "t", "towns", kind, {"en": "Towns?"}, required=True, config=made, choice_filter="region = ${region}"
    )  # fmt: skip


def survey(question: Question, *, repeat: Repeat | None = None) -> Definition:
    """The region and the question that goes by it on one page, so that both come in one form."""
    return Definition(
        {"en": "T"}, ("en",), "en", (Section("s", "s", questions=(REGION, question), repeat=repeat),)
    )


def checked(question: Question, form: dict[str, str]):
    definition = survey(question)
    raw = {name: [value] for name, value in form.items()}
    return check_page(Flow(Logic(definition), {}), definition.sections[0], raw)


def test_a_ranking_is_whole_when_all_offered_options_have_a_place():
    found = checked(asked("ranking"), {"region": "south", "towns-rafah": "1", "towns-gaza": "2"})
    assert found.errors == {}
    assert found.answers["t"] == ["id-rafah", "id-gaza"]
    assert check_response(found.flow.logic.definition, found.answers) == {}


def test_a_ranking_lacks_the_places_that_are_offered():
    found = checked(asked("ranking"), {"region": "south", "towns-rafah": "1"})
    assert found.errors["t"].code == "required"
    assert found.errors["t"].params == {"places": 2, "number": 1}


def test_of_fewer_options_than_the_least_number_all_are_enough():
    question = asked("select_multiple", min=3)
    definition = survey(question)
    raw = {"region": ["south"], "towns": ["rafah", "gaza"]}
    found = check_page(Flow(Logic(definition), {}), definition.sections[0], raw)
    assert found.errors == {}
    assert known_answers(definition, found.answers) == {"r": "south", "t": ["id-gaza", "id-rafah"]}
    fewer = check_page(Flow(Logic(definition), {}), definition.sections[0], raw | {"towns": ["gaza"]})
    assert (fewer.errors["t"].code, fewer.errors["t"].params) == ("too_few", {"limit": 2})
    whole = check_page(Flow(Logic(definition), {}), definition.sections[0], raw | {"region": ["north"]})
    assert whole.errors["t"].params in ({"limit": 3}, {})  # not offered there, and three are


@pytest.mark.parametrize("kind", ["select_one", "select_multiple", "ranking", "pairwise"])
def test_nothing_is_required_where_nothing_is_left_to_choose(kind):
    found = checked(asked(kind), {"region": "nowhere"})
    assert found.errors == {}
    assert check_response(found.flow.logic.definition, found.answers) == {}
    assert not found.flow.is_required(found.flow.logic.definition.question("t"))


def test_an_answer_that_was_offered_once_is_no_fault_where_nothing_is_left():
    definition = survey(asked("select_one"))
    assert check_response(definition, {"r": "nowhere", "t": "id-gaza"}) == {}
    assert known_answers(definition, {"r": "nowhere", "t": "id-gaza"}) == {"r": "nowhere"}


def test_own_words_can_be_given_where_no_option_is_left():
    assert checked(asked("select_one", other=True), {"region": "nowhere"}).errors["t"].code == "required"


def test_rounds_of_a_repeat_are_offered_their_own():
    definition = survey(asked("select_multiple", min=3), repeat=Repeat())
    raw = {
        "page:rounds": ["2"],
        "s-0-region": ["south"],
        "s-0-towns": ["gaza", "rafah"],
        "s-1-region": ["north"],
    }
    raw |= {"s-1-towns": ["acre", "safed"]}
    found = check_page(Flow(Logic(definition), {}), definition.sections[0], raw)
    assert {key: error.code for key, error in found.errors.items()} == {"t#2": "too_few"}
