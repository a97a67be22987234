"""What must be right before a survey is published. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.definition import Definition
from surveys.elements import Question
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.base import Problem
from surveys.rules.conditions import logic_problems
from surveys.rules.names import RESERVED, is_name
from surveys.translations import Place, missing_in

__all__ = ["Problem", "find_problems", "missing_texts"]


def find_problems(definition: Definition) -> tuple[Problem, ...]:
    """Everything to correct, errors and warnings, in the order of the survey.

    A missing translation is a warning (code ``missing_translation``, params ``language`` and ``number``);
    whoever publishes decides whether it stands in the way.
    """
    return (
        *_structure(definition),
        *_names(definition),
        *_questions(definition),
        *logic_problems(definition),
        *_languages(definition),
    )


def missing_texts(definition: Definition) -> dict[str, tuple[Place, ...]]:
    """Language → texts without words in it; complete languages have an empty tuple."""
    return {language: missing_in(definition, language) for language in definition.languages}


def _structure(definition: Definition) -> Iterator[Problem]:
    if not any(type_of(question).takes_answer for question in definition.questions()):
        yield Problem("no_questions", N_("The survey has no questions yet."))
    for section in definition.sections:
        if not section.questions:
            yield Problem(
                "empty_section", N_("This section has no questions."), section_id=section.id, is_warning=True
            )


def _names(definition: Definition) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for question in definition.questions():
        if not is_name(question.name) or question.name in RESERVED:
            yield Problem(
                "bad_name", N_("The name “%(name)s” cannot be used."), {"name": question.name}, question.id
            )
        for name in type_of(question).input_names(question) or (question.name,):
            if name in seen and seen[name] != question.id:
                yield Problem(
                    "name_twice", N_("Two questions use the name “%(name)s”."), {"name": name}, question.id
                )
            seen[name] = question.id


def _questions(definition: Definition) -> Iterator[Problem]:
    for question in definition.questions():
        if not question.label.get(definition.default_language) and not any(question.label.values()):
            yield Problem("no_words", N_("This question has no words yet."), question_id=question.id)
        if question.picture and not any(question.picture_words.values()):
            yield Problem(
                "picture_without_words",
                N_("Say what the picture shows, for people who do not see it."),
                question_id=question.id,
            )
        yield from _unworded_options(question)
        yield from type_of(question).check(question)


def _unworded_options(question: Question) -> Iterator[Problem]:
    options = getattr(type_of(question), "options", None)
    if options and any(not any(option.label.values()) for option in options(question)):
        yield Problem(
            "option_without_words", N_("An answer to choose from has no words."), question_id=question.id
        )


def _languages(definition: Definition) -> Iterator[Problem]:
    for language in definition.languages:
        missing = missing_in(definition, language)
        if missing:
            yield Problem(
                "missing_translation",
                N_("Texts without words in this language: %(number)s."),
                {"language": language, "number": len(missing)},
                is_warning=True,
            )
