"""What an answer itself must be, in the usual shapes, as clauses that menus can show and a sentence can say.

``. >= 18 and . <= ${age}`` is ``Condition((Clause(".", "at_least", "18"), Clause(".", "at_most", "${age}")))``.
What has no such form (`check_of` gives None) is shown as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.expressions.conditions import ALL, ANY, Clause, Condition, quoted
from surveys.expressions.nodes import Node, Operation
from surveys.expressions.shapes import ANSWER, NUMBER, TEXT, gaps_in
from surveys.i18n import N_

_TEXT = frozenset({"text"})
_MOMENTS = {"date": f"date('{TEXT}')", "datetime": f"date-time('{TEXT}')", "time": f"'{TEXT}'"}
"""Kind → how a value of it is written: as a date alone, a moment would lose its hour."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be asked of an answer. `label` stands in the menu after "the answer", `sentence` has
    ``value``.

    `shape` is the expression, with a gap for the value where `takes` is not ``""`` (``number``, ``text``, ``code`` or
    ``moment``); `other` the one that compares with an earlier answer, ``""`` where none can be. `kinds` are the kinds
    of answers (`QuestionType.export_kinds`) that it is offered for.
    """

    label: str
    sentence: str
    kinds: frozenset[str]
    shape: str
    takes: str = ""
    other: str = ""


def _compared(label: str, sentence: str, sign: str, kind: str = "number") -> Check:
    takes, value = ("moment", _MOMENTS[kind]) if kind in _MOMENTS else ("number", NUMBER)
    return Check(label, sentence, frozenset({kind}), f". {sign} {value}", takes, f". {sign} ${{{ANSWER}}}")


_ORDERS = (
    ("from", N_("is on or after"), N_("the answer is on or after %(value)s"), ">="),
    ("until", N_("is on or before"), N_("the answer is on or before %(value)s"), "<="),
    ("after", N_("is after"), N_("the answer is after %(value)s"), ">"),
    ("before", N_("is before"), N_("the answer is before %(value)s"), "<"),
)


CHECKS: dict[str, Check] = {
    "at_least": _compared(N_("is at least"), N_("the answer is at least %(value)s"), ">="),
    "at_most": _compared(N_("is at most"), N_("the answer is at most %(value)s"), "<="),
    "greater": _compared(N_("is more than"), N_("the answer is more than %(value)s"), ">"),
    "less": _compared(N_("is less than"), N_("the answer is less than %(value)s"), "<"),
    "differs": _compared(N_("is not"), N_("the answer is not %(value)s"), "!="),
    "not_future": Check(
        N_("is not in the future"), N_("the answer is not in the future"), frozenset({"date"}), ". <= today()"
    ),
    "not_past": Check(
        N_("is not in the past"), N_("the answer is not in the past"), frozenset({"date"}), ". >= today()"
    ),
    "not_after_now": Check(
        N_("is not in the future"), N_("the answer is not in the future"), frozenset({"datetime"}), ". <= now()"
    ),
    "not_before_now": Check(
        N_("is not in the past"), N_("the answer is not in the past"), frozenset({"datetime"}), ". >= now()"
    ),
    **{
        f"{name}_{kind}": _compared(label, sentence, sign, kind)
        for kind in _MOMENTS
        for name, label, sentence, sign in _ORDERS
    },
    "shortest": Check(
        N_("has at least so many characters:"), N_("the answer has at least %(value)s characters"), _TEXT,
        f"string-length(.) >= {NUMBER}", "number",
    ),
    "longest": Check(
        N_("has at most so many characters:"), N_("the answer has at most %(value)s characters"), _TEXT,
        f"string-length(.) <= {NUMBER}", "number",
    ),
    "length": Check(
        N_("has exactly so many characters:"), N_("the answer has exactly %(value)s characters"), _TEXT,
        f"string-length(.) = {NUMBER}", "number",
    ),
    "digits": Check(
        N_("is made of digits only"), N_("the answer is made of digits only"), _TEXT,
        "regex(., '^[0-9٠-٩۰-۹]+$')",
    ),
    "no_digits": Check(
        N_("has no digits"), N_("the answer has no digits"), _TEXT, "regex(., '^[^0-9٠-٩۰-۹]*$')"
    ),
    "letters": Check(
        N_("is made of letters and spaces only"), N_("the answer is made of letters and spaces only"), _TEXT,
        r"regex(., '^[\p{L}\p{M} ]+$')",
    ),
    "code": Check(
        N_("is made of Latin letters, digits and - only"),
        N_("the answer is made of Latin letters, digits and - only"), _TEXT, "regex(., '^[A-Za-z0-9-]+$')",
    ),
    "contains": Check(
        N_("contains"), N_("the answer contains “%(value)s”"), _TEXT, f"contains(., '{TEXT}')", "text"
    ),
    "lacks": Check(
        N_("does not contain"), N_("the answer does not contain “%(value)s”"), _TEXT,
        f"not(contains(., '{TEXT}'))", "text",
    ),
    "begins": Check(
        N_("begins with"), N_("the answer begins with “%(value)s”"), _TEXT, f"starts-with(., '{TEXT}')", "text"
    ),
    "ends": Check(
        N_("ends with"), N_("the answer ends with “%(value)s”"), _TEXT, f"ends-with(., '{TEXT}')", "text"
    ),
    "pattern": Check(
        N_("fits the pattern"), N_("the answer fits the pattern %(value)s"), _TEXT, f"regex(., '{TEXT}')", "text"
    ),
    "is_not": Check(
        N_("is not"), N_("the answer is not %(value)s"), frozenset({"code"}), f". != '{TEXT}'", "code"
    ),
    "includes": Check(
        N_("includes"), N_("the answer includes %(value)s"), frozenset({"codes"}), f"selected(., '{TEXT}')", "code"
    ),
    "excludes": Check(
        N_("does not include"), N_("the answer does not include %(value)s"), frozenset({"codes"}),
        f"not(selected(., '{TEXT}'))", "code",
    ),
    "fewest": Check(
        N_("has at least so many:"), N_("at least %(value)s are chosen"), frozenset({"codes"}),
        f"count-selected(.) >= {NUMBER}", "number",
    ),
    "most": Check(
        N_("has at most so many:"), N_("at most %(value)s are chosen"), frozenset({"codes"}),
        f"count-selected(.) <= {NUMBER}", "number",
    ),
}  # fmt: skip
"""In the order of the menu; of two that an expression fits, the first is meant."""


def checks_for(kind: str) -> tuple[str, ...]:
    """The names of the checks that make sense for a kind of answer."""
    return tuple(name for name, check in CHECKS.items() if kind in check.kinds)


def check_of(node: Node, kind: str) -> Condition | None:
    """What an expression asks of an answer of this kind; None when it has another form."""
    is_joined = isinstance(node, Operation) and node.operator in {"and", "or"}
    parts = node.operands if is_joined else (node,)  # type: ignore[union-attr]
    clauses = [_clause(part, kind) for part in parts]
    found = tuple(clause for clause in clauses if clause is not None)
    if len(found) < len(clauses):
        return None
    return Condition(found, ANY if isinstance(node, Operation) and node.operator == "or" else ALL)


def written_check(condition: Condition) -> str:
    """The same as an expression; ``""`` for no clauses."""
    word = " and " if condition.joined == ALL else " or "
    return word.join(_written(clause) for clause in condition.clauses)


def referred(value: str) -> str:
    """The name of the earlier question that a value stands for, ``""`` for any other value."""
    return value[2:-1] if value.startswith("${") and value.endswith("}") else ""


def _clause(node: Node, kind: str) -> Clause | None:
    for name in checks_for(kind):
        check = CHECKS[name]
        found = gaps_in(node, check.shape)
        if found is not None:
            return Clause(".", name, next(iter(found.values()), ""))
        if check.other and (found := gaps_in(node, check.other)) is not None:
            return Clause(".", name, f"${{{found[ANSWER]}}}")
    return None


def _written(clause: Clause) -> str:
    check = CHECKS[clause.operator]
    if asked := referred(clause.value):
        return check.other.replace(ANSWER, asked)
    if check.takes == "number":
        return check.shape.replace(NUMBER, clause.value)
    return check.shape.replace(f"'{TEXT}'", quoted(clause.value)) if check.takes else check.shape
