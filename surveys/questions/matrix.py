"""A matrix: the same answers for each of several statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import (
    Cell,
    Counts,
    Group,
    Problem,
    Projected,
    Raw,
    Setting,
    Tally,
    first,
    required_error,
)  # fmt: skip
from surveys.questions.choices import check_options, choices_for, option_named, option_with
from surveys.questions.field import Field
from surveys.questions.lines import LineType, in_order, joined_key, listed
from surveys.questions.registry import register
from surveys.questions.room import all_ids, longest_id
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import SHUFFLE_SETTINGS, shuffle_cells, shuffle_of_row
from surveys.text import Text, pick


@dataclass(frozen=True, slots=True)
class MatrixConfig(Config):
    rows: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    shuffle: bool = False
    pinned: int = 0


@register
class Matrix(LineType):
    """The answer is a dict, row id → column id. A column's number is its place from 1."""

    name = "matrix"
    label = N_("Matrix")
    example = N_("How satisfied are you with each of these? Several statements with the same answers.")
    Config = MatrixConfig
    choice_settings = ("columns",)
    settings = (
        Setting("rows", "options", N_("Statements"), hint=N_("One statement a line.")),
        Setting(
            "columns", "options", N_("Answers"), hint=N_("The same for every statement, in their order.")
        ),
        *SHUFFLE_SETTINGS,
    )
    column_kind = "code"
    fewest_lines = 1
    xlsform_types = frozenset({"group"})

    def lines(self, question: Question) -> tuple[Option, ...]:
        return question.config.rows

    def options(self, question: Question) -> tuple[Option, ...]:
        return question.config.rows + question.config.columns

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        columns = choices_for(
            question.config.columns, "", language=language, default_language=default_language
        )
        return replace(field, choices=columns)

    def parse(self, question: Question, raw: Raw) -> dict[str, str] | None:
        value = {}
        for row in self.lines(question):
            chosen = first(raw, self.input_name(question, row))
            if chosen:
                value[row.id] = option_named(question.config.columns, chosen).id
        return value or None

    def form_data(self, question: Question, value: dict[str, str] | None) -> dict[str, list[str]]:
        return {column: [name] for column, name in self.export(question, value).items()}

    def is_empty(self, value: dict[str, str] | None) -> bool:
        return not value

    def most_bytes(self, question: Question) -> int:
        column = longest_id(question.config.columns) + 1
        return all_ids(self.lines(question)) + len(self.lines(question)) * column

    def lacking(self, question: Question, value: dict[str, str] | None) -> AnswerError | None:
        missing = len(question.config.rows) - len(value or {})
        if not value:
            return required_error()
        if missing <= 0:
            return None
        message = N_("Please answer every line. Lines without an answer: %(number)s.")
        return AnswerError("required", message, number=missing)

    def text(
        self, question: Question, value: dict[str, str] | None, *, language: str, default_language: str
    ) -> str:
        labels = self.line_labels(question, language=language, default_language=default_language)
        said = []
        for row_id, column_id in in_order(question.config.rows, value or {}).items():
            column = option_with(question.config.columns, column_id)
            words = pick(column.label, language, default_language) or column.name if column else column_id
            said.append(f"{labels.get(row_id, row_id)}: {words}")
        return listed(said)

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        yield from check_options(question, question.config.columns, least=2)

    def project(self, question: Question, value: dict[str, str] | None) -> tuple[Projected, ...]:
        places = {column.id: place for place, column in enumerate(question.config.columns, 1)}
        return tuple(
            Projected(option_id=joined_key(row, column), number=places.get(column))
            for row, column in (value or {}).items()
        )

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """A group a row, a cell a column; shares are of the answers to the row."""
        by_key: dict[str, int] = defaultdict(int)
        for (key, _), n in counts.items():
            by_key[key or ""] += n
        cells: list[Cell] = []
        groups = []
        for row in question.config.rows:
            own = [
                Cell(key, column.label, by_key.get(key, 0), group=row.id)
                for column in question.config.columns
                for key in [joined_key(row.id, column.id)]
            ]
            cells += own
            groups.append(Group(row.id, row.label, sum(cell.count for cell in own)))
        return Tally(base=base, answered=answered, cells=tuple(cells), groups=tuple(groups), by_group=True)

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        return tuple((column.name, column.label) for column in question.config.columns)

    def export(self, question: Question, value: dict[str, str] | None) -> dict[str, Any]:
        data = {}
        for row in question.config.rows:
            if value and row.id in value:
                column = option_with(question.config.columns, value[row.id])
                data[self.input_name(question, row)] = column.name if column else value[row.id]
        return data

    def reads_row(self, row: Row) -> bool:
        """Our own, and a table of others: a group of selects that share one list of answers."""
        return bool(row.lines and row.options) and row.own.get("type", self.name) == self.name

    def config_from_row(self, row: Row) -> MatrixConfig:
        return MatrixConfig(row.lines, row.options + row.apart, **shuffle_of_row(row))

    def row_of(self, question: Question) -> Cells:
        _, own = shuffle_cells(question.config, in_parameters=False)
        return Cells(
            "select_one",
            appearance="table-list",
            options=question.config.columns,
            lines=question.config.rows,
            own=own | {"type": self.name},
        )
