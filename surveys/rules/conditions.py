"""What is wrong with the conditions and calculations of a survey, before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surveys.definition import Definition, Section
from surveys.elements import Question, texts_in
from surveys.expressions import Expression, ExpressionError, expression
from surveys.expressions.nodes import Call, Current, Literal, Node, Operation, Reference, walk
from surveys.expressions.values import to_number, to_text
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.base import Problem
from surveys.rules.logic import PIPE, Logic, Where, names_of, question_expressions, written_expressions
from surveys.rules.reach import can_show

_SIZES = frozenset({"<", "<=", ">", ">="})
_COMPARED = _SIZES | {"="}
_EARLIER = frozenset({"relevant", "required_if", "choice_filter", "default", "count"})
"""What can only ask for answers that are there already."""


def logic_problems(definition: Definition) -> Iterator[Problem]:
    """Bad expressions, references to nothing or to what comes later, loops, comparisons of unlike things, texts
    that show what is not there, and questions that can never show, each with its question or section."""
    logic = Logic(definition)
    places = {name: place for place, name in enumerate(_names_in_order(definition))}
    for where, written in written_expressions(definition):
        try:
            read = expression(written)
        except ExpressionError as error:
            params: dict[str, Any] = error.params
            yield _problem(where, error.code, error.message, **params)
            continue
        yield from _reference_problems(where, read, logic, places)
        yield from _type_problems(where, read.node, logic)
        yield from _unanswered_problems(where, read.node, logic)
    yield from _text_problems(definition, logic, places)
    yield from _loops(definition, logic)
    yield from _unreachable(definition, logic)


def _problem(where: Where, code: str, message: str, *, is_warning: bool = False, **params: Any) -> Problem:
    return Problem(
        code,
        message,
        params,
        question_id=where.question.id if where.question else None,
        section_id=where.section.id if where.section and not where.question else None,
        is_warning=is_warning,
    )


def _names_in_order(definition: Definition) -> Iterator[str]:
    for section in definition.sections:
        yield f"page {section.id}"
        for question in section.questions:
            yield from names_of(question)


def _reference_problems(
    where: Where, read: Expression, logic: Logic, places: dict[str, int]
) -> Iterator[Problem]:
    here = _place(where, places)
    for name in sorted(read.references):
        if name not in places and name not in logic.sections:
            yield _problem(
                where,
                "missing_reference",
                N_("“%(name)s” is asked for here, but no question has this name."),
                name=name,
            )
        elif where.part in _EARLIER and here is not None and places.get(name, -1) > here:
            yield _problem(
                where,
                "later_reference",
                N_("“%(name)s” comes later in the survey. Only earlier answers can be asked for here."),
                name=name,
            )


def _place(where: Where, places: dict[str, int]) -> int | None:
    if where.question is not None:
        return places.get(where.question.name)
    return places.get(f"page {where.section.id}") if where.section else None


def _type_problems(where: Where, node: Node, logic: Logic) -> Iterator[Problem]:
    for part in walk(node):
        if isinstance(part, Operation) and len(part.operands) == 2:
            left, right = part.operands
            if isinstance(left, Reference) and isinstance(right, Literal):
                yield from _unlike(where, part.operator, left.name, right, logic)
            elif isinstance(right, Reference) and isinstance(left, Literal):
                yield from _unlike(where, part.operator, right.name, left, logic)
        elif isinstance(part, Call) and part.function == "selected":
            asked, code = part.arguments
            if isinstance(asked, Reference) and isinstance(code, Literal):
                yield from _unlike(where, "selected", asked.name, code, logic)


def _unlike(where: Where, operator: str, name: str, value: Literal, logic: Logic) -> Iterator[Problem]:
    placed = logic.placed.get(name)
    if placed is None or value.value == "" or operator in {"and", "or", "|"}:
        return
    kind = type_of(placed.question)
    holds = kind.export_kinds(placed.question).get(name, "text")
    written = to_text(value.value)
    codes = {code for code, _ in kind.codes(placed.question)}
    if holds in {"code", "codes", "ranks"} and operator in {"=", "!=", "selected"} and written not in codes:
        yield _problem(
            where,
            "no_such_answer",
            N_("“%(value)s” is none of the answers to “%(name)s”."),
            name=name,
            value=written,
        )
    elif holds == "number" and to_number(value.value) != to_number(value.value):
        yield _problem(
            where,
            "not_compared",
            N_("“%(name)s” is a number and cannot be compared with “%(value)s”."),
            name=name,
            value=written,
        )
    elif holds == "text" and operator in _SIZES:
        yield _problem(
            where,
            "text_compared",
            N_("“%(name)s” is a text; whether it is more or less than something cannot be said."),
            is_warning=True,
            name=name,
        )


def _unanswered_problems(where: Where, node: Node, logic: Logic) -> Iterator[Problem]:
    """A constraint that compares the answer with another one that may not be there: then no answer is accepted."""
    if where.part != "constraint":
        return
    parts = node.operands if isinstance(node, Operation) and node.operator == "and" else (node,)
    for part in parts:
        if not isinstance(part, Operation) or part.operator not in _COMPARED or len(part.operands) != 2:
            continue
        names = [one.name for one in part.operands if isinstance(one, Reference)]
        has_answer = any(isinstance(one, Current) for one in part.operands)
        placed = logic.placed.get(names[0]) if has_answer and names else None
        if placed is not None and _may_be_missing(placed.question, placed.section):
            yield _problem(
                where,
                "compared_with_nothing",
                N_(
                    "The answer is compared with “%(name)s”, which may be left unanswered: then no answer is accepted."
                ),
                is_warning=True,
                name=names[0],
            )


def _may_be_missing(question: Question, section: Section) -> bool:
    if not type_of(question).asks or question.default:
        return False
    return not question.required or bool(question.relevant or section.relevant)


def _text_problems(definition: Definition, logic: Logic, places: dict[str, int]) -> Iterator[Problem]:
    for section in definition.sections:
        here = places[f"page {section.id}"]
        for text in (section.title, section.intro):
            where = Where("text", section=section)
            for name in _piped(text.values()):
                yield from _text_problem(where, name, here, logic, places)
        for question in section.questions:
            where, here = Where("text", question, section), places[question.name]
            texts = (question.label, question.hint, question.constraint_message, *texts_in(question.config))
            for name in _piped(words for text in texts for words in text.values()):
                yield from _text_problem(where, name, here, logic, places)
    endings = [
        (Where("thanks"), definition.thanks),
        *((Where("quota"), quota.message) for quota in definition.quotas),
        *((Where("screen_out"), screen_out.message) for screen_out in definition.screen_outs),
    ]
    for where, text in endings:
        for name in _piped(text.values()):
            yield from _text_problem(where, name, len(places), logic, places)


def _piped(words: object) -> list[str]:
    return sorted({name for text in words for name in PIPE.findall(text)})  # type: ignore[attr-defined]


def _text_problem(
    where: Where, name: str, here: int, logic: Logic, places: dict[str, int]
) -> Iterator[Problem]:
    if name not in places and name not in logic.sections:
        yield _problem(
            where,
            "missing_reference",
            N_("“%(name)s” is asked for here, but no question has this name."),
            name=name,
        )
    elif places.get(name, -1) > here:
        yield _problem(
            where,
            "later_text",
            N_("The answer to “%(name)s” stands in this text, but is given only later."),
            is_warning=True,
            name=name,
        )


def _loops(definition: Definition, logic: Logic) -> Iterator[Problem]:
    needs = {
        question.name: _needed(question, section, logic)
        for section in definition.sections
        for question in section.questions
    }
    needs = _in_circles(needs)
    for question in definition.questions():
        chain = _way_back(question.name, needs) if question.name in needs else []
        if chain:
            yield Problem(
                "loop", N_("This depends on itself: %(names)s."), {"names": " → ".join(chain)}, question.id
            )


def _in_circles(needs: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those that need each other in a circle, or one that stands in one; the others are taken away from the end of
    their chains on (A. B. Kahn, Topological sorting of large networks, 1962)."""
    left = {name: {other for other in others if other in needs} for name, others in needs.items()}
    needed_by: dict[str, list[str]] = {}
    for name, others in left.items():
        for other in others:
            needed_by.setdefault(other, []).append(name)
    free = [name for name, others in left.items() if not others]
    while free:
        done = free.pop()
        for name in needed_by.get(done, ()):
            left[name].discard(done)
            if not left[name]:
                free.append(name)
    return {
        name: [other for other in needs[name] if left.get(other)] for name, others in left.items() if others
    }


def _needed(question: Question, section: Section, logic: Logic) -> list[str]:
    """The questions without which one cannot say whether this one shows, or what its value is."""
    written = [text for part, text in question_expressions(question) if part in {"relevant", "calculation"}]
    found = []
    for text in [section.relevant, *written]:
        read = logic.expression(text)
        for name in sorted(read.references_of_this_round) if read else ():
            placed = logic.placed.get(name)
            if placed is not None:
                found.append(placed.question.name)
    return found


def _way_back(start: str, needs: dict[str, list[str]]) -> list[str]:
    """The shortest chain from a question back to itself; empty when there is none."""
    waiting, seen = [[start]], set[str]()
    while waiting:
        chain = waiting.pop(0)
        for name in needs.get(chain[-1], ()):
            if name == start:
                return [*chain, start]
            if name not in seen:
                seen.add(name)
                waiting.append([*chain, name])
    return []


def _unreachable(definition: Definition, logic: Logic) -> Iterator[Problem]:
    message = N_("This can never show: whatever people answer, its condition does not hold.")
    for section in definition.sections:
        if section.relevant and not can_show(logic, section, None):
            yield Problem("unreachable", message, section_id=section.id, is_warning=True)
            continue
        for question in section.questions:
            if question.relevant and not can_show(logic, section, question):
                yield Problem("unreachable", message, question_id=question.id, is_warning=True)
