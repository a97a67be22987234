"""The parts that a report is set from, whatever file they go into. Plain values; everything is in words already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from consult.reports.words import Line, Said, Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heading:
    """`level`: 1 for a chapter. `anchor`: what the contents lead to."""

    level: int
    words: Line
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`style`: body, lead, soft, note or marked. Line ends inside stay."""

    words: Line
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table. `shade`: 0 to 9; `share`: it holds a bar so long instead of words."""

    words: Line = ()
    is_number: bool = False
    shade: int = 0
    share: float | None = None
    span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; its first cell is the line's name. `depth`: how far it is set in; `is_apart`: below a rule."""

    cells: tuple[Cell, ...]
    depth: int = 0
    is_apart: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`number` counts the tables of the report. `widths` are parts of the width, one a column."""

    number: int
    caption: Line
    head: tuple[Cell, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    is_heat: bool = False


def evenly(columns: Sequence[T], most: int) -> list[Sequence[T]]:
    """Columns for as few tables as hold `most` each, none of them more than one column wider than another."""
    number = -(-len(columns) // most)
    if not number:
        return []
    each, wider = divmod(len(columns), number)
    starts = [n * each + min(n, wider) for n in range(number + 1)]
    return [columns[start:end] for start, end in pairwise(starts)]


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of a stacked chart: its name and its parts as shares of 1, in the order of the legend."""

    name: Line
    parts: tuple[float, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    """Stacked bars, read from the edge where reading begins. The figures stand in a table beside it."""

    caption: Line
    legend: tuple[Line, ...]
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a participant; `translations` stand beside them. `note` says what they are, such as erased."""

    words: Said
    translations: tuple[Said, ...] = ()
    note: str = ""


Block = Heading | Paragraph | Facts | Table | Stacked | Quotation


@dataclass(frozen=True, slots=True)
class Document:
    """A report set in blocks: what stands on the title page, and what follows the contents."""

    language: str
    is_right_to_left: bool
    title: Said
    subtitle: str
    opening: tuple[Block, ...]
    blocks: tuple[Block, ...]
    contents: str
    table_word: str
    running: str
    translation_word: str
    description: str
    digits: str = "latn"

    def written(self, number: int) -> str:
        """A number in the digits of the report."""
        return Words(self.language, self.digits).number(number)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """What the contents list."""
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level <= 2)
