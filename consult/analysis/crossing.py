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

    `totals[theme]` of the `whole` answers carry the theme, `bases[column]` stand in the column; the columns hold every
    answer at least once. Where an answer may stand in several columns the sums are not known to the reader; that they
    happen to be right must still tell nothing, so that they are taken for known. Columns whose base is withheld are
    one in the eyes of the reader: what is left of the total. Where no base can be shown, the columns themselves are for
    the caller to leave out: as many columns as answers would tell that each has one.
    """
    closed = _closed(bases, k)
    open_columns = [n for n in range(len(bases)) if n not in closed]
    out_rows, out_totals = [], []
    for counts, total in zip(rows, totals, strict=True):
        parts = [counts[n] for n in open_columns] + [sum(counts[n] for n in closed)] * bool(closed)
        sizes = [bases[n] for n in open_columns] + [sum(bases[n] for n in closed)] * bool(closed)
        cells = dict(zip(open_columns, _row(parts, sizes, k), strict=False))
        out_rows.append(tuple(cells.get(n, _WITHHELD) for n in range(len(bases))))
        out_totals.append(_total(total, whole, k))
    shown_bases = tuple(_WITHHELD if n in closed else Cell(base) for n, base in enumerate(bases))
    return SuppressedCrossing(tuple(out_rows), tuple(out_totals), shown_bases, k)


def _closed(bases: Sequence[int], k: int) -> set[int]:
    """The columns whose base is withheld: the small ones, and so many others that all of them together are not few."""
    cells = suppress(bases, k).cells if bases else ()
    closed = {n for n, cell in enumerate(cells) if cell.shown is None}
    while closed and sum(bases[n] for n in closed) < k and len(closed) < len(bases):
        closed.add(min(set(range(len(bases))) - closed, key=lambda n: (bases[n], n)))
    return closed


def _total(total: int, whole: int, k: int) -> Cell:
    if 0 < total < k:
        return Cell(None, Hidden.SMALL)
    return _WITHHELD if 0 < whole - total < k else Cell(total)


def _row(parts: Sequence[int], sizes: Sequence[int], k: int) -> list[Cell]:
    """One theme: its counts in the columns, hidden together with what is left of each column."""
    if not parts:
        return []
    rest = [size - part for part, size in zip(parts, sizes, strict=True)]
    table = suppress_table([list(parts), rest], k)
    # Bases, and totals that are not small, are shown elsewhere whatever this theme would need: then it shows nothing.
    sums = (sum(parts), sum(rest))
    is_open = [(cell, size >= k) for cell, size in zip(table.column_totals, sizes, strict=True)]
    is_open += [(cell, min(sums) >= k or 0 in sums) for cell in table.row_totals]
    if any(cell.shown is None and is_shown for cell, is_shown in is_open):
        return [_WITHHELD] * len(parts)
    return [
        own if other.shown is not None or own.shown is None else _WITHHELD
        for own, other in zip(table.cells[0], table.cells[1], strict=True)
    ]
