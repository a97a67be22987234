"""The logic of a survey in sentences of one language."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.questions import type_of
from surveys.rules import Flow
from surveys.rules.sentences import (
    ACCEPT_IF,
    OFFER_IF,
    REQUIRE_IF,
    SHOW_IF,
    SHOW_PAGE_IF,
    check_sentence,
    filter_sentence,
    read_condition,
    sentence,
)


def logic_of_question(question: Question, definition: Definition, code: str) -> Iterator[str]:
    """Everything that a question's conditions do, a sentence each."""
    if question.relevant:
        yield said(SHOW_IF, question.relevant, definition, code)
    if question.required_if:
        yield said(REQUIRE_IF, question.required_if, definition, code)
    if question.constraint:
        words = check_sentence(question, definition, language=code, say=_)
        yield _framed(ACCEPT_IF, words or isolated(question.constraint))
    if question.choice_filter:
        words = filter_sentence(question, definition, language=code, say=_)
        yield _framed(OFFER_IF, words or isolated(question.choice_filter))
    if calculation := type_of(question).calculation(question):
        yield _("Worked out: %(condition)s", condition=isolated(calculation))


def logic_of_section(section: Section, definition: Definition, code: str) -> Iterator[str]:
    if section.relevant:
        yield said(SHOW_PAGE_IF, section.relevant, definition, code)
    if section.repeat is not None:
        yield _("People answer this page several times.")


def why_hidden(question: Question, definition: Definition, code: str) -> str:
    """Under which condition a question shows that does not show now."""
    return said(SHOW_IF, question.relevant, definition, code) if question.relevant else ""


def why_page_hidden(section: Section, flow: Flow, definition: Definition, code: str) -> str:
    """Why a page does not show for these answers; ``""`` where it does."""
    if flow.shows_section(section):
        return ""
    if not flow.section_is_relevant(section):
        return said(SHOW_PAGE_IF, section.relevant, definition, code)
    if section.repeat is not None:
        return _("It is worked out that people answer this page no times.")
    return _("None of its questions shows.")


def said(frame: str, written: str, definition: Definition, code: str) -> str:
    """A condition in words; one that no menus can build stands as it was typed."""
    return _framed(frame, condition_words(written, definition, code))


def _framed(frame: str, words: str) -> str:
    return _(frame) % {"condition": words}


def condition_words(written: str, definition: Definition, code: str) -> str:
    condition = read_condition(written)
    return sentence(condition, definition, language=code, say=_) if condition else isolated(written)


def isolated(expression: str) -> str:
    """An expression inside a sentence of either direction."""
    return f"\u2066{expression}\u2069"
