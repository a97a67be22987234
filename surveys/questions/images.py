"""Options that are pictures, each with words that say what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.i18n import N_
from surveys.questions.base import Problem, Setting, Tally
from surveys.questions.choices import IMAGE, Chosen
from surveys.questions.field import Field
from surveys.questions.pictures import is_kept
from surveys.questions.registry import register
from surveys.questions.rows import Cells, Row
from surveys.questions.select_multiple import SelectMultiple
from surveys.questions.shuffling import SHUFFLE_SETTINGS
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class ImageChoiceConfig(Config):
    """Each option's attribute ``image`` names its picture. `captions`: whether the words stand below it."""

    options: tuple[Option, ...] = ()
    captions: bool = True
    other: bool = False
    other_label: Text = field(default_factory=dict)
    min: int | None = None
    max: int | None = 1
    shuffle: bool = False
    pinned: int = 0


@register
class ImageChoice(SelectMultiple):
    """The answer is a list of option ids, as with several of many; of one id where one may be chosen."""

    name = "image_choice"
    label = N_("Choice of pictures")
    example = N_("Which of these designs do you prefer? Each picture has words for those who cannot see it.")
    Config = ImageChoiceConfig  # type: ignore[assignment]
    settings = (  # type: ignore[assignment]
        Setting(
            "options",
            "options",
            N_("Pictures to choose from"),
            hint=N_("The words say what the picture shows: they are read out to people who do not see it."),
            picture=True,
        ),
        Setting("captions", "boolean", N_("The words stand below the pictures")),
        Setting("max", "integer", N_("Most answers to choose"), minimum=1),
        Setting("min", "integer", N_("Fewest answers to choose"), minimum=0),
        *SHUFFLE_SETTINGS,
    )
    xlsform_types = frozenset({"select one", "select all that apply"})

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        choices = tuple(replace(choice, has_image=is_kept(choice.image)) for choice in field.choices)
        return replace(field, choices=choices)

    def is_single(self, question: Question) -> bool:
        return question.config.max == 1

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        if any(not is_kept(option.attributes.get(IMAGE, "")) for option in question.config.options):
            yield Problem(
                "no_picture",
                N_("An answer to choose from has no picture yet. Its words are shown instead."),
                question_id=question.id,
                is_warning=True,
            )

    def tally_counts(self, question: Question, counts: Any, *, answered: int, base: int) -> Tally:
        tally = super().tally_counts(question, counts, answered=answered, base=base)
        return replace(tally, several=not self.is_single(question))

    def export_kinds(self, question: Question) -> dict[str, str]:
        kind = "code" if self.is_single(question) else "codes"
        return super().export_kinds(question) | {question.name: kind}

    def export(self, question: Question, value: list[Chosen] | None) -> dict[str, Any]:
        data = super().export(question, value)
        if data and self.is_single(question):
            data[question.name] = data[question.name][0]
        return data

    def reads_row(self, row: Row) -> bool:
        """Where every answer has a picture; with "other" beside them too."""
        offered = row.options + row.apart
        return bool(offered) and all(option.attributes.get(IMAGE) for option in offered)

    def config_from_row(self, row: Row) -> ImageChoiceConfig:  # type: ignore[override]
        base = super().config_from_row(row)
        single = row.type == "select one"
        return ImageChoiceConfig(
            base.options,
            captions=row.own.get("captions") != "no",
            other=base.other,
            other_label=base.other_label,
            min=base.min,
            max=1 if single else base.max,
            shuffle=base.shuffle,
            pinned=base.pinned,
        )

    def row_of(self, question: Question) -> Cells:
        cells = super().row_of(question)
        if not question.config.captions:
            cells.own = {**cells.own, "captions": "no"}
        if self.is_single(question):
            return replace(cells, type="select_one", constraint="")
        return cells
