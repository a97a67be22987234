"""Words on their way through a workbook and pyxform, which would change some of them.

pyxform makes typographic quotes straight, no-break spaces common ones and takes ``${`` for a reference; a
workbook reads ``_x0041_`` as an escape, and a lone ``-`` stands for no words. Where a sign of our own must be
put in to prevent it, it is the word joiner, which no reader sees and other programs leave alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

JOINER = "\u2060"
_QUOTES = "‘’“”"
_COVERED = str.maketrans({quote: chr(0x100000 + ord(quote)) for quote in _QUOTES})
_UNCOVERED = str.maketrans({chr(0x100000 + ord(quote)): quote for quote in _QUOTES})
_NO_BREAK, _JOINED = "\u00a0", f"{JOINER} {JOINER}"
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_REFERENCE = re.compile(r"\$(?=\{)(?!\{\s*(?P<name>[^\W\d][\w.-]*)\s*\})")
_TEXT_COLUMNS = (
    "label", "caption", "text", "hint", "guidance_hint", "constraint_message", "constraint message",
    "constraining message", "required_message", "required message", "noapperrorstring", "form_title", "title",
    "set form title", "set_form_title", "bind::jr:constraintmsg", "bind:jr:constraintmsg",
    "bind::jr:requiredmsg", "bind:jr:requiredmsg", "mashura_",
)  # fmt: skip


def shielded(words: str) -> str:
    """`words` as a cell of an export. References to answers (``${name}``) stay as they are."""
    if words == "-":
        return f"{JOINER}-"
    words = _REFERENCE.sub(f"${JOINER}", words)
    return _ESCAPE.sub(f"_{JOINER}", words).replace(_NO_BREAK, _JOINED)


def unshielded(words: str) -> str:
    """The words that a cell holds: the inverse of `shielded` and of `cover_quotes`."""
    words = words.translate(_UNCOVERED)
    if JOINER not in words:
        return words
    if words == f"{JOINER}-":
        return "-"
    return words.replace(_JOINED, _NO_BREAK).replace(f"_{JOINER}x", "_x").replace(f"${JOINER}{{", "${")


def cover_quotes(row: Mapping[str, str]) -> dict[str, str]:
    """A row for pyxform with the typographic quotes of its texts kept safe; in expressions it is right to make
    them straight."""
    return {
        header: words.translate(_COVERED) if isinstance(words, str) and _is_text(header) else words
        for header, words in row.items()
    }


def _is_text(header: str | None) -> bool:
    return str(header or "").strip().casefold().startswith(_TEXT_COLUMNS)
