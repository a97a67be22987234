"""Arabic letters in one form for comparing: camel-tools where installed, otherwise the same by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

_MARKS = re.compile("[\u064b-\u0652\u0653-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]")
_DEDIAC = re.compile("[\u064b-\u0652\u0670\u0640]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه"})


def fold_built_in(text: str) -> str:
    """What `fold_letters` does where camel-tools is not installed."""
    return _DEDIAC.sub("", text).translate(_LETTERS)


def _camel() -> Callable[[str], str] | None:
    try:
        from camel_tools.utils.normalize import (
            normalize_alef_ar,
            normalize_alef_maksura_ar,
            normalize_teh_marbuta_ar,
        )
    except ImportError:
        return None

    def fold(text: str) -> str:
        # Its dediac module looks at all of Unicode when it is imported (a second); this is the same set.
        text = _DEDIAC.sub("", text)
        return normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(text)))

    return fold


@cache
def _folding() -> Callable[[str], str]:
    """Loaded with the first Arabic text."""
    return _camel() or fold_built_in


def engine_name() -> str:
    """Which of the two folds the letters."""
    return "camel-tools" if find_spec("camel_tools") else "built-in"


def fold_letters(text: str) -> str:
    """Alef forms to bare alef, alef maqsura to ya, ta marbuta to ha; short vowels and tatweel dropped."""
    return _folding()(text) if _ARABIC.search(text) else text


def drop_marks(text: str) -> str:
    """Short vowels, Quranic marks and tatweel dropped; letters stay as they were written."""
    return _MARKS.sub("", text.replace("\u0640", ""))
