"""A condition in words, and what menus offer for building one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from surveys.definition import Definition
from surveys.elements import Question
from surveys.expressions import ExpressionError, expression
from surveys.expressions.checks import CHECKS, check_of, referred
from surveys.expressions.conditions import ALL, OPERATORS, Clause, Condition, condition_of
from surveys.expressions.filters import ITSELF, filter_of
from surveys.expressions.nodes import Node
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.choices import OTHER, OTHER_LABEL
from surveys.rules.logic import PIPE, names_of
from surveys.text import pick

SHOW_IF = N_("Show this question if %(condition)s.")
SHOW_PAGE_IF = N_("Show this page if %(condition)s.")
REQUIRE_IF = N_("This question must be answered if %(condition)s.")
ACCEPT_IF = N_("Accepted only if %(condition)s.")
OFFER_IF = N_("An answer is offered only if %(condition)s.")
ANSWER_TO = N_("the answer to “%(question)s”")
CHOSEN = N_("it was chosen in “%(question)s”")
NOT_CHOSEN = N_("it was not chosen in “%(question)s”")
MARKED = N_("its tag “%(mark)s” is the answer to “%(question)s”")
NOT_MARKED = N_("its tag “%(mark)s” is not the answer to “%(question)s”")
BOTH = N_("%(first)s and %(second)s")
EITHER = N_("%(first)s or %(second)s")

Say = Callable[[str], str]
"""Translates a marked string into the reader's language."""


def read_condition(written: str) -> Condition | None:
    """The condition that an expression is; None where it has another form or cannot be read."""
    node = _node(written)
    return condition_of(node) if node else None


def sentence(condition: Condition, definition: Definition, *, language: str, say: Say) -> str:
    """The condition in words, with the labels of questions and answers: ``“Kind” is Women and …``."""
    said = [_said(clause, definition, language, say) for clause in condition.clauses]
    return _joined(said, condition.joined, say)


def check_sentence(question: Question, definition: Definition, *, language: str, say: Say) -> str:
    """What a question's constraint asks of its answer, in words; ``""`` where no menus can build it."""
    kind = type_of(question).export_kinds(question).get(question.name, "")
    node = _node(question.constraint)
    condition = check_of(node, kind) if node else None
    if condition is None:
        return ""
    said = [_check_said(clause, question, definition, language, say) for clause in condition.clauses]
    return _joined(said, condition.joined, say)


def _check_said(clause: Clause, own: Question, definition: Definition, language: str, say: Say) -> str:
    check = CHECKS[clause.operator]
    value = clause.value
    if asked := referred(value):
        value = say(ANSWER_TO) % {"question": _label(asked, definition, language)}
    elif check.takes == "code":
        value = _code_words(own, value, definition, language, say)
    return say(check.sentence) % {"value": value}


def filter_sentence(question: Question, definition: Definition, *, language: str, say: Say) -> str:
    """Which answers a question offers, in words; ``""`` where no menus can build the filter."""
    node = _node(question.choice_filter)
    clauses = filter_of(node) if node else None
    said = []
    for clause in clauses or ():
        words = {"mark": clause.mark, "question": _label(clause.question, definition, language)}
        frames = (CHOSEN, NOT_CHOSEN) if clause.mark == ITSELF else (MARKED, NOT_MARKED)
        said.append(say(frames[clause.is_excluded]) % words)
    return _joined(said, ALL, say)


def _joined(said: Sequence[str], joined: str, say: Say) -> str:
    words = ""
    for one in said:
        words = say(BOTH if joined == ALL else EITHER) % {"first": words, "second": one} if words else one
    return words


def _node(written: str) -> Node | None:
    try:
        return expression(written).node if written else None
    except ExpressionError:
        return None


def _label(name: str, definition: Definition, language: str) -> str:
    question = question_with_name(definition, name)
    words = pick(question.label, language, definition.default_language) if question else ""
    return PIPE.sub("…", words) or name  # whose answer stands there is told by the question itself


def _part(question: Question, column: str, definition: Definition, language: str, say: Say) -> str:
    """What a column holds beside the answer itself: the row of a matrix, the latitude of a place."""
    if column == question.name:
        return ""
    kind = type_of(question)
    words = pick(kind.column_labels(question).get(column, {}), language, definition.default_language)
    own = kind.column_words(question).get(column)
    return words or (say(own) if own else "")


def _code_words(question: Question, code: str, definition: Definition, language: str, say: Say) -> str:
    for known, words in type_of(question).codes(question):
        if known == code:
            found = pick(words, language, definition.default_language)
            return found or (say(OTHER_LABEL) if code == OTHER else code)
    return code


def _said(clause: Clause, definition: Definition, language: str, say: Say) -> str:
    question = question_with_name(definition, clause.question)
    label = _label(clause.question, definition, language)
    if question and (part := _part(question, clause.question, definition, language, say)):
        label = f"{label} – {part}"
    value = _code_words(question, clause.value, definition, language, say) if question else clause.value
    return say(OPERATORS[clause.operator].sentence) % {"question": label, "value": value}


def question_with_name(definition: Definition, name: str) -> Question | None:
    """The question that expressions call `name`."""
    return next((question for question in definition.questions() if name in names_of(question)), None)


def operators_for(question: Question) -> tuple[str, ...]:
    """The names of the operators (`OPERATORS`) that make sense for a question, in the order of the menu."""
    kind = type_of(question).export_kinds(question).get(question.name, "text")
    return tuple(name for name, operator in OPERATORS.items() if kind in operator.kinds)


def questions_before(definition: Definition, question_id: str | None) -> Iterator[Question]:
    """The questions that a condition of this question may ask for: the earlier ones with an answer, in the
    same round of a repeat or outside of repeats. None gives all of them."""
    for section in definition.sections:
        ids = [question.id for question in section.questions]
        inside = question_id in ids
        if section.repeat and not inside:
            continue
        for question in section.questions:
            if question.id == question_id:
                return
            if type_of(question).takes_answer:
                yield question
