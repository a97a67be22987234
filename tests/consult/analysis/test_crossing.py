"""Disclosure control of themes by column: nothing small is shown, and nothing small follows."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.crossing import suppress_crossing
from consult.analysis.disclosure import Hidden

K = 3


def shown_of(cells) -> list[int | None]:
    return [cell.shown for cell in cells]


@st.composite
def crossings(draw) -> tuple[list[list[int]], list[int]]:
    """Counts of one or two themes in up to four columns, and the columns' bases; everybody is in one column."""
    bases = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    return [[draw(st.integers(0, base)) for base in bases] for _ in range(draw(st.integers(1, 2)))], bases


def worlds(row, bases, total, base_cells, whole):
    """Every (bases, counts) that a reader cannot rule out: the shown figures, the sums, and that hidden bases are
    at least 1."""
    sizes = [(cell.shown,) if cell.shown is not None else range(1, whole + 1) for cell in base_cells]
    for chosen in product(*sizes):
        if sum(chosen) != whole:
            continue
        counts = [
            (cell.shown,) if cell.shown is not None else range(base + 1)
            for cell, base in zip(row, chosen, strict=True)
        ]
        for found in product(*counts):
            if total is None or sum(found) == total:
                yield chosen, found


@given(crossings())
def test_no_small_count_is_shown_or_follows_from_what_is(made) -> None:
    rows, bases = made
    whole = sum(bases)
    safe = suppress_crossing(rows, [sum(row) for row in rows], bases, whole, K)
    if all(cell.shown is None for cell in safe.bases):
        return  # then the caller shows no columns
    for base, cell in zip(bases, safe.bases, strict=True):
        assert cell.shown in (None, base) and not (cell.shown is not None and 0 < base < K)
    for counts, row, total in zip(rows, safe.rows, safe.totals, strict=True):
        assert total.shown in (None, sum(counts))
        found = list(worlds(row, bases, total.shown, safe.bases, whole))
        assert (tuple(bases), tuple(counts)) in found
        for n, (count, cell) in enumerate(zip(counts, row, strict=True)):
            assert cell.shown in (None, count)
            for small, seen in (
                (count, {world[1][n] for world in found}),
                (bases[n] - count, {world[0][n] - world[1][n] for world in found}),
            ):
                assert not 0 < small < K or len(seen) > 1


def test_columns_that_are_large_enough_are_shown_as_they_are() -> None:
    safe = suppress_crossing([[10, 20, 30]], [60], [40, 50, 60], 150, 5)
    assert shown_of(safe.rows[0]) == [10, 20, 30]
    assert shown_of(safe.totals) == [60] and shown_of(safe.bases) == [40, 50, 60]


def test_a_small_cell_takes_another_one_with_it() -> None:
    """The total of the theme is known, so that one hidden cell alone would follow."""
    safe = suppress_crossing([[2, 20, 30]], [52], [40, 50, 60], 150, 5)
    assert safe.rows[0][0].shown is None
    assert sum(cell.shown is None for cell in safe.rows[0]) == 2


def test_few_who_do_not_carry_a_theme_are_protected_too() -> None:
    safe = suppress_crossing([[38, 20, 30]], [88], [40, 50, 60], 150, 5)
    assert safe.rows[0][0].shown is None


def test_a_small_column_is_withheld_in_every_theme() -> None:
    safe = suppress_crossing([[3, 20, 30], [0, 25, 0]], [53, 25], [3, 50, 60], 113, 5)
    assert [row[0].shown for row in safe.rows] == [None, None]
    assert sum(cell.shown is None for cell in safe.bases) == 2


def test_a_small_theme_has_no_total() -> None:
    safe = suppress_crossing([[2, 1, 0]], [3], [40, 50, 60], 150, 5)
    assert safe.totals[0].shown is None and safe.totals[0].reason is Hidden.SMALL


def test_nothing_to_show_is_no_error() -> None:
    assert suppress_crossing([], [], [], 0, 5).rows == ()
    assert suppress_crossing([[]], [0], [], 0, 5).rows == ((),)
