"""Conditions of the usual shapes as a list of clauses, which menus can show and a sentence can say.

``${kind} = 'women' and ${staff} > 5`` is ``Condition((Clause("kind", "is", "women"), Clause("staff",
"greater", "5")), "all")``. What has no such form (`condition_of` gives None) is shown as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.expressions.nodes import Call, Literal, Node, Operation, Reference, negated
from surveys.expressions.values import to_text
from surveys.i18n import N_

ALL, ANY = "all", "any"


@dataclass(frozen=True, slots=True)
class Operator:
    """What a clause says of a question: `label` for the menu, `sentence` with ``question`` and ``value``.

    `kinds` are the kinds of answers (`QuestionType.export_kinds`) that it is offered for.
    """

    label: str
    sentence: str
    kinds: frozenset[str]
    sign: str = ""
    takes_value: bool = True


_ONE = frozenset({"text", "number", "code", "any"})
_NUMBERS = frozenset({"number", "any"})
_DATES = frozenset({"date", "datetime", "time"})
_EVERY = frozenset({"text", "number", "date", "time", "datetime", "code", "codes", "ranks", "any"})

OPERATORS: dict[str, Operator] = {
    "is": Operator(N_("is"), N_("“%(question)s” is %(value)s"), _ONE, "="),
    "is_not": Operator(N_("is not"), N_("“%(question)s” is not %(value)s"), _ONE, "!="),
    "includes": Operator(N_("includes"), N_("“%(question)s” includes %(value)s"), frozenset({"codes"})),
    "excludes": Operator(
        N_("does not include"), N_("“%(question)s” does not include %(value)s"), frozenset({"codes"})
    ),
    "greater": Operator(N_("is more than"), N_("“%(question)s” is more than %(value)s"), _NUMBERS, ">"),
    "at_least": Operator(N_("is at least"), N_("“%(question)s” is at least %(value)s"), _NUMBERS, ">="),
    "less": Operator(N_("is less than"), N_("“%(question)s” is less than %(value)s"), _NUMBERS, "<"),
    "at_most": Operator(N_("is at most"), N_("“%(question)s” is at most %(value)s"), _NUMBERS, "<="),
    "after": Operator(N_("is after"), N_("“%(question)s” is after %(value)s"), _DATES, ">"),
    "from": Operator(N_("is on or after"), N_("“%(question)s” is on or after %(value)s"), _DATES, ">="),
    "before": Operator(N_("is before"), N_("“%(question)s” is before %(value)s"), _DATES, "<"),
    "until": Operator(N_("is on or before"), N_("“%(question)s” is on or before %(value)s"), _DATES, "<="),
    "answered": Operator(N_("is answered"), N_("“%(question)s” is answered"), _EVERY, takes_value=False),
    "unanswered": Operator(
        N_("is not answered"), N_("“%(question)s” is not answered"), _EVERY, takes_value=False
    ),
}
_OPPOSITES = {
    "is": "is_not", "is_not": "is", "includes": "excludes", "excludes": "includes",
    "answered": "unanswered", "unanswered": "answered",
}  # fmt: skip
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_BY_SIGN = {
    (operator.sign, bool(operator.kinds & _DATES)): name
    for name, operator in OPERATORS.items()
    if operator.sign
}


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said of one question, by its name. `value` is a code, a number or a date as it is written."""

    question: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses of which ``all`` must hold, or ``any``."""

    clauses: tuple[Clause, ...]
    joined: str = ALL


def condition_of(node: Node) -> Condition | None:
    """The condition that an expression is; None when it has another form."""
    if isinstance(node, Operation) and node.operator in {"and", "or"}:
        clauses = [_clause(operand) for operand in node.operands]
        found = tuple(clause for clause in clauses if clause is not None)
        return (
            Condition(found, ALL if node.operator == "and" else ANY) if len(found) == len(clauses) else None
        )
    clause = _clause(node)
    return None if clause is None else Condition((clause,))


def written_condition(condition: Condition) -> str:
    """The condition as an expression; ``""`` for no clauses."""
    word = " and " if condition.joined == ALL else " or "
    return word.join(_written(clause) for clause in condition.clauses)


def _clause(node: Node) -> Clause | None:
    if isinstance(node, Call):
        return _clause_of_call(node)
    if not isinstance(node, Operation) or len(node.operands) != 2:
        return None
    left, right, sign = *map(negated, node.operands), node.operator
    if isinstance(right, Reference) and not isinstance(left, Reference):
        if sign not in _TURNED:
            return None
        left, right, sign = right, left, _TURNED[sign]
    if _is_length(left) and sign in {">", "!="} and right == Literal(0.0):
        return Clause(left.arguments[0].name, "answered")  # type: ignore[union-attr]
    if not isinstance(left, Reference) or left.predicates:
        return None
    return _compared(left.name, sign, right)


def _compared(name: str, sign: str, right: Node) -> Clause | None:
    if right == Literal(""):
        return Clause(name, {"=": "unanswered", "!=": "answered"}[sign]) if sign in {"=", "!="} else None
    if isinstance(right, Call) and right.function in {"date", "date-time"} and (sign, True) in _BY_SIGN:
        day = right.arguments[0]
        return Clause(name, _BY_SIGN[sign, True], str(day.value)) if isinstance(day, Literal) else None
    if isinstance(right, Literal) and (sign, False) in _BY_SIGN:
        return Clause(name, _BY_SIGN[sign, False], to_text(right.value))
    return None


def _clause_of_call(node: Call) -> Clause | None:
    if node.function == "selected":
        question, code = node.arguments
        if isinstance(question, Reference) and not question.predicates and isinstance(code, Literal):
            return Clause(question.name, "includes", to_text(code.value))
    if node.function == "not":
        inner = _clause(node.arguments[0])
        if inner is not None and inner.operator in _OPPOSITES:
            return Clause(inner.question, _OPPOSITES[inner.operator], inner.value)
    return None


def _is_length(node: Node) -> bool:
    if not (isinstance(node, Call) and node.function == "string-length" and len(node.arguments) == 1):
        return False
    return isinstance(node.arguments[0], Reference) and not node.arguments[0].predicates


def _written(clause: Clause) -> str:
    asked = f"${{{clause.question}}}"
    operator = OPERATORS[clause.operator]
    if clause.operator == "answered":
        return f"{asked} != ''"
    if clause.operator == "unanswered":
        return f"{asked} = ''"
    if clause.operator == "includes":
        return f"selected({asked}, {quoted(clause.value)})"
    if clause.operator == "excludes":
        return f"not(selected({asked}, {quoted(clause.value)}))"
    if operator.kinds & _DATES:
        return f"{asked} {operator.sign} date({quoted(clause.value)})"
    value = quoted(clause.value) if clause.operator in {"is", "is_not"} else _number(clause.value)
    return f"{asked} {operator.sign} {value}"


def _number(written: str) -> str:
    return written if written.lstrip("-").replace(".", "", 1).isdecimal() else quoted(written)


def quoted(text: str) -> str:
    """`text` as a literal of an expression."""
    return f'"{text}"' if "'" in text and '"' not in text else "'" + text.replace("'", "''") + "'"
