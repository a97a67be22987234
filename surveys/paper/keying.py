"""Reading a paper form that somebody keys in: all questions on one page, and nothing is asked again.

Paper has no logic: people skip what they must answer and answer what is not meant for them. What does not
show for these answers is left out when the response is stored, as online.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition import Section
from surveys.errors import AnswerError
from surveys.paper.printing import MOST_ROUNDS, writing_lines
from surveys.presentation import form_data
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.questions.field import BoundField, Field, Raw
from surveys.rules import Flow, check_response
from surveys.rules.answers import parsed_offer
from surveys.text import pick
from surveys.versions import Version

__all__ = ["Keyed", "KeyedForm", "Part", "keyed_form", "writing_lines"]


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is keyed in, or one round of a repeat (`number` from 1, 0 is no repeat)."""

    section: Section
    named: Section
    number: int
    title: str
    fields: tuple[Field, ...]

    @property
    def has_free_text(self) -> bool:
        """Whether people write in their own words here, which may be quoted."""
        return any(type_of(question).is_free_text for question in self.section.questions)


@dataclass(frozen=True, slots=True)
class Keyed:
    """What came of a keyed form: accepted answers, what cannot be read, and what must be answered and is not
    (errors by the id that the question bears on the page)."""

    answers: dict[str, Any]
    errors: dict[str, AnswerError]
    lacking: dict[str, AnswerError]


@dataclass(frozen=True, slots=True)
class KeyedForm:
    """The form of one version in one language."""

    version: Version
    language: str
    parts: tuple[Part, ...]

    def bind(self, raw: Raw, errors: Mapping[str, AnswerError]) -> list[tuple[Part, list[BoundField]]]:
        """The parts with their fields as typed."""
        return [
            (part, [BoundField(field, raw, errors.get(field.id)) for field in part.fields])
            for part in self.parts
        ]

    def read(self, raw: Raw) -> Keyed:
        """The answers of a form as typed."""
        answers: dict[str, Any] = {}
        errors: dict[str, AnswerError] = {}
        for part in self.parts:
            flow = Flow(self.version.logic, answers, language=self.language)
            if part.number == 0:
                answers |= _read(part, flow, raw, errors)
                continue
            found = _read(part, flow.round(part.section, part.number, {}), raw, errors)
            rounds = answers.setdefault(part.section.id, [])
            if found:  # a round that was left empty before it keeps its place
                rounds += [{} for _ in range(part.number - 1 - len(rounds))] + [found]
        answers = {key: value for key, value in answers.items() if value != []}
        flow = Flow(self.version.logic, answers, language=self.language)
        faults = check_response(self.version.definition, answers, flow)
        lacking = {key: error for key, error in faults.items() if error.code == "required"}
        unfit = {key: error for key, error in faults.items() if error.code != "required"}
        return Keyed(answers, unfit | errors, {k: e for k, e in lacking.items() if k not in errors})

    def form_of(self, answers: Mapping[str, Value]) -> Raw:
        """The inverse of `read`."""
        data: dict[str, list[str]] = {}
        for part in self.parts:
            if part.number == 0:
                data |= form_data(part.named, answers)
                continue
            rounds = answers.get(part.section.id) or ()
            if part.number <= len(rounds):
                given = rounds[part.number - 1]
                pairs = zip(part.section.questions, part.named.questions, strict=True)
                data |= form_data(part.named, {own.id: given[q.id] for q, own in pairs if q.id in given})
        return data


def _read(part: Part, before: Flow, raw: Raw, errors: dict[str, AnswerError]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for question, named in zip(part.section.questions, part.named.questions, strict=True):
        kind = type_of(question)
        if not (kind.asks and kind.takes_answer) or kind.takes_file:
            continue
        try:
            flow = before.with_answers({**before.answers, **found}) if question.choice_filter else before
            value = parsed_offer(flow, question, named, raw)
        except AnswerError as error:
            errors[named.id] = error
            continue
        if not kind.is_empty(value):
            found[question.id] = value
    return found


def keyed_form(version: Version, language: str) -> KeyedForm:
    """The form for keying, with as many rounds of each repeat as are printed."""
    definition = version.definition
    default = definition.default_language
    parts = []
    for section in definition.sections:
        title = pick(section.title, language, default)
        repeat = section.repeat
        if repeat is None:
            parts.append(Part(section, section, 0, title, _fields(section, language, default)))
            continue
        most = min(repeat.maximum or max(repeat.minimum, MOST_ROUNDS), 12)
        item = pick(repeat.item, language, default) or title
        for number in range(1, most + 1):
            named = version.logic.round(section, number)
            parts.append(Part(section, named, number, item, _fields(named, language, default)))
    return KeyedForm(version, language, tuple(parts))


def _fields(section: Section, language: str, default: str) -> tuple[Field, ...]:
    """What a person can write on paper: neither notes, nor files, nor what is worked out."""
    kinds = ((question, type_of(question)) for question in section.questions)
    return tuple(
        kind.field(question, language=language, default_language=default)
        for question, kind in kinds
        if kind.asks and kind.takes_answer and not kind.takes_file
    )
