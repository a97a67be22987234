from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.analysis.disclosure import (
    Cell,
    Hidden,
    released_base,
    suppress,
    suppress_table,
    suppress_values,
)


def shown(cells):
    return [cell.shown for cell in cells]


def test_large_counts_are_shown():
    row = suppress([10, 0, 30], 5)
    assert shown(row.cells) == [10, 0, 30]
    assert row.total == Cell(40)


def test_one_small_cell_hides_the_smallest_other():
    row = suppress([3, 20, 30], 5)
    assert row.cells == (Cell(None, Hidden.WITHHELD), Cell(None, Hidden.WITHHELD), Cell(30))
    assert row.total == Cell(53)


def test_two_small_cells_are_called_small_when_that_gives_nothing_away():
    row = suppress([2, 3, 30], 5)
    assert row.cells == (Cell(None, Hidden.SMALL), Cell(None, Hidden.SMALL), Cell(30))


def test_two_cells_of_the_largest_hidden_size_are_not_called_small():
    """4 + 4 = 8 has one solution when both are known to be at most 4."""
    assert suppress([4, 4], 5).cells == (Cell(None, Hidden.WITHHELD), Cell(None, Hidden.WITHHELD))


def test_two_ones_hide_their_total_or_another_cell():
    row = suppress([1, 1, 9], 5)
    assert shown(row.cells) == [None, None, None]
    assert row.total == Cell(11)


def test_names_are_kept():
    assert suppress_values({"ar": 8, "en": 9}, 5) == {"ar": Cell(8), "en": Cell(9)}


def test_two_way_table_hides_a_square():
    table = suppress_table([[3, 10, 20], [10, 20, 30], [5, 6, 7]], 5)
    assert [shown(row) for row in table.cells] == [[None, None, 20], [10, 20, 30], [None, None, 7]]
    assert shown(table.row_totals) == [33, 60, 18]
    assert shown(table.column_totals) == [18, 36, 57]
    assert table.total.shown == 111


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[-1]]])
def test_bad_tables_are_refused(rows):
    with pytest.raises(ValueError):
        suppress_table(rows, 5)


@pytest.mark.parametrize(
    ("count", "final", "base"),
    [(0, False, 0), (9, False, 0), (10, False, 5), (14, False, 5), (15, False, 10), (14, True, 14)],
)
def test_released_base(count, final, base):
    assert released_base(count, 5, final=final) == base


@given(st.integers(0, 500), st.integers(1, 12))
def test_a_released_base_moves_by_k_and_leaves_k_for_the_end(count, k):
    base = released_base(count, k, final=False)
    assert base % k == 0
    assert base == 0 or k <= count - base < 2 * k


def possible(line_values, hidden, totals_known, k, reason):
    """All completions of a one-way table that a reader can think of."""
    high = k - 1 if reason is Hidden.SMALL else sum(line_values)
    places = [i for i, is_hidden in enumerate(hidden) if is_hidden]
    for guess in product(range(1, high + 1), repeat=len(places)):
        filled = list(line_values)
        for place, value in zip(places, guess, strict=True):
            filled[place] = value
        if not totals_known or sum(filled) == sum(line_values):
            yield tuple(filled)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(3, 5))
def test_no_hidden_cell_of_a_row_can_be_solved(counts, k):
    row = suppress(counts, k)
    hidden = [cell.shown is None for cell in row.cells]
    assert all(is_hidden for value, is_hidden in zip(counts, hidden, strict=True) if 0 < value < k)
    assert all(cell.shown in (None, value) for cell, value in zip(row.cells, counts, strict=True))
    reasons = {cell.reason for cell in row.cells if cell.shown is None}
    if not reasons:
        return
    worlds = list(possible(counts, hidden, row.total.shown is not None, k, reasons.pop()))
    for place, is_hidden in enumerate(hidden):
        if is_hidden:
            assert len({world[place] for world in worlds}) > 1


@settings(deadline=None, max_examples=25)
@given(
    st.integers(2, 3).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 6), min_size=n, max_size=n), min_size=2, max_size=2)
    ),
    st.integers(3, 4),
)
def test_no_hidden_cell_of_a_table_can_be_solved(rows, k):
    table = suppress_table(rows, k)
    true = np.array(rows)
    values = np.array([[-1 if c.shown is None else c.shown for c in row] for row in table.cells])
    assert not ((values > 0) & (values < k)).any()
    places = [tuple(p) for p in np.argwhere(values < 0)]
    worlds = []
    for guess in product(range(1, int(true.sum()) + 3), repeat=len(places)):
        world = values.copy()
        for place, value in zip(places, guess, strict=True):
            world[place] = value
        if agrees(world, table):
            worlds.append(world)
        if len(places) > 3:
            break  # too many to try all; the linear programme is checked on the smaller ones
    if len(places) > 3:
        return
    for place in places:
        assert len({int(world[place]) for world in worlds}) > 1


def agrees(world, table):
    return (
        all(c.shown in (None, int(s)) for c, s in zip(table.row_totals, world.sum(axis=1), strict=True))
        and all(
            c.shown in (None, int(s)) for c, s in zip(table.column_totals, world.sum(axis=0), strict=True)
        )
        and table.total.shown in (None, int(world.sum()))
    )
