"""Free text: one line or several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from surveys.elements import Config, Question
from surveys.i18n import N_
from surveys.questions.base import Problem, QuestionType, Raw, Setting, first
from surveys.questions.limits import read_limits, written_limits
from surveys.questions.registry import register
from surveys.questions.room import text_bytes
from surveys.questions.rows import Cells, Row
from surveys.text import check_length, clean_answer

MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class ShortTextConfig(Config):
    max_length: int = 200


@dataclass(frozen=True, slots=True)
class LongTextConfig(Config):
    max_length: int = 4000


class TextType(QuestionType):
    """What both kinds of free text share. The answer is a str."""

    has_lines: ClassVar[bool]
    Config: ClassVar[type[ShortTextConfig] | type[LongTextConfig]]
    is_free_text = True
    xlsform_types = frozenset({"text"})
    unstated_length: ClassVar[int]
    settings = (
        Setting(
            "max_length",
            "integer",
            N_("Longest answer, in characters"),
            hint=N_("A longer answer is sent back with its length."),
            minimum=1,
            maximum=MOST_CHARACTERS,
        ),
    )

    def parse(self, question: Question, raw: Raw) -> str | None:
        text = clean_answer(first(raw, question.name), lines=self.has_lines)
        check_length(text, question.config.max_length)
        return text or None

    def most_bytes(self, question: Question) -> int:
        return text_bytes(question.config.max_length)

    def takes_constraint(self, row: Row) -> bool:
        limits = read_limits("string-length(.)", row.constraint)
        return limits is not None and limits[0] is None and (limits[1] or 0) >= 1

    def config_from_row(self, row: Row) -> ShortTextConfig | LongTextConfig:
        limits = read_limits("string-length(.)", row.constraint) if self.takes_constraint(row) else None
        length = int(limits[1] or 0) if limits else self.unstated_length
        return self.Config(max_length=min(length, MOST_CHARACTERS))

    def row_of(self, question: Question) -> Cells:
        return Cells(
            "text",
            appearance=" ".join(self.xlsform_appearances),
            constraint=written_limits("string-length(.)", None, question.config.max_length),
        )

    def check(self, question: Question) -> Iterable[Problem]:
        if not 1 <= question.config.max_length <= MOST_CHARACTERS:
            yield Problem(
                "bad_length",
                N_("The longest answer must be between 1 and %(limit)s characters."),
                {"limit": MOST_CHARACTERS},
                question.id,
            )


@register
class ShortText(TextType):
    name = "short_text"
    label = N_("Short text")
    example = N_("A name, a place, a few words.")
    Config = ShortTextConfig
    has_lines = False
    unstated_length = 1000  # an XLSForm knows no limit of its own


@register
class LongText(TextType):
    name = "long_text"
    label = N_("Long text")
    example = N_("An opinion or an experience in the person's own words. You get themes from these answers.")
    Config = LongTextConfig
    has_lines = True
    xlsform_appearances = frozenset({"multiline"})
    unstated_length = 4000
