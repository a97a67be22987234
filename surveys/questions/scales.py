"""Scales of bare numbers: a rating and the 0–10 recommendation (NPS)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import (
    Cell,
    Counts,
    Problem,
    Projected,
    QuestionType,
    Raw,
    Setting,
    Tally,
    first,
)  # fmt: skip
from surveys.questions.choices import choice_id
from surveys.questions.decimal import range_of
from surveys.questions.field import Choice, Field
from surveys.questions.registry import register
from surveys.questions.room import LONGEST_NUMBER
from surveys.questions.rows import Cells, Row
from surveys.questions.spread import number_statistics
from surveys.text import Text, pick

ENDS = (
    Setting("low", "texts", N_("Words for the lowest number"), hint=N_("For example “not at all”.")),
    Setting("high", "texts", N_("Words for the highest number"), hint=N_("For example “completely”.")),
)


@dataclass(frozen=True, slots=True)
class RatingConfig(Config):
    points: int = 5
    low: Text = field(default_factory=dict)
    high: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecommendationConfig(Config):
    low: Text = field(default_factory=dict)
    high: Text = field(default_factory=dict)


class NumberScale(QuestionType):
    """The answer is an int, one of `numbers`."""

    is_ordered = True
    column_kind = "number"
    xlsform_types = frozenset({"range"})
    xlsform_parameters = frozenset({"start", "end", "step"})

    def numbers(self, question: Question) -> range:
        """The numbers offered, lowest first."""
        raise NotImplementedError

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        made = super().field(question, language=language, default_language=default_language)
        choices = tuple(
            Choice(value=str(number), input_id=choice_id(made.input_id, place), label=str(number))
            for place, number in enumerate(self.numbers(question), 1)
        )
        config = question.config
        return replace(
            made,
            choices=choices,
            low=pick(config.low, language, default_language),
            high=pick(config.high, language, default_language),
        )

    def parse(self, question: Question, raw: Raw) -> int | None:
        chosen = first(raw, question.name)
        if not chosen:
            return None
        if chosen not in {str(number) for number in self.numbers(question)}:
            raise AnswerError("unknown_option", N_("Please choose from the answers in the list."))
        return int(chosen)

    def most_bytes(self, question: Question) -> int:
        return LONGEST_NUMBER

    def project(self, question: Question, value: int | None) -> tuple[Projected, ...]:
        return () if value is None else (Projected(number=value),)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        by_number = {int(number): n for (_, number), n in counts.items() if number is not None}
        cells = [Cell(str(number), {}, by_number.pop(number, 0)) for number in self.numbers(question)]
        cells += [Cell(str(number), {}, n) for number, n in sorted(by_number.items())]
        return Tally(base=base, answered=answered, cells=tuple(cells), statistics=self.statistics(counts))

    def statistics(self, counts: Counts) -> dict[str, float]:
        return number_statistics(counts)

    def row_of(self, question: Question) -> Cells:
        numbers = self.numbers(question)
        return Cells(
            "range",
            appearance=" ".join(self.xlsform_appearances),
            parameters=f"start={numbers[0]} end={numbers[-1]} step=1",
            texts={"low": question.config.low, "high": question.config.high},
        )


@register
class Rating(NumberScale):
    name = "rating"
    label = N_("Rating")
    example = N_("How good was the meeting, from 1 to 5?")
    Config = RatingConfig
    settings = (Setting("points", "integer", N_("Highest number"), minimum=3, maximum=10), *ENDS)
    xlsform_appearances = frozenset({"rating"})

    def numbers(self, question: Question) -> range:
        return range(1, question.config.points + 1)

    def check(self, question: Question) -> Iterable[Problem]:
        if not 3 <= question.config.points <= 10:
            yield Problem(
                "rating_length", N_("A rating goes up to a number from 3 to 10."), question_id=question.id
            )

    def reads_row(self, row: Row) -> bool:
        found = range_of(row)
        return found.get("start", 1) == 1 and found.get("step", 1) == 1 and 3 <= found.get("end", 5) <= 10

    def config_from_row(self, row: Row) -> RatingConfig:
        return RatingConfig(points=int(range_of(row).get("end", 5)), **_ends(row))


@register
class Recommendation(NumberScale):
    name = "recommendation"
    label = N_("Recommendation, 0 to 10")
    example = N_("How likely is it that you would recommend us to others?")
    Config = RecommendationConfig
    settings = ENDS
    xlsform_appearances = frozenset({"nps"})

    def numbers(self, question: Question) -> range:
        return range(11)

    def reads_row(self, row: Row) -> bool:
        return range_of(row) == {"start": 0, "end": 10, "step": 1}

    def config_from_row(self, row: Row) -> RecommendationConfig:
        return RecommendationConfig(**_ends(row))

    def statistics(self, counts: Counts) -> dict[str, float]:
        """`score`: share of promoters (9 and 10) minus share of detractors (0 to 6), from -100 to 100."""
        numbers = {number: n for (_, number), n in counts.items() if number is not None}
        total = sum(numbers.values())
        if not total:
            return {}
        promoters = sum(n for number, n in numbers.items() if number >= 9)
        detractors = sum(n for number, n in numbers.items() if number <= 6)
        return number_statistics(counts) | {"score": 100 * (promoters - detractors) / total}


def _ends(row: Row) -> dict[str, Any]:
    return {name: row.texts[name] for name in ("low", "high") if row.texts.get(name)}
