"""Options put into an order, each with the number of its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import western_digits
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
from surveys.questions.choices import OPTIONS_SETTING, option_with
from surveys.questions.field import Choice, Field
from surveys.questions.lines import LineType, listed
from surveys.questions.registry import register
from surveys.questions.room import all_ids
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import SHUFFLE_SETTINGS, shuffle_cells, shuffle_of_row
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class RankingConfig(Config):
    """`places`: how many places are given, None for one an option; `partial`: whether fewer may be."""

    options: tuple[Option, ...] = ()
    places: int | None = None
    partial: bool = False
    shuffle: bool = False
    pinned: int = 0


@register
class Ranking(LineType):
    """The answer is a list of option ids, the first place first."""

    name = "ranking"
    label = N_("Ranking")
    example = N_("Which of these matters most to you? Put them in your order.")
    Config = RankingConfig
    settings = (
        OPTIONS_SETTING,
        Setting(
            "places",
            "integer",
            N_("How many places to give"),
            hint=N_("For example 3 for the three most important ones. Leave empty to rank all."),
            minimum=1,
        ),
        Setting("partial", "boolean", N_("People may give fewer places")),
        *SHUFFLE_SETTINGS,
    )
    column_kind = "ranks"
    is_enhanced = True
    xlsform_types = frozenset({"rank"})
    xlsform_parameters = frozenset({"randomize", "seed"})

    def places(self, question: Question) -> int:
        """How many places can be given."""
        offered = len(question.config.options)
        return min(question.config.places or offered, offered)

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        places = tuple(Choice(str(n), "", str(n)) for n in range(1, self.places(question) + 1))
        return replace(field, choices=places)

    def parse(self, question: Question, raw: Raw) -> list[str] | None:
        places: dict[int, str] = {}
        for line in self.lines(question):
            typed = western_digits(first(raw, self.input_name(question, line))).strip()
            if not typed:
                continue
            if not typed.isdecimal() or len(typed) > 4 or not 1 <= int(typed) <= self.places(question):
                raise AnswerError("unknown_option", N_("Please choose from the answers in the list."))
            if int(typed) in places:
                message = N_("Place %(place)s is given twice. Give every place once only.")
                raise AnswerError("place_twice", message, place=int(typed))
            places[int(typed)] = line.id
        gap = next((place for place in range(1, max(places, default=0)) if place not in places), None)
        if gap is not None:
            message = N_("Place %(place)s is missing. Give the places one after the other, from 1.")
            raise AnswerError("place_missing", message, place=gap)
        return [places[place] for place in sorted(places)] or None

    def most_bytes(self, question: Question) -> int:
        return all_ids(self.lines(question))

    def lacking(self, question: Question, value: list[str] | None) -> AnswerError | None:
        if not value:
            return required_error()
        if question.config.partial or len(value) >= self.places(question):
            return None
        message = N_("Please give all places from 1 to %(places)s. Places given: %(number)s.")
        return AnswerError("required", message, places=self.places(question), number=len(value))

    def form_data(self, question: Question, value: list[str] | None) -> dict[str, list[str]]:
        places = {option_id: place for place, option_id in enumerate(value or [], 1)}
        return {
            self.input_name(question, line): [str(places[line.id])]
            for line in self.lines(question)
            if line.id in places
        }

    def text(
        self, question: Question, value: list[str] | None, *, language: str, default_language: str
    ) -> str:
        labels = self.line_labels(question, language=language, default_language=default_language)
        return listed(f"{place}. {labels.get(key, key)}" for place, key in enumerate(value or [], 1))

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        places = question.config.places
        if places is not None and not 1 <= places <= len(question.config.options):
            yield Problem(
                "too_many_places", N_("There are more places to give than answers."), question_id=question.id
            )

    def project(self, question: Question, value: list[str] | None) -> tuple[Projected, ...]:
        return tuple(Projected(option_id=key, number=place) for place, key in enumerate(value or [], 1))

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """A cell an option: how often it came first. Its group: how many placed it, and the mean place."""
        by_option: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for (key, place), n in counts.items():
            by_option[key or ""].append((place or 0, n))
        cells, groups = [], []
        for line in self.lines(question):
            own = by_option.pop(line.id, [])
            placed = sum(n for _, n in own)
            first_places = sum(n for place, n in own if place == 1)
            cells.append(Cell(line.id, line.label, first_places, group=line.id))
            mean = {"mean": sum(place * n for place, n in own) / placed} if placed else {}
            groups.append(Group(line.id, line.label, placed, mean))
        for key, own in sorted(by_option.items()):  # options that are no longer offered
            cells.append(Cell(key, {}, sum(n for place, n in own if place == 1), group=key))
            groups.append(Group(key, {}, sum(n for _, n in own)))
        return Tally(base=base, answered=answered, cells=tuple(cells), groups=tuple(groups))

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        return tuple((line.name, line.label) for line in self.lines(question))

    def column_labels(self, question: Question) -> dict[str, Text]:
        return {}

    def export_columns(self, question: Question) -> tuple[str, ...]:
        return (question.name,)

    def export(self, question: Question, value: list[str] | None) -> dict[str, Any]:
        named = [(option_with(self.lines(question), key), key) for key in value or []]
        return {question.name: [line.name if line else key for line, key in named]} if named else {}

    def reads_row(self, row: Row) -> bool:
        return len(row.options) >= self.fewest_lines

    def config_from_row(self, row: Row) -> RankingConfig:
        return RankingConfig(
            row.options + row.apart,
            places=int(row.own["places"]) if row.own.get("places", "").isdecimal() else None,
            partial=row.own.get("partial") == "yes",
            **shuffle_of_row(row),
        )

    def row_of(self, question: Question) -> Cells:
        parameters, own = shuffle_cells(question.config)
        if question.config.places is not None:
            own["places"] = str(question.config.places)
        if question.config.partial:
            own["partial"] = "yes"
        return Cells("rank", parameters=parameters, options=question.config.options, own=own)
