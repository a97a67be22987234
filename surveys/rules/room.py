"""How much room a survey's answers need where it is fixed before anybody answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.questions.room import json_bytes
from surveys.rules.flow import Flow
from surveys.rules.logic import MOST_ROUNDS, is_held, round_id


def unlimited(definition: Definition) -> tuple[Question, ...]:
    """The questions whose answers have no limit, or do not lie in the answer itself: files."""
    return tuple(question for question in _answered(definition.questions()) if _most(question) is None)


def room_for(definition: Definition) -> int:
    """Bytes that any answers fit into as `json_bytes` counts them, supposing that none of them is `overlong`."""
    return 2 + sum(_room_of(section) for section in definition.sections)


def _room_of(section: Section) -> int:
    page = sum(
        json_bytes(question.id) + 2 + (_most(question) or 0) for question in _answered(section.questions)
    )
    if section.repeat is None:
        return page
    rounds = min(section.repeat.maximum or MOST_ROUNDS, MOST_ROUNDS)
    return json_bytes(section.id) + 4 + rounds * (3 + page)


def overlong(flow: Flow, section: Section) -> dict[str, AnswerError]:
    """Answers of a page that take more room than there is for them, with the number of bytes: by question id, in a
    repeat by `round_id`."""
    rounds = flow.rounds_of(section) if section.repeat else [flow]
    found: dict[str, AnswerError] = {}
    for inner in rounds:
        for question in _answered(section.questions):
            error = _too_much(question, inner.answers.get(question.id))
            if error:
                key = round_id(question.id, inner.number) if section.repeat else question.id
                found[key] = error
    return found


def without_worked_out(definition: Definition, answers: Mapping[str, Value]) -> dict[str, Value]:
    """The answers that people gave, without those that can be worked out from them again."""
    silent = {
        question.id
        for question in definition.questions()
        if type_of(question).calculation(question) and not is_held(question)
    }

    def kept(given: Mapping[str, Value]) -> dict[str, Value]:
        return {key: value for key, value in given.items() if key not in silent}

    repeated = {section.id for section in definition.sections if section.repeat}
    return {
        key: [kept(round_) for round_ in value] if key in repeated else value
        for key, value in kept(answers).items()
    }


def _too_much(question: Question, value: Value | None) -> AnswerError | None:
    most = _most(question)
    if value is None or most is None:
        return None
    size = json_bytes(value)
    if size <= most:
        return None
    message = N_(
        "This answer takes too much room: %(size)s bytes, and %(limit)s fit. Letters of some scripts and emoji take "
        "more room than others. Please shorten it."
    )
    return AnswerError("too_much_room", message, size=size, limit=most)


def _answered(questions: Iterator[Question] | tuple[Question, ...]) -> Iterator[Question]:
    return (question for question in questions if type_of(question).takes_answer)


def _most(question: Question) -> int | None:
    return type_of(question).most_bytes(question)
