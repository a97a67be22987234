"""A page of a survey for one person: what shows of it, filled in, with earlier answers put into its words.

`surveys.presentation` has what is the same for everybody; this is the rest, and costs nothing where a survey
has no logic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveys.definition import Section
from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.expressions.conditions import ALL, condition_of
from surveys.presentation import AnswerLine, SectionView, SurveyView, form_data
from surveys.questions import type_of
from surveys.questions.field import BoundField, Field, Raw
from surveys.rules.defaults import default_form
from surveys.rules.flow import Flow
from surveys.rules.logic import MOST_ROUNDS
from surveys.text import Text, pick

Errors = Mapping[str, AnswerError]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a repeat, or the whole page where nothing repeats; `number` counts from 1, 0 is no repeat."""

    number: int
    fields: list[BoundField]


@dataclass(frozen=True, slots=True)
class Page:
    """What one person sees of a section.

    `number` of `pages` counts the sections that show. `depends` names the questions that an answer on this
    page opens or closes: input id → (rule for the script as JSON or ``""``, whether it is open). `conditional`
    are the names in the form of others that not everybody is asked; None where there are none on this page.
    `item` is what a repeat calls one round; `can_add` and `can_remove` whether the person decides how many there
    are.
    """

    section: SectionView
    number: int
    pages: int
    title: str
    intro: str
    rounds: tuple[Round, ...]
    depends: Mapping[str, tuple[str, bool]]
    conditional: tuple[str, ...] | None
    item: str
    can_add: bool
    can_remove: bool

    @property
    def fields(self) -> list[BoundField]:
        """The fields of all rounds."""
        return [field for round_ in self.rounds for field in round_.fields]

    @property
    def is_repeated(self) -> bool:
        return self.section.section.repeat is not None

    @property
    def is_full(self) -> bool:
        """Whether a repeat has as many rounds as the house takes, though the survey may ask for more."""
        return self.is_repeated and len(self.rounds) >= MOST_ROUNDS

    @property
    def is_for_everybody(self) -> bool:
        """Whether it is the same for all who have not filled anything in, so that it can be made once."""
        return not (self.is_repeated or self.depends) and not any(
            field.raw or field.error or field.is_varied for field in self.fields
        )


def page_of(
    view: SectionView, survey: SurveyView, flow: Flow, *, raw: Raw | None = None, errors: Errors | None = None
) -> Page:
    """The page filled with a submitted form and its errors (`rules.check_page`), or with the answers so far."""
    shown = flow.sections()
    place = next((number for number, section in enumerate(shown, 1) if section.id == view.id), len(shown))
    repeat = view.section.repeat
    making = Making(survey, flow, errors or {})
    if repeat is None:
        rounds: tuple[Round, ...] = (
            Round(0, making.fields(view.section, view.section, flow, view.fields, raw)),
        )
    else:
        rounds = making.rounds(view.section, raw)
    free = repeat is not None and not repeat.count
    return Page(
        section=view,
        number=place,
        pages=len(shown),
        title=flow.piped(view.title),
        intro=flow.piped(view.intro),
        rounds=rounds,
        depends=making.depends,
        conditional=tuple(making.conditional)
        if any(question.relevant for question in view.section.questions)
        else None,
        item=pick(repeat.item, survey.language, survey.default_language) if repeat else "",
        can_add=free and repeat is not None and len(rounds) < min(repeat.maximum or MOST_ROUNDS, MOST_ROUNDS),
        can_remove=free and repeat is not None and len(rounds) > repeat.minimum,
    )


class Making:
    """The making of one page."""

    def __init__(self, survey: SurveyView, flow: Flow, errors: Errors) -> None:
        self.survey = survey
        self.flow = flow
        self.errors = errors
        self.depends: dict[str, tuple[str, bool]] = {}
        self.conditional: list[str] = []

    def rounds(self, section: Section, raw: Raw | None) -> tuple[Round, ...]:
        return tuple(
            Round(
                inner.number,
                self.fields(section, self.flow.logic.round(section, inner.number), inner, None, raw),
            )
            for inner in self.flow.rounds_of(section)
        )

    def fields(
        self,
        section: Section,
        named: Section,
        flow: Flow,
        ready: tuple[Field, ...] | None,
        raw: Raw | None,
    ) -> list[BoundField]:
        """The questions that show or may be opened; `named` has the names and ids that they bear in the form."""
        filled = raw if raw is not None else _filled(section, named, flow)
        if flow.logic.is_plain and ready:
            return [BoundField(made, filled, self.errors.get(made.id), flow.seed) for made in ready]
        fields = []
        for place, (question, in_form) in enumerate(zip(section.questions, named.questions, strict=True)):
            shows = flow.shows(question)
            may_open = question.id in flow.logic.reactive
            if not (shows or may_open):
                continue
            made = (
                ready[place]
                if ready and question.id not in flow.logic.personal
                else self.field(question, in_form, flow)
            )
            data = filled if type_of(question).asks else _worked_out(question, in_form, flow)
            fields.append(BoundField(made, data, self.errors.get(in_form.id), flow.seed))
            if question.relevant and not may_open:
                self.conditional.append(in_form.name)
            if may_open:
                self.depends[made.input_id] = (self._rule(question, section, named, flow), shows)
        return fields

    def field(self, question: Question, in_form: Question, flow: Flow) -> Field:
        """The field of a question that is not the same for everybody."""
        offered = replace(
            flow.worded(flow.offered(question)),
            id=in_form.id,
            name=in_form.name,
            label=_piped(question.label, flow),
            hint=_piped(question.hint, flow),
            required=flow.is_required(question),
        )
        return type_of(question).field(
            offered, language=self.survey.language, default_language=self.survey.default_language
        )

    def _rule(self, question: Question, section: Section, named: Section, flow: Flow) -> str:
        """The condition for the script: ``["all", [input name, operator, value] …]``, and true or false where
        it asks for other pages; ``""`` where only the server can tell."""
        expression = flow.logic.expression(question.relevant)
        condition = condition_of(expression.node) if expression else None
        if condition is None:
            return ""
        inputs = {
            asked.name: in_form.name
            for asked, in_form in zip(section.questions, named.questions, strict=True)
            if type_of(asked).input_names(asked)[:1] == (asked.name,)
        }
        own = {asked.name for asked in section.questions}
        if any(clause.question in own and clause.question not in inputs for clause in condition.clauses):
            return ""
        if any(clause.question not in own for clause in condition.clauses):
            return ""
        clauses = [[inputs[clause.question], clause.operator, clause.value] for clause in condition.clauses]
        return json.dumps(["all" if condition.joined == ALL else "any", *clauses], ensure_ascii=False)


def _piped(text: Text, flow: Flow) -> Text:
    return {code: flow.piped(words) for code, words in text.items()}


def _filled(section: Section, named: Section, flow: Flow) -> Raw:
    """The form as it stands before it is sent: the answers so far, and the defaults of what was not asked yet."""
    answers: dict[str, Any] = {}
    data: dict[str, list[str]] = {}
    for question, in_form in zip(section.questions, named.questions, strict=True):
        if question.id in flow.answers:
            answers[in_form.id] = flow.answers[question.id]
        elif question.default and type_of(question).asks and (words := flow.default(question)):
            data |= default_form(in_form, words)
    return data | form_data(named, answers)


def _worked_out(question: Question, in_form: Question, flow: Flow) -> Raw:
    kind = type_of(question)
    words = kind.text(question, flow.answer(question), language=flow.language, default_language=flow.language)
    return {in_form.name: [words]} if words else {}


@dataclass(frozen=True, slots=True)
class Lines:
    """Answers in words: of a page, or of one round of a repeat (`number` from 1)."""

    number: int
    lines: list[AnswerLine]


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """The answers of a section that shows."""

    section: SectionView
    title: str
    item: str
    rounds: tuple[Lines, ...]


def answered_pages(survey: SurveyView, flow: Flow) -> list[AnsweredPage]:
    """The answers in words, for the check page and the copy: only what counts, page by page."""
    pages = []
    for view in survey.sections:
        section = view.section
        if not flow.shows_section(section):
            continue
        if section.repeat is None:
            rounds: tuple[Lines, ...] = (Lines(0, _lines(survey, flow, section, view.fields, section)),)
            item = ""
        else:
            item = pick(section.repeat.item, survey.language, survey.default_language)
            rounds = tuple(
                Lines(
                    inner.number,
                    _lines(survey, inner, section, None, flow.logic.round(section, inner.number)),
                )
                for inner in flow.rounds_of(section)
            )
        pages.append(AnsweredPage(view, flow.piped(view.title), item, rounds))
    return pages


def _lines(
    survey: SurveyView, flow: Flow, section: Section, ready: tuple[Field, ...] | None, named: Section
) -> list[AnswerLine]:
    lines = []
    making = Making(survey, flow, {})
    for place, question in enumerate(section.questions):
        kind = type_of(question)
        is_told = kind.takes_answer and (kind.asks or getattr(question.config, "shown", False))
        if not (is_told and flow.shows(question)):
            continue
        made = ready[place] if ready else making.field(question, named.questions[place], flow)
        label = flow.piped(made.label) if ready else made.label
        line = made if label == made.label else replace(made, label=label)
        lines.append(AnswerLine(line, flow.in_words(question), flow.answer(question)))
    return lines


__all__ = ["AnsweredPage", "Lines", "Making", "Page", "Round", "answered_pages", "page_of"]
