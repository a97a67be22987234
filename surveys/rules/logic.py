"""A definition's logic, compiled once a version: its expressions, and where every name that they use stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from surveys.definition import Definition, Section
from surveys.elements import Question, texts_in
from surveys.expressions import Expression, ExpressionError, expression
from surveys.questions import type_of
from surveys.text import Text

PIPE = re.compile(r"\$\{\s*([^\W\d][\w.-]*)\s*\}")
"""A reference in a text: the answer itself is shown in its place."""

MOST_ROUNDS = 100
"""No page is answered more often than this."""


MOST_NESTED = 30
"""From so many expressions on, values are worked out in the order in which they depend on each other, so that no
chain of conditions is too long."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What a name in an expression stands for: a column of a question's answer, on its page."""

    question: Question
    section: Section


class Logic:
    """What `surveys.rules.flow` needs to know of a definition beside the definition itself. Immutable.

    Expressions that cannot be parsed are left out: what has a bad condition shows, and nothing of it can be
    published (`surveys.rules.conditions`).
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.placed: dict[str, Placed] = {}
        self.repeats: dict[str, Section] = {}
        self.sections: dict[str, Section] = {}
        self._expressions: dict[str, Expression] = {}
        self._rounds: dict[tuple[str, int], Section] = {}
        for section in definition.sections:
            self.sections.setdefault(section.name, section)
            if section.repeat:
                self.repeats[section.name] = section
            for question in section.questions:
                self._place(question, section)
        for _, written in written_expressions(definition):
            self._parse(written)
        titles = [text for section in definition.sections for text in (section.title, section.intro)]
        self.always_shown = frozenset(section.id for section in definition.sections if _always_shows(section))
        self.personal = frozenset(
            question.id for question in definition.questions() if _is_personal(question)
        )
        self.is_plain = not (
            self._expressions or self.personal or self.repeats or is_piped(*titles) or self._has_silent()
        )

    def expression(self, written: str) -> Expression | None:
        """The expression written so somewhere in the definition; None for none and for a bad one."""
        return self._expressions.get(written) if written else None

    @cached_property
    def reactive(self) -> dict[str, frozenset[str]]:
        """Question id → names of questions on its own page that its `relevant` asks for; others are absent."""
        found = {}
        for section in self.definition.sections:
            own = {name for question in section.questions for name in names_of(question)}
            for question in section.questions:
                condition = self.expression(question.relevant)
                if condition and (asked := condition.references & own):
                    found[question.id] = frozenset(asked)
        return found

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """Name → the names whose values decide its own, directly; those that need nothing are absent.

        Empty where chains are short enough to be followed as they come (`MOST_NESTED`).
        """
        if len(self._expressions) <= MOST_NESTED:
            return {}
        found: dict[str, frozenset[str]] = {}
        for section in self.definition.sections:
            around = self._asked_for(section.relevant, section.repeat.count if section.repeat else "")
            if around and section.repeat:
                found[section.name] = around
            for question in section.questions:
                calculation = type_of(question).calculation(question).strip()
                own = self._asked_for(
                    question.relevant, calculation, question.default, question.choice_filter
                )
                if around or own:
                    found |= dict.fromkeys(names_of(question), around | own)
        return found

    @cached_property
    def held(self) -> frozenset[str]:
        """Ids of the questions whose calculation keeps its first value (`is_held`)."""
        return frozenset(question.id for question in self.definition.questions() if is_held(question))

    def _asked_for(self, *written: str) -> frozenset[str]:
        read = (self.expression(text) for text in written)
        return frozenset[str]().union(*(one.references for one in read if one is not None))

    def round(self, section: Section, number: int) -> Section:
        """One round of a repeat as a page (`round_section`), made once."""
        key = section.id, number
        found = self._rounds.get(key)
        if found is None:
            found = self._rounds[key] = round_section(section, number)
        return found

    def _place(self, question: Question, section: Section) -> None:
        for name in names_of(question):
            self.placed.setdefault(name, Placed(question, section))

    def _parse(self, written: str) -> None:
        try:
            self._expressions[written] = expression(written)
        except ExpressionError:
            return

    def _has_silent(self) -> bool:
        return any(not type_of(question).asks for question in self.definition.questions())


def names_of(question: Question) -> tuple[str, ...]:
    """The names under which expressions ask for a question: its own, and those of its answer's columns."""
    columns = type_of(question).export_columns(question)
    return (question.name, *(column for column in columns if column != question.name))


@dataclass(frozen=True, slots=True)
class Where:
    """Where an expression is written: the question or section, and what it is for (``relevant``, ``count`` …)."""

    part: str
    question: Question | None = None
    section: Section | None = None


def written_expressions(definition: Definition) -> Iterator[tuple[Where, str]]:
    """Every expression of the definition with its place, in the order of the pages."""
    for section in definition.sections:
        if section.relevant:
            yield Where("relevant", section=section), section.relevant
        if section.repeat and section.repeat.count:
            yield Where("count", section=section), section.repeat.count
        for question in section.questions:
            for part, written in question_expressions(question):
                yield Where(part, question, section), written
    for quota in definition.quotas:
        if quota.condition:  # one without a condition counts every response
            yield Where("quota"), quota.condition
    for screen_out in definition.screen_outs:
        yield Where("screen_out"), screen_out.condition


QUESTION_PARTS = ("relevant", "required_if", "constraint", "default", "choice_filter")


def question_expressions(question: Question) -> Iterator[tuple[str, str]]:
    """(what it is for, the expression) of all that a question has."""
    for part in QUESTION_PARTS:
        if written := getattr(question, part):
            yield part, written
    if calculation := type_of(question).calculation(question).strip():
        yield "calculation", calculation


def is_held(question: Question) -> bool:
    """Whether its calculation keeps the first value that it gives: ``once(now())``."""
    calculation = type_of(question).calculation(question).strip()
    try:
        return "once" in calculation and expression(calculation).is_held
    except ExpressionError:
        return False


def _always_shows(section: Section) -> bool:
    """Whether no answers can keep the page from showing."""
    if section.relevant or section.repeat:
        return False
    return any(not question.relevant and type_of(question).asks for question in section.questions)


def is_piped(*texts: Text) -> bool:
    """Whether any of the texts shows answers."""
    return any("${" in words and PIPE.search(words) for text in texts for words in text.values())


def _is_personal(question: Question) -> bool:
    """Whether its field depends on answers."""
    if question.choice_filter or question.required_if:
        return True
    return is_piped(question.label, question.hint, *texts_in(question.config))


def round_section(section: Section, number: int) -> Section:
    """One round of a repeat as a page of its own: `number` counts from 1, and stands in ids and names.

    The question ``age`` of the page ``child`` is then ``child-0-age`` in the form, with ``#1`` behind its id.
    """
    return replace(
        section,
        questions=tuple(
            replace(
                question,
                id=round_id(question.id, number),
                name=f"{section.name}-{number - 1}-{question.name}",
            )
            for question in section.questions
        ),
        repeat=None,
    )


def round_id(question_id: str, number: int) -> str:
    """The id of a question in one round, where all rounds stand side by side."""
    return f"{question_id}#{number}"
