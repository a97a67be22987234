"""A condition as a row of menus for each clause, or typed: read from what was sent, shown again as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from consult.builder.menu_rows import MenuRows
from consult.builder.settings import HIDDEN_SIGNS, InputError
from consult.i18n import language, pick
from surveys.definition import Definition
from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.expressions.conditions import OPERATORS, Clause, Condition, written_condition
from surveys.i18n import N_
from surveys.numbers import parse_number, western_digits
from surveys.questions import type_of
from surveys.questions.choices import OTHER, OTHER_LABEL
from surveys.rules.sentences import questions_before, read_condition
from surveys.text import Text, is_safe_label

_ISO = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "time": re.compile(r"\d{2}:\d{2}"),
    "datetime": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a clause may ask for: a column of an earlier question's answer. `part` words the column."""

    name: str
    number: int
    label: Text
    part: Text
    kind: str
    codes: tuple[tuple[str, Text], ...]

    @property
    def operators(self) -> tuple[str, ...]:
        """Names of the operators that make sense, in the order of the menu."""
        return tuple(name for name, operator in OPERATORS.items() if self.kind in operator.kinds)


ANSWERED_BY_CODES = frozenset({"code", "codes", "ranks"})


def asked_before(definition: Definition, question_id: str | None) -> Iterator[Asked]:
    """What conditions of a question may ask for, in the order of the survey; all of it for None."""
    numbers = {question.id: number for number, question in enumerate(definition.questions(), 1)}
    for question in questions_before(definition, question_id):
        yield from _columns(question, numbers[question.id])


def _columns(question: Question, number: int) -> Iterator[Asked]:
    kind = type_of(question)
    code = language()
    parts: dict[str, Text] = {
        column: {code: _(words)} for column, words in kind.column_words(question).items()
    }
    parts |= kind.column_labels(question)
    codes = tuple(
        (name, words or ({code: _(OTHER_LABEL)} if name == OTHER else {}))
        for name, words in kind.codes(question)
    )
    for name, column in kind.export_kinds(question).items():
        has_codes = column in ANSWERED_BY_CODES
        yield Asked(name, number, question.label, parts.get(name, {}), column, codes if has_codes else ())


def own_column(question: Question) -> Asked | None:
    """What the answer to a question itself is; None where it has several parts."""
    return next((asked for asked in _columns(question, 0) if asked.name == question.name), None)


def condition_menus() -> dict[str, Any]:
    """What the template of conditions needs: the operators, and the data by which a script follows them."""
    return {"operators": OPERATORS, "asked_data": _menus_of}


def _menus_of(asked: Sequence[Asked]) -> dict[str, Any]:
    return {
        item.name: {
            "operators": [[name, _(OPERATORS[name].label)] for name in item.operators],
            "codes": [[code, pick(words) or code] for code, words in item.codes],
        }
        for item in asked
    }


@dataclass
class ClauseRow:
    """One row of menus as it stands; `asked` is what its question is, None while there is none."""

    question: str = ""
    operator: str = ""
    value: str = ""
    asked: Asked | None = None

    @property
    def takes_value(self) -> bool:
        return not self.operator or OPERATORS[self.operator].takes_value


@dataclass
class ConditionInput(MenuRows[ClauseRow]):
    """What must hold of earlier answers, in a form."""

    PARTS = ("question", "operator", "value")

    asked: Sequence[Asked]

    def rows_written(self) -> list[ClauseRow] | None:
        condition = read_condition(self.written)
        known = {asked.name for asked in self.asked}
        if condition is None or any(clause.question not in known for clause in condition.clauses):
            return None
        self.joined = condition.joined
        return [self.row(c.question, c.operator, c.value) for c in condition.clauses]

    @property
    def has_menus(self) -> bool:
        return bool(self.asked)

    def row(self, *parts: str) -> ClauseRow:
        question, operator, value = parts or ("", "", "")
        asked = next((asked for asked in self.asked if asked.name == question), None)
        return ClauseRow(asked.name if asked else "", operator if operator in OPERATORS else "", value, asked)

    def of_menus(self) -> str:
        clauses = [_clause(row, row.asked) for row in self.rows if row.asked is not None]
        return written_condition(Condition(tuple(clauses), self.joined)) if clauses else ""


def _clause(row: ClauseRow, asked: Asked) -> Clause:
    operator = row.operator if row.operator in asked.operators else asked.operators[0]
    row.operator = operator
    if not OPERATORS[operator].takes_value:
        return Clause(asked.name, operator)
    if not row.value:
        raise InputError(N_("Say what the answer is compared with."))
    row.value = read_value(row.value, asked.kind, asked.codes)
    return Clause(asked.name, operator, row.value)


def read_value(typed: str, kind: str, codes: Sequence[tuple[str, Text]]) -> str:
    """What was typed as an answer of this kind is stored: a code, a number, an ISO date; else the words themselves.
    Raises InputError."""
    if codes:
        for code, label in codes:
            if typed == code or typed.casefold() in {words.casefold() for words in label.values()}:
                return code
        raise InputError(N_("“%(value)s” is not an answer to that question."), value=typed)
    if kind == "number":
        try:
            return f"{parse_number(typed):f}"
        except AnswerError as error:
            raise InputError(error.message, **error.params) from error
    if kind in _ISO:
        text = western_digits(typed)
        if not _ISO[kind].fullmatch(text):
            raise InputError(
                N_("Write the date as year-month-day and the time as hour:minute, for example 2027-03-07.")
            )
        return text
    if not is_safe_label(typed):
        raise InputError(HIDDEN_SIGNS)
    return typed
