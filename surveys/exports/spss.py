"""The variables of an SPSS file: legal names, labels of the length it takes, numbers for codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.exports.columns import Column, Sheet
from surveys.exports.layout import Cells, Choices, title_of, words_of
from surveys.questions.yes_no import YES_AND_NO
from surveys.text import pick

MOST_NAME, MOST_LABEL, MOST_VALUE_LABEL, LONGEST_TEXT = 64, 255, 120, 32_767
"""Bytes of UTF-8 that SPSS takes: a name, a variable's label, a value's label, a text."""
MOST_MISSING = 3
RESERVED = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})
APART = (99, 98, 97, 96, 95, 94, 93, 92, 91)
_UNFIT = re.compile(r"[^\w.]+")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `read` takes a record's answers and gives a number where `is_number`, else what is there."""

    name: str
    label: str
    kind: str
    measure: str
    read: Callable[[dict[str, Any]], Any]
    is_number: bool = False
    form: str = ""
    labels: dict[Any, str] = field(default_factory=dict)
    missing: list[Any] = field(default_factory=list)


def variables_of(sheet: Sheet, choices: Choices, default_language: str) -> list[Variable]:
    """The variables of a sheet's answers; several choices and rankings are one variable an option."""
    taken: set[str] = set()
    made: list[Variable] = []
    for column in sheet.columns:
        words = words_of(column, choices, default_language)
        title = title_of(column, choices, default_language)
        if column.kind in ("codes", "ranks"):
            made += [
                _option(column, code, f"{title}: {words[code]}", choices, taken) for code, _ in column.codes
            ]
        elif column.kind == "code":
            made.append(_coded(column, title, words, taken))
        else:
            made.append(_plain(column, title, taken))
    return made


def about_variables(own: Sequence[Variable], choices: Choices, *, is_main: bool) -> list[Variable]:
    """What is known beside the answers, whose variables are `own`: those keep their names."""
    taken = {variable.name.casefold() for variable in own}

    def known(key: str, kind: str = "text", measure: str = "nominal", **more: Any) -> Variable:
        name = spss_name(f"response_{key}" if key in taken else key, taken)
        return Variable(name, key, kind, measure, lambda answers: answers[key], **more)

    if not is_main:
        return [known("id"), known("round", "number", "ordinal", is_number=True, form="F8.0")]
    return [
        known("id"), known("language"), known("channel"),
        known("version", "number", "ordinal", is_number=True, form="F8.0"),
        known("submitted_on", "date", "scale"),
        known("quote_consent", "number", is_number=True, form="F1.0", labels=_yes_no(choices)),
    ]  # fmt: skip


def _option(column: Column, code: str, label: str, choices: Choices, taken: set[str]) -> Variable:
    """1 or 0 for an option that was ticked or not, or its place in a ranking; nothing without an answer."""
    original = f"{column.name}_{code}"
    name = spss_name(original, taken)
    is_tick = column.kind == "codes"
    return Variable(
        name=name,
        label=labelled(label, original, name),
        kind=column.kind,
        measure="nominal" if is_tick else "ordinal",
        read=Cells("", column, option=code).value,
        is_number=True,
        form="F1.0" if is_tick else "F3.0",
        labels=_yes_no(choices) if is_tick else {},
    )


def _coded(column: Column, title: str, words: Mapping[str, str], taken: set[str]) -> Variable:
    name = spss_name(column.name, taken)
    numbers = numbers_of(column)
    labels = {code: cut(word, MOST_VALUE_LABEL) for code, word in words.items()}
    label = labelled(title, column.name, name)
    measure = "ordinal" if column.is_ordered else "nominal"
    if numbers is None:
        return Variable(
            name, label, column.kind, measure, lambda given: given.get(column.name), labels=labels
        )
    return Variable(
        name=name,
        label=label,
        kind=column.kind,
        measure=measure,
        read=lambda given: numbers.get(given.get(column.name, "")),
        is_number=True,
        form="F8.0",
        labels={numbers[code]: label for code, label in labels.items()},
        missing=_missing([numbers[code] for code, _ in column.codes if code in column.apart]),
    )


def _plain(column: Column, title: str, taken: set[str]) -> Variable:
    name = spss_name(column.name, taken)
    is_number = column.kind == "number"
    measure = "ordinal" if column.is_ordered else "scale"
    return Variable(
        name=name,
        label=labelled(title, column.name, name),
        kind=column.kind,
        measure=measure if column.kind in ("number", "date", "time", "datetime") else "nominal",
        read=lambda given: given.get(column.name),
        is_number=is_number,
    )


def numbers_of(column: Column) -> dict[str, float] | None:
    """Code → its number in the file; None where the codes stay texts.

    Whole numbers are themselves. The points of a scale whose codes are words are numbered from 1, and what
    stands apart from it gets 99, 98 …; the codes of an unordered list of words stay as they are.
    """
    codes = [code for code, _ in column.codes]
    if all(_WHOLE.fullmatch(code) for code in codes):
        return {code: float(code) for code in codes}
    if not column.is_ordered:
        return None
    points = [code for code in codes if code not in column.apart]
    if all(_WHOLE.fullmatch(code) for code in points):
        numbers = {code: float(code) for code in points}
    else:
        numbers = {code: float(place) for place, code in enumerate(points, 1)}
    free = (number for number in (*APART, *range(-1, -1000, -1)) if number not in numbers.values())
    return numbers | {code: float(next(free)) for code in codes if code in column.apart}


def _missing(numbers: list[float]) -> list[Any]:
    """As SPSS declares user-missing values: at most three, or one span."""
    if len(numbers) <= MOST_MISSING:
        return numbers
    return [{"lo": min(numbers), "hi": max(numbers)}]


def _yes_no(choices: Choices) -> dict[float, str]:
    yes, no = (pick(option.label, choices.language, "en") for option in YES_AND_NO)
    return {1.0: yes, 0.0: no}


def spss_name(wanted: str, taken: set[str]) -> str:
    """`wanted` as a name that SPSS takes and that no other has; put into `taken`, where case does not count."""
    plain = _UNFIT.sub("_", unicodedata.normalize("NFC", wanted)).strip("._") or "q"
    if not plain[0].isalpha() or plain.upper() in RESERVED:
        plain = f"q_{plain}"
    name, number = cut(plain, MOST_NAME).rstrip("._"), 2
    while name.casefold() in taken:
        ending = f"_{number}"
        name = cut(plain, MOST_NAME - len(ending)).rstrip("._") + ending
        number += 1
    taken.add(name.casefold())
    return name


def labelled(words: str, original: str, name: str) -> str:
    """A variable's label; where the name had to be changed, the original one stands behind the words."""
    if name == original:
        return cut(words, MOST_LABEL)
    behind = f" [{original}]"
    return cut(words, MOST_LABEL - len(behind.encode())) + behind


def cut(text: str, most: int) -> str:
    """`text` in at most `most` bytes of UTF-8, cut between characters."""
    data = text.encode()
    return text if len(data) <= most else data[: max(most, 0)].decode(errors="ignore")
