"""Disclosure control of themes by column: nothing small is shown, and nothing small follows."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.crossing import MOST_COLUMNS, suppress_crossing, suppress_parts
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


@st.composite
def overlapping(draw) -> tuple[list[tuple[frozenset[int], bool]], int]:
    """Answers, each with the columns it stands in and whether it carries the theme; the last column is for those in no
    other."""
    width = draw(st.integers(1, 3))
    sets = st.frozensets(st.integers(0, width - 1)).map(lambda found: found or frozenset([width]))
    return draw(st.lists(st.tuples(sets, st.booleans()), min_size=1, max_size=60)), width + 1


@given(overlapping())
def test_where_columns_overlap_no_difference_of_two_shown_figures_is_small(made) -> None:
    """The reader knows the true total and the whole, so that each column has a complement; of what is in none or in
    several columns at once as few may not be told."""
    answers, width = made
    bases = [sum(n in columns for columns, _ in answers) for n in range(width)]
    row = [sum(n in columns for columns, carries in answers if carries) for n in range(width)]
    total, whole = sum(carries for _, carries in answers), len(answers)
    safe = suppress_crossing([row], [total], bases, whole, K)
    seen = [cell.shown for cell in safe.rows[0]]
    for cell in safe.bases:
        if cell.shown is not None:
            assert not 0 < cell.shown < K and not 0 < whole - cell.shown < K
    for count, base in zip(seen, safe.bases, strict=True):
        if count is not None:
            assert base.shown is not None
            inside, outside = base.shown - count, total - count
            four = (count, inside, outside, whole - base.shown - outside)
            assert not any(0 < figure < K for figure in four)
    if None not in shown_of(safe.bases):
        assert not 0 < abs(sum(bases) - whole) < K
    if None not in seen:
        assert not 0 < abs(sum(row) - total) < K


@given(crossings())
def test_what_is_withheld_is_not_few_together(made) -> None:
    rows, bases = made
    safe = suppress_crossing(rows, [sum(row) for row in rows], bases, sum(bases), K)
    for counts, row, total in zip(rows, safe.rows, safe.totals, strict=True):
        if total.shown is not None:
            for figures in (counts, [base - count for base, count in zip(bases, counts, strict=True)]):
                left = sum(n for n, cell in zip(figures, row, strict=True) if cell.shown is None)
                assert not 0 < left < K


def test_the_total_of_a_theme_is_not_the_sum_of_columns_that_overlap() -> None:
    """12 - 10 = 2 carry the theme outside the first column."""
    assert shown_of(suppress_crossing([[10, 9]], [12], [50, 40], 60, 5).rows[0]) == [None, None]


def test_two_small_cells_that_are_few_together_take_a_large_one_with_them() -> None:
    assert shown_of(suppress_crossing([[17, 1, 2]], [20], [60, 60, 60], 180, 5).rows[0]) == [None, None, None]


def test_very_many_columns_are_told_apart_by_the_largest() -> None:
    bases = [20 + n % 50 for n in range(300)]
    safe = suppress_crossing(
        [[base // 2 for base in bases]], [sum(base // 2 for base in bases)], bases, sum(bases), 5
    )
    assert sum(cell.shown is not None for cell in safe.bases) == MOST_COLUMNS
    assert max(bases) in shown_of(safe.bases) and 20 not in shown_of(safe.bases)


def test_parts_of_a_whole_are_protected_together() -> None:
    assert shown_of(suppress_parts([20, 3, 1], 24, 5)) == [None, None, None]
    assert shown_of(suppress_parts([20, 10, 0], 30, 5)) == [20, 10, 0]
    assert shown_of(suppress_parts([20, 10, 6], 22, 5)) == [None, 10, 6]
