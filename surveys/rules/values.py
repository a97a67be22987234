"""Answers as values of expressions, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from surveys.elements import Option
from surveys.expressions import Value, to_text
from surveys.expressions.values import Scalar, items
from surveys.questions.base import Value as Answer
from surveys.text import pick


def columns_of(option: Option, language: str, default_language: str) -> Mapping[str, str]:
    """An option as a choice filter sees it: its further columns, ``name`` and ``label``."""
    label = pick(option.label, language, default_language)
    return {**option.attributes, "name": option.name, "label": label}


def as_value(value: Any) -> Value:
    """A value of an export as an expression sees it: several codes are one text with spaces."""
    if isinstance(value, list):
        return " ".join(to_text(as_value(part)) for part in value)
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    return "" if value is None else str(value)


def first_of(value: Value) -> Scalar:
    """The value itself, or the first of a node-set."""
    return items(value)[0] if items(value) else ""


def without_nan(words: str) -> str:
    """`words`, ``""`` for what is no number: that is nothing to show to people."""
    return "" if words == "NaN" else words


def as_answer(value: Value) -> Answer | None:
    """The outcome of a calculation as it is stored: None for nothing and for what is no number."""
    scalar = first_of(value)
    if isinstance(scalar, float):
        if math.isnan(scalar) or math.isinf(scalar):
            return None
        return int(scalar) if scalar == int(scalar) and abs(scalar) < 2**53 else scalar
    if isinstance(scalar, bool):
        return to_text(scalar)
    return scalar or None
