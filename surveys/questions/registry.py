"""The register of question types."""

from __future__ import annotations

from surveys.elements import Question
from surveys.errors import DefinitionError
from surveys.i18n import N_
from surveys.questions.base import QuestionType

question_types: dict[str, QuestionType] = {}
"""Type name → its one instance."""


def register(cls: type[QuestionType]) -> type[QuestionType]:
    """Class decorator that makes a type known. Raises ValueError when the name is taken."""
    if cls.name in question_types:
        raise ValueError(f"question type {cls.name!r} is registered twice")
    question_types[cls.name] = cls()
    return cls


def type_of(question: Question) -> QuestionType:
    """The class that a question belongs to."""
    return type_named(question.type)


def type_named(name: str) -> QuestionType:
    """The type of that name. Raises DefinitionError when there is none."""
    try:
        return question_types[name]
    except KeyError:
        raise DefinitionError("unknown_type", N_("Unknown question type: %(type)s."), type=name) from None
