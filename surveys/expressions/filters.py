"""Which answers a question offers, in the usual shapes, as clauses that menus can show and a sentence can say.

``region = ${where} and selected(${liked}, name)`` are two clauses: the answer's mark ``region`` is the answer to one
question, and the answer itself was chosen in another.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.expressions.nodes import Node, Operation
from surveys.expressions.shapes import ANSWER, COLUMN, gaps_in

ITSELF = "name"
"""The column of an option's own code."""


@dataclass(frozen=True, slots=True)
class FilterClause:
    """`mark` names a column of the options (`ITSELF` for their own codes), `question` an earlier question."""

    mark: str
    question: str
    is_excluded: bool = False


_SHAPES = (
    (f"{COLUMN} = ${{{ANSWER}}}", False),
    (f"selected(${{{ANSWER}}}, {COLUMN})", False),
    (f"{COLUMN} != ${{{ANSWER}}}", True),
    (f"not(selected(${{{ANSWER}}}, {COLUMN}))", True),
)


def filter_of(node: Node) -> tuple[FilterClause, ...] | None:
    """The clauses of an expression, all of which must hold; None when it has another form."""
    parts = node.operands if isinstance(node, Operation) and node.operator == "and" else (node,)
    clauses = [_clause(part) for part in parts]
    found = tuple(clause for clause in clauses if clause is not None)
    return found if len(found) == len(clauses) else None


def written_filter(clauses: tuple[FilterClause, ...], several: frozenset[str]) -> str:
    """The clauses as an expression; `several` are the questions with more than one answer."""
    return " and ".join(_written(clause, clause.question in several) for clause in clauses)


def _clause(node: Node) -> FilterClause | None:
    for shape, is_excluded in _SHAPES:
        found = gaps_in(node, shape)
        if found is not None:
            return FilterClause(found[COLUMN], found[ANSWER], is_excluded)
    return None


def _written(clause: FilterClause, has_several: bool) -> str:
    shape = _SHAPES[2 * clause.is_excluded + has_several][0]
    return shape.replace(COLUMN, clause.mark).replace(ANSWER, clause.question)
