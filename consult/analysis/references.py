"""What answers are placed into. Apart from the placing itself, which takes a second to load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThemeReference:
    """A theme to place into: its words (label, definition; any language) and answers accepted in it."""

    id: str
    words: tuple[str, ...]
    examples: tuple[str, ...] = ()
