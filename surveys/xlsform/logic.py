"""Conditions and calculations of a form, as they are written in it and as a definition holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pyxform.utils import default_is_dynamic

from surveys.elements import Question
from surveys.expressions import ExpressionError, expression
from surveys.expressions.conditions import quoted
from surveys.expressions.nodes import Literal
from surveys.expressions.values import to_text
from surveys.i18n import N_
from surveys.questions import QuestionType, type_of
from surveys.questions.rows import Row
from surveys.xlsform.reading import Item, Reading
from surveys.xlsform.sheet import ROW

_INSTANCE = re.compile(r"instance\(\s*(['\"])(.*?)\1\s*\)")
_YES = {"yes", "true", "true()", "1"}
_NO = {"", "no", "false", "false()", "0"}


def bound(item: Item, part: str) -> str:
    """What a row binds to its answer: ``relevant``, ``constraint``, ``calculate``, ``required`` …"""
    value = (item.get("bind") or {}).get(part)
    return "" if value is None or isinstance(value, Mapping) else str(value).strip()


class LogicReader:
    """Reads the expressions of the rows; `lists` names a question for each list of choices."""

    def __init__(self, reading: Reading, lists: Mapping[str, str]) -> None:
        self.reading = reading
        self.lists = lists

    def expression(self, item: Item, written: str, column: str) -> str:
        """An expression as it is kept. One that cannot be used is kept too, and said; it stands in the way of
        publishing until somebody corrects it."""
        written = _INSTANCE.sub(self._instance, written.strip())
        if not written:
            return ""
        try:
            expression(written)
        except ExpressionError as error:
            self.reading.warn(
                "expression_kept",
                N_("Row %(row)s, column %(column)s: “%(expression)s” cannot be used here. %(reason)s"),
                row=int(item[ROW]),
                column=column,
                expression=written[:120],
                reason=error,
            )
        return written

    def _instance(self, match: re.Match[str]) -> str:
        name = self.lists.get(match[2], match[2])
        return f"instance('{name}')"

    def relevant(self, item: Item, around: str) -> str:
        """The row's condition and that of the groups around it."""
        return both(around, self.expression(item, bound(item, "relevant"), "relevant"))

    def required(self, item: Item) -> tuple[bool, str]:
        """Whether an answer is required, and the condition on which it is."""
        always, written = item.get("mashura_required"), bound(item, "required")
        if always is None and written.casefold() in _YES | _NO:
            return written.casefold() in _YES, ""
        return always == "yes", self.expression(item, written, "required")

    def constraint(self, item: Item, kind: QuestionType, row: Row) -> str:
        """What the question's type does not make settings of."""
        if "mashura_constraint" in item:
            return str(item["mashura_constraint"]).strip()
        if kind.takes_constraint(row):
            return ""
        return self.expression(item, row.constraint, "constraint")

    def default(self, item: Item, written_type: str) -> str:
        """The answer given in advance as an expression: a text in quotes, unless it is to be worked out."""
        if "mashura_default" in item:
            return str(item["mashura_default"]).strip()
        written = str(item.get("default") or "").strip()
        if not written:
            return ""
        if "${last-saved#" in written:
            self.reading.warn_column(item, "default", N_("answers of earlier responses are not used"))
            return ""
        if default_is_dynamic(written, written_type):
            return self.expression(item, written, "default")
        return quoted(written)


def both(first: str, second: str) -> str:
    """The condition that both hold."""
    if not first or not second:
        return first or second
    return f"({first}) and ({second})"


def filter_of(item: Item) -> str:
    """The row's choice filter. pyxform takes none beside ``or_other``, so ours then has a column of its own."""
    return str(item.get("choice_filter") or item.get("mashura_choice_filter") or "")


def written_logic(question: Question, settled: str, *, other: bool) -> dict[str, str]:
    """The logic of a question as cells; `settled` is the constraint that its type writes for its settings, `other`
    whether it is written with ``or_other``.

    Where the usual column would be read back as something else, a column of our own says it.
    """
    cells = {
        "relevant": question.relevant,
        "required": question.required_if or ("yes" if question.required else ""),
        "constraint": both(settled, question.constraint),
        "mashura_choice_filter" if other else "choice_filter": question.choice_filter,
    }
    if question.required_if and (question.required or question.required_if.casefold() in _YES | _NO):
        cells["mashura_required"] = "yes" if question.required else "no"
    if question.constraint and (settled or _is_setting(question)):
        cells |= {"mashura_constraint": question.constraint, "mashura_limits": settled or "-"}
    return cells | _written_default(question)


def _is_setting(question: Question) -> bool:
    row = Row(
        number=0, type="", name=question.name, label={}, hint={}, appearance=frozenset(), parameters={},
        constraint=question.constraint,
    )  # fmt: skip
    return type_of(question).takes_constraint(row)


def _written_default(question: Question) -> dict[str, str]:
    if not question.default:
        return {}
    literal = _literal(question.default)
    plain = literal is not None and quoted(literal) == question.default
    if plain and literal and not default_is_dynamic(literal, "text") and literal == literal.strip():
        return {"default": literal}
    return {"default": question.default, "mashura_default": question.default}


def _literal(written: str) -> str | None:
    try:
        node = expression(written).node
    except ExpressionError:
        return None
    return to_text(node.value) if isinstance(node, Literal) else None


def limits_of(item: Item) -> str:
    """The constraint that a type may make settings of."""
    own: Any = item.get("mashura_limits")
    if own is not None:
        return "" if own == "-" else str(own)
    return bound(item, "constraint")
