"""Which cells of a table of parts may stand beside the totals of its rows, where columns may overlap or leave some out.

A table in a report or a summary names only the columns that have a name, and answers may stand in several. Where the
sums allow that they are parts of one whole, they are taken for such, with what is left as a column of its own. Where
columns overlap no control of sums holds, so that a row shows all of its cells or none.
"""

from __future__ import annotations

from collections.abc import Sequence

from consult.analysis.crossing import suppress_crossing
from consult.analysis.disclosure import may_show

Flags = tuple[bool, ...]


def shown_cells(
    rows: Sequence[Sequence[int]], totals: Sequence[int], bases: Sequence[int], whole: int, k: int
) -> tuple[Flags, ...]:
    """Row by row, which cells may be shown. `totals[row]` of the `whole` are shown beside them, and the `bases`."""
    if k <= 1:
        return tuple((True,) * len(row) for row in rows)
    left = whole - sum(bases)
    rests = [total - sum(row) for row, total in zip(rows, totals, strict=True)]
    if left < 0 or any(not 0 <= rest <= left for rest in rests):
        return tuple(
            (_all_may_show(row, total, bases, whole, k),) * len(bases)
            for row, total in zip(rows, totals, strict=True)
        )
    has_rest = [[rest] if left else [] for rest in rests]
    parts = [[*row, *rest] for row, rest in zip(rows, has_rest, strict=True)]
    safe = suppress_crossing(parts, totals, [*bases, *([left] if left else [])], whole, k)
    return tuple(
        _narrowed(
            [
                cell.shown is not None and base.shown is not None
                for cell, base in zip(cells, safe.bases, strict=True)
            ][: len(bases)],
            row,
            total,
            bases,
            whole,
            k,
        )
        for cells, row, total in zip(safe.rows, rows, totals, strict=True)
    )


def answered_cells(counts: Sequence[int], sizes: Sequence[int], total: int, whole: int, k: int) -> Flags:
    """Of which groups it may be told how many answered, where the reader knows how many are in each and in the `whole`,
    and that `total` answered. What is withheld is neither few who answered nor few who did not, and neither nobody nor
    everybody, from which each group would follow. Where all of the whole answered, or nobody, each follows anyway and
    none is withheld for another."""
    shown = {n for n, pair in enumerate(zip(counts, sizes, strict=True)) if may_show(*pair, k)}
    if sum(sizes) > whole or total in (0, whole):  # groups that overlap do not add up
        return tuple(n in shown for n in range(len(sizes)))
    for n in sorted(shown, key=lambda n: (sizes[n], counts[n], n)):
        size = whole - sum(sizes[n] for n in shown)
        answered = total - sum(counts[n] for n in shown)
        if not size or (may_show(answered, size, k) and 0 < answered < size):
            break
        shown.discard(n)
    return tuple(n in shown for n in range(len(sizes)))


def _narrowed(
    shown: list[bool], row: Sequence[int], total: int, bases: Sequence[int], whole: int, k: int
) -> Flags:
    """Fewer cells, until those that are hidden are not few together either, nor is what is left beside any one."""
    kept = [n for n, is_shown in enumerate(shown) if is_shown]
    kept = [n for n in kept if _rest_may_show([n], row, total, bases, whole, k)]
    while kept and not _rest_may_show(kept, row, total, bases, whole, k):
        kept.remove(min(kept, key=lambda n: (bases[n], row[n], n)))
    return tuple(n in kept for n in range(len(bases)))


def _rest_may_show(
    kept: Sequence[int], row: Sequence[int], total: int, bases: Sequence[int], whole: int, k: int
) -> bool:
    base, count = whole - sum(bases[n] for n in kept), total - sum(row[n] for n in kept)
    return may_show(count, base, k)


def _all_may_show(row: Sequence[int], total: int, bases: Sequence[int], whole: int, k: int) -> bool:
    """Columns that overlap: whether nothing is small, neither a cell nor anything that is left beside one."""
    left = [abs(sum(row) - total), abs(sum(bases) - whole), total, whole - total]
    for count, base in zip(row, bases, strict=True):
        if not 0 <= count <= base:
            return False
        left += [count, base, base - count, total - count, whole - base, (whole - base) - (total - count)]
    return all(number >= 0 and not 0 < number < k for number in left)
