"""Disclosure control where themes share no answer: then their cells add up, column by column, to those of the theme
above them, and with the answers outside of it to the whole column. So a cell withheld in one row could follow from
the other rows, each of which is safe by itself (`consult.analysis.crossing`).

Where themes share answers nobody knows in which columns these stand, and nothing adds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from consult.analysis.disclosure import fixed_cells
from consult.analysis.trees import Node

Flags = tuple[bool, ...]
Below = Mapping[int, Sequence[Node]]
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """Of each theme its `cells` by column, and which are `shown`; `bases`: of the columns; `whole`: all answers."""

    cells: Mapping[int, Sequence[int]]
    shown: Mapping[int, Flags]
    bases: Sequence[int]
    whole: int


def beside_broader(nodes: Iterable[Node], told: Set[int], columns: Columns, k: int) -> dict[int, Flags]:
    """The cells that may be shown beside the counts of the broader themes in `told`: where a small figure would follow
    from one of these, no cell of what is below it is shown."""
    every = list(nodes)
    below = _below(every)
    flags = dict(columns.shown)
    for node in every:
        if node.id not in told or not _adds_up(node, below):
            continue
        parts = _narrowest(below[node.id], below, told)
        if any(any(flags.get(part.id, ())) for part in parts) and _tells_of_few(
            parts, replace(columns, shown=flags), k
        ):
            flags |= {part.id: (False,) * len(columns.bases) for part in parts if part.id in flags}
    return flags


def rest_tells_of_few(nodes: Sequence[Node], told: Set[int], placed: int, columns: Columns, k: int) -> bool:
    """Whether a small cell follows once it is known how many answers all themes have together, `placed`."""
    below, ids = _below(nodes), {node.id for node in nodes}
    top = [node for node in nodes if node.parent_id not in ids]
    if sum(node.count for node in top) != placed or not any(map(any, columns.shown.values())):
        return False
    return _tells_of_few(_narrowest(top, below, told), columns, k)


def _below(nodes: Iterable[Node]) -> Below:
    found: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.parent_id is not None and node.parent_id != node.id:
            found[node.parent_id].append(node)
    return found


def _adds_up(node: Node, below: Below) -> bool:
    """Whether it has themes below it that share no answer."""
    own = below.get(node.id, ())
    return bool(own) and sum(one.count for one in own) == node.count


def _narrowest(parts: Sequence[Node], below: Below, told: Set[int], depth: int = 0) -> list[Node]:
    """The parts; those that are told and add up themselves give way to their own."""
    found: list[Node] = []
    for part in parts:
        if part.id in told and _adds_up(part, below) and depth < _DEEPEST:
            found += _narrowest(below[part.id], below, told, depth + 1)
        else:
            found.append(part)
    return found


def _tells_of_few(parts: Sequence[Node], columns: Columns, k: int) -> bool:
    """Whether a cell of a part, or of the answers outside of all parts, can have one value only and this is small or
    leaves few in its column. Columns whose base nobody knows are one: what is left."""
    width = len(columns.bases)
    known = [n for n in range(width) if any(flags[n] for flags in columns.shown.values())]
    rows = [columns.cells.get(part.id, ()) for part in parts]
    if any(len(row) != width for row in rows):
        return True  # figures of another day: what stands in them is not known
    outside = [columns.bases[n] - sum(row[n] for row in rows) for n in known]
    if min(outside, default=0) < 0:
        return True
    table = [*([row[n] for n in known] for row in rows), outside]
    nothing = (False,) * width
    hidden = [[not columns.shown.get(part.id, nothing)[n] for n in known] for part in parts]
    hidden.append([True] * len(known))
    left = _left([part.count for part in parts], table, columns)
    if left is not None:
        table = [[*row, rest] for row, rest in zip(table, left, strict=True)]
        hidden = [[*row, True] for row in hidden]
    sizes = [sum(row[n] for row in table) for n in range(len(table[0]))]
    fixed = fixed_cells(table, hidden, row_totals=left is not None)
    return any(0 < figure < k for i, j in fixed for figure in (table[i][j], sizes[j] - table[i][j]))


def _left(counts: Sequence[int], table: Sequence[Sequence[int]], columns: Columns) -> list[int] | None:
    """What each row has in the columns whose base nobody knows, all together; None where columns overlap."""
    totals = [*counts, columns.whole - sum(counts)]
    left = [total - sum(row) for total, row in zip(totals, table, strict=True)]
    return left if sum(columns.bases) <= columns.whole and min(left) >= 0 else None
