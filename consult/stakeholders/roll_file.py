"""Reading a roll from a table: each row checked on its own, every mistake named with its row. No database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from consult.config import LANGUAGES
from consult.errors import DomainError, SurveyError
from consult.stakeholders.contacts import clean_email, clean_phone, country_named
from consult.stakeholders.names import match_key
from consult.tabular import Table
from surveys.i18n import N_
from surveys.text import clean_words, is_safe_label

LONGEST = 200
MOST_GROUPS = 30
COLUMNS = ("name", "email", "phone", "organisation", "language", "region", "groups", "voting")
# Column names in the four languages, beside those of the interface; compared as `match_key`s.
_ALSO = {
    "name": ("الاسم", "اسم", "الاسم الكامل", "full name", "nom", "nom complet", "nombre", "nombre completo"),
    "email": ("e-mail", "mail", "e-mail address", "email address", "البريد الإلكتروني", "البريد", "الإيميل",
              "courriel", "adresse e-mail", "correo", "correo electrónico"),
    "phone": ("telephone", "mobile", "phone number", "الهاتف", "رقم الهاتف", "الجوال", "الموبايل", "téléphone",
              "portable", "teléfono", "móvil"),
    "organisation": ("organization", "المنظمة", "الجهة", "المؤسسة", "الجمعية", "organización", "association"),
    "language": ("اللغة", "لغة", "langue", "idioma", "lengua"),
    "region": ("country", "المنطقة", "البلد", "الدولة", "région", "pays", "región", "país"),
    "groups": ("group", "المجموعات", "المجموعة", "الفئات", "groupes", "groupe", "grupos", "grupo"),
    "voting": ("vote", "voting right", "has vote", "حق التصويت", "التصويت", "يصوت", "droit de vote", "voto",
               "derecho a voto", "derecho de voto"),
}  # fmt: skip
_LANGUAGES = {
    "ar": ("arabic", "arabe", "árabe", "العربية", "عربي", "عربية", "ara"),
    "en": ("english", "anglais", "inglés", "الإنجليزية", "انجليزي", "إنكليزية", "eng"),
    "fr": ("french", "français", "francés", "الفرنسية", "فرنسي", "fra", "fre"),
    "es": ("spanish", "espagnol", "español", "الإسبانية", "اسباني", "spa"),
}
_YES = ("yes", "y", "true", "1", "نعم", "oui", "sí", "si", "x", "✓", "✔")
_NO = ("no", "n", "false", "0", "لا", "non", "كلا")


def _by_key(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {match_key(name): known for known, others in names.items() for name in (known, *others)}


_COLUMN_OF = _by_key(_ALSO)
_LANGUAGE_OF = _by_key(_LANGUAGES)
_key = lru_cache(maxsize=2048)(match_key)  # for columns that say the same in many rows
_VOTE_OF = {(match_key(word) or word): True for word in _YES} | {match_key(word): False for word in _NO}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one row (numbered as a spreadsheet does: the column names stand in row 1)."""

    number: int
    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RollRow:
    """A participant as a row gives them. What a row leaves empty is None: it changes nothing."""

    number: int
    name: str
    name_key: str
    email: str | None = None
    email_key: str | None = None
    phone: str | None = None
    organisation: str | None = None
    language: str | None = None
    region: str | None = None
    groups: tuple[str, ...] | None = None
    has_vote: bool | None = None


@dataclass(frozen=True, slots=True)
class RollFile:
    """The rows of a file, what is wrong with it, and the columns that are not used."""

    rows: tuple[RollRow, ...]
    problems: tuple[RowProblem, ...]
    unused: tuple[str, ...]


@dataclass
class _Reading:
    country: str
    places: dict[str, int]
    problems: list[RowProblem] = field(default_factory=list)
    emails: dict[str, int] = field(default_factory=dict)
    unreachable: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def wrong(self, number: int, message: str, **params: object) -> None:
        self.problems.append(RowProblem(number, message, {"number": number, **params}))


def read_roll(table: Table, *, country: str = "") -> RollFile:
    """Every row of the table. `country` (ISO code) is where telephone numbers without a country code are, unless the
    row's region is a country.

    Raises DomainError `no_name_column` when no column holds names.
    """
    places = _places(table.columns)
    if "name" not in places:
        raise DomainError(
            "no_name_column",
            N_("There is no column “name”. A roll has the columns %(columns)s; only the first is required."),
            columns=", ".join(COLUMNS),
        )
    reading = _Reading(country=country, places=places)
    rows = [
        row
        for number, values in zip(table.lines, table.rows, strict=True)
        if any(value.strip() for value in values)
        and (row := _row(reading, number, partial(_cell, places, values))) is not None
    ]
    used = set(places.values())
    unused = tuple(column for place, column in enumerate(table.columns) if place not in used)
    return RollFile(tuple(rows), tuple(reading.problems), unused)


def _places(columns: Sequence[str]) -> dict[str, int]:
    """Where each known column stands; the interface's own names come before the others."""
    found: dict[str, int] = {}
    for place, column in enumerate(columns):
        if column.strip().casefold() in COLUMNS:
            found.setdefault(column.strip().casefold(), place)
    for place, column in enumerate(columns):
        known = _COLUMN_OF.get(match_key(column))
        if known is not None and place not in found.values():
            found.setdefault(known, place)
    return found


def _cell(places: Mapping[str, int], values: Sequence[str], name: str) -> str:
    place = places.get(name)
    # An export writes an apostrophe before what a spreadsheet would take for a formula (+962…).
    text = values[place].strip() if place is not None else ""
    return text[1:].strip() if text.startswith("'") and text[1:2] in tuple("+=-@") else text


def _row(reading: _Reading, number: int, cell: Callable[[str], str]) -> RollRow | None:
    before = len(reading.problems)
    texts = {name: _text(reading, number, name, cell(name)) for name in ("name", "organisation", "region")}
    name_key = match_key(texts["name"])
    if not name_key and len(reading.problems) == before:
        reading.wrong(number, N_("Row %(number)s: the name is missing."))
    email, email_key = _email(reading, number, cell("email"))
    row = RollRow(
        number=number,
        name=texts["name"],
        name_key=name_key,
        email=email,
        email_key=email_key,
        phone=_phone(reading, number, cell("phone"), texts["region"]),
        organisation=texts["organisation"] or None,
        language=_language(reading, number, cell("language")),
        region=texts["region"] or None,
        groups=_groups(reading, number, cell("groups")),
        has_vote=_vote(reading, number, cell("voting")),
    )
    _same_as_before(reading, row, is_good=len(reading.problems) == before)
    return row if len(reading.problems) == before else None


def _text(reading: _Reading, number: int, column: str, written: str) -> str:
    if not is_safe_label(written):
        reading.wrong(
            number,
            N_("Row %(number)s: “%(column)s” has hidden signs that change the direction of writing."),
            column=column,
        )
        return ""
    text = " ".join(clean_words(written).split())
    if len(text) > LONGEST:
        reading.wrong(
            number,
            N_("Row %(number)s: “%(column)s” has %(length)s characters; at most %(limit)s fit."),
            column=column, length=len(text), limit=LONGEST,
        )  # fmt: skip
    return text


def _email(reading: _Reading, number: int, written: str) -> tuple[str | None, str | None]:
    if not written:
        return None, None
    try:
        return clean_email(written)
    except SurveyError:
        reading.wrong(
            number, N_("Row %(number)s: “%(email)s” is not an e-mail address."), email=written[:100]
        )
        return None, None


def _phone(reading: _Reading, number: int, written: str, region: str) -> str | None:
    if not written:
        return None
    try:
        return clean_phone(written, [country_named(region), reading.country])
    except SurveyError:
        reading.wrong(
            number, N_("Row %(number)s: “%(phone)s” is not a telephone number."), phone=written[:100]
        )
        return None


def _language(reading: _Reading, number: int, written: str) -> str | None:
    if not written:
        return None
    code = _LANGUAGE_OF.get(_key(written)) or _key(written).split(" ")[0]
    if code in LANGUAGES:
        return code
    reading.wrong(
        number,
        N_("Row %(number)s: the language “%(language)s” is not known. Known are: %(known)s."),
        language=written[:100], known=", ".join(LANGUAGES),
    )  # fmt: skip
    return None


def _groups(reading: _Reading, number: int, written: str) -> tuple[str, ...] | None:
    found: dict[str, str] = {}
    for part in written.replace("؛", ";").split(";"):
        name = _text(reading, number, "groups", part)
        if name:
            found.setdefault(_key(name) or name, name)
    if len(found) > MOST_GROUPS:
        reading.wrong(number, N_("Row %(number)s: there are more than %(limit)s groups."), limit=MOST_GROUPS)
    return tuple(found.values()) or None


def _vote(reading: _Reading, number: int, written: str) -> bool | None:
    if not written:
        return None
    has_vote = _VOTE_OF.get(_key(written) or written)
    if has_vote is None:
        reading.wrong(
            number, N_("Row %(number)s: “voting” is yes or no, not “%(written)s”."), written=written[:100]
        )
    return has_vote


def _same_as_before(reading: _Reading, row: RollRow, *, is_good: bool) -> None:
    """One row a person: a second one with the same address, or with the same name and nothing to tell them
    apart by, is a mistake."""
    if row.email_key is not None:
        first = reading.emails.setdefault(row.email_key, row.number)
        if first != row.number:
            reading.wrong(
                row.number,
                N_("Row %(number)s: the e-mail address “%(email)s” stands in row %(first)s already."),
                email=row.email, first=first,
            )  # fmt: skip
        return
    if not is_good:
        return
    who = (row.name_key, match_key(row.organisation or ""), row.phone or "")
    first = reading.unreachable.setdefault(who, row.number)
    if first != row.number:
        reading.wrong(
            row.number, N_("Row %(number)s: the same person stands in row %(first)s already."), first=first
        )
