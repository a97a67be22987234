"""From nodes to functions that evaluate them: compiled once, called with a scope as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ne

from surveys.expressions.dates import clock_number
from surveys.expressions.errors import wrong_arguments
from surveys.expressions.functions import FUNCTIONS, compiled_pattern
from surveys.expressions.nodes import (
    Call,
    Column,
    Current,
    Literal,
    Node,
    Operation,
    Options,
    Parent,
    Reference,
)
from surveys.expressions.parser import NAMED
from surveys.expressions.scope import MOST_SIGNS, Evaluated, Scope, TextLengthError
from surveys.expressions.values import (
    Scalar,
    Value,
    arithmetic,
    compare,
    items,
    to_boolean,
    to_number,
    to_text,
)

LONGEST_WITHOUT_ZONE = len("2027-03-07T18:30")
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def compiled(node: Node) -> Evaluated:
    """A function of the scope. Raises ExpressionError for what can be seen to be wrong without one."""
    if isinstance(node, Literal):
        value = node.value
        return lambda scope: value
    if isinstance(node, Reference):
        return _reference(node)
    if isinstance(node, Current):
        return lambda scope: scope.current
    if isinstance(node, Parent):
        return lambda scope: ""
    if isinstance(node, Column):
        return _column(node.name)
    if isinstance(node, Options):
        return _options(node)
    if isinstance(node, Call):
        return _call(node)
    return _operation(node)


def _reference(node: Reference) -> Evaluated:
    name = node.name
    if not node.predicates:
        return lambda scope: scope.value(name)
    holds = [compiled(predicate) for predicate in node.predicates]

    def among_rounds(scope: Scope) -> Value:
        found = list(scope.rounds(name))
        for hold in holds:
            found = _chosen(scope, found, hold, name)
        return [round_.value(name) for round_ in found]  # type: ignore[misc]

    return among_rounds


def _chosen(scope: Scope, found: Sequence[Scope], hold: Evaluated, name: str) -> list[Scope]:
    """The rounds for which a predicate holds; ``.`` in it is the answer to `name` there."""
    kept = []
    for place, round_ in enumerate(found, 1):
        scope.spend()
        before = round_.position, round_.size, round_.current
        round_.position, round_.size, round_.current = place, len(found), round_.value(name)
        try:
            if _holds(hold(round_), place):
                kept.append(round_)
        finally:
            round_.position, round_.size, round_.current = before
    return kept


def _holds(value: Value, place: int) -> bool:
    """A predicate that is a number asks for that place."""
    return value == place if isinstance(value, float) else to_boolean(value)


def _column(name: str) -> Evaluated:
    def of_option(scope: Scope) -> Value:
        return scope.value(name) if scope.item is None else scope.item.get(name, "")

    return of_option


def _options(node: Options) -> Evaluated:
    holds = [compiled(predicate) for predicate in node.predicates]

    def of_list(scope: Scope) -> Value:
        found = list(scope.options(node.list_name))
        for hold in holds:
            found = _chosen_options(scope, found, hold)
        return [option.get(node.column, "") for option in found]

    return of_list


def _chosen_options(
    scope: Scope, found: Sequence[Mapping[str, str]], hold: Evaluated
) -> list[Mapping[str, str]]:
    before = scope.item, scope.position, scope.size
    kept = []
    try:
        for place, option in enumerate(found, 1):
            scope.spend()
            scope.item, scope.position, scope.size = option, place, len(found)
            if _holds(hold(scope), place):
                kept.append(option)
    finally:
        scope.item, scope.position, scope.size = before
    return kept


def _call(node: Call) -> Evaluated:
    special = _SPECIAL.get(node.function)
    if special is not None:
        return special(node)
    function = FUNCTIONS[node.function]
    if node.function == "regex" and isinstance(node.arguments[1], Literal):
        compiled_pattern(to_text(node.arguments[1].value))
    arguments = [compiled(argument) for argument in node.arguments]
    if len(arguments) == 2:
        first, second = arguments

        def of_two(scope: Scope) -> Value:
            scope.spend()
            return _kept_short(function(scope, first(scope), second(scope)))

        return of_two

    def of_many(scope: Scope) -> Value:
        scope.spend()
        return _kept_short(function(scope, *[argument(scope) for argument in arguments]))

    return of_many


def _kept_short(value: Value) -> Value:
    if type(value) is str and len(value) > MOST_SIGNS:
        raise TextLengthError()
    return value


def _if(node: Call) -> Evaluated:
    condition, then, otherwise = (compiled(argument) for argument in node.arguments)
    return lambda scope: then(scope) if to_boolean(condition(scope)) else otherwise(scope)


def _once(node: Call) -> Evaluated:
    value = compiled(node.arguments[0])
    return lambda scope: scope.current if to_text(scope.current) != "" else value(scope)


def _position(node: Call) -> Evaluated:
    if node.arguments and not isinstance(node.arguments[0], Parent | Reference | Current):
        raise wrong_arguments("position")
    return lambda scope: float(scope.position)


def _count(node: Call) -> Evaluated:
    """Of the rounds of a repeat or the answers in them; an unanswered question outside of one is there too."""
    value = compiled(node.arguments[0])
    return lambda scope: float(len(items(value(scope))))


def _indexed_repeat(node: Call) -> Evaluated:
    question, *pairs = node.arguments
    if not isinstance(question, Reference) or len(pairs) % 2:
        raise wrong_arguments("indexed-repeat")
    name, place = question.name, compiled(pairs[1])

    def in_round(scope: Scope) -> Value:
        rounds, wanted = scope.rounds(name), to_number(place(scope))
        if not 1 <= wanted <= len(rounds):
            return ""
        number = int(wanted)
        if (
            number < scope.position
        ):  # the first ones first: a total over all rounds would ask back through each
            for earlier in rounds[: number - 1]:
                earlier.value(name)
        return rounds[number - 1].value(name)

    return in_round


def _choice_name(node: Call) -> Evaluated:
    value, question = node.arguments
    if isinstance(question, Literal):
        found = NAMED.findall(to_text(question.value))
        if not found:
            raise wrong_arguments("jr:choice-name")
        name = found[-1]
    elif isinstance(question, Reference):
        name = question.name
    else:
        raise wrong_arguments("jr:choice-name")
    code = compiled(value)
    return lambda scope: scope.choice_label(name, to_text(code(scope)))


_SPECIAL: dict[str, Callable[[Call], Evaluated]] = {
    "if": _if,
    "once": _once,
    "position": _position,
    "count": _count,
    "indexed-repeat": _indexed_repeat,
    "jr-choice-name": _choice_name,
}


def _operation(node: Operation) -> Evaluated:
    if node.operator in COMPARISONS:
        return _comparison(node)
    operands = [compiled(operand) for operand in node.operands]
    if node.operator == "and":
        return lambda scope: all(to_boolean(operand(scope)) for operand in operands)
    if node.operator == "or":
        return lambda scope: any(to_boolean(operand(scope)) for operand in operands)
    if node.operator == "|":
        return lambda scope: [item for operand in operands for item in items(operand(scope))]
    if len(operands) == 1:
        only, sign = operands[0], -1.0 if node.operator == "-" else 1.0
        return lambda scope: sign * to_number(only(scope))
    return _arithmetic(node.operator, operands)


def _arithmetic(operator: str, operands: list[Evaluated]) -> Evaluated:
    first, *others = operands

    def calculated(scope: Scope) -> Value:
        total = to_number(_by_the_clock(first(scope), scope))
        for other in others:
            total = arithmetic(operator, total, to_number(_by_the_clock(other(scope), scope)))
        return total

    return calculated


def _comparison(node: Operation) -> Evaluated:
    left, right = node.operands
    operator = node.operator
    if isinstance(left, Reference) and not left.predicates and operator in {"=", "!="}:  # noqa: SIM102
        if isinstance(right, Literal) and isinstance(right.value, str):
            return _equals_text(left.name, operator, right.value)
    first, second = compiled(left), compiled(right)
    if operator in {"=", "!="}:
        return lambda scope: compare(operator, first(scope), second(scope))
    return lambda scope: compare(
        operator, _by_the_clock(first(scope), scope), _by_the_clock(second(scope), scope)
    )


def _by_the_clock(value: Value, scope: Scope) -> Value:
    """A moment that names its zone, as `now` does, as the clock shows it where people answer: what they write names
    none."""
    if type(value) is str:
        return value if len(value) <= LONGEST_WITHOUT_ZONE else clock_number(value, scope.now)
    return [_by_the_clock(item, scope) for item in value] if type(value) is list else value  # type: ignore[misc]


def _equals_text(name: str, operator: str, wanted: Scalar) -> Evaluated:
    """The commonest condition of all, ``${name} = 'code'``."""
    same = eq if operator == "=" else ne

    def holds(scope: Scope) -> Value:
        value = scope.value(name)
        return same(value, wanted) if type(value) is str else compare(operator, value, wanted)

    return holds
