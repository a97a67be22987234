"""Disclosure control of a crossing: of each theme, how many answers of each column carry it.

Who reads such a table knows how many answers each column has and how many carry the theme, so each theme is a table of
two rows, those who carry it and those who do not, whose margins are known. A theme says nothing about another one: an
answer may carry several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consult.analysis.disclosure import Cell, Hidden, suppress, suppress_table

_WITHHELD = Cell(None, Hidden.WITHHELD)
MOST_COLUMNS = 40
"""The control takes longer than the square of the columns, and nobody reads more: the others are one column."""


@dataclass(frozen=True, slots=True)
class SuppressedCrossing:
    """`rows[theme][column]`, `totals[theme]` and `bases[column]` as they may be shown."""

    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]
    bases: tuple[Cell, ...]
    k: int


def suppress_crossing(
    rows: Sequence[Sequence[int]], totals: Sequence[int], bases: Sequence[int], whole: int, k: int
) -> SuppressedCrossing:
    """The crossing with neither a small cell nor a small complement of one, and none that follows from the others.

    `totals[theme]` of the `whole` answers carry the theme, `bases[column]` stand in the column. Where each answer
    stands in one column the sums are known to the reader. Where it may stand in several, the true totals are known and
    not the sums: then every column is also protected by itself against all answers outside it, and the sums, lest they
    happen to be right, as if they were known. Columns whose base is withheld are one in the eyes of the reader: what is
    left of the total. The `MOST_COLUMNS` largest are told apart at most. Where no base can be shown, the columns
    themselves are for the caller to leave out: as many columns as answers would tell that each has one.
    """
    closed = _closed(bases, whole, k)
    open_columns = [n for n in range(len(bases)) if n not in closed]
    out_rows, out_totals = [], []
    for counts, total in zip(rows, totals, strict=True):
        parts = [counts[n] for n in open_columns] + [sum(counts[n] for n in closed)] * bool(closed)
        sizes = [bases[n] for n in open_columns] + [sum(bases[n] for n in closed)] * bool(closed)
        hidden = _hidden(parts, sizes, total, whole, k, has_closed=bool(closed))
        cells = {n: Cell(counts[n]) for place, n in enumerate(open_columns) if place not in hidden}
        out_rows.append(tuple(cells.get(n, _WITHHELD) for n in range(len(bases))))
        out_totals.append(_total(total, whole, k))
    shown_bases = tuple(_WITHHELD if n in closed else Cell(base) for n, base in enumerate(bases))
    return SuppressedCrossing(tuple(out_rows), tuple(out_totals), shown_bases, k)


def suppress_parts(parts: Sequence[int], whole: int, k: int) -> tuple[Cell, ...]:
    """The parts of a known whole, which may overlap: none small, none with a small complement, none that follows."""
    return suppress_crossing([], [], parts, whole, k).bases


def _is_small(count: int, k: int) -> bool:
    return 0 < count < k


def _closed(bases: Sequence[int], whole: int, k: int) -> set[int]:
    """The columns whose base is withheld: the small ones, those that leave few outside, and so many others that all of
    them together are not few."""
    by_size = sorted(range(len(bases)), key=lambda n: (bases[n], n))
    closed = set(by_size[:-MOST_COLUMNS])
    closed |= {n for n, base in enumerate(bases) if _is_small(whole - base, k)}
    kept = [n for n in range(len(bases)) if n not in closed]
    known = [bases[n] for n in kept] + [sum(bases[n] for n in closed)] * bool(closed)
    cells = suppress(known, k).cells if known else ()
    closed |= {n for n, cell in zip(kept, cells, strict=False) if cell.shown is None}
    for n in by_size:
        rest = sum(bases[n] for n in closed)
        if not (_is_small(rest, k) if closed else _is_small(abs(sum(bases) - whole), k)):
            break
        closed.add(n)
    return closed


def _total(total: int, whole: int, k: int) -> Cell:
    if _is_small(total, k):
        return Cell(None, Hidden.SMALL)
    return _WITHHELD if _is_small(whole - total, k) else Cell(total)


def _hidden(
    parts: Sequence[int], sizes: Sequence[int], total: int, whole: int, k: int, *, has_closed: bool
) -> set[int]:
    """The places of one theme's cells that are withheld. The last part is that of the closed columns, if there are any;
    it is never shown."""
    if not parts:
        return set()
    rest = [size - part for part, size in zip(parts, sizes, strict=True)]
    table = suppress_table([list(parts), rest], k)
    # Bases, and totals that are not small, are shown elsewhere whatever this theme would need: then it shows nothing.
    sums = (sum(parts), sum(rest))
    is_open = [(cell, size >= k) for cell, size in zip(table.column_totals, sizes, strict=True)]
    is_open += [(cell, min(sums) >= k or 0 in sums) for cell in table.row_totals]
    if any(cell.shown is None and is_shown for cell, is_shown in is_open):
        return set(range(len(parts)))
    hidden = {
        place
        for place, (own, other) in enumerate(zip(table.cells[0], table.cells[1], strict=True))
        if own.shown is None or other.shown is None or not _fits(parts[place], sizes[place], total, whole, k)
    }
    if has_closed:
        hidden.add(len(parts) - 1)
    for place in sorted(range(len(parts)), key=lambda place: (min(parts[place], rest[place]), place)):
        if _are_safe_together(parts, rest, hidden, (total, whole - total), k):
            break
        hidden.add(place)
    return hidden


def _fits(count: int, base: int, total: int, whole: int, k: int) -> bool:
    """Whether a column can be told apart from all answers outside it, with the theme and without."""
    outside = whole - base
    four = (count, base - count, total - count, outside - (total - count))
    return not any(_is_small(number, k) for number in (*four, outside))


def _are_safe_together(
    parts: Sequence[int], rest: Sequence[int], hidden: set[int], totals: tuple[int, int], k: int
) -> bool:
    """Whether the cells withheld are not few together; where none is, whether few stand in several columns or none."""
    if hidden:
        return not any(_is_small(sum(row[place] for place in hidden), k) for row in (parts, rest))
    return not any(
        _is_small(abs(sum(row) - known), k) for row, known in zip((parts, rest), totals, strict=True)
    )
