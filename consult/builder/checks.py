"""What an answer must be, and which answers are offered, as rows of menus or typed: as `conditions` does for what
earlier answers decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from consult.builder.conditions import ANSWERED_BY_CODES, Asked, read_value
from consult.builder.menu_rows import MenuRows, read_expression
from consult.builder.settings import HIDDEN_SIGNS, InputError, Mark
from consult.i18n import pick
from surveys.expressions import ExpressionError, expression
from surveys.expressions.checks import CHECKS, Check, check_of, checks_for, referred, written_check
from surveys.expressions.conditions import Clause, Condition, quoted
from surveys.expressions.filters import ITSELF, FilterClause, filter_of, written_filter
from surveys.expressions.nodes import Node
from surveys.i18n import N_
from surveys.rules.names import is_name
from surveys.text import is_safe_label

_NONE = Check("", "", frozenset(), "")
NO_VALUE = N_("Say what the answer is compared with.")


@dataclass
class CheckRow:
    """One row of menus as it stands: what is asked of the answer, with which value or earlier answer."""

    operator: str = ""
    value: str = ""
    other: str = ""


@dataclass
class CheckInput(MenuRows[CheckRow]):
    """A constraint in a form: `own` is what the answer is, `asked` the earlier answers it may be compared with."""

    PARTS = ("operator", "value", "other")

    own: Asked | None
    asked: Sequence[Asked]

    def rows_written(self) -> list[CheckRow] | None:
        condition = self._read_back()
        if condition is None:
            return None
        self.joined = condition.joined
        return [_row(clause) for clause in condition.clauses]

    @property
    def has_menus(self) -> bool:
        return bool(self.choices)

    def row(self, *parts: str) -> CheckRow:
        return CheckRow(*parts)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(name, words for the menu) of what may be asked of such an answer."""
        return [(name, _(CHECKS[name].label)) for name in checks_for(self.own.kind)] if self.own else []

    def shown(self, row: CheckRow) -> str:
        """The value of a row as people read it: the words of a code."""
        codes = dict(self.own.codes) if self.own and CHECKS.get(row.operator, _NONE).takes == "code" else {}
        return (pick(codes[row.value]) or row.value) if row.value in codes else row.value

    @property
    def comparable(self) -> list[Asked]:
        """The earlier answers of the same kind; none where no check compares."""
        kind = self.own.kind if self.own else ""
        takes_other = any(CHECKS[name].other for name in checks_for(kind))
        return [asked for asked in self.asked if takes_other and asked.kind == kind]

    def of_menus(self) -> str:
        offered = dict(self.choices)
        clauses = [self._clause(row) for row in self.rows if row.operator in offered]
        return written_check(Condition(tuple(clauses), self.joined)) if clauses else ""

    def _clause(self, row: CheckRow) -> Clause:
        check = CHECKS[row.operator]
        if not check.takes:
            return Clause(".", row.operator)
        if check.other and row.other in {asked.name for asked in self.comparable} and not row.value:
            return Clause(".", row.operator, f"${{{row.other}}}")
        if not row.value:
            raise InputError(NO_VALUE)
        assert self.own is not None
        row.other = ""
        if check.takes == "text":
            row.value = _text(row.value, is_pattern=row.operator == "pattern")
        else:
            codes = self.own.codes if check.takes == "code" else ()
            kind = "number" if check.takes == "number" else self.own.kind
            row.value = read_value(row.value, kind, codes)
        return Clause(".", row.operator, row.value)

    def _read_back(self) -> Condition | None:
        node = _node(self.written)
        condition = check_of(node, self.own.kind) if node and self.own else None
        if condition is None:
            return None
        known = {asked.name for asked in self.comparable}
        others = (referred(clause.value) for clause in condition.clauses)
        return condition if all(not name or name in known for name in others) else None


def _row(clause: Clause) -> CheckRow:
    other = referred(clause.value)
    return CheckRow(clause.operator, "" if other else clause.value, other)


def _text(typed: str, *, is_pattern: bool) -> str:
    if not is_safe_label(typed):
        raise InputError(HIDDEN_SIGNS)
    if is_pattern:
        read_expression(f"regex(., {quoted(typed)})")
    return typed


SAME, NOT_SAME, MARK, NOT_MARK = "same", "not_same", "mark", "not_mark"
OFFERS = {
    SAME: N_("it was chosen in"),
    NOT_SAME: N_("it was not chosen in"),
    MARK: N_("its tag is the answer to"),
    NOT_MARK: N_("its tag is not the answer to"),
}
"""What the menu says of an answer and an earlier question."""


@dataclass
class FilterRow:
    """One row of menus: how an answer must stand to an earlier question, by which mark of the table."""

    how: str = ""
    question: str = ""
    mark: str = ""


@dataclass
class FilterInput(MenuRows[FilterRow]):
    """Which answers a question offers, in a form. `asked` are all earlier answers; those made of codes are offered."""

    PARTS = ("how", "asked", "mark")

    asked: Sequence[Asked]

    def __post_init__(self) -> None:
        self.asked = [asked for asked in self.asked if asked.kind in ANSWERED_BY_CODES]
        super().__post_init__()

    def rows_written(self) -> list[FilterRow] | None:
        clauses = self._read_back()
        return None if clauses is None else [_filter_row(clause) for clause in clauses]

    @property
    def has_menus(self) -> bool:
        return bool(self.asked)

    def row(self, *parts: str) -> FilterRow:
        return FilterRow(*parts)

    @property
    def marks(self) -> list[Mark]:
        """The marks that the table of answers needs, with what each may say."""
        known = {asked.name: asked for asked in self.asked}
        rows = [row for row in self.rows if row.how in (MARK, NOT_MARK) and row.question in known]
        return [] if self.typed else [Mark(row.mark, known[row.question]) for row in rows]

    def of_menus(self) -> str:
        known = {asked.name for asked in self.asked}
        clauses = []
        for row in self.rows:
            if row.how not in OFFERS:
                continue
            if row.question not in known:
                raise InputError(N_("Choose the earlier question that decides."))
            if row.how in (SAME, NOT_SAME):
                row.mark = ""
            else:
                row.mark = row.mark or row.question
                if not is_name(row.mark) or row.mark == ITSELF:
                    raise InputError(
                        N_(
                            "Use letters, digits and _ only, and begin with a letter. “%(name)s” cannot be used."
                        ),
                        name=row.mark,
                    )
            clauses.append(FilterClause(row.mark or ITSELF, row.question, row.how in (NOT_SAME, NOT_MARK)))
        return written_filter(tuple(clauses), self._several)

    @property
    def _several(self) -> frozenset[str]:
        return frozenset(asked.name for asked in self.asked if asked.kind != "code")

    def _read_back(self) -> tuple[FilterClause, ...] | None:
        node = _node(self.written)
        clauses = filter_of(node) if node else None
        if clauses is None or {clause.question for clause in clauses} - {asked.name for asked in self.asked}:
            return None
        # Only where the menus would write it so again: `=` and `selected` differ for several answers.
        return clauses if _node(written_filter(clauses, self._several)) == node else None


def _filter_row(clause: FilterClause) -> FilterRow:
    if clause.mark == ITSELF:
        return FilterRow(NOT_SAME if clause.is_excluded else SAME, clause.question)
    return FilterRow(NOT_MARK if clause.is_excluded else MARK, clause.question, clause.mark)


def _node(written: str) -> Node | None:
    try:
        return expression(written).node if written else None
    except ExpressionError:
        return None


def check_menus() -> dict[str, Any]:
    """What the template needs beside the inputs."""
    return {"offers": OFFERS}
