"""What comes with a page beside what was typed: files, and values that a link brings along."""

from __future__ import annotations

from collections.abc import Iterator

from flask import after_this_request, request
from werkzeug.wrappers import Response

from consult.consultations import uploads
from consult.consultations.visit import Visit, submission_key
from surveys.elements import Question
from surveys.presentation import SectionView
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.rules import Flow
from surveys.rules.answers import rounds_sent

LONGEST_VALUE = 200


def sent_form(visit: Visit, section: SectionView, flow: Flow) -> uploads.Form:
    """The form as the types read it. Files that came are kept, whatever else is wrong on the page."""
    form = request.form.to_dict(flat=False)
    if not takes_files(section):
        return form
    questions = questions_in_form(section, flow, form)
    return uploads.receive(
        questions,
        form,
        request.files,
        survey_id=visit.asked.survey_id,
        visit=submission_key(visit.key),
        answers=visit.answers,
    )


def takes_files(section: SectionView) -> bool:
    return any(field.takes_file for field in section.fields)


def questions_in_form(section: SectionView, flow: Flow, form: uploads.Form) -> Iterator[Question]:
    """The questions under the names that they have in the form: those of a repeat once a round."""
    if section.section.repeat is None:
        yield from section.section.questions
        return
    for number in range(1, rounds_sent(form, len(flow.rounds_of(section.section))) + 1):
        yield from flow.logic.round(section.section, number).questions


def tidy_files(visit: Visit, section: SectionView, answers: dict[str, Value]) -> None:
    """Delete the files that the answers do not name any more, once they are safely stored."""
    if not takes_files(section):
        return

    @after_this_request
    def tidy(response: Response) -> Response:
        if response.status_code < 400:
            uploads.keep_only(answers, survey_id=visit.asked.survey_id, visit=submission_key(visit.key))
        return response


def carried(visit: Visit) -> dict[str, str]:
    """What the address brings along for hidden questions: input name → words, for the form that leads on."""
    if not request.args:
        return {}
    return {question.name: request.args[question.name][:LONGEST_VALUE] for question, _ in _from_link(visit)}


def with_link(visit: Visit, answers: dict[str, Value]) -> dict[str, Value]:
    """The answers, and what the address brings along for hidden questions."""
    if not request.args:
        return answers
    return answers | {question.id: value for question, value in _from_link(visit)}


def _from_link(visit: Visit) -> Iterator[tuple[Question, Value]]:
    for question in visit.version.definition.questions():
        kind = type_of(question)
        if not kind.asks and question.name in request.args:
            value = kind.from_link(question, request.args[question.name])
            if value is not None:
                yield question, value
