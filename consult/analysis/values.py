"""What the analysis returns: frozen values, no behaviour beyond reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer shown as it was written."""

    row: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Count:
    """A count and its share of a base (0 when the base is empty)."""

    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: what it is called, how many answers it has, and quotes.

    `label`, `description`: language code to text, for each language that has answers in the theme.
    `share`: of the analysed answers (weighted where weights were given). `groups`: column, value, count and
    share of that value's analysed answers. `parent`: id of the broader theme over it. `centre`: unit vector in
    the space of the run, shape (d,).
    """

    id: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    keywords: tuple[str, ...]
    count: int
    share: float
    by_language: Mapping[str, Count]
    groups: Mapping[str, Mapping[str, Count]]
    stance: Mapping[str, int]
    quotes: tuple[Quote, ...]
    parent: str | None = None
    repeated: int = 0
    centre: np.ndarray = field(
        default_factory=lambda: np.zeros(0, dtype=np.float32), compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Parent:
    """A broader theme over some of the themes. `count` and `share` are of the answers in any of them."""

    id: str
    label: Mapping[str, str]
    children: tuple[str, ...]
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """How well a text fits a theme: `score` from 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """The themes of one row, best first; none when it fits nowhere. `stance` is None where not known."""

    row: int
    language: str
    themes: tuple[ThemeScore, ...]
    stance: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A text of some length that was sent several times in the same or nearly the same words, by rows."""

    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """The themes of a set of texts.

    `rows` is all rows, `analysed` those with words to read. `bases`: the analysed rows of each value of each
    group column, and by language under the name "". `letters`: campaign letters, the commonest first.
    `parents`: broader themes, the largest first; none where the themes are few.
    """

    rows: int
    analysed: int
    languages: Mapping[str, int]
    engine: Mapping[str, str]
    themes: tuple[Theme, ...]
    assignments: tuple[Assignment, ...]
    bases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    letters: tuple[Letter, ...] = ()
    parents: tuple[Parent, ...] = ()

    @property
    def unplaced(self) -> int:
        """Analysed rows that fit no theme."""
        return self.analysed - sum(bool(item.themes) for item in self.assignments)

    def rows_of(self, theme_id: str) -> list[int]:
        """Rows in which the theme occurs, in order."""
        return [item.row for item in self.assignments if any(t.id == theme_id for t in item.themes)]
