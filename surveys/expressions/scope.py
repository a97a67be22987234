"""What an expression is evaluated against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from surveys.errors import SurveyError
from surveys.expressions.values import Scalar, Value
from surveys.i18n import N_

MOST_STEPS = 20_000
MOST_SIGNS = 32_767
"""No text that an expression makes is longer: it is what a cell of a workbook holds."""


class StepsError(SurveyError):
    """An expression takes too many steps."""

    def __init__(self) -> None:
        super().__init__("too_many_steps", N_("This condition or calculation takes too long."))


class TextLengthError(SurveyError):
    """An expression makes a text that is too long to be kept."""

    def __init__(self) -> None:
        super().__init__(
            "text_too_long",
            N_("This condition or calculation makes a text of more than %(limit)s characters."),
            limit=MOST_SIGNS,
        )


def put_together(parts: Iterable[str], between: str = "") -> str:
    """The parts one after the other. Raises TextLengthError before they become too much."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part) + len(between)
        if length > MOST_SIGNS + len(between):
            raise TextLengthError()
        kept.append(part)
    return between.join(kept)


class Scope:
    """The answers that an expression sees. One scope serves all expressions of a request.

    `values` are values by name. `current` is what ``.`` stands for, `item` the option that a choice filter
    looks at (column → text), `position` and `size` where a round or option stands among its like. Random
    numbers are drawn from `seed` and are the same as long as it is.
    """

    __slots__ = ("current", "item", "language", "now", "position", "seed", "size", "steps", "values")

    def __init__(
        self,
        values: Mapping[str, Value] | None = None,
        *,
        current: Value = "",
        now: datetime | None = None,
        seed: str = "",
        language: str = "en",
    ) -> None:
        self.values = {} if values is None else values
        self.current = current
        self.item: Mapping[str, str] | None = None
        self.position = 1
        self.size = 1
        self.now = now or datetime.now(UTC)
        self.seed = seed
        self.language = language
        self.steps = MOST_STEPS

    def value(self, name: str) -> Value:
        """The value of a question or of a repeat's rounds, ``""`` where there is none."""
        return self.values.get(name, "")

    def rounds(self, name: str) -> Sequence[Scope]:
        """One scope for each round of the repeat that `name` is, or stands in; itself outside of repeats."""
        return (self,)

    def options(self, list_name: str) -> Sequence[Mapping[str, str]]:
        """The options of a list, each as column → text (``name``, ``label`` and further columns)."""
        return ()

    def choice_label(self, question: str, code: str) -> str:
        """The words for an option of the question of that name; the code where there are none."""
        return code

    def spend(self, steps: int = 1) -> None:
        """Raises StepsError when an expression has taken more than `MOST_STEPS`."""
        self.steps -= steps
        if self.steps < 0:
            raise StepsError()

    def chance(self, *words: str) -> bytes:
        """32 bytes that belong to the seed and `words`."""
        return sha256("|".join((self.seed, str(self.position), *words)).encode()).digest()


Evaluated = Callable[[Scope], Value]
"""A compiled expression."""

__all__ = [
    "MOST_SIGNS", "MOST_STEPS", "Evaluated", "Scalar", "Scope", "StepsError", "TextLengthError", "Value",
    "put_together",
]  # fmt: skip
