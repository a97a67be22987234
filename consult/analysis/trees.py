"""Disclosure control of themes in a tree: a broader theme has the answers of all below it, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consult.analysis.disclosure import may_show, union_may_show


@dataclass(frozen=True, slots=True)
class Node:
    """A theme that `count` of `base` answers carry, under the theme `parent_id` where that is among the others."""

    id: int
    parent_id: int | None
    count: int
    base: int


def shown_in_tree(nodes: Iterable[Node], k: int) -> set[int]:
    """The themes whose counts may stand beside one another. From below: where a theme is withheld, so is each one above
    it, as what is missing could be worked out from it; and a broader theme is where it would tell of few answers in
    one of the themes below it alone, in two of them, or in none."""
    every = list(nodes)
    below: dict[int, list[Node]] = defaultdict(list)
    for node in every:
        if node.parent_id is not None:
            below[node.parent_id].append(node)
    shown = {node.id for node in every if may_show(node.count, node.base, k)}
    while True:
        unsafe = {
            node.id
            for node in every
            if node.id in shown and not _tells_nothing(node.count, below[node.id], shown, k)
        }
        if not unsafe:
            return shown
        shown -= unsafe


def rest_may_show(rest: int, nodes: Sequence[Node], *, base: int, shown: set[int], k: int) -> bool:
    """Whether it may be told of how many of the `base` answers none of the topmost themes is: who knows that, knows how
    many all the themes have together. `rest`: those answers and others that have no theme for another reason."""
    ids = {node.id for node in nodes}
    top = [node for node in nodes if node.parent_id not in ids]
    return may_show(rest, base, k) and _tells_nothing(base - rest, top, shown, k)


def _tells_nothing(count: int, parts: Sequence[Node], shown: set[int], k: int) -> bool:
    if not parts:
        return True
    return all(part.id in shown for part in parts) and union_may_show(
        count, [part.count for part in parts], k
    )
