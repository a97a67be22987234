"""An expression as rows of menus, or typed: what conditions, constraints and filters of answers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from consult.builder.settings import HIDDEN_SIGNS, InputError, Typed
from surveys.expressions import ExpressionError, expression
from surveys.expressions.conditions import ALL, ANY
from surveys.text import is_safe_label

FEWEST_ROWS = 2
MOST_ROWS = 20
Row = TypeVar("Row")


@dataclass
class MenuRows(ABC, Generic[Row]):
    """An expression in a form. `name` begins the names of its inputs; `written` is the expression it stands for.

    `PARTS` are the ends of the names of a row's inputs; the first, an attribute of the row too, says whether the row is
    used.
    """

    PARTS: ClassVar[tuple[str, ...]]

    name: str
    label: str
    written: str
    joined: str = field(default=ALL, kw_only=True)
    typed: str = field(default="", kw_only=True)
    rows: list[Row] = field(default_factory=list, kw_only=True)
    error: InputError | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        rows = self.rows_written()
        if rows is None:
            self.typed = self.written
        else:
            self.rows = rows
        self.add_blank_rows()

    @abstractmethod
    def rows_written(self) -> list[Row] | None:
        """The rows that show `written`, None where no menus can; `joined` is set with them."""

    @property
    @abstractmethod
    def has_menus(self) -> bool:
        """Whether there is anything to choose from."""

    @abstractmethod
    def row(self, *parts: str) -> Row:
        """A row with these values of its inputs; a blank one for none."""

    @abstractmethod
    def of_menus(self) -> str:
        """The expression that the rows stand for. Raises InputError."""

    @property
    def error_target(self) -> str:
        """The input that a mistake is told of."""
        return f"{self.name}-typed" if self.typed or not self.has_menus else f"{self.name}-0-{self.PARTS[0]}"

    def read(self, sent: Typed) -> str:
        """The expression as sent; what is typed goes before the menus. On a mistake `error` is set."""
        if f"{self.name}-joined" not in sent and f"{self.name}-typed" not in sent:
            return self.written
        self.error = None
        self.joined = ANY if sent.get(f"{self.name}-joined") == ANY else ALL
        self.typed = sent.get(f"{self.name}-typed", "").strip()
        self.rows = self._rows_sent(sent)
        try:
            return read_expression(self.typed) if self.typed else self.of_menus()
        except InputError as error:
            self.error = error
            return self.written
        finally:
            self.add_blank_rows()

    def _rows_sent(self, sent: Typed) -> list[Row]:
        rows: list[Row] = []
        while f"{self.name}-{len(rows)}-{self.PARTS[0]}" in sent and len(rows) < MOST_ROWS:
            stem = f"{self.name}-{len(rows)}"
            rows.append(self.row(*(sent.get(f"{stem}-{part}", "").strip() for part in self.PARTS)))
        return rows

    def add_blank_rows(self) -> None:
        """Leave the rows that are used, and room for another."""
        self.rows = [row for row in self.rows if getattr(row, self.PARTS[0])]
        self.rows += [self.row() for _blank in range(max(1, FEWEST_ROWS - len(self.rows)))]


def read_expression(typed: str) -> str:
    """A typed expression. Raises InputError with what cannot be understood."""
    if not is_safe_label(typed):
        raise InputError(HIDDEN_SIGNS)
    try:
        if typed:
            expression(typed)
    except ExpressionError as error:
        raise InputError(error.message, **error.params) from error
    return typed
