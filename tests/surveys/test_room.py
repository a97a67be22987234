"""The room that answers take: no accepted answer is larger than its type says, and a whole survey has a limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import Repeat
from surveys.errors import AnswerError
from surveys.questions import question_types, type_of
from surveys.questions.room import json_bytes
from surveys.questions.texts import LongTextConfig
from surveys.rules import Flow
from surveys.rules.logic import MOST_ROUNDS, Logic
from surveys.rules.room import overlong, room_for, unlimited, without_worked_out
from tests.surveys.samples import LONG, SCALE, SHORT, survey
from tests.surveys.strategies import form_strategy

LIMITED = sorted(name for name, kind in question_types.items() if kind.takes_answer and not kind.takes_file)


@pytest.mark.parametrize("name", LIMITED)
@settings(max_examples=15)
@given(data=st.data())
def test_no_accepted_answer_is_larger_than_its_type_says(name, data):
    question, form = data.draw(form_strategy(name))
    kind = type_of(question)
    assert kind.most_bytes(question) is not None
    narrow = {key: [_narrow(words) for words in values] for key, values in form.items()}
    try:
        value = kind.parse(question, narrow)
    except AnswerError:
        return
    if value is not None:
        assert json_bytes(value) <= kind.most_bytes(question)


def _narrow(words: str) -> str:
    """Letters that take two bytes at most, as those of our four languages do."""
    return "".join(letter if ord(letter) < 0x800 and letter.isprintable() else "ع" for letter in words)


def test_files_have_no_limit():
    questions = [
        replace(SHORT, id="f1", name="file", type="upload", config=question_types["upload"].Config())
    ]
    assert [question.id for question in unlimited(survey(*questions))] == ["f1"]
    assert unlimited(survey()) == ()


def test_the_longest_arabic_answers_fit_and_emoji_are_refused_with_their_size():
    definition = survey(SHORT, LONG)
    answers = {"t1": "ع" * 20, "t2": "ك" * 200}
    assert json_bytes(answers) <= room_for(definition)
    flow = Flow(Logic(definition), answers)
    assert [overlong(flow, section) for section in definition.sections] == [{}, {}]
    flow = Flow(Logic(definition), answers | {"t2": "🙂" * 200})
    error = overlong(flow, definition.sections[1])["t2"]
    assert error.params == {"size": 802, "limit": 402}


def test_a_repeat_has_room_for_all_its_rounds():
    definition = survey(LONG, SCALE)
    section = replace(definition.sections[0], repeat=Repeat(maximum=3))
    several = replace(definition, sections=(section, definition.sections[1]))
    answers = {"s1": [{"t2": "ع" * 200}] * 3, "a1": "id-dont_know"}
    assert json_bytes(answers) <= room_for(several) < json_bytes(answers) + 30
    open_ended = replace(several, sections=(replace(section, repeat=Repeat()), several.sections[1]))
    assert room_for(open_ended) > 400 * MOST_ROUNDS
    wide = {"s1": [{"t2": "ع"}, {"t2": "🙂" * 200}]}
    assert list(overlong(Flow(Logic(several), wide), section)) == ["t2#2"]


def test_what_is_worked_out_can_be_left_out():
    calculated = replace(
        SHORT, id="c1", name="sum", type="calculated",
        config=question_types["calculated"].Config(calculation="1 + 1"),
    )  # fmt: skip
    definition = survey(SHORT, calculated)
    assert without_worked_out(definition, {"t1": "غزة", "c1": 2}) == {"t1": "غزة"}


def test_room_grows_with_the_limit():
    wider = replace(LONG, config=LongTextConfig(max_length=4000))
    assert room_for(survey(wider)) - room_for(survey(LONG)) == 2 * 3800
