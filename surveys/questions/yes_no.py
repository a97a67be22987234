"""Yes or no: one of two answers that are worded already."""

from __future__ import annotations

from dataclasses import dataclass, field

from surveys.elements import Config, Option
from surveys.i18n import N_
from surveys.questions.choices import OPTIONS_SETTING
from surveys.questions.registry import register
from surveys.questions.rows import Cells, Row
from surveys.questions.select_one import SelectOne
from surveys.text import Text

YES_AND_NO = (
    Option("yes", "yes", {"ar": "نعم", "en": "Yes", "fr": "Oui", "es": "Sí"}),
    Option("no", "no", {"ar": "لا", "en": "No", "fr": "Non", "es": "No"}),
)


@dataclass(frozen=True, slots=True)
class YesNoConfig(Config):
    """`other` and `shuffle` are there because the type shares its code with one of many; they stay off."""

    options: tuple[Option, ...] = YES_AND_NO
    other: bool = False
    other_label: Text = field(default_factory=dict)
    shuffle: bool = False
    pinned: int = 0


@register
class YesNo(SelectOne):
    name = "yes_no"
    label = N_("Yes or no")
    example = N_("Did you take part in the last general meeting?")
    Config = YesNoConfig  # type: ignore[assignment]
    settings = (OPTIONS_SETTING,)  # type: ignore[assignment]
    xlsform_appearances = frozenset({"yes-no"})

    def reads_row(self, row: Row) -> bool:
        return len(row.options) == 2 and not row.other and not row.apart

    def config_from_row(self, row: Row) -> YesNoConfig:  # type: ignore[override]
        return YesNoConfig(row.options)

    def row_of(self, question) -> Cells:
        cells = self.choice_cells(question, "select_one")
        cells.appearance = "yes-no"
        return cells
