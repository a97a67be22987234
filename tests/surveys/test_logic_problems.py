"""What is listed before publishing: conditions that cannot be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveys.definition import Definition, Option, Question, Repeat, Section
from surveys.elements import ScreenOut
from surveys.questions import question_types
from surveys.rules import find_problems
from surveys.rules.conditions import logic_problems


def question(name: str, kind: str = "short_text", config: dict | None = None, **logic) -> Question:
    label = logic.pop("label", {"en": f"{name}?"})
    return Question(name, name, kind, label, config=question_types[kind].Config(**(config or {})), **logic)


COLOURS = tuple(Option(name, name, {"en": name}) for name in ("red", "green", "blue"))
COLOUR = question("colour", "select_one", {"options": COLOURS})
COLOURED = question("coloured", "select_multiple", {"options": COLOURS})
AGE = question("age", "integer", {"min": 0, "max": 120})
BEFORE = (COLOUR, COLOURED, AGE, question("word"), question("day", "date"))


def problems(*questions: Question, **of_section) -> list[tuple[str, str | None]]:
    definition = Definition(
        {"en": "T"}, ("en",), "en",
        (Section("s1", "s1", questions=BEFORE), Section("s2", "s2", questions=questions, **of_section)),
    )  # fmt: skip
    return [
        (problem.code, problem.question_id or problem.section_id) for problem in logic_problems(definition)
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "${colour} = 'red'", "selected(${coloured}, 'red') and not(selected(${coloured}, 'blue'))", "${age} > 119",
        "${age} >= 18 and ${age} < 19", "${word} = 'x' or ${age} = ''", "${day} > today()", "${word} != ''",
        "string-length(${word}) > 3", "regex(${word}, '[a-z]+')", "${colour} != 'red' and ${colour} != 'blue'",
        "count-selected(${coloured}) = 2", "${day} >= date('2024-01-01')", "${age} mod 2 = 1", "true()",
    ],
)  # fmt: skip
def test_conditions_with_nothing_wrong(condition):
    assert problems(question("q", relevant=condition, required_if=condition)) == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("${colour} = ", "unfinished"), ("${nowhere} = 1", "missing_reference"), ("foo(1)", "unknown_function"),
        ("pulldata('a', 'b', 'c', 'd')", "unused_function"), ("regex(${word}, '(')", "bad_pattern"),
        ("${later} = 'x'", "later_reference"), ("${colour} = 'rde'", "no_such_answer"),
        ("selected(${coloured}, 'pink')", "no_such_answer"), ("${age} = 'old'", "not_compared"),
        ("'old' < ${age}", "not_compared"), ("${word} > 3", "text_compared"),
        ("${colour} = 'red' and ${colour} = 'blue'", "unreachable"), ("false()", "unreachable"),
        ("${age} > 120", "unreachable"), ("${age} < 18 and ${age} > 65", "unreachable"),
        ("selected(${coloured}, 'red') and ${coloured} = ''", "unreachable"), ("1 = 2", "unreachable"),
        ("not(${colour} = 'red') and ${colour} = 'red'", "unreachable"),
    ],
)  # fmt: skip
def test_conditions_that_are_wrong_are_listed_with_their_question(condition, code):
    assert (code, "q") in problems(question("q", relevant=condition), question("later"))


def test_what_never_shows_because_of_what_it_asks_for():
    inner = question("inner", relevant="${colour} = 'red'")
    outer = question("outer", relevant="${inner} != '' and ${colour} = 'blue'")
    assert problems(inner, outer) == [("unreachable", "outer")]
    assert problems(question("q"), relevant="${age} = 500") == [("unreachable", "s2")]
    assert problems(question("q", relevant="${colour} = 'red'"), relevant="${colour} = 'blue'") == [
        ("unreachable", "q")
    ]


@pytest.mark.parametrize(
    ("constraint", "is_told"),
    [
        (". > ${age}", True), ("${age} <= . and . < 9", True), (". = ${age}", True), (". > 3", False),
        (". > ${age} or ${age} = ''", False), (". != ${age}", False), (". > ${sure}", False),
        (". > ${given}", False), (". > ${hidden}", True),
    ],
)  # fmt: skip
def test_a_comparison_with_what_may_not_be_answered_is_told(constraint, is_told):
    sure, hidden = question("sure", "integer", required=True), question("hidden", "integer", required=True)
    given = question("given", "integer", default="3")
    found = problems(
        sure,
        given,
        replace(hidden, relevant="${age} > 3"),
        question("q", "integer", constraint=constraint),
    )
    assert (("compared_with_nothing", "q") in found) is is_told


def test_loops_are_found_among_calculations_and_conditions():
    one = question("one", "calculated", {"calculation": "${two} + 1"})
    two = question("two", "calculated", {"calculation": "${three}"})
    three = question("three", "calculated", {"calculation": "1"}, relevant="${one} > 1")
    assert {found for found in problems(one, two, three) if found[0] == "loop"} == {
        ("loop", "one"), ("loop", "two"), ("loop", "three"),
    }  # fmt: skip
    assert ("loop", "q") in problems(question("q", relevant="${q} = 'a'"))


def test_texts_that_show_answers():
    assert problems(question("q", label={"en": "Why ${colour}?"})) == []
    assert problems(question("q", label={"en": "Why ${nothing}?"})) == [("missing_reference", "q")]
    assert problems(question("q", label={"en": "Why ${r}?"}), question("r")) == [("later_text", "q")]
    assert problems(question("q"), title={"en": "On ${q}"}) == [("later_text", "s2")]


def test_repeats_quotas_and_a_survey_without_logic():
    assert problems(question("q", relevant="position(..) > 1"), repeat=Repeat(count="${age}")) == []
    assert problems(question("q"), repeat=Repeat(count="${q}")) == [("later_reference", "s2")]
    definition = Definition({"en": "T"}, ("en",), "en", (Section("s1", "s1", questions=BEFORE),))
    assert find_problems(definition) == ()


def test_many_conditions_are_looked_through_quickly_enough_to_be_looked_at():
    many = [question(f"q{n}", "select_one", {"options": COLOURS}) for n in range(150)]
    asked = [
        question(f"r{n}", relevant=" and ".join(f"${{q{m}}} = 'red'" for m in range(n, n + 9)))
        for n in range(60)
    ]
    assert problems(*many, *asked) == []


def test_texts_of_answers_messages_and_endings_that_show_what_is_not_there():
    shows = {"en": "See ${nowhere}."}
    option = Option("a", "a", shows)
    asked = question("q", "select_one", {"options": (option,)})
    assert problems(asked) == [("missing_reference", "q")]
    assert problems(question("q", constraint=". != 'x'", constraint_message=shows)) == [
        ("missing_reference", "q")
    ]
    assert problems(question("q", "rating", {"low": {"en": "${later}"}}), question("later")) == [
        ("later_text", "q")
    ]
    whole = Definition({"en": "T"}, ("en",), "en", (Section("s1", "s1", questions=BEFORE),), thanks=shows)
    assert [problem.code for problem in logic_problems(whole)] == ["missing_reference"]
    ended = replace(whole, thanks={}, screen_outs=(ScreenOut("x", "${age} < 18", shows),))
    assert [problem.code for problem in logic_problems(ended)] == ["missing_reference"]
