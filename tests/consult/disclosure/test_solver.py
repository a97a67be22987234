"""The adversary itself: it finds what was left open on purpose, and nothing where the control is whole."""

from __future__ import annotations

import pytest

from consult.analysis.crossing import suppress_crossing
from consult.analysis.partitions import Columns, beside_broader, rest_tells_of_few
from consult.analysis.trees import Node
from tests.consult.disclosure.solver import Cell, Fact, Shape, determined

K = 5
COLUMNS = ("North", "South", "West")
BASES = (40, 30, 20)
ROWS = {"T0": (4, 12, 8), "T1": (16, 10, 6), "T2": (20, 8, 6)}
"""Three themes that share no answer and leave none out: 4 of North speak about the first."""


def shape(*themes: str) -> Shape:
    return Shape(themes, {name: frozenset([name]) for name in themes}, {"region": COLUMNS})


def facts_of(flags: dict[str, tuple[bool, ...]]) -> list[Fact]:
    """The bases, the totals of the themes, and the cells that are shown."""
    found = [Fact.exact(Cell(), sum(BASES))]
    found += [Fact.exact(Cell((), ("region", name)), base) for name, base in zip(COLUMNS, BASES, strict=True)]
    for theme, own in flags.items():
        found.append(Fact.exact(Cell((theme,)), sum(ROWS[theme])))
        for name, count, is_shown in zip(COLUMNS, ROWS[theme], own, strict=True):
            found += [Fact.exact(Cell((theme,), ("region", name)), count)] * is_shown
    return found


def controlled(themes: tuple[str, ...]) -> dict[str, tuple[bool, ...]]:
    rows = [ROWS[name] for name in themes]
    safe = suppress_crossing(rows, [sum(row) for row in rows], BASES, sum(BASES), K)
    return {
        name: tuple(cell.shown is not None for cell in row)
        for name, row in zip(themes, safe.rows, strict=True)
    }


SMALL = {Cell(("T0",), ("region", "North")): 4}


def test_without_complementary_suppression_the_small_cell_follows() -> None:
    primary = {"T0": tuple(not 0 < count < K for count in ROWS["T0"])}
    assert determined(shape("T0"), facts_of(primary), SMALL) == ([*SMALL], [])
    assert determined(shape("T0"), facts_of(controlled(("T0",))), SMALL) == ([], [])


def test_rows_that_are_safe_one_by_one_are_not_together_where_they_add_up() -> None:
    themes = tuple(ROWS)
    facts = facts_of(controlled(themes))
    assert determined(shape(*themes), facts, SMALL) == ([], [])
    none_outside = Fact.exact(Cell((), lacking=themes), 0)
    assert determined(shape(*themes), [*facts, none_outside], SMALL) == ([*SMALL], [])
    nodes = [Node(n, None, sum(ROWS[name]), sum(BASES)) for n, name in enumerate(themes)]
    columns = Columns(
        dict(enumerate(ROWS.values())), dict(enumerate(controlled(themes).values())), BASES, sum(BASES)
    )
    assert rest_tells_of_few(nodes, {0, 1, 2}, sum(BASES), columns, K)
    assert not rest_tells_of_few(nodes, {0, 1, 2}, sum(BASES) - 10, columns, K)
    above = [Node(9, None, sum(BASES), sum(BASES)), *(Node(n.id, 9, n.count, n.base) for n in nodes)]
    assert beside_broader(above, {0, 1, 2, 9}, columns, K) == dict.fromkeys(range(3), (False,) * 3)
    assert beside_broader(above, {0, 1, 2}, columns, K) == columns.shown


def test_bounds_meet_where_nothing_is_said_exactly() -> None:
    """6 carry the second theme, fewer than 5 the first, and 10 or more either: 4 and 6, and none both."""
    leaves = {"T0": frozenset(["T0"]), "T1": frozenset(["T1"]), "P": frozenset(["T0", "T1"])}
    facts = [
        Fact.exact(Cell(), 44), Fact.exact(Cell(("T1",)), 6), Fact(Cell(("T0",)), 1, 4), Fact(Cell(("P",)), 10, None),
    ]  # fmt: skip
    assert determined(Shape(("T0", "T1"), leaves, {}), facts, {Cell(("T0",)): 4}) == ([Cell(("T0",))], [])
    assert determined(Shape(("T0", "T1"), leaves, {}), facts[:3], {Cell(("T0",)): 4}) == ([], [])


def test_figures_that_contradict_one_another_were_read_wrongly() -> None:
    facts = [Fact.exact(Cell(), 10), Fact.exact(Cell(("T0",)), 12)]
    with pytest.raises(ValueError, match="no world"):
        determined(shape("T0"), facts, {Cell(("T0",)): 12})


def test_of_columns_that_overlap_only_each_is_known() -> None:
    """8 and 5 of 15 are in two groups that may overlap: nobody knows how many are in both, or in none."""
    facts = [
        Fact.exact(Cell(), 15),
        Fact.exact(Cell((), ("group", "A")), 8),
        Fact.exact(Cell((), ("group", "B")), 5),
    ]
    outside = {Cell((), ("group", "A"), outside=True): 7}
    several = Shape((), {}, {"group": ("A", "B")}, frozenset(["group"]))
    assert determined(several, facts, outside) == ([*outside], [])
    third = Shape((), {}, {"group": ("A", "B", "C")})
    assert determined(third, facts, {Cell((), ("group", "C")): 2}) == ([], [])
