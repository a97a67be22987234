"""Which answers are complete and valid. Pure: forms and stored answers in, values and errors out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.questions import type_of
from surveys.questions.base import Value, required_error
from surveys.questions.field import Raw, first
from surveys.questions.room import json_bytes
from surveys.rules.flow import Flow
from surveys.rules.logic import MOST_ROUNDS, Logic, round_id

SHOWN = "page:shown"
"""The form's input that names the questions which stood on a page where answers decide what stands there."""
ROUNDS = "page:rounds"
"""The form's input that says how many rounds of a repeat stand on the page."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of checking a form: accepted answers and errors, both by question id.

    A question that was left empty and need not be answered is in neither; one that must be answered and is
    only in part is in both.
    """

    answers: dict[str, Value]
    errors: dict[str, AnswerError]

    @property
    def is_valid(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """The outcome of checking a page in the flow of a survey.

    `answers` is the whole draft with what was accepted, `flow` the survey after it. Errors are by question
    id, in a repeat by `round_id`. `opened` are questions of this page that the person has not seen yet,
    because the answers just given opened them.
    """

    answers: dict[str, Value]
    errors: dict[str, AnswerError]
    flow: Flow
    opened: tuple[Question, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def only_lacks(self) -> bool:
        """Whether nothing is wrong but that answers are missing."""
        return all(error.code == "required" for error in self.errors.values())


@dataclass(slots=True)
class _Read:
    """The questions that stood in a form, with what they hold."""

    questions: list[Question] = field(default_factory=list)
    answers: dict[str, Value] = field(default_factory=dict)
    errors: dict[str, AnswerError] = field(default_factory=dict)
    unseen: list[Question] = field(default_factory=list)


def check_section(section: Section, raw: Raw) -> Checked:
    """Read and check a page of answers as submitted, without regard to any logic."""
    read = _read(section.questions, section.questions, raw, None)
    for question in read.questions:
        lacking = missing(question, read.answers.get(question.id), required=question.required)
        if lacking and question.id not in read.errors:
            read.errors[question.id] = lacking
    return Checked(read.answers, read.errors)


def check_page(flow: Flow, section: Section, raw: Raw) -> CheckedPage:
    """Read and check a page as submitted; `flow` is the survey as it was before.

    What does not show for these answers is asked for nothing; what was accepted of it stays in the draft.
    """
    if section.repeat:
        return _check_rounds(flow, section, raw)
    read = _read_shown(flow, section, section, raw)
    answers = _merged(flow.answers, read)
    after = flow.after(answers)
    return CheckedPage(_holding(after), _errors(after, read), after, _opened(after, read))


def _check_rounds(flow: Flow, section: Section, raw: Raw) -> CheckedPage:
    before = flow.rounds_of(section)
    count = rounds_sent(raw, len(before))
    read = [
        _read_shown(
            _round_before(flow, before, section, number), section, flow.logic.round(section, number), raw
        )
        for number in range(1, count + 1)
    ]
    given: list[dict[str, Value]] = [
        _merged(before[place].answers if place < len(before) else {}, of_round)
        for place, of_round in enumerate(read)
    ]
    if section.repeat and section.repeat.count:  # rounds that another answer took away may come back
        given += list(flow.answers.get(section.id) or ())[count:]
    answers = {**flow.answers, section.id: given}
    after = flow.after(answers)
    errors: dict[str, AnswerError] = {}
    opened: tuple[Question, ...] = ()
    for inner, of_round in zip(after.rounds_of(section), read, strict=False):
        found = _errors(inner, of_round)
        errors |= {round_id(question_id, inner.number): error for question_id, error in found.items()}
        opened += _opened(inner, of_round)
    return CheckedPage(_holding(after), errors, after, opened)


def _holding(flow: Flow) -> dict[str, Any]:
    """The answers with the first values of calculations that keep them, wherever they stand."""
    if not flow.logic.held:
        return dict(flow.answers)
    found = dict(flow.answers)
    for section in flow.logic.definition.sections:
        if not any(question.id in flow.logic.held for question in section.questions):
            continue
        if section.repeat:
            rounds = [{**inner.answers, **_held(inner, section)} for inner in flow.rounds_of(section)]
            found[section.id] = rounds + list(flow.answers.get(section.id) or ())[len(rounds) :]
        else:
            found |= _held(flow, section)
    return found


def _held(flow: Flow, section: Section) -> dict[str, Value]:
    """What is worked out longer than there is room for it cannot be held."""
    found = {}
    for question in section.questions:
        if question.id in flow.logic.held:
            kind, value = type_of(question), flow.answer(question)
            if not kind.is_empty(value) and json_bytes(value) <= (kind.most_bytes(question) or 0):
                found[question.id] = value
    return found


def _round_before(flow: Flow, before: list[Flow], section: Section, number: int) -> Flow:
    if number <= len(before):
        return before[number - 1]
    return flow.round(section, number, {})


def rounds_sent(raw: Raw, otherwise: int) -> int:
    """How many rounds a form holds."""
    written = first(raw, ROUNDS)
    return min(int(written[:4]), MOST_ROUNDS) if written.isascii() and written.isdigit() else otherwise


def _read_shown(flow: Flow, section: Section, asked: Section, raw: Raw) -> _Read:
    """What stood in the form; `asked` are the section's questions under the names they have in it."""
    if flow.logic.is_plain:
        return _read(section.questions, asked.questions, raw, None)
    seen, named, unseen = [], [], []
    for question, in_form in zip(section.questions, asked.questions, strict=True):
        if _stood_there(flow, question, in_form, raw):
            seen.append(question)
            named.append(in_form)
        else:
            unseen.append(question)
    read = _read(seen, named, raw, flow)
    read.unseen = unseen
    return read


def _stood_there(flow: Flow, question: Question, in_form: Question, raw: Raw) -> bool:
    """Whether a question was in the form when it was sent. Another tab may have changed since what is asked: what
    was typed is read in any case, and what was not there has not been emptied."""
    if not question.relevant:
        return True
    told = raw.get(SHOWN)
    if in_form.name in (told or ()) or any(name in raw for name in type_of(in_form).input_names(in_form)):
        return True
    return told is None and question.id not in flow.logic.reactive and flow.shows(question)


def _read(questions: Iterable[Question], in_form: Iterable[Question], raw: Raw, before: Flow | None) -> _Read:
    read = _Read()
    for question, named in zip(questions, in_form, strict=True):
        kind = type_of(question)
        if not kind.asks:
            continue
        read.questions.append(question)
        try:
            if question.choice_filter and before is not None:
                value = parsed_offer(before.with_answers(_merged(before.answers, read)), question, named, raw)
            else:
                value = kind.parse(named, raw)
        except AnswerError as error:
            read.errors[question.id] = error
            continue
        if not kind.is_empty(value):
            read.answers[question.id] = value
    return read


def parsed_offer(flow: Flow, question: Question, named: Question, raw: Raw) -> Value | None:
    """The answer in a form to a question of which these answers offer a part; `named` has its name in the form.

    What is not offered any more is read as well: `fault` asks for another answer, and the draft keeps this one
    in case it is offered again. Raises AnswerError for what does not fit either.
    """
    kind = type_of(question)
    try:
        return kind.parse(replace(named, config=flow.offered(question).config), raw)
    except AnswerError as error:
        try:
            return kind.parse(named, raw)
        except AnswerError:
            raise error from None


def _merged(answers: Mapping[str, Value], read: _Read) -> dict[str, Value]:
    """The draft after a page. None stands for an answer that was emptied, so that its default does not come back."""
    asked = {question.id for question in read.questions}
    emptied = {question.id: None for question in read.questions if question.default}
    return {key: value for key, value in answers.items() if key not in asked} | emptied | read.answers


def _errors(flow: Flow, read: _Read) -> dict[str, AnswerError]:
    found = {}
    for question in read.questions:
        if flow.shows(question):
            error = read.errors.get(question.id) or fault(flow, question, read.answers.get(question.id))
            if error:
                found[question.id] = error
    return found


def _opened(flow: Flow, read: _Read) -> tuple[Question, ...]:
    return tuple(question for question in read.unseen if type_of(question).asks and flow.shows(question))


def fault(flow: Flow, question: Question, value: Value | None) -> AnswerError | None:
    """What is wrong with the answer to a question that shows: missing, not offered any more, refused."""
    kind = type_of(question)
    if question.choice_filter and not kind.is_empty(value):
        if not flow.can_be_answered(question):
            return None
        value = flow.answer(question)  # what is still offered of it
        if value is None:
            return required_error()
    lacking = missing(flow.offered(question), value, required=flow.is_required(question))
    if lacking or value is None or kind.is_empty(value):
        return lacking
    return flow.refusal(question, value)


def merge_answers(answers: Mapping[str, Value], section: Section, checked: Checked) -> dict[str, Value]:
    """`answers` with those of `section` replaced by what was accepted on its page."""
    asked = {question.id for question in section.questions if type_of(question).asks}
    return {key: value for key, value in answers.items() if key not in asked} | checked.answers


def missing(question: Question, value: Value | None, *, required: bool) -> AnswerError | None:
    """What a question still lacks that must be answered if it is `required`."""
    kind = type_of(question)
    if not (required and kind.takes_answer and kind.asks):
        return None
    return kind.lacking(question, value)


def check_response(
    definition: Definition, answers: Mapping[str, Value], flow: Flow | None = None
) -> dict[str, AnswerError]:
    """Errors of a whole response made of accepted answers, by question id, in a repeat by `round_id`: what must
    still be answered, and what does not fit any more since other answers changed."""
    flow = flow or Flow(Logic(definition), answers)
    found: dict[str, AnswerError] = {}
    for inner, section in _asked(flow):
        for question in section.questions:
            if not (type_of(question).asks and inner.shows(question)):
                continue
            error = fault(inner, question, inner.answers.get(question.id))
            if error:
                found[round_id(question.id, inner.number) if inner.outer else question.id] = error
    return found


def _asked(flow: Flow) -> Iterator[tuple[Flow, Section]]:
    """Every page that shows, a repeat once a round, with the flow that its questions stand in."""
    for section in flow.sections():
        if section.repeat:
            for inner in flow.rounds_of(section):
                yield inner, section
        else:
            yield flow, section


def known_answers(
    definition: Definition, answers: Mapping[str, Value], flow: Flow | None = None
) -> dict[str, Value]:
    """What is submitted: the answers that count, and the values that are worked out.

    Left out are empty answers, those of questions that the definition does not hold and those of what does
    not show. A repeat gives a list of rounds under its section's id: an empty one keeps its place, so that the
    third member of a household stays the third, and only those behind the last that was answered are left out.
    """
    flow = flow or Flow(Logic(definition), answers)
    kept: dict[str, Any] = {}
    for section in definition.sections:
        if section.repeat:
            if flow.section_is_relevant(section):
                rounds = [_counting(inner, section) for inner in flow.rounds_of(section)]
                if found := _up_to_the_last([r if _is_given(r, section) else {} for r in rounds]):
                    kept[section.id] = found
        else:
            kept |= _counting(flow, section)
    return kept


def _counting(flow: Flow, section: Section) -> dict[str, Value]:
    found = {}
    for question in section.questions:
        value = flow.answer(question)
        if not type_of(question).is_empty(value):
            found[question.id] = value
    return found


def _up_to_the_last(rounds: list[dict[str, Value]]) -> list[dict[str, Value]]:
    """The rounds without the empty ones at the end."""
    while rounds and not rounds[-1]:
        rounds.pop()
    return rounds


def _is_given(answers: Mapping[str, Value], section: Section) -> bool:
    """Whether a person answered anything in a round; what is worked out does not make one."""
    return any(question.id in answers and type_of(question).asks for question in section.questions)


def answers_in(definition: Definition, document: Mapping[str, Value]) -> Iterator[tuple[Question, Value]]:
    """Every answer of a response with its question, those of a repeat one after another."""
    for section in definition.sections:
        rounds = document.get(section.id, ()) if section.repeat else (document,)
        for answers in rounds:
            for question in section.questions:
                if question.id in answers:
                    yield question, answers[question.id]
