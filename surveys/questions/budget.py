"""A fixed number of points to share out among options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import parse_number
from surveys.questions.base import Cell, Counts, Group, Problem, Projected, Raw, Setting, Tally, first
from surveys.questions.choices import OPTIONS_SETTING
from surveys.questions.field import Field
from surveys.questions.lines import LineType, in_order, listed
from surveys.questions.registry import register
from surveys.questions.room import all_ids
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import SHUFFLE_SETTINGS, shuffle_cells, shuffle_of_row
from surveys.text import Text, pick

MOST_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class BudgetConfig(Config):
    """`total` points; all of them must be given when `spend_all`. `unit` is what they are called."""

    options: tuple[Option, ...] = ()
    total: int = 100
    spend_all: bool = True
    unit: Text = field(default_factory=dict)
    shuffle: bool = False
    pinned: int = 0


@register
class Budget(LineType):
    """The answer is a dict, option id → points, without those that were given none."""

    name = "budget"
    label = N_("Sharing out points")
    example = N_("You have 100 points. How would you share them out among these programmes?")
    Config = BudgetConfig
    settings = (
        OPTIONS_SETTING,
        Setting("total", "integer", N_("Points to share out"), minimum=1, maximum=MOST_POINTS),
        Setting("spend_all", "boolean", N_("All points must be given")),
        Setting(
            "unit", "texts", N_("What the points are called"), hint=N_("For example “points”, “hours”, “$”.")
        ),
        *SHUFFLE_SETTINGS,
    )
    column_kind = "number"
    is_enhanced = True
    xlsform_types = frozenset({"group"})

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        made = super().field(question, language=language, default_language=default_language)
        return replace(made, low=pick(question.config.unit, language, default_language))

    def parse(self, question: Question, raw: Raw) -> dict[str, int] | None:
        given: dict[str, int] = {}
        has_typed = False
        for line in self.lines(question):
            number = parse_number(first(raw, self.input_name(question, line)))
            if number is None:
                continue
            has_typed = True
            if number != number.to_integral_value() or number < 0:
                raise AnswerError("not_points", N_("Please give whole numbers of points, 0 or more."))
            if number:
                given[line.id] = int(number)
        if has_typed:
            self.check_sum(question, sum(given.values()))
        return given or None

    def check_sum(self, question: Question, spent: int) -> None:
        """Raises AnswerError when more points are given than there are, or fewer where all must be."""
        total = question.config.total
        if spent > total:
            message = N_("You gave %(given)s points, %(difference)s more than the %(total)s there are.")
            raise AnswerError("too_many_points", message, given=spent, difference=spent - total, total=total)
        if spent < total and question.config.spend_all:
            message = N_("You gave %(given)s points of %(total)s. Please share out the other %(difference)s.")
            raise AnswerError("points_left", message, given=spent, difference=total - spent, total=total)

    def form_data(self, question: Question, value: dict[str, int] | None) -> dict[str, list[str]]:
        return {
            self.input_name(question, line): [str(value[line.id])]
            for line in self.lines(question)
            if value and line.id in value
        }

    def most_bytes(self, question: Question) -> int:
        return all_ids(self.lines(question)) + len(self.lines(question)) * (len(str(MOST_POINTS)) + 1)

    def is_empty(self, value: dict[str, int] | None) -> bool:
        return not value

    def text(
        self, question: Question, value: dict[str, int] | None, *, language: str, default_language: str
    ) -> str:
        labels = self.line_labels(question, language=language, default_language=default_language)
        given = in_order(self.lines(question), value or {})
        return listed(f"{labels.get(key, key)}: {points}" for key, points in given.items())

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        if not 1 <= question.config.total <= MOST_POINTS:
            message = N_("The points to share out must be a number from 1 to %(limit)s.")
            yield Problem("bad_total", message, {"limit": MOST_POINTS}, question.id)

    def project(self, question: Question, value: dict[str, int] | None) -> tuple[Projected, ...]:
        return tuple(Projected(option_id=key, number=points) for key, points in (value or {}).items())

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """A cell an option: how many gave it points. Its group has the mean over all who answered."""
        cells, groups = [], []
        for line in self.lines(question):
            own = [(number or 0, n) for (key, number), n in counts.items() if key == line.id]
            cells.append(Cell(line.id, line.label, sum(n for _, n in own), group=line.id))
            mean = {"mean": sum(number * n for number, n in own) / answered} if answered else {}
            groups.append(Group(line.id, line.label, answered, mean))
        return Tally(base=base, answered=answered, cells=tuple(cells), several=True, groups=tuple(groups))

    def export(self, question: Question, value: dict[str, int] | None) -> dict[str, Any]:
        if not value:
            return {}
        return {self.input_name(question, line): value.get(line.id, 0) for line in self.lines(question)}

    def config_from_row(self, row: Row) -> BudgetConfig:
        return BudgetConfig(
            row.lines,
            total=int(row.own.get("total") or BudgetConfig().total),
            spend_all=row.own.get("spend_all", "yes") == "yes",
            unit=row.texts.get("unit", {}),
            **shuffle_of_row(row),
        )

    def row_of(self, question: Question) -> Cells:
        _, own = shuffle_cells(question.config, in_parameters=False)
        own |= {"type": self.name, "total": str(question.config.total)}
        if not question.config.spend_all:
            own["spend_all"] = "no"
        return Cells(
            "integer",
            appearance="field-list",
            lines=question.config.options,
            own=own,
            texts={"unit": question.config.unit},
        )
