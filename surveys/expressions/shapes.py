"""Comparing a parsed expression with one that has a gap: ``string-length(.) >= 987654321`` finds the 5 in
``string-length(.) >= 5``."""

from __future__ import annotations

from functools import cache

from surveys.expressions import expression
from surveys.expressions.nodes import Call, Column, Literal, Node, Operation, Reference, negated
from surveys.expressions.values import to_text

NUMBER, TEXT, COLUMN, ANSWER = "987654321", "gap-text", "gap_column", "gap_answer"
"""What stands for a gap: a number, a text in quotes, a column of an option, the answer to a question (``${…}``)."""
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@cache
def _shape(written: str) -> Node:
    return expression(written).node


def gaps_in(node: Node, shape: str) -> dict[str, str] | None:
    """What stands in the gaps of `shape`, by the gap; None where the expression has another shape."""
    wanted = _shape(shape)
    found = _compared(wanted, node)
    turned = _turned(node)
    return _compared(wanted, turned) if found is None and turned is not None else found


def _turned(node: Node) -> Node | None:
    """``18 <= .`` for ``. >= 18``."""
    if isinstance(node, Operation) and node.operator in _TURNED and len(node.operands) == 2:
        return Operation(_TURNED[node.operator], tuple(reversed(node.operands)))
    return None


def _compared(wanted: Node, node: Node) -> dict[str, str] | None:
    node = negated(node)
    if isinstance(wanted, Literal) and to_text(wanted.value) in (NUMBER, TEXT):
        if not isinstance(node, Literal) or (isinstance(wanted.value, float) and not _is_number(node.value)):
            return None
        return {to_text(wanted.value): to_text(node.value)}
    if wanted == Column(COLUMN):
        return {COLUMN: node.name} if isinstance(node, Column) else None
    if wanted == Reference(ANSWER):
        return {ANSWER: node.name} if isinstance(node, Reference) and not node.predicates else None
    if isinstance(wanted, Operation):
        same = isinstance(node, Operation) and node.operator == wanted.operator
        return _all_compared(wanted.operands, node.operands) if same else None  # type: ignore[union-attr]
    if isinstance(wanted, Call):
        same = isinstance(node, Call) and node.function == wanted.function
        return _all_compared(wanted.arguments, node.arguments) if same else None  # type: ignore[union-attr]
    return {} if wanted == node else None


def _all_compared(wanted: tuple[Node, ...], nodes: tuple[Node, ...]) -> dict[str, str] | None:
    if len(wanted) != len(nodes):
        return None
    found: dict[str, str] = {}
    for one, other in zip(wanted, nodes, strict=True):
        inner = _compared(one, other)
        if inner is None:
            return None
        found |= inner
    return found


def _is_number(value: str | float) -> bool:
    return isinstance(value, float) or value.lstrip("-").replace(".", "", 1).isdecimal()
