"""What the templates of reading show: cells with their shares, shades and addresses made ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from consult.reading.breakdown import Breakdown, Column, ThemeRow
from consult.review.column_names import column_name
from consult.review.dimensions import HINT, STANCE
from consult.review.models import Theme

SHADES = (0.0, 0.05, 0.10, 0.20, 0.40)
"""Where the shades of the heat map begin: above 0, and from 5, 10, 20 and 40 percent of a column's answers. The
scale is the same on every page, so that two pages can be laid beside one another."""

Address = Callable[[Theme, Column], str]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell: `count` and `share`, None where the column has no answers; `shade` from 0 to 5; `url` of the answers
    behind it."""

    count: int
    share: float | None
    shade: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """The head of a column."""

    name: str
    base: int
    key: str
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A theme with its cells; `total` and `share` of all answers."""

    row: ThemeRow
    total: int
    share: float | None
    cells: Sequence[HeatCell]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The table as the template shows it."""

    columns: Sequence[HeatColumn]
    rows: Sequence[HeatRow]
    base: int
    overlaps: bool


def heat_map(found: Breakdown, address: Address) -> HeatMap:
    """The breakdown with names and shades; `address` gives the answers behind a number."""
    columns = [
        HeatColumn(
            column_name(found.dimension, column.key, column.label),
            column.base,
            column.key,
            found.dimension.kind == STANCE and column.key.startswith(HINT),
        )
        for column in found.columns
    ]
    rows = [
        HeatRow(
            row,
            row.total,
            _share(row.total, found.base),
            [
                _cell(cell, column, address(row.theme, column) if cell else None)
                for cell, column in zip(row.cells, found.columns, strict=True)
            ],
        )
        for row in found.rows
    ]
    return HeatMap(columns, rows, found.base, found.dimension.overlaps)


def _cell(count: int, column: Column, url: str | None) -> HeatCell:
    share = _share(count, column.base)
    return HeatCell(count, share, shade_of(share), url)


def _share(count: int, base: int) -> float | None:
    return count / base if base else None


def shade_of(share: float | None) -> int:
    """The shade of a share, 0 for none."""
    return sum(share > edge if not edge else share >= edge for edge in SHADES) if share is not None else 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, from `start` in shares of the whole."""

    key: str
    name: str
    count: int
    start: float
    width: float
    is_hint: bool = False


def stance_bar(row: HeatRow, columns: Sequence[HeatColumn]) -> Sequence[Segment]:
    """The answers of a theme by stance, as one bar; empty where there is none."""
    counts = [cell.count for cell in row.cells]
    whole = sum(counts)
    out, start = [], 0.0
    for column, count in zip(columns, counts, strict=True):
        if count:
            out.append(Segment(column.key, column.name, count, start, count / whole, column.is_hint))
            start += count / whole
    return out
