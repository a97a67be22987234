"""Answers given in advance."""

from __future__ import annotations

from contextlib import suppress

from surveys.elements import Question
from surveys.errors import AnswerError
from surveys.questions import type_of


def default_form(question: Question, words: str) -> dict[str, list[str]]:
    """The form that answers a question with `words`, as an expression gives them: codes, a number, an ISO date.
    Empty where they are no answer to it."""
    kind = type_of(question)
    codes = kind.codes(question)
    candidates = [{question.name: words.split() if codes else [words]}]
    with suppress(AttributeError, KeyError, TypeError, ValueError):  # the type may store what is no text
        candidates.append(kind.form_data(question, words))
    for candidate in candidates:
        try:
            if not kind.is_empty(kind.parse(question, candidate)):
                return candidate
        except AnswerError:
            continue
    return {}
