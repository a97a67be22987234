"""The logic of a question or section in its form: when it shows, what it asks for, what it accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from consult.builder.checks import CheckInput, FilterInput
from consult.builder.conditions import Asked, ConditionInput, asked_before, own_column
from consult.builder.menu_rows import read_expression
from consult.builder.settings import HIDDEN_SIGNS, NOT_WHOLE, InputError, read_words
from surveys.definition import Definition, Section
from surveys.elements import Question, Repeat
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import parse_number
from surveys.questions import type_of
from surveys.rules.logic import MOST_ROUNDS
from surveys.text import is_safe_label

SHOW_QUESTION = N_("Show this question")
REQUIRE = N_("This question must be answered")
SHOW_PAGE = N_("Show this page")
ACCEPT = N_("Accept the answer")
OFFER = N_("Offer an answer only if")
Problems = list[tuple[str, str, InputError]]


class QuestionLogic:
    """Conditions of one question. `default` is as typed."""

    def __init__(self, question: Question, definition: Definition, languages: Sequence[str]) -> None:
        self.question = question
        self.languages = list(languages)
        self.asked: list[Asked] = list(asked_before(definition, _id_if_there(question, definition)))
        self.relevant = ConditionInput("relevant", SHOW_QUESTION, question.relevant, self.asked)
        self.required_if = ConditionInput("required_if", REQUIRE, question.required_if, self.asked)
        self.constraint = CheckInput(
            "constraint", ACCEPT, question.constraint, own_column(question), self.asked
        )
        self.choice_filter = FilterInput("choice_filter", OFFER, question.choice_filter, self.asked)
        self.default = question.default
        self.message = dict(question.constraint_message)
        self.errors: dict[str, InputError] = {}

    @property
    def conditions(self) -> list[ConditionInput]:
        return [self.relevant, self.required_if] if type_of(self.question).takes_answer else [self.relevant]

    @property
    def parts(self) -> list[ConditionInput | CheckInput | FilterInput]:
        """Everything that is made from menus."""
        return [*self.conditions, self.constraint, self.choice_filter]

    @property
    def has_options(self) -> bool:
        """Whether some of its answers may be left out by a filter."""
        config = self.question.config
        return any(hasattr(config, name) for name in type_of(self.question).choice_settings)

    @property
    def is_used(self) -> bool:
        """Whether there is any logic or something wrong with it, so that it is shown open."""
        parts = (
            self.default,
            self.constraint.written,
            self.choice_filter.written,
            self.relevant.written,
            self.required_if.written,
            *self.message.values(),
        )
        return any(parts) or bool(self.problems)

    def read(self, sent: Mapping[str, str], question: Question) -> Question:
        """`question` with its logic as sent; look at `problems` before using it."""
        values: dict[str, Any] = {item.name: item.read(sent) for item in self.conditions}
        self.constraint.own = own_column(question)  # of the question as it is now
        values["constraint"] = self.constraint.read(sent)
        values["choice_filter"] = self.choice_filter.read(sent)
        if "default" in sent:
            self.default = sent["default"].strip()
            if is_safe_label(self.default):
                values["default"] = self.default
            else:
                self.errors["default"] = InputError(HIDDEN_SIGNS)
        if f"constraint_message-{self.languages[0]}" in sent:
            try:
                self.message = read_words(sent, "constraint_message", self.languages, self.message)
                values["constraint_message"] = self.message
            except InputError as error:
                self.errors["constraint_message"] = error
        return replace(question, **values)

    def forget_errors(self) -> None:
        self.errors.clear()
        for item in self.parts:
            item.error = None

    @property
    def problems(self) -> Problems:
        found = [(item.error_target, item.label, item.error) for item in self.parts if item.error]
        labels = {
            "default": N_("Answer that stands there at the start"),
            "constraint_message": N_("What people read otherwise"),
        }
        targets = {"constraint_message": f"constraint_message-{self.languages[0]}"}
        return found + [(targets.get(name, name), labels[name], error) for name, error in self.errors.items()]


class SectionLogic:
    """When a page shows, and whether it is answered several times."""

    def __init__(self, section: Section, definition: Definition, languages: Sequence[str]) -> None:
        first = section.questions[0].id if section.questions else None
        asked = (
            list(asked_before(definition, first)) if first else list(_asked_before_page(definition, section))
        )
        self.section = section
        self.languages = list(languages)
        self.relevant = ConditionInput("relevant", SHOW_PAGE, section.relevant, asked)
        repeat = section.repeat or Repeat()
        self.repeats = section.repeat is not None
        self.minimum, self.maximum = str(repeat.minimum), str(repeat.maximum or "")
        self.count = repeat.count
        self.item = dict(repeat.item)
        self.errors: dict[str, InputError] = {}

    @property
    def is_used(self) -> bool:
        return bool(self.section.relevant or self.repeats or self.problems)

    def read(self, sent: Mapping[str, str], section: Section) -> Section:
        """`section` with its logic as sent; look at `problems` before using it."""
        relevant = self.relevant.read(sent)
        if "minimum" not in sent:
            return replace(section, relevant=relevant)
        self.repeats = sent.get("repeats") == "yes"
        self.minimum, self.maximum = sent.get("minimum", ""), sent.get("maximum", "")
        self.count = sent.get("count", "").strip()
        repeat = None
        try:
            self.item = read_words(sent, "item", self.languages, self.item)
        except InputError as error:
            self.errors["item"] = error
        minimum, maximum = self._number("minimum", self.minimum), self._number("maximum", self.maximum)
        if maximum and maximum < minimum:
            self.errors["maximum"] = InputError(N_("This is less than the fewest times."))
        try:
            count = read_expression(self.count)
        except InputError as error:
            self.errors["count"] = error
        else:
            repeat = Repeat(minimum=minimum, maximum=maximum, count=count, item=self.item)
        return replace(section, relevant=relevant, repeat=repeat if self.repeats else None)

    def _number(self, name: str, typed: str) -> int:
        try:
            number = parse_number(typed) or 0
        except AnswerError as error:
            self.errors[name] = InputError(error.message, **error.params)
            return 0
        if number != int(number) or number < 0:
            self.errors[name] = InputError(NOT_WHOLE)
        elif number > MOST_ROUNDS:
            self.errors[name] = InputError(N_("The largest number allowed is %(limit)s."), limit=MOST_ROUNDS)
        return int(number)

    @property
    def problems(self) -> Problems:
        labels = {
            "minimum": N_("Fewest times"),
            "maximum": N_("Most times"),
            "count": N_("How many times, worked out"),
            "item": N_("What one time is called"),
        }
        item = self.relevant
        found = [(item.error_target, item.label, item.error)] if item.error else []
        targets = {"item": f"item-{self.languages[0]}"}
        return found + [(targets.get(name, name), labels[name], error) for name, error in self.errors.items()]


def _id_if_there(question: Question, definition: Definition) -> str | None:
    """Its id, None for a question that is not in the survey yet: that one comes after all others."""
    return question.id if any(q.id == question.id for q in definition.questions()) else None


def _asked_before_page(definition: Definition, section: Section) -> Sequence[Asked]:
    """What an empty page may ask for: all that stands on the pages before it."""
    place = definition.sections.index(section)
    return list(asked_before(replace(definition, sections=definition.sections[:place]), None))
