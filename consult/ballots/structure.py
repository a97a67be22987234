"""Which surveys can be answered anonymously, and what of one is fixed once its slots are made. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from consult.ballots.payload import size_for
from consult.errors import DomainError
from surveys.definition import Definition
from surveys.elements import Question
from surveys.i18n import N_
from surveys.rules.room import room_for, unlimited
from surveys.text import pick

MOST_SIZE = 1024 * 1024
"""Of one slot: an answer travels with every page, and is stored at its full length."""
MOST_IN_ALL = 8 * 1024**3
_CLOCK = re.compile(r"\b(?:now|today)\s*\(")
_WORDS = frozenset(
    {
        "constraint_message", "hint", "high", "intro", "item", "label", "low", "message", "other_label", "thanks",
        "title", "unit",
    }
)  # fmt: skip


def check_fits(definition: Definition, number: int) -> None:
    """Raises DomainError when the survey asks for what an anonymous answer cannot hold."""
    files = unlimited(definition)
    if files:
        raise DomainError(
            "files_in_anonymous",
            N_(
                "An anonymous survey cannot ask for files: they have a size and a name that point to a person. Remove "
                "the question: %(question)s"
            ),
            question=pick(files[0].label, definition.default_language, definition.default_language),
        )
    timed = _question_with_time(definition)
    if timed is not None:
        raise DomainError(
            "time_in_anonymous",
            N_(
                "An anonymous survey cannot store the present time or day: it would show who answered when. Take now() "
                "and today() out of the question: %(question)s"
            ),
            question=pick(timed.label, definition.default_language, definition.default_language)
            or timed.name,
        )
    if definition.quotas:
        raise DomainError(
            "quotas_in_anonymous",
            N_("An anonymous survey cannot have quotas: that places run out would show who has answered."),
        )
    size = size_for(room_for(definition))
    if size > MOST_SIZE or size * number > MOST_IN_ALL:
        raise DomainError(
            "survey_too_large",
            N_(
                "The longest possible answer to this survey takes %(size)s kB, and that much is set aside for "
                "everybody. Shorten the longest texts, or give the pages that repeat a highest number."
            ),
            size=size // 1024,
        )


def _question_with_time(definition: Definition) -> Question | None:
    """The first question whose stored value may come from the clock."""
    for question in definition.questions():
        stored = (question.default, *question.config.to_json().values())
        if any(isinstance(words, str) and _CLOCK.search(words) for words in stored):
            return question
    return None


def structure_of(definition: Definition) -> str:
    """A fingerprint of everything but words: SHA-256, in hex."""
    stored = _without_words(definition.to_json())
    stored.pop("languages", None)
    stored.pop("default_language", None)
    text = json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_same_structure(definition: Definition, fingerprint: str) -> None:
    """Raises DomainError when more than words have changed since the slots were made."""
    if structure_of(definition) != fingerprint:
        raise DomainError(
            "survey_fixed",
            N_(
                "The codes of this anonymous consultation are made, and with them the room for each answer. Words and "
                "translations can still change; questions, their answers and their rules cannot."
            ),
        )


def _without_words(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_words(value) for key, value in data.items() if key not in _WORDS}
    if isinstance(data, list):
        return [_without_words(item) for item in data]
    return data
