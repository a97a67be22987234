"""One of many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import Counts, Projected, Raw, Setting, Tally
from surveys.questions.choices import OPTIONS_SETTING, OTHER, OTHER_SETTINGS, ChoiceType, Chosen
from surveys.questions.registry import register
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import SHUFFLE_SETTINGS, shuffle_of_row
from surveys.text import Text

MENU = frozenset({"minimal", "autocomplete", "search"})
"""What others call a menu."""


@dataclass(frozen=True, slots=True)
class SelectOneConfig(Config):
    options: tuple[Option, ...] = ()
    other: bool = False
    other_label: Text = field(default_factory=dict)
    display: str = "list"
    shuffle: bool = False
    pinned: int = 0


@register
class SelectOne(ChoiceType):
    """The answer is an option id, or ``{"other": words}``."""

    name = "select_one"
    label = N_("One of many")
    example = N_("What kind of organisation are you? People choose one answer.")
    Config = SelectOneConfig
    column_kind = "code"
    settings = (
        OPTIONS_SETTING,
        *OTHER_SETTINGS,
        Setting(
            "display",
            "choice",
            N_("How the answers are shown"),
            choices=(("list", N_("All below one another")), ("menu", N_("A menu to open, for long lists"))),
        ),
        *SHUFFLE_SETTINGS,
    )

    xlsform_parameters = frozenset({"randomize", "seed"})
    xlsform_types = frozenset({"select one"})

    def config_from_row(self, row: Row) -> SelectOneConfig:
        return SelectOneConfig(
            row.options + row.apart,
            row.other,
            row.other_label,
            display="menu" if row.appearance & MENU else "list",
            **shuffle_of_row(row),
        )

    def row_of(self, question: Question) -> Cells:
        appearance = "minimal" if question.config.display == "menu" else ""
        return replace(self.choice_cells(question, "select_one"), appearance=appearance)

    def parse(self, question: Question, raw: Raw) -> Chosen | None:
        names = sorted({name for name in raw.get(question.name, ()) if name})
        words = self.own_words(question, raw)
        if not names:
            return self.chosen(question, OTHER, raw) if words else None
        if len(names) > 1:
            raise AnswerError("choose_one", N_("Please choose one answer only."))
        if words and names != [OTHER]:
            raise AnswerError(
                "other_not_chosen",
                N_("You wrote your own answer but chose another. Choose “Other” or delete what you wrote."),
            )
        return self.chosen(question, names[0], raw)

    def form_data(self, question: Question, value: Chosen | None) -> dict[str, list[str]]:
        return {} if value is None else self.as_form(question, [value])

    def text(self, question: Question, value: Chosen | None, *, language: str, default_language: str) -> str:
        if value is None:
            return ""
        return self.label_of(question, value, language=language, default_language=default_language)

    def project(self, question: Question, value: Chosen | None) -> tuple[Projected, ...]:
        return () if value is None else self.rows([value])

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        return Tally(base=base, answered=answered, cells=self.cells(question, counts))

    def export(self, question: Question, value: Chosen | None) -> dict[str, Any]:
        return {} if value is None else self.exported(question, [value], self.name_of(question, value))
