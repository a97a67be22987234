"""A whole number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import parse_number
from surveys.questions.base import Counts, Problem, Projected, QuestionType, Raw, Setting, Tally, first
from surveys.questions.limits import read_limits, written_limits
from surveys.questions.registry import register
from surveys.questions.room import LONGEST_NUMBER
from surveys.questions.rows import Cells, Row
from surveys.questions.spread import number_cells, number_statistics


@dataclass(frozen=True, slots=True)
class IntegerConfig(Config):
    min: int | None = None
    max: int | None = None


@register
class Integer(QuestionType):
    """The answer is an int."""

    name = "integer"
    label = N_("Whole number")
    example = N_("How many people work in your organisation?")
    Config = IntegerConfig
    settings = (
        Setting("min", "integer", N_("Smallest number allowed")),
        Setting("max", "integer", N_("Largest number allowed")),
    )

    column_kind = "number"
    xlsform_types = frozenset({"integer"})

    def parse(self, question: Question, raw: Raw) -> int | None:
        number = parse_number(first(raw, question.name))
        if number is None:
            return None
        if number != number.to_integral_value():
            raise AnswerError("not_whole", N_("Please write a whole number, without a fraction."))
        check_range(int(number), question.config.min, question.config.max)
        return int(number)

    def most_bytes(self, question: Question) -> int:
        return LONGEST_NUMBER

    def takes_constraint(self, row: Row) -> bool:
        return read_limits(".", row.constraint) is not None

    def config_from_row(self, row: Row) -> IntegerConfig:
        least, most = read_limits(".", row.constraint) or (None, None)
        return IntegerConfig(
            min=None if least is None else ceil(least), max=None if most is None else floor(most)
        )

    def row_of(self, question: Question) -> Cells:
        return Cells("integer", constraint=written_limits(".", question.config.min, question.config.max))

    def check(self, question: Question) -> Iterable[Problem]:
        smallest, largest = question.config.min, question.config.max
        if smallest is not None and largest is not None and smallest > largest:
            yield Problem(
                "range_reversed",
                N_("The smallest number allowed is larger than the largest."),
                question_id=question.id,
            )

    def project(self, question: Question, value: int | None) -> tuple[Projected, ...]:
        return () if value is None else (Projected(number=value),)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        return Tally(
            base=base, answered=answered, cells=number_cells(counts), statistics=number_statistics(counts)
        )


def check_range(number: float, smallest: float | None, largest: float | None) -> None:
    """Raise AnswerError when `number` is outside the limits, either of which may be open."""
    if smallest is not None and number < smallest:
        raise AnswerError("too_small", N_("The smallest number allowed is %(limit)s."), limit=smallest)
    if largest is not None and number > largest:
        raise AnswerError("too_large", N_("The largest number allowed is %(limit)s."), limit=largest)
