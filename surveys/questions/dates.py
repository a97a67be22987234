"""A date, typed as day, month and year, and a time of day. Every kind of digit is taken."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from babel.core import UnknownLocaleError
from babel.dates import format_date

from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import western_digits
from surveys.questions.base import Cell, Projected, QuestionType, Raw, Tally, Value, first
from surveys.questions.registry import register
from surveys.questions.room import json_bytes
from surveys.questions.rows import Cells

PARTS = ("day", "month", "year")
_TIME = re.compile(r"(\d{1,2})(?:[:.٫,h\s]\s*(\d{2}))?")
_NO_DATE = N_("Please write a day, a month and a year with four digits, for example 7 3 2027.")
MOST_MONTHS = 24
DAY_FIRST = frozenset({"ar", "en"})
"""Languages in which days are written as everywhere else in the house, not as their longest usual form."""


@register
class Date(QuestionType):
    """The answer is an ISO date; the inputs are `name-day`, `name-month` and `name-year`."""

    name = "date"
    label = N_("Date")
    example = N_("When did your organisation begin its work?")
    column_kind = "date"
    xlsform_types = frozenset({"date", "today date"})

    def input_names(self, question: Question) -> tuple[str, ...]:
        return tuple(f"{question.name}-{part}" for part in PARTS)

    def parse(self, question: Question, raw: Raw) -> str | None:
        typed = [western_digits(first(raw, f"{question.name}-{part}")).strip() for part in PARTS]
        if not any(typed):
            return None
        if not all(re.fullmatch(r"\d{1,2}", part) for part in typed[:2]) or not re.fullmatch(
            r"\d{4}", typed[2]
        ):
            raise AnswerError("bad_date", _NO_DATE)
        day, month, year = map(int, typed)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise AnswerError("no_such_date", N_("There is no such day. Please check the date.")) from None

    def form_data(self, question: Question, value: str | None) -> dict[str, list[str]]:
        if value is None:
            return {}
        year, month, day = value.split("-")
        typed = (str(int(day)), str(int(month)), year)
        return {f"{question.name}-{part}": [words] for part, words in zip(PARTS, typed, strict=True)}

    def text(self, question: Question, value: str | None, *, language: str, default_language: str) -> str:
        return day_in_words(value, language) if value else ""

    def most_bytes(self, question: Question) -> int:
        return json_bytes("2027-03-07T18:30")

    def export_columns(self, question: Question) -> tuple[str, ...]:
        return (question.name,)

    def project(self, question: Question, value: str | None) -> tuple[Projected, ...]:
        """The day as a number, YYYYMMDD."""
        return () if value is None else (Projected(number=int(value.replace("-", ""))),)

    def tally_counts(self, question: Question, counts, *, answered: int, base: int) -> Tally:
        """By month, or by year when the answers lie far apart."""
        months: Counter[str] = Counter()
        for (_, number), n in counts.items():
            if number is not None:
                months[f"{int(number) // 10000:04}-{int(number) // 100 % 100:02}"] += n
        if len(months) > MOST_MONTHS:
            years: Counter[str] = Counter()
            for month, n in months.items():
                years[month[:4]] += n
            months = years
        cells = tuple(Cell(key, {}, n) for key, n in sorted(months.items()))
        return Tally(base=base, answered=answered, cells=cells)

    def row_of(self, question: Question) -> Cells:
        return Cells("date")


def day_in_words(day: str, language: str) -> str:
    """An ISO date as the language writes it with the name of the month; as it is where the language is not known."""
    if not language:
        return day
    pattern = "d MMMM y" if language in DAY_FIRST else "long"
    try:
        return format_date(date.fromisoformat(day), pattern, locale=language)
    except (UnknownLocaleError, ValueError):
        return day


def read_time(written: str) -> str:
    """``HH:MM``. Raises AnswerError when it is no time of day."""
    match = _TIME.fullmatch(written)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise AnswerError("bad_time", N_("Please write a time on 24 hours, for example 18:30."))
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


@register
class Time(QuestionType):
    """The answer is a time of day, ``HH:MM`` on 24 hours."""

    name = "time"
    label = N_("Time of day")
    example = N_("When does the meeting suit you best?")
    column_kind = "time"
    xlsform_types = frozenset({"time"})

    def parse(self, question: Question, raw: Raw) -> str | None:
        typed = western_digits(first(raw, question.name)).strip()
        return read_time(typed) if typed else None

    def most_bytes(self, question: Question) -> int:
        return json_bytes("18:30")

    def project(self, question: Question, value: Value | None) -> tuple[Projected, ...]:
        """The time as minutes since midnight."""
        return () if value is None else (Projected(number=int(value[:2]) * 60 + int(value[3:])),)

    def tally_counts(self, question: Question, counts, *, answered: int, base: int) -> Tally:
        hours: Counter[int] = Counter()
        for (_, number), n in counts.items():
            if number is not None:
                hours[int(number) // 60] += n
        cells = tuple(Cell(f"{hour:02}:00–{hour:02}:59", {}, n) for hour, n in sorted(hours.items()))
        return Tally(base=base, answered=answered, cells=cells)

    def row_of(self, question: Question) -> Cells:
        return Cells("time")


@register
class DateTime(Date):
    """The answer is an ISO date and time, ``2027-03-07T18:30``; beside the date's inputs ``name-time``."""

    name = "datetime"
    label = N_("Date and time")
    example = N_("When did it happen? The day and the hour.")
    column_kind = "datetime"
    xlsform_types = frozenset({"dateTime", "datetime"})

    def input_names(self, question: Question) -> tuple[str, ...]:
        return (*super().input_names(question), f"{question.name}-time")

    def parse(self, question: Question, raw: Raw) -> str | None:
        day = super().parse(question, raw)
        typed = western_digits(first(raw, f"{question.name}-time")).strip()
        if day is None and not typed:
            return None
        if day is None or not typed:
            raise AnswerError("half_datetime", N_("Please write both the date and the time."))
        return f"{day}T{read_time(typed)}"

    def form_data(self, question: Question, value: str | None) -> dict[str, list[str]]:
        if value is None:
            return {}
        day, _, time = value.partition("T")
        return super().form_data(question, day) | {f"{question.name}-time": [time]}

    def text(self, question: Question, value: str | None, *, language: str, default_language: str) -> str:
        day, _, time = (value or "").partition("T")
        return f"{day_in_words(day, language)} {time}" if day else ""

    def project(self, question: Question, value: str | None) -> tuple[Projected, ...]:
        """The day as a number, YYYYMMDD, and the time behind the point, HHMM."""
        if value is None:
            return ()
        day, _, time = value.partition("T")
        return (Projected(number=int(day.replace("-", "")) + int(time.replace(":", "")) / 10_000),)

    def row_of(self, question: Question) -> Cells:
        return Cells("dateTime")
