"""Conditions and calculations: XPath 1.0 with the functions of OpenRosa, as XLSForm has them.

The grammar is elementpath's. What is parsed becomes plain functions, so that an expression is read once and
evaluated in microseconds; no document is ever opened, patterns are RE2's, and length, depth and steps are
limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from surveys.expressions.errors import ExpressionError
from surveys.expressions.evaluation import compiled
from surveys.expressions.nodes import (
    Call,
    Current,
    Literal,
    Node,
    Operation,
    Options,
    Reference,
    children,
    walk,
)
from surveys.expressions.parser import parse
from surveys.expressions.scope import Scope, StepsError, TextLengthError
from surveys.expressions.values import Value, to_boolean, to_number, to_text

__all__ = [
    "Expression", "ExpressionError", "Scope", "StepsError", "TextLengthError", "Value", "expression", "to_boolean",
    "to_number", "to_text",
]  # fmt: skip

MOST_KEPT = 4096


class Expression:
    """A parsed expression. `evaluate` gives its value in a scope; it may be called by several threads."""

    __slots__ = ("evaluate", "node", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        self.node: Node = parse(written)
        self.evaluate = compiled(self.node)

    def holds(self, scope: Scope) -> bool:
        """The value as a truth value."""
        return to_boolean(self.evaluate(scope))

    @property
    def references(self) -> frozenset[str]:
        """The names of the questions and repeats that it asks for."""
        return frozenset(_references(walk(self.node)))

    @property
    def references_of_this_round(self) -> frozenset[str]:
        """`references` without those that are asked of an earlier round of a repeat alone."""
        return frozenset(_references(_of_this_round(self.node)))

    @property
    def is_held(self) -> bool:
        """Whether its first value is to be kept: it asks for `once`."""
        return any(isinstance(node, Call) and node.function == "once" for node in walk(self.node))

    @property
    def asks_itself(self) -> bool:
        """Whether it asks for ``.``."""
        return any(isinstance(node, Current) for node in walk(self.node))


def _references(nodes: Iterable[Node]) -> Iterator[str]:
    for part in nodes:
        if isinstance(part, Reference):
            yield part.name
        elif isinstance(part, Options):
            yield part.list_name


def _of_this_round(node: Node) -> Iterator[Node]:
    """Like `walk`, past what is asked of an earlier round."""
    yield node
    for child in children(node)[1 if _is_of_an_earlier_round(node) else 0 :]:
        yield from _of_this_round(child)


def _is_of_an_earlier_round(node: Node) -> bool:
    """Whether this is ``indexed-repeat(${question}, ${repeat}, position(..) - 1)``, or another number."""
    if not isinstance(node, Call) or node.function != "indexed-repeat" or len(node.arguments) != 3:
        return False
    place = node.arguments[2]
    if not isinstance(place, Operation) or place.operator != "-" or len(place.operands) != 2:
        return False
    here, back = place.operands
    is_here = isinstance(here, Call) and here.function == "position" and bool(here.arguments)
    return is_here and isinstance(back, Literal) and isinstance(back.value, float) and back.value >= 1


@lru_cache(maxsize=MOST_KEPT)
def expression(written: str) -> Expression:
    """The expression written so, parsed once a process. Raises ExpressionError."""
    return Expression(written)
