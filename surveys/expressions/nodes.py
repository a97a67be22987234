"""A parsed expression: immutable values, made by `parser` and read by all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes, or a number."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Reference:
    """``${name}``, ``../name`` or ``/data/group/name``: the answer to a question, or the rounds of a repeat.

    `predicates` choose among the rounds of a repeat.
    """

    name: str
    predicates: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Current:
    """``.``: the answer that is being checked or calculated."""


@dataclass(frozen=True, slots=True)
class Parent:
    """``..``: the round of the repeat that the question stands in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A bare name: what is said of an option in the choices sheet, in a choice filter."""

    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """``instance('list')/root/item[…]/column``: a column of the options of a list."""

    list_name: str
    column: str
    predicates: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """``and or = != < <= > >= + - * div mod |`` on two or more operands, evaluated from the left; ``-`` of one
    is its negative."""

    operator: str
    operands: tuple[Node, ...]


Node = Literal | Reference | Current | Parent | Column | Options | Call | Operation


def negated(node: Node) -> Node:
    """``-5`` as the one number that it is; any other node as it was."""
    if isinstance(node, Operation) and node.operator == "-" and len(node.operands) == 1:
        inner = node.operands[0]
        if isinstance(inner, Literal) and isinstance(inner.value, float):
            return Literal(-inner.value)
    return node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    if isinstance(node, Operation):
        return node.operands
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Reference | Options):
        return node.predicates
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)
