"""How much room an answer takes where room is fixed beforehand: the slots of anonymous consultations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from surveys.elements import Option

LONGEST_NUMBER = 24
"""A number of at most 15 digits as JSON, with its sign, its point and an exponent."""


def json_bytes(value: Any) -> int:
    """Bytes of a value as compact JSON in UTF-8."""
    return len(compact_json(value))


def compact_json(value: Any) -> bytes:
    """A value as JSON in UTF-8 without white space, keys in order: the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def text_bytes(characters: int) -> int:
    """Room for free text: two bytes a character, as Arabic takes, and the quotation marks."""
    return 2 * characters + 2


def longest_id(options: Iterable[Option]) -> int:
    """Bytes of the longest id, 2 without options."""
    return max((json_bytes(option.id) for option in options), default=2)


def all_ids(options: Iterable[Option]) -> int:
    """Bytes of a list of all ids."""
    return 2 + sum(json_bytes(option.id) + 1 for option in options)
