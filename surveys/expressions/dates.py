"""Dates and times in expressions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from babel import Locale, UnknownLocaleError

from surveys.expressions.scope import Scope
from surveys.expressions.values import DAY, EPOCH, NAN, Value, items, to_number, to_text

_START = datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC)
_FIELD = re.compile("%(.)")


def moment_of(value: Value, now: datetime) -> datetime | None:
    """The moment that a date, a date-time or a number of days is, in the zone of `now` unless it names its
    own; None where it is none."""
    first = items(value)[0] if items(value) else ""
    if isinstance(first, str) and len(first.strip()) > 10:
        try:
            moment = datetime.fromisoformat(first.strip())
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    days = to_number(first)
    if math.isnan(days) or not -700_000 < days < 2_900_000:
        return None
    return (_START + timedelta(days=days)).replace(tzinfo=now.tzinfo)


def clock_number(text: str, now: datetime) -> Value:
    """Days since 1970 by the clock in the zone of `now`, of a moment that names a zone; any other text as it is."""
    if not text[:1].isdigit():
        return text
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    if moment.tzinfo is None or now.tzinfo is None:
        return text
    return (moment.astimezone(now.tzinfo).replace(tzinfo=UTC) - _START) / DAY


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def date_of(scope: Scope, value: Value) -> str:
    moment = moment_of(value, scope.now)
    return "" if moment is None else f"{moment.date():%Y-%m-%d}".rjust(10, "0")


def date_time_of(scope: Scope, value: Value) -> str:
    moment = moment_of(value, scope.now)
    return "" if moment is None else _iso(moment)


def decimal_date_time(scope: Scope, value: Value) -> float:
    text = to_text(value).strip()
    if len(text) <= 10:
        return to_number(value)
    moment = moment_of(value, scope.now)
    return NAN if moment is None else (moment - _START) / DAY


def decimal_time(scope: Scope, value: Value) -> float:
    text = to_text(value).strip()
    if "T" not in text and ":" in text:
        return to_number(text)
    moment = moment_of(value, scope.now)
    if moment is None:
        return NAN
    since = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
    return (since + timedelta(microseconds=moment.microsecond)) / DAY


def formatted(scope: Scope, value: Value, pattern: Value) -> str:
    """``%Y %y %m %n %b %d %e %H %h %M %S %3 %a %W`` of a moment; names of months and days are in the language
    of the page."""
    moment = moment_of(value, scope.now)
    if moment is None:
        return ""
    return _FIELD.sub(lambda match: _part(match[1], moment, scope.language), to_text(pattern))


def _part(sign: str, moment: datetime, language: str) -> str:
    part = _PARTS.get(sign)
    return f"%{sign}" if part is None else part(moment, language)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


_PARTS: dict[str, Callable[[datetime, str], str]] = {
    "Y": lambda moment, language: f"{moment.year:04}",
    "y": lambda moment, language: f"{moment.year % 100:02}",
    "m": lambda moment, language: f"{moment.month:02}",
    "n": lambda moment, language: str(moment.month),
    "b": lambda moment, language: _locale(language).months["format"]["abbreviated"][moment.month],
    "B": lambda moment, language: _locale(language).months["format"]["wide"][moment.month],
    "d": lambda moment, language: f"{moment.day:02}",
    "e": lambda moment, language: str(moment.day),
    "H": lambda moment, language: f"{moment.hour:02}",
    "h": lambda moment, language: str(moment.hour),
    "M": lambda moment, language: f"{moment.minute:02}",
    "S": lambda moment, language: f"{moment.second:02}",
    "3": lambda moment, language: f"{moment.microsecond // 1000:03}",
    "a": lambda moment, language: _locale(language).days["format"]["abbreviated"][moment.weekday()],
    "A": lambda moment, language: _locale(language).days["format"]["wide"][moment.weekday()],
    "W": lambda moment, language: f"{moment.isocalendar().week:02}",
    "%": lambda moment, language: "%",
}

DATE_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "today": lambda scope: f"{scope.now:%Y-%m-%d}",
    "now": lambda scope: _iso(scope.now),
    "date": date_of,
    "date-time": date_time_of,
    "decimal-date": lambda scope, value: (
        float(math.floor(decimal_date_time(scope, value)))
        if not math.isnan(decimal_date_time(scope, value))
        else NAN
    ),
    "decimal-date-time": decimal_date_time,
    "decimal-time": decimal_time,
    "format-date": formatted,
    "format-date-time": formatted,
}
