"""A text between questions; it takes no answer."""

from __future__ import annotations

from surveys.elements import Question
from surveys.i18n import N_
from surveys.questions.base import QuestionType, Raw
from surveys.questions.registry import register
from surveys.questions.rows import Cells


@register
class Note(QuestionType):
    name = "note"
    label = N_("Note")
    example = N_("A text to read, for example an explanation before the next questions.")
    takes_answer = False
    xlsform_types = frozenset({"note"})

    def parse(self, question: Question, raw: Raw) -> None:
        return None

    def row_of(self, question: Question) -> Cells:
        return Cells("note")
