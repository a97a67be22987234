"""Names of questions: what a form, an expression and a column title can all carry."""

from __future__ import annotations

import re
from collections.abc import Container

RESERVED = frozenset({"action", "code", "csrf_token", "return_code"})
"""Input names that the pages use themselves. All others of theirs have a colon, which no question's name has."""

MOST_CHARACTERS = 64
_NAME = re.compile(r"[^\W\d][\w.-]*")
_UNFIT = re.compile(r"[^\w.-]+")


def is_name(name: str) -> bool:
    """Whether `name` begins with a letter or underscore and goes on with letters, digits, ``_ . -``."""
    return len(name) <= MOST_CHARACTERS and bool(_NAME.fullmatch(name))


def free_name(wanted: str, taken: Container[str]) -> str:
    """`wanted` made a proper name that is neither reserved nor taken, with a number behind it if need be."""
    name = _UNFIT.sub("_", wanted).strip("_.-")[: MOST_CHARACTERS - 6] or "q"
    if not is_name(name):
        name = f"q_{name}"
    if name not in taken and name not in RESERVED:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
