"""Texts that people write: cleaning, refusing what cannot be stored or shown, several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveys.errors import AnswerError, DefinitionError
from surveys.i18n import N_

Text = Mapping[str, str]
"""A text in several languages: language code → words. A language without words is absent."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u00ad]+")
_LINE_ENDS = re.compile("\r\n?")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def pick(text: Text, language: str, default_language: str) -> str:
    """The words in `language`, else in `default_language`, else in any language, else ``""``."""
    return text.get(language) or text.get(default_language) or next(iter(text.values()), "")


def clean_answer(written: str, *, lines: bool = False) -> str:
    """A written answer as it is stored: ends trimmed, one kind of line end; ``""`` if nothing is visible.

    The words themselves stay as they are. Raises AnswerError on NUL and lone surrogates, which no
    database and no file takes.
    """
    if _UNSTORABLE.search(written):
        raise AnswerError(
            "unreadable_text", N_("This text has signs that cannot be read. Please type it again.")
        )
    text = _LINE_ENDS.sub("\n", written)
    if not lines:
        text = text.replace("\n", " ")
    text = text.strip()
    return text if _INVISIBLE.sub("", text) else ""


def check_length(text: str, limit: int) -> None:
    """Raise AnswerError when `text` has more than `limit` characters; the message gives both numbers."""
    if len(text) > limit:
        raise AnswerError(
            "too_long",
            N_("This answer is too long. Characters written: %(length)s. Most allowed: %(limit)s."),
            length=len(text),
            limit=limit,
        )


def is_safe_label(text: str) -> bool:
    """Whether a name or label holds no NUL, no lone surrogate and no bidirectional control.

    Controls could make a label read as another one. Joiners (ZWNJ, ZWJ) and marks (LRM, RLM) may stay.
    """
    return not (_UNSTORABLE.search(text) or _BIDI_CONTROLS.search(text))


def clean_words(words: str) -> str:
    """A text of the survey as it is stored: ends trimmed, one kind of line end, and none of the control signs
    that neither a page, nor a workbook, nor XML can carry."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", words)).strip()


def text_from_json(data: object) -> dict[str, str]:
    """A Text from stored data, without empty languages. Raises DefinitionError when it is none."""
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise DefinitionError("not_a_text", N_("A text in several languages was expected."))
    text: dict[str, str] = {}
    for language, words in data.items():
        if not isinstance(language, str) or not isinstance(words, str):
            raise DefinitionError("not_a_text", N_("A text in several languages was expected."))
        if not (is_safe_label(words) and is_safe_label(language)):
            raise DefinitionError(
                "unsafe_text",
                N_("A text has hidden signs that change the direction of writing. Please type it again."),
            )
        if clean := clean_words(words):
            text[language] = clean
    return text
