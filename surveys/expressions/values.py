"""The values of expressions and how one kind becomes another, after XPath 1.0 and the ODK XForms specification.

A value is a str, a float, a bool, or a list of them: a node-set in the order of the rounds of a repeat. Dates
are ISO texts; as a number a date is its days since 1970-01-01, a time of day its part of the day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt

Scalar = str | float | bool
Value = Scalar | list[Scalar]

NAN = math.nan
EPOCH = date(1970, 1, 1)
DAY = timedelta(days=1)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")


def to_number(value: Value) -> float:
    """A number; NaN where it is none. A date gives its days since 1970."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool | int):
        return float(value)
    if isinstance(value, list):
        return to_number(value[0]) if value else NAN
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    if not text[:1].isdigit():
        return NAN
    moment = to_moment(text)
    return NAN if moment is None else moment


def to_moment(text: str) -> float | None:
    """Days since 1970 of an ISO date or date-time (UTC unless it names its zone), or the part of the day of a
    time; None for anything else."""
    try:
        if _DATE.fullmatch(text):
            if len(text) <= 10:
                year, month, day = (int(part) for part in text.split("-"))
                return float((date(year, month, day) - EPOCH).days)
            moment = datetime.fromisoformat(text)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return (zoned - datetime(1970, 1, 1, tzinfo=UTC)) / DAY
        if _TIME.fullmatch(text):
            clock = time.fromisoformat(text if text[1:2] != ":" else f"0{text}")
            return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second) / DAY
    except (ValueError, OverflowError):
        pass
    return None


def to_text(value: Value) -> str:
    """A text. Whole numbers have no point, no number an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return to_text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def to_boolean(value: Value) -> bool:
    """True for a text that is not empty, a number that is neither 0 nor NaN, a node-set whose first is true."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return bool(value) and to_boolean(value[0])
    if isinstance(value, str):
        return value != ""
    return value != 0 and value == value


def items(value: Value) -> list[Scalar]:
    """A node-set; one value is a set of one."""
    return value if isinstance(value, list) else [value]


_ORDER: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def compare(operator: str, left: Value, right: Value) -> bool:
    """XPath's comparison: of node-sets it is enough that one pair holds."""
    if isinstance(left, list):
        return any(compare(operator, item, right) for item in left)
    if isinstance(right, list):
        return any(compare(operator, left, item) for item in right)
    if operator in _ORDER:
        return _ORDER[operator](to_number(left), to_number(right))
    return _equal(left, right) is (operator == "=")


def _equal(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) is to_boolean(right)
    if isinstance(left, float | int) or isinstance(right, float | int):
        return to_number(left) == to_number(right)
    return left == right


def arithmetic(operator: str, left: float, right: float) -> float:
    """``+ - * div mod`` on doubles: no division by zero is an error, `mod` has the sign of the dividend."""
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "mod":
            return math.fmod(left, right)
        return left / right
    except ZeroDivisionError:
        if left == 0 or math.isnan(left):
            return NAN
        return math.inf if (left > 0) == (math.copysign(1, right) > 0) else -math.inf
    except (ValueError, OverflowError):
        return NAN
