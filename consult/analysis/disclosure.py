"""Disclosure control of counts: no cell of 1 to k-1 is shown, and none follows from what is shown.

Primary suppression hides the small cells; complementary suppression hides more until every hidden cell
has at least two possible values for a reader who knows the totals, the rule and that zeros are shown
(Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, ch. 4; Cox, Network models for
complementary cell suppression, JASA 90, 1995).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

INSIDE = 5
PUBLIC = 10


class Hidden(StrEnum):
    """Why a count is not shown."""

    SMALL = "small"  # fewer than k
    WITHHELD = "withheld"  # small itself, or it would give a small one away


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be shown: `shown`, or None with the `reason`."""

    shown: int | None
    reason: Hidden | None = None


@dataclass(frozen=True, slots=True)
class SuppressedRow:
    """A one-way table: cells in the order given, and the total of them."""

    cells: tuple[Cell, ...]
    total: Cell
    k: int


@dataclass(frozen=True, slots=True)
class SuppressedTable:
    """A two-way table with totals of rows, of columns and of all."""

    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell
    k: int


def released_base(count: int, k: int, *, final: bool) -> int:
    """How many of the first `count` responses an aggregated view may use.

    While a consultation is open what is shown moves by k answers at a time and leaves out at least the
    last k, so that the final figure never adds fewer than k to what was seen before.
    """
    if count < 0 or k < 1:
        raise ValueError("count must be 0 or more and k 1 or more")
    return count if final else max(0, (count // k - 1) * k)


def suppress(counts: Sequence[int], k: int = INSIDE) -> SuppressedRow:
    """A one-way table whose total is the sum of its cells."""
    table = suppress_table([list(counts)], k, column_totals=False)
    return SuppressedRow(table.cells[0], table.row_totals[0], k)


def suppress_values(counts: Mapping[str, int], k: int = INSIDE) -> dict[str, Cell]:
    """A one-way table by name; the total of all cells counts as known to the reader."""
    return dict(zip(counts, suppress(list(counts.values()), k).cells, strict=True))


def suppress_table(
    rows: Sequence[Sequence[int]], k: int = INSIDE, *, row_totals: bool = True, column_totals: bool = True
) -> SuppressedTable:
    """A two-way table with its totals under control.

    `row_totals`, `column_totals`: whether these are known to the reader and add up; themes of answers that
    may have several do not add up, so their table has `column_totals=False`. Totals that are not known are
    still returned, hidden when small. Raises ValueError for ragged rows, negative counts or k < 1.
    """
    inner = _checked(rows, k)
    m, n = inner.shape
    full = np.zeros((m + 1, n + 1), dtype=np.int64)
    full[:m, :n] = inner
    full[:m, n] = inner.sum(axis=1)
    full[m, :n] = inner.sum(axis=0)
    full[m, n] = inner.sum()
    hidden = (full > 0) & (full < k)
    lines = _lines(m, n, row_totals=row_totals, column_totals=column_totals)
    widened = _protect(full, hidden, lines)
    reason = Hidden.SMALL
    if widened or not _safe_when_called_small(full, hidden, lines, k):
        reason = Hidden.WITHHELD
    cells = [
        [Cell(None, reason) if hidden[i, j] else Cell(int(full[i, j])) for j in range(n + 1)]
        for i in range(m + 1)
    ]
    return SuppressedTable(
        tuple(tuple(row[:n]) for row in cells[:m]),
        tuple(row[n] for row in cells[:m]),
        tuple(cells[m][:n]),
        cells[m][n],
        k,
    )


def _checked(rows: Sequence[Sequence[int]], k: int) -> np.ndarray:
    if k < 1:
        raise ValueError("k must be 1 or more")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("all rows of a table must have the same length")
    inner = np.array([list(row) for row in rows], dtype=np.int64).reshape(len(rows), -1)
    if (inner < 0).any():
        raise ValueError("counts cannot be negative")
    return inner


Line = list[tuple[int, int]]  # the parts, then their total
Node = tuple[str, int]
Arcs = dict[tuple[int, int], list[tuple[Node, Node]]]


def _lines(m: int, n: int, *, row_totals: bool, column_totals: bool) -> list[Line]:
    lines: list[Line] = []
    if row_totals:
        lines += [[(i, j) for j in range(n + 1)] for i in range(m)]
    if column_totals:
        lines += [[(i, j) for i in range(m + 1)] for j in range(n)]
    if row_totals and column_totals:
        lines.append([(m, j) for j in range(n + 1)])
        lines.append([(i, n) for i in range(m + 1)])
    return lines


def _protect(full: np.ndarray, hidden: np.ndarray, lines: Sequence[Line]) -> bool:
    """Hides further cells (in place) until none can be solved; whether any was added."""
    added = False
    while True:
        lonely = [line for line in lines if sum(bool(hidden[part]) for part in line) == 1]
        if not lonely:
            cell = _single(full, hidden, lines)
            if cell is None:
                return added
            lonely = [line for line in lines if cell in line] or list(lines)
        helper = _helper(lonely, full, hidden, lines)
        if helper is None:
            return added
        hidden[helper] = True
        added = True


def _helper(
    needy: Sequence[Line], full: np.ndarray, hidden: np.ndarray, lines: Sequence[Line]
) -> tuple[int, int] | None:
    """The cell to hide next: in a line that needs one, a part before a total, where it helps another line
    too, and then the smallest. Zeros are always shown."""
    alone = [line for line in lines if sum(bool(hidden[part]) for part in line) == 1]
    found = []
    for choice in (needy, lines):
        for line in choice:
            for part in line:
                if not hidden[part] and full[part] > 0:
                    helps = sum(part in other for other in alone)
                    found.append((part == line[-1], -helps, int(full[part]), part))
        if found:
            return min(found)[-1]
    return None


def _safe_when_called_small(full: np.ndarray, hidden: np.ndarray, lines: Sequence[Line], k: int) -> bool:
    return _single(full, hidden, lines, high=k - 1) is None


def _single(
    full: np.ndarray, hidden: np.ndarray, lines: Sequence[Line], *, high: int | None = None
) -> tuple[int, int] | None:
    """The first hidden cell that can have only one value, all hidden ones being known to be 1 to `high`.

    A table with totals is a network: each line conserves a flow, each hidden cell is an arc. A cell can
    have another value when the flow can be sent round a cycle through it (Cox 1995).
    """
    return next(_fixed(full, lines, _residual_arcs(full, hidden, lines, high)), None)


def fixed_cells(
    rows: Sequence[Sequence[int]], hidden: Sequence[Sequence[bool]], *, row_totals: bool
) -> list[tuple[int, int]]:
    """The hidden cells of a table that can have only one value for who knows the totals of the columns, those of the
    rows too where `row_totals`, and that no count is below 0. A hidden zero is not known to be one."""
    inner = _checked(rows, 1)
    m, n = inner.shape
    full = np.zeros((m + 1, n + 1), dtype=np.int64)
    full[:m, :n], full[:m, n], full[m, :n], full[m, n] = inner, inner.sum(1), inner.sum(0), inner.sum()
    flags = np.zeros_like(full, dtype=bool)
    flags[:m, :n] = np.array([list(row) for row in hidden], dtype=bool).reshape(m, n)
    lines = _lines(m, n, row_totals=row_totals, column_totals=True)
    return list(_fixed(full, lines, _residual_arcs(full, flags, lines, None, least=0)))


def _fixed(full: np.ndarray, lines: Sequence[Line], arcs: Arcs) -> Iterator[tuple[int, int]]:
    """The cells through which no flow can be sent round a cycle."""
    free = _free_nodes(full.shape, lines)
    onward: dict[Node, list[tuple[Node, tuple[int, int]]]] = {}
    for cell, ends in arcs.items():
        for source, target in ends:
            onward.setdefault(source, []).append((target, cell))
    for cell, ends in arcs.items():
        if not any(_reaches(end, start, onward, free, without=cell) for start, end in ends):
            yield cell


def _residual_arcs(
    full: np.ndarray, hidden: np.ndarray, lines: Sequence[Line], high: int | None, least: int = 1
) -> Arcs:
    """For each hidden cell the directions in which its value can move; totals count with a minus sign."""
    m, n = full.shape[0] - 1, full.shape[1] - 1
    in_a_line = {part for line in lines for part in line}
    arcs: Arcs = {}
    for i, j in np.argwhere(hidden).tolist():
        if (i, j) not in in_a_line:
            continue
        can_rise = high is None or full[i, j] < high
        can_fall = full[i, j] > least
        if (i == m) != (j == n):
            can_rise, can_fall = can_fall, can_rise
        row, column = ("row", i), ("column", j)
        arcs[i, j] = [(row, column)] * bool(can_rise) + [(column, row)] * bool(can_fall)
    return arcs


def _free_nodes(shape: tuple[int, ...], lines: Sequence[Line]) -> set[Node]:
    """Rows and columns whose sum the reader does not know."""
    bound: set[Node] = set()
    for line in lines:
        same_row = line[0][0] == line[-1][0]
        bound.add(("row", line[0][0]) if same_row else ("column", line[0][1]))
    every = {("row", i) for i in range(shape[0])} | {("column", j) for j in range(shape[1])}
    return every - bound


def _reaches(
    start: Node,
    end: Node,
    onward: Mapping[Node, Sequence[tuple[Node, tuple[int, int]]]],
    free: set[Node],
    *,
    without: tuple[int, int],
) -> bool:
    """Whether flow can go from `start` to `end` other than through one cell; all free nodes are one."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        steps = [target for target, cell in onward.get(node, ()) if cell != without]
        for target in [*steps, *(free if node in free else ())]:
            if target == end:
                return True
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return end in seen


def may_show(count: int, base: int, k: int) -> bool:
    """Whether a count may be shown beside its base: neither it nor what is left of the base is 1 to k-1."""
    return not (0 < count < k or 0 < base - count < k or 0 < base < k)


def union_may_show(whole: int, parts: Sequence[int], k: int) -> bool:
    """Whether the size of a union may stand beside the sizes of its parts, no part being withheld otherwise.

    A small part, few outside of one part, few in two parts at once and few in none could be worked out from it.
    """
    outside = [whole - part for part in parts]
    small = [n for n in (whole, *parts, *outside, abs(sum(parts) - whole)) if 0 < n < k]
    return not small
