"""Words, numbers and days of a report in its own language, with no page and no web application behind them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from consult.reports.environment import LANGUAGE_NAMES, direction, translations
from surveys.numbers import percent_figure

_DAYS = {"ar": "d MMMM y", "en": "d MMMM y", "fr": "d MMMM y", "es": "d 'de' MMMM 'de' y"}
_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# What XML cannot hold, and marks that turn the direction of what follows.
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
NO_LANGUAGE = "zxx"
"""Numbers and ranges of them: they run from left to right wherever they stand."""
_PLACE = re.compile("\ue000(\\d+)\ue001")


def clean(text: str) -> str:
    """A text without signs that no file can hold and without those that turn the direction of what follows."""
    return UNFIT.sub("", text)


@dataclass(frozen=True, slots=True)
class Said:
    """Words and the language they are in; no language: the report's own. `is_fallback`: they stand in for words in the
    report's language that nobody wrote. `is_person`: somebody's own words or name, set apart inside a line."""

    text: str
    language: str | None = None
    is_fallback: bool = False
    is_person: bool = False

    @property
    def is_right_to_left(self) -> bool | None:
        """How the words run; None as the report runs."""
        if self.language == NO_LANGUAGE:
            return bool(runs_right_to_left(self.text))
        if self.language in LANGUAGE_NAMES and self.language != "mul":
            return direction(str(self.language)) == "rtl"
        return runs_right_to_left(self.text) if self.is_person or self.language else None


def runs_right_to_left(text: str) -> bool | None:
    """The direction of the first letter that has one; None without such a letter."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return None


Line = tuple[Said, ...]
"""Words in a row that may change language on the way."""


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language, and how numbers are written in it. `digits`: `latn`, or `arab` in Arabic."""

    language: str
    digits: str = "latn"

    @property
    def is_right_to_left(self) -> bool:
        return direction(self.language) == "rtl"

    def gettext(self, message: str, **values: object) -> str:
        """A string of the catalogue, filled in."""
        found = translations(self.language).gettext(message)
        return found % values if "%" in found else found

    def ngettext(self, singular: str, plural: str, number: int, **values: object) -> str:
        """The form for a number, written with the digits of the report."""
        found = translations(self.language).ngettext(singular, plural, number)
        return found % {"num": self.number(number), **values}

    def line(self, message: str, **values: Said | Line | str) -> Line:
        """A sentence of the catalogue with names and texts of any language inside it."""
        names = list(values)
        marked = translations(self.language).gettext(message) % {
            name: f"\ue000{place}\ue001" for place, name in enumerate(names)
        }
        parts: list[Said] = []
        for number, piece in enumerate(_PLACE.split(marked)):
            if number % 2:
                value = values[names[int(piece)]]
                parts += (
                    [Said(value)]
                    if isinstance(value, str)
                    else value
                    if isinstance(value, tuple)
                    else [value]
                )
            elif piece:
                parts.append(Said(piece))
        return tuple(parts)

    def number(self, value: float) -> str:
        """A number with as many places as it needs, at most two."""
        text = str(int(value)) if float(value).is_integer() else f"{value:.2f}".rstrip("0")
        return self._written(text)

    def decimal(self, value: float, places: int = 1) -> str:
        """A number with a fixed number of places."""
        return self._written(f"{value:.{places}f}")

    def signed(self, value: float) -> str:
        """A whole number with its sign."""
        return self._written(f"{value:+.0f}")

    def percent(self, share: float, places: int = 0) -> str:
        """A share of 1; a half is rounded up."""
        # After Arabic letters the sign would jump to the other side of its number.
        mark = "\u200e" if self.is_right_to_left else ""
        return mark + self._written(percent_figure(share, places)) + self._sign()

    def _sign(self) -> str:
        if self.language in ("fr", "es"):
            return "\u202f%"
        return "٪" if self.language == "ar" and self.digits == "arab" else "%"

    def _written(self, text: str) -> str:
        text = text.replace("-", "−")
        if self.is_right_to_left and text[:1] in ("−", "+"):
            text = f"\u200e{text}"  # the sign stays in front of its number
        if self.language == "ar" and self.digits == "arab":
            return text.translate(_EASTERN).replace(".", "٫")
        return text.replace(".", ",") if self.language in ("fr", "es") else text

    def day(self, day: date) -> str:
        """A day of the calendar, written out."""
        found = format_date(day, _DAYS.get(self.language, _DAYS["en"]), locale=self.language)
        return found.translate(_EASTERN) if self.language == "ar" and self.digits == "arab" else found

    def listed(self, names: Iterable[Said | str]) -> Line:
        """Names in a row."""
        return tuple(self._with_commas(names))

    def _with_commas(self, names: Iterable[Said | str]) -> Iterator[Said]:
        for place, name in enumerate(names):
            if place:
                yield Said("، " if self.language == "ar" else ", ")
            yield Said(name) if isinstance(name, str) else name

    def picked(self, text: Mapping[str, str] | None) -> Said:
        """What people wrote in several languages: in the report's if it is there, else in the next best, marked so."""
        own = (text or {}).get(self.language)
        if own:
            return Said(clean(own), self.language, is_person=True)
        for code in dict.fromkeys((*LANGUAGE_NAMES, *(text or {}))):
            if words := (text or {}).get(code):
                return Said(clean(words), code, is_fallback=True, is_person=True)
        return Said("")
