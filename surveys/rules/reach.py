"""Whether a question can ever show: tried with every answer that its condition tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product
from math import prod

from surveys.definition import Section
from surveys.elements import Question
from surveys.errors import AnswerError, SurveyError
from surveys.expressions import Expression, Scope, Value, to_boolean
from surveys.expressions.nodes import Call, Literal, Node, Operation, Reference, walk
from surveys.expressions.values import to_number, to_text
from surveys.questions import type_of
from surveys.rules.logic import Logic

MOST_TRIALS = 4096
_PURE = frozenset(
    {"selected", "not", "boolean", "true", "false", "if", "coalesce", "number", "string", "string-length"}
)
"""Functions whose value the answers that are tried tell fully."""


_COMPARING = frozenset({"and", "or", "=", "!=", "<", "<=", ">", ">="})


class _Trial(Scope):
    """One set of answers; an answer to what does not show is none."""

    __slots__ = ("given", "logic", "shown")

    def __init__(self, logic: Logic, given: dict[str, Value]) -> None:
        super().__init__()
        self.logic = logic
        self.given = given
        self.shown: dict[str, bool] = {}

    def value(self, name: str) -> Value:
        placed = self.logic.placed.get(name)
        if placed is None or not self.shows(placed.section, placed.question):
            return ""
        return self.given.get(name, "")

    def shows(self, section: Section, question: Question | None) -> bool:
        return self._holds(section.relevant) and (question is None or self._holds(question.relevant))

    def _holds(self, written: str) -> bool:
        condition = self.logic.expression(written)
        if condition is None:
            return True
        if written not in self.shown:
            self.shown[written] = True
            self.shown[written] = to_boolean(condition.evaluate(self))
        return self.shown[written]


def can_show(logic: Logic, section: Section, question: Question | None) -> bool:
    """Whether some answers make the question (or the page) show; True too where too many would have to be
    tried, or where something else than answers decides."""
    wanted = _conditions(logic, section, question)
    if wanted is None:
        return True
    asked = {
        part.name: None
        for condition in wanted
        for part in walk(condition.node)
        if isinstance(part, Reference)
    }
    literals = {
        part.value: None for condition in wanted for part in walk(condition.node) if isinstance(part, Literal)
    }
    choices = {name: _candidates(logic, name, list(literals)) for name in asked}
    if prod(len(values) for values in choices.values()) > MOST_TRIALS:
        return True
    for drawn in product(*choices.values()):
        trial = _Trial(logic, dict(zip(choices, drawn, strict=True)))
        try:
            if trial.shows(section, question):
                return True
        except SurveyError:
            return True
    return False


def _conditions(logic: Logic, section: Section, question: Question | None) -> list[Expression] | None:
    """The conditions that decide, with those of the questions that they ask for; None where anything else than
    plain answers has a say."""
    waiting = [section.relevant, question.relevant if question else ""]
    found: dict[str, Expression] = {}
    asked: set[str] = set()
    while waiting:
        written = waiting.pop()
        condition = logic.expression(written)
        if condition is None or written in found:
            if written and condition is None:
                return None
            continue
        found[written] = condition
        for part in walk(condition.node):
            if not _is_plain(part):
                return None
            if isinstance(part, Reference):
                placed = logic.placed.get(part.name)
                if placed is None or part.predicates or placed.section.repeat:
                    return None
                if not type_of(placed.question).asks or part.name != placed.question.name:
                    return None
                asked.add(part.name)
                if 2 ** len(asked) > MOST_TRIALS:  # each has two answers at least
                    return None
                waiting += [placed.section.relevant, placed.question.relevant]
    return list(found.values())


def _is_plain(part: Node) -> bool:
    """Whether the answers that are tried tell fully what becomes of it."""
    if isinstance(part, Call):
        return part.function in _PURE
    if isinstance(part, Operation):
        return part.operator in _COMPARING
    return isinstance(part, Literal | Reference)


def _candidates(logic: Logic, name: str, literals: list[str | float]) -> list[Value]:
    """Answers to the question, one for each way in which conditions with these literals can tell them apart."""
    question = logic.placed[name].question
    kind = type_of(question)
    holds = kind.export_kinds(question).get(name, "text")
    codes = [code for code, _ in kind.codes(question)]
    told = [code for code in codes if code in {to_text(literal) for literal in literals}]
    rest = [code for code in codes if code not in told][:1]
    if holds == "code":
        return ["", *told, *rest]
    if holds in {"codes", "ranks"}:
        several = told + rest
        # Of very many answers no more sets are tried than are counted as too many anyway.
        return [" ".join(some) for some in islice(_subsets(several), MOST_TRIALS + 1)]
    if holds == "number":
        return ["", *_numbers(question, literals)]
    return [
        "",
        *dict.fromkeys(
            [*map(to_text, literals), "x" * 20, "1000000", "-1000000", "1000-01-01", "2999-12-31"]
        ),
    ]


def _subsets(codes: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(codes) + 1):
        yield from combinations(codes, size)


def _numbers(question: Question, literals: list[str | float]) -> list[Value]:
    """The numbers at, below and above every literal and limit, as far as the question takes them."""
    marks = {to_number(literal) for literal in literals} | {
        float(limit)
        for limit in (getattr(question.config, name, None) for name in ("min", "max", "start", "end"))
        if isinstance(limit, int | float)
    }
    marks = {mark for mark in marks if mark == mark} | {0.0}
    tried = sorted({mark + step for mark in marks for step in (-1.0, -0.5, 0.0, 0.5, 1.0)})
    kind = type_of(question)
    taken: list[Value] = []
    for number in tried:
        try:
            if kind.parse(question, {question.name: [to_text(number)]}) is not None:
                taken.append(number)
        except AnswerError:
            continue
    return taken or list(tried)
