"""Languages of an XLSForm: ``label::العربية (ar)`` to a code and back."""

from __future__ import annotations

import re

from babel import Locale, UnknownLocaleError

FIRST_PAGE = "page"
"""What pages without a group are called, with their number behind."""
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\)\s*$")
_BARE = re.compile(r"[A-Za-z]{2,3}")
_OWN_NAMES = (
    "ar en es fr fa he ku pt ru tr ur de it nl sw so am ti ha yo id ms th vi zh ja ko hi bn ne my km lo uk pl ro el"
    " ps sq sr hr bs hu cs sv da no fi ka hy az kk uz"
)
_names: dict[str, str] = {}


def language_code(name: str, fallback: str) -> str:
    """The code in brackets, the code itself, or that of a language's English or own name; else `fallback`
    for ``default`` and the name in small letters for anything else."""
    name = name.strip()
    if name.casefold() == "default":
        return fallback
    if match := _CODE.search(name):
        return match[1].lower().replace("_", "-")
    if _BARE.fullmatch(name) and name.casefold() in Locale("en").languages:
        return name.casefold()
    return _by_name().get(name.casefold(), name.casefold())


def language_header(code: str) -> str:
    """``Arabic (ar)``."""
    try:
        return f"{Locale.parse(code, sep='-').english_name} ({code})"
    except (ValueError, UnknownLocaleError):
        return f"{code} ({code})" if _CODE.search(f"({code})") else code


def _by_name() -> dict[str, str]:
    if not _names:
        _names.update(
            {name.casefold(): code for code, name in Locale("en").languages.items() if "_" not in code}
        )
        for code in _OWN_NAMES.split():
            _names[(Locale(code).get_display_name(code) or code).casefold()] = code
    return _names
