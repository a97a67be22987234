"""The survey as the builder's first page lists it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.builder.freshness import stale_in
from consult.builder.wording import logic_of_question, logic_of_section
from consult.consultations.models import Consultation
from consult.consultations.progress import shown_number
from consult.i18n import language
from surveys.definition import Definition, Section
from surveys.diff import Change, changes_between
from surveys.elements import Question
from surveys.models import Answer
from surveys.queries import count_responses, latest_version
from surveys.questions import QuestionType, type_of
from surveys.questions.base import Problem
from surveys.rules import find_problems
from surveys.translations import missing_in


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question; `number` is its place in the whole survey, `missing` the languages it lacks words in."""

    number: int
    question: Question
    kind: QuestionType
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    logic: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionLine:
    number: int
    section: Section
    missing: tuple[str, ...]
    questions: tuple[QuestionLine, ...]
    logic: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """`missing`: language → how many texts lack words in it; only languages that lack any."""

    sections: tuple[SectionLine, ...]
    questions: int
    missing: dict[str, int]
    stale: dict[str, int]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    responses: int
    tests: int
    published: int | None
    has_changes: bool
    changes: tuple[Change, ...]

    @property
    def is_ready(self) -> bool:
        return not self.missing and not self.problems


def outline_of(session: Session, consultation: Consultation, definition: Definition) -> Outline:
    """Everything the page shows, with two small queries."""
    lacking = {code: missing_in(definition, code) for code in definition.languages}
    by_question: dict[str, list[str]] = {}
    by_section: dict[str, list[str]] = {}
    for code, places in lacking.items():
        for item in {place.question_id for place in places} - {None}:
            by_question.setdefault(str(item), []).append(code)
        for item in {place.section_id for place in places if place.question_id is None} - {None}:
            by_section.setdefault(str(item), []).append(code)
    found = find_problems(definition)
    problems = tuple(problem for problem in found if not problem.is_warning)
    warnings = tuple(
        problem for problem in found if problem.is_warning and problem.code != "missing_translation"
    )
    stale = stale_in(session, consultation.survey_id, definition)
    number = 0
    sections = []
    for place, section in enumerate(definition.sections, 1):
        lines = []
        for question in section.questions:
            number += 1
            lines.append(
                QuestionLine(
                    number=number,
                    question=question,
                    kind=type_of(question),
                    missing=tuple(by_question.get(question.id, ())),
                    problems=tuple(problem for problem in problems if problem.question_id == question.id),
                    logic=tuple(logic_of_question(question, definition, language())),
                )
            )
        sections.append(
            SectionLine(
                number=place,
                section=section,
                missing=tuple(by_section.get(section.id, ())),
                questions=tuple(lines),
                logic=tuple(logic_of_section(section, definition, language())),
            )
        )
    version = latest_version(session, consultation.survey_id)
    return Outline(
        sections=tuple(sections),
        questions=number,
        missing={code: len(places) for code, places in lacking.items() if places},
        stale={code: len(places) for code, places in stale.items()},
        problems=problems,
        warnings=warnings,
        responses=shown_number(consultation, count_responses(session, consultation.survey_id)),
        tests=count_responses(session, consultation.survey_id, is_test=True),
        published=version.number if version else None,
        has_changes=version is not None and version.fingerprint != definition.fingerprint(),
        changes=changes_between(version.definition, definition) if version else (),
    )


def answers_to(session: Session, consultation: Consultation, question_id: str) -> int:
    """How many responses hold an answer to a question, in steps while people answer."""
    counted = session.execute(
        select(func.count(Answer.response_id.distinct())).where(
            Answer.survey_id == consultation.survey_id, Answer.question_id == question_id
        )
    ).scalar_one()
    return shown_number(consultation, counted)
