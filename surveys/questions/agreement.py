"""An agreement scale (Likert): labelled points in a fixed order, "don't know" set apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from surveys.elements import Config, Option, Question
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
from surveys.questions.choices import check_options, choices_for, option_named, option_with
from surveys.questions.field import Field
from surveys.questions.registry import register
from surveys.questions.room import longest_id
from surveys.questions.rows import Cells, Row
from surveys.questions.spread import number_statistics
from surveys.text import Text, pick

FEWEST_POINTS, MOST_POINTS = 2, 11

USUAL_POINTS = (
    Option(
        "p1", "1",
        {"ar": "لا أوافق إطلاقًا", "en": "Strongly disagree", "fr": "Pas du tout d’accord",
         "es": "Muy en desacuerdo"},
    ),
    Option("p2", "2", {"ar": "لا أوافق", "en": "Disagree", "fr": "Pas d’accord", "es": "En desacuerdo"}),
    Option(
        "p3", "3",
        {"ar": "لا أوافق ولا أعارض", "en": "Neither agree nor disagree", "fr": "Ni d’accord ni pas d’accord",
         "es": "Ni de acuerdo ni en desacuerdo"},
    ),
    Option("p4", "4", {"ar": "أوافق", "en": "Agree", "fr": "D’accord", "es": "De acuerdo"}),
    Option(
        "p5", "5",
        {"ar": "أوافق تمامًا", "en": "Strongly agree", "fr": "Tout à fait d’accord", "es": "Muy de acuerdo"},
    ),
)  # fmt: skip
USUAL_APART = (
    Option(
        "p0", "dont_know",
        {"ar": "لا أعرف، أو أفضّل ألّا أجيب", "en": "I don’t know or prefer not to say",
         "fr": "Je ne sais pas ou préfère ne pas répondre", "es": "No sé o prefiero no contestar"},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgreementConfig(Config):
    """`points` from the lowest (1) to the highest; `apart` are answers outside the scale."""

    points: tuple[Option, ...] = ()
    apart: tuple[Option, ...] = ()


@register
class Agreement(QuestionType):
    """The answer is the id of a point or of an answer set apart. A point's number is its place from 1."""

    name = "agreement"
    label = N_("Agreement scale")
    example = N_("How far do you agree with this? From “strongly disagree” to “strongly agree”.")
    Config = AgreementConfig
    choice_settings = ("points", "apart")
    settings = (
        Setting(
            "points",
            "options",
            N_("Points of the scale, from the lowest to the highest"),
            hint=N_("Between 2 and 11 points. Every point has words."),
        ),
        Setting("apart", "options", N_("Answers outside the scale"), hint=N_("For example “I don't know”.")),
    )

    column_kind = "code"
    is_ordered = True
    xlsform_types = frozenset({"select one"})
    xlsform_appearances = frozenset({"likert"})

    def reads_row(self, row: Row) -> bool:
        return FEWEST_POINTS <= len(row.options) <= MOST_POINTS and not row.other

    def config_from_row(self, row: Row) -> AgreementConfig:
        return AgreementConfig(points=row.options, apart=row.apart)

    def row_of(self, question: Question) -> Cells:
        return Cells(
            "select_one", appearance="likert", options=question.config.points, apart=question.config.apart
        )

    def starting_config(self) -> AgreementConfig:
        return AgreementConfig(points=USUAL_POINTS, apart=USUAL_APART)

    def options(self, question: Question) -> tuple[Option, ...]:
        return question.config.points + question.config.apart

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        points, apart = question.config.points, question.config.apart
        languages: dict[str, Any] = {"language": language, "default_language": default_language}
        return replace(
            field,
            choices=choices_for(points, field.input_id, **languages),
            apart=choices_for(apart, field.input_id, start=len(points) + 1, **languages),
        )

    def parse(self, question: Question, raw: Raw) -> str | None:
        name = first(raw, question.name)
        return option_named(self.options(question), name).id if name else None

    def form_data(self, question: Question, value: str | None) -> dict[str, list[str]]:
        return {} if value is None else {question.name: [self._name(question, value)]}

    def text(self, question: Question, value: str | None, *, language: str, default_language: str) -> str:
        option = option_with(self.options(question), value)
        return (pick(option.label, language, default_language) or option.name) if option else value or ""

    def check(self, question: Question) -> Iterable[Problem]:
        yield from check_options(question, self.options(question), least=0)
        if not FEWEST_POINTS <= len(question.config.points) <= MOST_POINTS:
            yield Problem(
                "scale_length",
                N_("A scale has between %(least)s and %(most)s points."),
                {"least": FEWEST_POINTS, "most": MOST_POINTS},
                question.id,
            )

    def most_bytes(self, question: Question) -> int:
        return longest_id(self.options(question))

    def project(self, question: Question, value: str | None) -> tuple[Projected, ...]:
        if value is None:
            return ()
        place = next((n for n, point in enumerate(question.config.points, 1) if point.id == value), None)
        return (Projected(option_id=value, number=place),)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """Statistics: median and mean of the points' places; `top_two` is a share of the scale's answers."""
        by_id = {option_id: n for (option_id, _), n in counts.items() if option_id is not None}
        points, apart = question.config.points, question.config.apart
        cells = [Cell(point.id, point.label, by_id.pop(point.id, 0)) for point in points]
        statistics = number_statistics(counts)
        on_scale = sum(cell.count for cell in cells)
        if on_scale:
            statistics["top_two"] = sum(cell.count for cell in cells[-2:]) / on_scale
        cells += [Cell(option.id, option.label, by_id.pop(option.id, 0), apart=True) for option in apart]
        cells += [Cell(option_id, {}, n, apart=True) for option_id, n in sorted(by_id.items())]
        return Tally(base=base, answered=answered, cells=tuple(cells), statistics=statistics)

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        return tuple((option.name, option.label) for option in self.options(question))

    def codes_apart(self, question: Question) -> frozenset[str]:
        return frozenset(option.name for option in question.config.apart)

    def export(self, question: Question, value: str | None) -> dict[str, Any]:
        return {} if value is None else {question.name: self._name(question, value)}

    def _name(self, question: Question, value: str) -> str:
        option = option_with(self.options(question), value)
        return option.name if option else value
