"""A number with a fraction, and a number on a range with steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import parse_number
from surveys.questions.base import Counts, Problem, Projected, QuestionType, Raw, Setting, Tally, first
from surveys.questions.integer import check_range
from surveys.questions.limits import read_limits, written_limits
from surveys.questions.registry import register
from surveys.questions.room import LONGEST_NUMBER
from surveys.questions.rows import Cells, Row
from surveys.questions.spread import number_cells, number_statistics


@dataclass(frozen=True, slots=True)
class DecimalConfig(Config):
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class RangeConfig(Config):
    start: float = 0
    end: float = 10
    step: float = 1


class NumberType(QuestionType):
    """What numbers that may have a fraction share. The answer is an int where it is whole, else a float."""

    column_kind = "number"

    def parse(self, question: Question, raw: Raw) -> float | None:
        number = parse_number(first(raw, question.name))
        if number is None:
            return None
        value = plain_number(number)
        self.check_limits(question, value)
        return value

    def most_bytes(self, question: Question) -> int:
        return LONGEST_NUMBER

    def check_limits(self, question: Question, value: float) -> None:
        """Raise AnswerError when the number is not allowed."""

    def form_data(self, question: Question, value: float | None) -> dict[str, list[str]]:
        return {} if value is None else {question.name: [typed_number(value)]}

    def text(self, question: Question, value: float | None, *, language: str, default_language: str) -> str:
        return "" if value is None else f"{Decimal(str(value)):f}"

    def project(self, question: Question, value: float | None) -> tuple[Projected, ...]:
        return () if value is None else (Projected(number=value),)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        return Tally(
            base=base, answered=answered, cells=number_cells(counts), statistics=number_statistics(counts)
        )


@register
class DecimalNumber(NumberType):
    name = "decimal"
    label = N_("Number with a fraction")
    example = N_("How many kilometres is it to the next clinic? For example 2.5.")
    Config = DecimalConfig
    settings = (
        Setting("min", "decimal", N_("Smallest number allowed")),
        Setting("max", "decimal", N_("Largest number allowed")),
    )
    xlsform_types = frozenset({"decimal"})

    def check_limits(self, question: Question, value: float) -> None:
        check_range(value, question.config.min, question.config.max)

    def check(self, question: Question) -> Iterable[Problem]:
        if (
            None not in (question.config.min, question.config.max)
            and question.config.min > question.config.max
        ):
            yield Problem(
                "range_reversed",
                N_("The smallest number allowed is larger than the largest."),
                question_id=question.id,
            )

    def takes_constraint(self, row: Row) -> bool:
        return self._limits(row) is not None

    def config_from_row(self, row: Row) -> DecimalConfig:
        return DecimalConfig(*(self._limits(row) or (None, None)))

    def row_of(self, question: Question) -> Cells:
        return Cells("decimal", constraint=written_limits(".", question.config.min, question.config.max))

    def _limits(self, row: Row) -> tuple[float | None, float | None] | None:
        # ``. > 0`` has no inclusive form for fractions.
        return read_limits(".", row.constraint, whole=False)


@register
class Range(NumberType):
    name = "range"
    label = N_("Number on a range")
    example = N_("How much of your time does it take, from 0 to 100 in steps of 10?")
    Config = RangeConfig
    settings = (
        Setting("start", "decimal", N_("From")),
        Setting("end", "decimal", N_("To")),
        Setting("step", "decimal", N_("In steps of")),
    )
    is_enhanced = True
    xlsform_types = frozenset({"range"})
    xlsform_parameters = frozenset({"start", "end", "step"})

    def check_limits(self, question: Question, value: float) -> None:
        limits = question.config
        check_range(value, min(limits.start, limits.end), max(limits.start, limits.end))
        if limits.step and (Decimal(str(value)) - Decimal(str(limits.start))) % Decimal(str(limits.step)):
            raise AnswerError(
                "off_step",
                N_("Please write a number in steps of %(step)s, beginning with %(start)s."),
                step=typed_number(limits.step).removesuffix(".0"),
                start=typed_number(limits.start).removesuffix(".0"),
            )

    def check(self, question: Question) -> Iterable[Problem]:
        limits = question.config
        if (
            limits.start == limits.end
            or limits.step == 0
            or abs(limits.step) > abs(limits.end - limits.start)
        ):
            yield Problem("bad_range", N_("The range has no room for a step."), question_id=question.id)

    def config_from_row(self, row: Row) -> RangeConfig:
        return RangeConfig(**range_of(row))

    def row_of(self, question: Question) -> Cells:
        limits = question.config
        return Cells("range", parameters=f"start={limits.start} end={limits.end} step={limits.step}")


def range_of(row: Row) -> dict[str, Any]:
    """``start``, ``end`` and ``step`` of an XLSForm range, as far as they are numbers."""
    found: dict[str, Any] = {}
    for name in ("start", "end", "step"):
        try:
            found[name] = plain_number(Decimal(str(row.parameters[name])))
        except (KeyError, ArithmeticError):
            continue
    return found


def plain_number(number: Decimal) -> float:
    """An int where the number is whole, else a float."""
    return int(number) if number == number.to_integral_value() else float(number)


def typed_number(value: float) -> str:
    """A number as a person would have to type it: never in the form that could be read in two ways."""
    written = f"{Decimal(str(value)):f}"
    return f"{written}0" if "." in written and len(written.rpartition(".")[2]) == 3 else written
