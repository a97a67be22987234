"""What the functions of an expression do. Each takes the scope and its evaluated arguments."""

from __future__ import annotations

import base64
import hashlib
import math
import random
import uuid
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

import re2

from surveys.expressions import geography
from surveys.expressions.dates import DATE_FUNCTIONS
from surveys.expressions.errors import bad_pattern, wrong_arguments
from surveys.expressions.scope import Scope, put_together
from surveys.expressions.values import NAN, Scalar, Value, items, to_boolean, to_number, to_text
from surveys.text import clean_words

Function = Callable[..., Value]
_PATTERN_OPTIONS = re2.Options()
_PATTERN_OPTIONS.log_errors = False
_PATTERN_OPTIONS.max_mem = 1 << 20


@lru_cache(maxsize=256)
def compiled_pattern(pattern: str) -> Any:
    """A pattern of RE2, which takes time in proportion to the text whatever it is. Raises ExpressionError."""
    try:
        return re2.compile(pattern, options=_PATTERN_OPTIONS)
    except re2.error as error:
        raise bad_pattern(pattern) from error


def _words(value: Value) -> list[str]:
    """The codes of an answer to several of many."""
    return " ".join(to_text(item) for item in items(value)).split()


def _filled(value: Value) -> list[Scalar]:
    return [item for item in items(value) if item != ""]


def _numbers(values: tuple[Value, ...]) -> list[float]:
    return [to_number(item) for value in values for item in _filled(value)]


def _own(scope: Scope, given: tuple[Value, ...]) -> Value:
    return given[0] if given else scope.current


def _math(calculate: Callable[..., float]) -> Function:
    def function(scope: Scope, *values: Value) -> float:
        try:
            return calculate(*map(to_number, values))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NAN

    return function


def _texts(make: Callable[..., Value]) -> Function:
    return lambda scope, *values: make(*map(to_text, values))


def rounded(number: float, digits: float = 0.0) -> float:
    """Half is rounded up, as XPath says: 2.5 to 3, -2.5 to -2. `digits` may be negative."""
    if math.isnan(number) or math.isinf(number) or math.isnan(digits) or abs(digits) > 30:
        return number
    if not digits:
        return float(math.floor(number + 0.5)) if abs(number) < 2**52 else number
    unit = Decimal(1).scaleb(-int(digits))
    return float(((Decimal(repr(number)) / unit) + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


def _index(number: float) -> float:
    return rounded(number)


def substring(text: str, start: float, length: float = math.inf) -> str:
    """XPath's: positions count from 1 and are rounded."""
    first = _index(start)
    last = first + _index(length)
    return "".join(sign for place, sign in enumerate(text, 1) if place >= first and place < last)


def substr(text: str, start: float, end: float = math.inf) -> str:
    """OpenRosa's: from `start`, counted from 0, up to but without `end`; negative ones count from the end."""
    if math.isnan(start) or math.isnan(end):
        return ""
    bounds = [None if math.isinf(place) else int(place) for place in (start, end)]
    return text[bounds[0] : bounds[1]]


def translated(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for place, sign in enumerate(old):
        table.setdefault(ord(sign), new[place] if place < len(new) else None)
    return text.translate(table)


def joined(scope: Scope, separator: Value, *values: Value) -> str:
    return put_together((to_text(item) for value in values for item in items(value)), to_text(separator))


def selected_at(scope: Scope, value: Value, place: Value) -> str:
    words, number = _words(value), to_number(place)
    return words[int(number)] if -1 < number < len(words) else ""  # a fraction is cut off towards 0


def _checked(scope: Scope, least: Value, most: Value, count: float) -> bool:
    low, high = to_number(least), to_number(most)
    return (low == -1 or count >= low) and (high == -1 or count <= high)


def checklist(scope: Scope, least: Value, most: Value, *values: Value) -> bool:
    """Whether from `least` to `most` of the values are true; -1 is no limit."""
    return _checked(scope, least, most, sum(to_boolean(item) for value in values for item in items(value)))


def weighted_checklist(scope: Scope, least: Value, most: Value, *values: Value) -> bool:
    """The same with a weight after each value."""
    if len(values) % 2:
        raise wrong_arguments("weighted-checklist")
    pairs = zip(values[::2], values[1::2], strict=True)
    return _checked(
        scope, least, most, sum(to_number(weight) for value, weight in pairs if to_boolean(value))
    )


def digest(scope: Scope, text: Value, algorithm: Value, encoding: Value = "base64") -> str:
    name = to_text(algorithm).upper().replace("-", "").lower()
    if name not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        raise wrong_arguments("digest")
    made = hashlib.new(name, to_text(text).encode(), usedforsecurity=False).digest()
    return made.hex() if to_text(encoding) == "hex" else base64.b64encode(made).decode()


def base64_decoded(text: str) -> str:
    """The text, without the control signs that nothing can store; ``""`` for what is none."""
    try:
        return clean_words(base64.b64decode(text, validate=True).decode())
    except ValueError:
        return ""


def made_uuid(scope: Scope, length: Value = 0.0) -> str:
    """A random name that belongs to the seed: of 32 hexadecimal digits with hyphens, or of `length` signs."""
    made = str(uuid.UUID(bytes=scope.chance("uuid")[:16], version=4))
    wanted = to_number(length)
    return made.replace("-", "")[: int(wanted)] if wanted >= 1 else made


def shuffled(scope: Scope, nodes: Value, seed: Value = "") -> Value:
    mixed = list(items(nodes))
    random.Random(to_text(seed) or scope.chance("randomize")).shuffle(mixed)
    return mixed


def _contains(text: str, part: str) -> bool:
    return part in text


FUNCTIONS: dict[str, Function] = {
    **DATE_FUNCTIONS,
    "coalesce": lambda scope, *values: next((value for value in values if to_text(value) != ""), ""),
    "randomize": shuffled,
    # texts
    "string": lambda scope, *value: to_text(_own(scope, value)),
    "concat": lambda scope, *values: put_together(to_text(item) for value in values for item in items(value)),
    "join": joined,
    "substring": lambda scope, text, *places: substring(to_text(text), *map(to_number, places)),
    "substr": lambda scope, text, *places: substr(to_text(text), *map(to_number, places)),
    "substring-before": _texts(lambda text, part: text.partition(part)[0] if part and part in text else ""),
    "substring-after": _texts(lambda text, part: text.partition(part)[2] if part else text),
    "translate": _texts(translated),
    "upper-case": _texts(str.upper),
    "lower-case": _texts(str.lower),
    "normalize-space": lambda scope, *value: " ".join(to_text(_own(scope, value)).split()),
    "string-length": lambda scope, *value: float(len(to_text(_own(scope, value)))),
    "contains": _texts(_contains),
    "starts-with": _texts(str.startswith),
    "ends-with": _texts(str.endswith),
    "regex": lambda scope, text, pattern: bool(compiled_pattern(to_text(pattern)).fullmatch(to_text(text))),
    "uuid": made_uuid,
    "digest": digest,
    "base64-decode": _texts(base64_decoded),
    # choices
    "selected": lambda scope, value, code: to_text(code).strip() in _words(value),
    "selected-at": selected_at,
    "count-selected": lambda scope, value: float(len(_words(value))),
    "checklist": checklist,
    "weighted-checklist": weighted_checklist,
    # truth
    "true": lambda scope: True,
    "false": lambda scope: False,
    "not": lambda scope, value: not to_boolean(value),
    "boolean": lambda scope, value: to_boolean(value),
    "boolean-from-string": lambda scope, value: to_text(value).strip().lower() in {"1", "true"},
    # numbers
    "number": lambda scope, *value: to_number(_own(scope, value)),
    "int": _math(lambda number: float(math.trunc(number))),
    "round": _math(rounded),
    "floor": _math(lambda number: float(math.floor(number))),
    "ceiling": _math(lambda number: float(math.ceil(number))),
    "abs": _math(abs),
    "pow": _math(math.pow),
    "exp": _math(math.exp),
    "exp10": _math(lambda number: math.pow(10, number)),
    "log": _math(lambda number: -math.inf if number == 0 else math.log(number)),
    "log10": _math(lambda number: -math.inf if number == 0 else math.log10(number)),
    "sqrt": _math(math.sqrt),
    **{name: _math(getattr(math, name)) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2")},
    "pi": lambda scope: math.pi,
    "min": lambda scope, *values: min(_numbers(values), default=NAN),
    "max": lambda scope, *values: max(_numbers(values), default=NAN),
    "sum": lambda scope, value: math.fsum(_numbers((value,))),
    "count": lambda scope, value: float(len(items(value))),
    "count-non-empty": lambda scope, value: float(len(_filled(value))),
    "last": lambda scope: float(scope.size),
    "random": lambda scope: random.Random(scope.chance("random")).random(),
    "area": lambda scope, value: geography.area(geography.points(items(value))),
    "distance": lambda scope, *values: geography.length(
        geography.points([item for value in values for item in items(value)])
    ),
}
