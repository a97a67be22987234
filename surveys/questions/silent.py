"""What nobody is asked: a hidden value and a calculated one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import Cell, Counts, Problem, Projected, QuestionType, Raw, Setting, Tally
from surveys.questions.registry import register
from surveys.questions.room import json_bytes, text_bytes
from surveys.questions.rows import Cells, Row
from surveys.questions.spread import number_cells, number_statistics
from surveys.text import clean_answer

LONGEST = 200
LONGEST_KEY = 64


class SilentType(QuestionType):
    """The answer is a str, a number or a bool; the rules give it."""

    asks = False

    def parse(self, question: Question, raw: Raw) -> None:
        return None

    def form_data(self, question: Question, value: Any) -> dict[str, list[str]]:
        """No form holds it; a page that shows it finds it here."""
        words = self.text(question, value, language="", default_language="")
        return {question.name: [words]} if words else {}

    def most_bytes(self, question: Question) -> int:
        """What is worked out may be longer: it can be worked out anew (see `surveys.rules.room`)."""
        return text_bytes(LONGEST)

    def lacking(self, question: Question, value: Any) -> None:
        return None

    def export_columns(self, question: Question) -> tuple[str, ...]:
        return (question.name,)

    def text(self, question: Question, value: Any, *, language: str, default_language: str) -> str:
        if isinstance(value, float):
            return format(Decimal(f"{value:.15g}"), "f")  # without an exponent
        return "" if self.is_empty(value) else str(value)

    def project(self, question: Question, value: Any) -> tuple[Projected, ...]:
        if self.is_empty(value):
            return ()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (Projected(number=value),)
        words = str(value)
        return (Projected(option_id=words if len(words) <= LONGEST_KEY else f"{words[:63]}…", text=words),)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """Numbers in cells of equal width, then words as they are."""
        words = sorted((key, n) for (key, _), n in counts.items() if key is not None)
        cells = number_cells(counts) + tuple(Cell(key, {}, n) for key, n in words)
        return Tally(base=base, answered=answered, cells=cells, statistics=number_statistics(counts))


@dataclass(frozen=True, slots=True)
class HiddenConfig(Config):
    """`value` stands in every response; with `by_link` a link may bring another one along."""

    value: str = ""
    by_link: bool = False


@register
class Hidden(SilentType):
    name = "hidden"
    label = N_("Hidden value")
    example = N_(
        "Where the person came from: the link in an e-mail may say ?source=newsletter. Nobody sees it."
    )
    Config = HiddenConfig
    settings = (
        Setting("value", "text", N_("Value"), hint=N_("Stands in every response.")),
        Setting(
            "by_link",
            "boolean",
            N_("A link may bring another value along"),
            hint=N_("As ?name=value at the end of the address, with the name of this question."),
        ),
    )
    xlsform_types = frozenset({"hidden"})

    def most_bytes(self, question: Question) -> int:
        return max(text_bytes(LONGEST), json_bytes(question.config.value))

    def given(self, question: Question) -> str | None:
        return question.config.value or None

    def from_link(self, question: Question, words: str) -> str | None:
        if not question.config.by_link:
            return None
        try:
            return clean_answer(words)[:LONGEST] or None
        except AnswerError:
            return None

    def config_from_row(self, row: Row) -> HiddenConfig:
        return HiddenConfig(row.own.get("value", ""), by_link=row.own.get("by_link") == "yes")

    def row_of(self, question: Question) -> Cells:
        own = {"value": question.config.value} if question.config.value else {}
        return Cells("hidden", own=own | ({"by_link": "yes"} if question.config.by_link else {}))


@dataclass(frozen=True, slots=True)
class CalculatedConfig(Config):
    """`calculation` is an expression over earlier answers; `shown`: whether people see its value."""

    calculation: str = ""
    shown: bool = False


@register
class Calculated(SilentType):
    name = "calculated"
    label = N_("Calculated value")
    example = N_("The sum of two answers, or yes if somebody is older than 17. Worked out by itself.")
    Config = CalculatedConfig
    settings = (
        Setting(
            "calculation",
            "text",
            N_("Calculation"),
            hint=N_("For example ${men} + ${women}, with the names of earlier questions."),
        ),
        Setting("shown", "boolean", N_("People see the value")),
    )
    column_kind = "any"
    xlsform_types = frozenset({"calculate"})

    def check(self, question: Question) -> Iterable[Problem]:
        if not question.config.calculation.strip():
            yield Problem("no_calculation", N_("Write what is to be calculated."), question_id=question.id)

    def calculation(self, question: Question) -> str:
        return question.config.calculation

    def config_from_row(self, row: Row) -> CalculatedConfig:
        return CalculatedConfig(row.calculation, shown=row.own.get("shown") == "yes")

    def row_of(self, question: Question) -> Cells:
        own = {"shown": "yes"} if question.config.shown else {}
        return Cells("calculate", calculation=question.config.calculation, own=own)
