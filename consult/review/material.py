"""What passes between the database and the machine: the material of a run, and its proposal. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from consult.analysis.references import ThemeReference

MOST_EXAMPLES = 200


@dataclass(frozen=True, slots=True)
class Text:
    """One answer: its excerpt's id, its words and its language."""

    id: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Material:
    """What a run works on.

    `free`: answers that may be put into any theme. `placeable`: answers that may go into an existing theme
    but found no new one (they were in a theme that a reviewer retired). `held`: answers that stay where
    they are, with the ids of their themes. `themes`: the existing themes to place into, `empty` the ids of those that
    have no answer to this question yet; `under`: excerpt id →
    id of the broader theme over its theme, where the run leaves that broader theme alone.
    """

    free: tuple[Text, ...]
    themes: tuple[ThemeReference, ...] = ()
    placeable: tuple[Text, ...] = ()
    held: tuple[tuple[Text, frozenset[int]], ...] = ()
    under: Mapping[int, int] = field(default_factory=dict)
    empty: frozenset[int] = frozenset()

    @property
    def texts(self) -> list[Text]:
        """All answers to the question, those that may be moved first."""
        return [*self.free, *self.placeable, *(text for text, _themes in self.held)]


@dataclass(frozen=True, slots=True)
class ProposedTheme:
    """A theme to suggest; `codings` are (excerpt id, score from 0 to 1), `quotes` excerpt ids.

    `broader`: place of the broader theme in the proposal's `broader`; `parent`: id of one that exists.
    """

    name: Mapping[str, str]
    description: Mapping[str, str]
    keywords: tuple[str, ...]
    codings: tuple[tuple[int, float], ...]
    quotes: tuple[int, ...]
    broader: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`broader`: names of broader themes to suggest over `themes`; they hold no answers of their own.

    `placed`: excerpt id → (theme id, score), the best first; `other`: seen, and fitting nowhere.
    `stances`: a hint for each excerpt that was read, None where there is none."""

    themes: tuple[ProposedTheme, ...] = ()
    placed: Mapping[int, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    other: tuple[int, ...] = ()
    stances: Mapping[int, str | None] = field(default_factory=dict)
    engine: Mapping[str, str] = field(default_factory=dict)
    broader: tuple[Mapping[str, str], ...] = ()
