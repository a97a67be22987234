"""What holds for every question type; new types come in through the registry."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from surveys.definition import Definition, Question, Section
from surveys.elements import Config
from surveys.errors import AnswerError, DefinitionError
from surveys.questions import question_types, register, type_of
from surveys.questions.base import KINDS, QuestionType, first
from surveys.rules import check_section, find_problems
from surveys.versions import Compiled
from tests.surveys import strategies
from tests.surveys.samples import INTEGER, LONG, ONE, SCALE, SEVERAL, SHORT, survey

EVERY = sorted(question_types)
THOROUGH = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def one_question(question: Question) -> Definition:
    return Definition({"en": "T"}, ("en",), "en", (Section("s", "s", questions=(question,)),))


@pytest.mark.parametrize("name", EVERY)
@THOROUGH
@given(data=st.data())
def test_an_accepted_answer_survives_form_storage_words_and_tally(name, data):
    question, raw = data.draw(strategies.form_strategy(name))
    kind = type_of(question)
    value = kind.parse(question, raw) if kind.asks else data.draw(strategies.values[name])
    stored = json.loads(json.dumps(value, ensure_ascii=False))
    assert stored == value
    assert not kind.asks or kind.parse(question, kind.form_data(question, stored)) == value
    assert kind.is_empty(value) == (not kind.takes_answer)
    words = kind.text(question, stored, language="ar", default_language="en")
    assert bool(words) == kind.takes_answer
    exported = kind.export(question, stored)
    assert set(exported) <= set(kind.export_columns(question))
    assert bool(exported) == kind.takes_answer
    assert set(kind.export_kinds(question)) == set(kind.export_columns(question))
    assert set(kind.export_kinds(question).values()) <= set(KINDS)
    assert {"code", "codes", "ranks"}.isdisjoint(kind.export_kinds(question).values()) or kind.codes(question)
    tally = kind.tally(question, [stored, None, stored])
    assert (tally.base, tally.answered) == (3, 2 if kind.takes_answer else 0)
    if tally.by_group:
        assert {cell.group for cell in tally.cells} == {group.key for group in tally.groups}
        assert max(group.answered for group in tally.groups) >= 2
    elif tally.cells and not tally.several:
        assert sum(cell.count for cell in tally.cells) == 2


@pytest.mark.parametrize("name", EVERY)
@THOROUGH
@given(data=st.data())
def test_a_question_survives_storage(name, data):
    question = data.draw(strategies.questions(name))
    definition = one_question(question)
    stored = json.loads(json.dumps(definition.to_json(), ensure_ascii=False))
    again = Definition.from_json(stored)
    assert again == definition
    assert again.fingerprint() == definition.fingerprint()
    field = Compiled(again).view("fr").sections[0].fields[0]
    assert (field.name, field.template) == (question.name, f"questions/{name}/answer.html")


@pytest.mark.parametrize("name", EVERY)
@THOROUGH
@given(data=st.data(), junk=st.text(max_size=60))
def test_junk_is_refused_with_a_message_or_taken_but_never_a_failure(name, data, junk):
    question = data.draw(strategies.questions(name))
    kind = type_of(question)
    raw = dict.fromkeys(kind.input_names(question), [junk, junk])
    try:
        value = kind.parse(question, raw)
    except AnswerError as error:
        assert str(error)
    else:
        assert kind.parse(question, kind.form_data(question, value)) == value


@pytest.mark.parametrize("name", EVERY)
@THOROUGH
@given(data=st.data())
def test_zero_answers_tally_to_zero(name, data):
    question = data.draw(strategies.questions(name))
    tally = type_of(question).tally(question, [])
    assert (tally.base, tally.answered, sum(cell.count for cell in tally.cells)) == (0, 0, 0)


@pytest.mark.parametrize("name", EVERY)
def test_settings_of_the_builder_are_settings_of_the_config(name):
    kind = question_types[name]
    known = set(kind.Config.__dataclass_fields__)
    assert {setting.name for setting in kind.settings} <= known
    assert kind.label
    assert kind.example
    assert kind.Config.__dataclass_params__.frozen


def code_of(question: Question, raw: dict[str, list[str]]) -> str | None:
    error = check_section(one_question(question).sections[0], raw).errors.get(question.id)
    return error.code if error else None


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (LONG, {}, "required"),
        (LONG, {"change": [" \u200f\u200b \n"]}, "required"),
        (LONG, {"change": ["x" * 201]}, "too_long"),
        (LONG, {"change": ["a\x00b"]}, "unreadable_text"),
        (LONG, {"change": ["a\ud800b"]}, "unreadable_text"),
        (SHORT, {"place": ["x" * 21]}, "too_long"),
        (INTEGER, {"staff": ["twelve"]}, "not_a_number"),
        (INTEGER, {"staff": ["1.250"]}, "ambiguous_number"),
        (INTEGER, {"staff": ["1,250"]}, "ambiguous_number"),
        (INTEGER, {"staff": ["٢٫٥"]}, "not_whole"),
        (INTEGER, {"staff": ["٢،٥"]}, "not_whole"),
        (INTEGER, {"staff": ["٢،٥٠٠"]}, "ambiguous_number"),
        (INTEGER, {"staff": ["-1"]}, "too_small"),
        (INTEGER, {"staff": ["5001"]}, "too_large"),
        (INTEGER, {"staff": ["9" * 16]}, "number_too_long"),
        (ONE, {"kind": ["nonsense"]}, "unknown_option"),
        (ONE, {"kind": ["women", "youth"]}, "choose_one"),
        (ONE, {"kind": ["other"], "kind-other": [" "]}, "other_empty"),
        (ONE, {"kind": ["women"], "kind-other": ["a café"]}, "other_not_chosen"),
        (ONE, {"kind": ["other"], "kind-other": ["x" * 201]}, "too_long"),
        (SEVERAL, {"services": ["training", "grants", "advice", "events"]}, "too_many"),
        (SEVERAL, {"services": ["training", "?"]}, "unknown_option"),
        (SCALE, {"trust": ["maybe"]}, "unknown_option"),
        (SCALE, {}, "required"),
    ],
)
def test_what_is_refused(question, raw, code):
    assert code_of(question, raw) == code


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (SHORT, {"place": ["  حيّ\u200cما  "]}, "حيّ\u200cما"),
        (LONG, {"change": ["a\r\nb"]}, "a\nb"),
        (INTEGER, {"staff": ["٢٥"]}, 25),
        (INTEGER, {"staff": ["۲۵ "]}, 25),
        (INTEGER, {"staff": ["١٬٢٥٠"]}, 1250),
        (INTEGER, {"staff": ["1 250"]}, 1250),
        (INTEGER, {"staff": ["٥،٠"]}, 5),
        (INTEGER, {"staff": ["\u200f25"]}, 25),
        (ONE, {"kind": ["youth"]}, "id-youth"),
        (ONE, {"kind-other": ["a café"]}, {"other": "a café"}),
        (SEVERAL, {"services": ["events", "grants"]}, ["id-grants", "id-events"]),
        (SEVERAL, {"services": ["events"], "services-other": ["rides"]}, ["id-events", {"other": "rides"}]),
        (SCALE, {"trust": ["dont_know"]}, "id-dont_know"),
    ],
)
def test_what_is_taken(question, raw, value):
    assert type_of(question).parse(question, raw) == value


def test_an_answer_too_long_is_refused_with_its_count():
    with pytest.raises(AnswerError) as caught:
        type_of(SHORT).parse(SHORT, {"place": ["x" * 33]})
    assert caught.value.params == {"length": 33, "limit": 20}


def test_an_agreement_scale_is_counted_whole_with_what_stands_apart():
    tally = type_of(SCALE).tally(SCALE, ["id-yes", "id-yes", "id-no", "id-dont_know", None])
    assert [(cell.key, cell.count, cell.apart) for cell in tally.cells] == [
        ("id-no", 1, False), ("id-rather_no", 0, False), ("id-rather_yes", 0, False), ("id-yes", 2, False),
        ("id-dont_know", 1, True),
    ]  # fmt: skip
    assert (tally.base, tally.answered) == (5, 4)
    assert dict(tally.statistics) == {"mean": 3.0, "median": 4.0, "top_two": 2 / 3}


def test_numbers_are_counted_in_round_cells():
    tally = type_of(INTEGER).tally(INTEGER, range(23))
    assert [cell.key for cell in tally.cells] == [
        "0–4", "5–9", "10–14", "15–19", "20–24",
    ]  # fmt: skip
    assert [cell.count for cell in tally.cells] == [5, 5, 5, 5, 3]
    assert dict(tally.statistics) == {"mean": 11.0, "median": 11.0}


def test_an_option_that_is_no_longer_offered_is_still_counted():
    tally = type_of(ONE).tally(ONE, ["id-women", "id-gone"])
    assert [(cell.key, cell.count) for cell in tally.cells if cell.count] == [("id-women", 1), ("id-gone", 1)]


def test_a_label_with_hidden_direction_signs_is_refused():
    stored = survey(SHORT).to_json()
    stored["sections"][0]["questions"][0]["label"]["en"] = "safe\u202elive"
    with pytest.raises(DefinitionError) as caught:
        Definition.from_json(stored)
    assert caught.value.code == "unsafe_text"


def test_a_type_cannot_be_registered_twice():
    with pytest.raises(ValueError, match="twice"):
        register(type(question_types["note"]))


def test_adding_a_type_takes_one_class_and_nothing_else():
    @dataclass(frozen=True, slots=True)
    class ColourConfig(Config):
        shades: tuple[str, ...] = ("red", "green")

    @register
    class Colour(QuestionType):
        name = "colour"
        label = "Colour"
        example = "Which colour?"
        Config = ColourConfig

        def parse(self, question, raw):
            shade = first(raw, question.name)
            if shade and shade not in question.config.shades:
                raise AnswerError("no_shade", "No such colour.")
            return shade or None

    try:
        question = Question("c1", "colour", "colour", {"en": "Which?"}, config=ColourConfig(("red", "blue")))
        definition = Definition.from_json(one_question(question).to_json())
        assert definition.question("c1") == question
        assert find_problems(definition) == ()
        assert code_of(question, {"colour": ["grey"]}) == "no_shade"
        view = Compiled(definition).view("en").sections[0]
        assert view.fields[0].template == "questions/colour/answer.html"
        assert view.bind_answers({"c1": "blue"})[0].value == "blue"
        assert type_of(question).tally(question, ["blue", None]).answered == 1
        assert type_of(question).export(question, "blue") == {"colour": "blue"}
    finally:
        del question_types["colour"]
