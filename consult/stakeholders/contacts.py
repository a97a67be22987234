"""Addresses at which people are reached: e-mail and telephone, as they are stored and as they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import email_validator
import phonenumbers
from babel import Locale
from babel.core import get_global

from consult.config import LANGUAGES
from consult.errors import DomainError
from consult.stakeholders.names import match_key
from surveys.i18n import N_
from surveys.numbers import western_digits

# A demonstration's or an intranet's addresses (.test, .local) are somebody's to take; the library offers this list
# to be changed.
email_validator.SPECIAL_USE_DOMAIN_NAMES[:] = ["arpa", "onion"]

_MARKS = re.compile("[\u200b-\u200f\u061c\u00ad\ufeff]")
_PHONE = re.compile(r"[+]?[\d\s().\-/–]{4,40}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# What nearly all addresses look like; the others (accents, Arabic, quotes) are for the library, which takes longer.
_PLAIN_EMAIL = re.compile(
    rf"(?=.{{6,254}}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}"
)


def clean_email(written: str) -> tuple[str, str]:
    """(the address as it is shown and written to, its form for comparing), of what somebody typed.

    Raises DomainError `bad_email`. No name server is asked.
    """
    text = _MARKS.sub("", written).strip().removeprefix("mailto:")
    if _PLAIN_EMAIL.fullmatch(text) and "--" not in text:
        local, _, domain = text.rpartition("@")
        return f"{local}@{domain.lower()}", text.lower()
    try:
        found = email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise DomainError("bad_email", N_("“%(email)s” is not an e-mail address."), email=written) from error
    return found.normalized, found.normalized.casefold()


def clean_phone(written: str, countries: Iterable[str] = ()) -> str:
    """A telephone number as +962790123456, written in any digits; without its country code it is read as a number
    of the first of `countries` (ISO codes) in which it is possible.

    A number that no country is known for is kept as its digits. Raises DomainError `bad_phone`.
    """
    text = western_digits(_MARKS.sub("", written)).replace("＋", "+").strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    if not _PHONE.fullmatch(text):
        raise _bad_phone(written)
    known = [country for country in countries if country]
    for country in [None] if text.startswith("+") else known:
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = re.sub(r"\D", "", text)
    if text.startswith("+") or known or not 6 <= len(digits) <= 15:
        raise _bad_phone(written)
    return digits


def _bad_phone(written: str) -> DomainError:
    return DomainError("bad_phone", N_("“%(phone)s” is not a telephone number."), phone=written)


def country_of_zone(timezone: str) -> str:
    """The ISO code of the country of a time zone; empty for UTC and the like."""
    found = get_global("zone_territories").get(timezone, "")
    return found if len(found) == 2 and found.isalpha() and found != "ZZ" else ""


@lru_cache(maxsize=4096)
def country_named(region: str) -> str:
    """The ISO code of a country by its name in one of the house's languages, or its code; else empty."""
    return _countries().get(match_key(region), "")


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(match_key(name), code)
                found.setdefault(code.casefold(), code)
    for name, code in (("فلسطين", "PS"), ("Palestine", "PS"), ("سوريا", "SY"), ("السعودية", "SA")):
        found.setdefault(match_key(name), code)
    return found


def countries_with_names(language: str) -> list[tuple[str, str]]:
    """(ISO code, name) of every country, in the order of the language's alphabet."""
    names = Locale(language).territories
    pairs = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted(
        ((code, name) for code, name in pairs if phonenumbers.country_code_for_region(code)),
        key=lambda pair: match_key(pair[1]),
    )
