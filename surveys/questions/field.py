"""What a template needs to show a question: the fixed part in one language, and one person's answer to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.errors import AnswerError

Raw = Mapping[str, Sequence[str]]
"""A submitted form: input name → its values in order, as typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to tick, or one line to fill in. `value` is what the form sends; `lang` the label's
    language if it is another; `name` the name of the line's own input; `image` names its picture."""

    value: str
    input_id: str
    label: str
    lang: str | None = None
    is_other: bool = False
    name: str = ""
    image: str = ""
    is_exclusive: bool = False
    has_image: bool = False


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two choices to compare; `name` is their input's."""

    name: str
    one: Choice
    two: Choice


@dataclass(frozen=True, slots=True)
class Field:
    """A question in one language, made once for a version and shared by all requests.

    `rows` are lines with inputs of their own. With `pinned` the choices (of a matrix the rows) are shuffled
    for each person, all but the last `pinned`. Of `pairs` each person is asked for `asked`.
    """

    id: str
    name: str
    type: str
    label: str
    hint: str
    lang: str | None
    required: bool
    config: Any
    choices: tuple[Choice, ...] = ()
    apart: tuple[Choice, ...] = ()
    low: str = ""
    high: str = ""
    rows: tuple[Choice, ...] = ()
    is_enhanced: bool = False
    takes_file: bool = False
    device_features: frozenset[str] = frozenset()
    pinned: int | None = None
    pairs: tuple[PairLine, ...] = ()
    asked: int = 0
    accept: str = ""
    picture: str = ""
    picture_words: str = ""
    picture_lang: str | None = None

    @property
    def is_varied(self) -> bool:
        """Whether two persons may see it differently before they have answered."""
        return self.pinned is not None or self.asked < len(self.pairs)

    @property
    def template(self) -> str:
        return f"questions/{self.type}/answer.html"

    @property
    def input_id(self) -> str:
        return f"q-{self.name}"

    @property
    def other_name(self) -> str:
        return f"{self.name}-other"


class BoundField:
    """A Field with what one person typed and what is wrong with it; reads like the Field itself."""

    __slots__ = ("_field", "error", "raw", "seed")

    def __init__(self, field: Field, raw: Raw, error: AnswerError | None = None, seed: str = "") -> None:
        if seed and field.pinned is not None:
            field = shuffled(field, seed)
        self._field = field
        self.raw = raw
        self.error = error
        self.seed = seed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field, name)

    def typed(self, name: str) -> str:
        """What was typed in the input `name`, or ``""``."""
        return first(self.raw, name)

    @property
    def pairs(self) -> Sequence[PairLine]:
        """The pairs that this person compares, and those already compared, in the order of all pairs."""
        every = self._field.pairs
        drawn = drawn_pairs(self._field, self.seed)
        return [pair for pair in every if pair.name in drawn or first(self.raw, pair.name)]

    @property
    def data(self) -> Any:
        """What the question's own input holds, where that is JSON; None if it is not."""
        try:
            return json.loads(self.value)
        except ValueError:
            return None

    @property
    def value(self) -> str:
        return first(self.raw, self._field.name)

    @property
    def other_value(self) -> str:
        return first(self.raw, self._field.other_name)

    def is_chosen(self, choice: Choice) -> bool:
        return choice.value in self.raw.get(self._field.name, ())

    @property
    def chosen(self) -> Sequence[str]:
        """The values that were ticked."""
        return self.raw.get(self._field.name, ())

    @property
    def error_id(self) -> str:
        return f"{self._field.input_id}-error"

    @property
    def hint_id(self) -> str:
        return f"{self._field.input_id}-hint"

    @property
    def described_by(self) -> str:
        """Ids of the hint and the error that are shown, for ``aria-describedby``."""
        ids = ([self.hint_id] if self._field.hint else []) + ([self.error_id] if self.error else [])
        return " ".join(ids)


def first(raw: Raw, name: str) -> str:
    """The first value sent for `name`, or ``""``."""
    values = raw.get(name)
    return values[0] if values else ""


def shuffled(field: Field, seed: str) -> Field:
    """The field in the order that belongs to `seed`: the same for the same person on every visit."""
    if field.rows:
        return replace(field, rows=_mixed(field.rows, field, seed))
    return replace(field, choices=_mixed(field.choices, field, seed))


def drawn_pairs(field: Field, seed: str) -> set[str]:
    """Names of the pairs that belong to `seed`. Every option stands in about as many of them as any other.

    The options are drawn round a circle, and pairs are taken at distance 1, then 2 (a cyclic design: David,
    The Method of Paired Comparisons, 1988, ch. 5).
    """
    if field.asked >= len(field.pairs):
        return {pair.name for pair in field.pairs}
    names = {frozenset((pair.one.value, pair.two.value)): pair.name for pair in field.pairs}
    circle = sorted(frozenset().union(*names), key=lambda value: lot(seed, field.id, value))
    drawn: dict[str, None] = {}
    for distance in range(1, len(circle) // 2 + 1):
        for place, value in enumerate(circle):
            other = circle[(place + distance) % len(circle)]
            drawn.setdefault(names[frozenset((value, other))])
    return set(list(drawn)[: field.asked])


def _mixed(items: tuple[Choice, ...], field: Field, seed: str) -> tuple[Choice, ...]:
    last = len(items) - (field.pinned or 0)
    drawn = sorted(items[:last], key=lambda item: lot(seed, field.id, item.value)) + list(items[last:])
    return tuple(replace(item, input_id=place.input_id) for item, place in zip(drawn, items, strict=True))


def lot(*words: str) -> bytes:
    """A number drawn from `words`: always the same for the same ones, and like chance for others."""
    return hashlib.sha256("|".join(words).encode()).digest()
