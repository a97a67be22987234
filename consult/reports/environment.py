"""Templates of reports, in a given language, with no web application behind them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES = ("ar", "en", "fr", "es")
LANGUAGE_NAMES = {
    "ar": "العربية",
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar-Latn": "Arabizi",
    "mul": "…",
}
_PACKAGE = Path(__file__).resolve().parents[1]


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.split("-")[0] in ("ar", "fa", "he", "ur") and "Latn" not in language else "ltr"


@cache
def report_environment(language: str) -> Environment:
    """An environment whose `_` speaks `language`. Undefined names are errors, everything is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_PACKAGE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language: beside the package in a checkout, inside it when installed."""
    inside = _PACKAGE / "translations"
    return Translations.load(inside if inside.is_dir() else _PACKAGE.parent / "translations", [language])
