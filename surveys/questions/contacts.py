"""E-mail, phone and web address: short texts of a known form. They are never read for themes."""

from __future__ import annotations

import re
from typing import ClassVar

from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import western_digits
from surveys.questions.base import QuestionType, Raw, first
from surveys.questions.registry import register
from surveys.questions.room import text_bytes
from surveys.questions.rows import Cells
from surveys.text import check_length, clean_answer

LIMIT = 254


class ContactType(QuestionType):
    """A text that must fit a pattern. The answer is a str in its usual form."""

    pattern: ClassVar[re.Pattern[str]]
    refusal: ClassVar[str]
    input_type: ClassVar[str]
    xlsform_types = frozenset({"text"})

    def parse(self, question: Question, raw: Raw) -> str | None:
        typed = self.usual(clean_answer(first(raw, question.name)))
        if not typed:
            return None
        check_length(typed, LIMIT)
        if not self.pattern.fullmatch(typed):
            raise AnswerError(f"bad_{self.name}", self.refusal)
        return typed

    def most_bytes(self, question: Question) -> int:
        return text_bytes(LIMIT)

    def usual(self, typed: str) -> str:
        """What was typed in its usual form."""
        return typed

    def row_of(self, question: Question) -> Cells:
        return Cells("text", appearance=self.name)


@register
class Email(ContactType):
    name = "email"
    label = N_("E-mail address")
    example = N_("Where can we write to you?")
    pattern = re.compile(r"[^\s@<>\"(),:;\[\]]+@[^\s@<>\"(),:;\[\]_]+\.[^\s@.<>\"(),:;\[\]_\d]{2,}")
    refusal = N_("Please write an e-mail address, for example name@example.org.")
    input_type = "email"
    xlsform_appearances = frozenset({"email"})


@register
class Phone(ContactType):
    name = "phone"
    label = N_("Phone number")
    example = N_("How can we call you?")
    pattern = re.compile(r"\+?\d{5,20}")
    refusal = N_("Please write a phone number, for example +970 59 123 4567.")
    input_type = "tel"
    xlsform_appearances = frozenset({"phone"})

    def usual(self, typed: str) -> str:
        return re.sub(r"[\s().\-/]", "", western_digits(typed))


@register
class Url(ContactType):
    name = "url"
    label = N_("Web address")
    example = N_("Where is your organisation's website?")
    pattern = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]{2,}(?:[/?#]\S*)?")
    refusal = N_("Please write a web address, for example www.example.org.")
    input_type = "url"
    xlsform_appearances = frozenset({"url"})

    def usual(self, typed: str) -> str:
        return typed if not typed or "://" in typed else f"https://{typed}"
