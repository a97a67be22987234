"""Which cells of named columns may stand beside the totals of their rows."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.columns import answered_cells, shown_cells

K = 10


@st.composite
def partitions(draw) -> tuple[list[list[int]], list[int], list[int], int]:
    """Rows over the parts of one whole, of which the last may have no name."""
    bases = draw(st.lists(st.integers(1, 60), min_size=1, max_size=5))
    rows = [[draw(st.integers(0, base)) for base in bases] for _ in range(draw(st.integers(1, 3)))]
    named = len(bases) - draw(st.integers(0, 1))
    return [row[:named] for row in rows], [sum(row) for row in rows], bases[:named], sum(bases)


@given(partitions())
def test_no_row_leaves_few_beside_what_it_shows(table) -> None:
    rows, totals, bases, whole = table
    for row, total, flags in zip(rows, totals, shown_cells(rows, totals, bases, whole, K), strict=True):
        kept = [n for n, is_shown in enumerate(flags) if is_shown]
        for n in kept:
            assert not any(0 < figure < K for figure in (row[n], bases[n], bases[n] - row[n]))
        if kept:
            left = total - sum(row[n] for n in kept), whole - sum(bases[n] for n in kept)
            assert not any(0 < figure < K for figure in (*left, left[1] - left[0]))


@given(partitions())
def test_the_bases_of_all_rows_together_leave_no_few(table) -> None:
    rows, totals, bases, whole = table
    flags = shown_cells(rows, totals, bases, whole, K)
    kept = [n for n in range(len(bases)) if any(row[n] for row in flags)]
    assert not kept or not 0 < whole - sum(bases[n] for n in kept) < K


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=4), st.integers(0, 80)
)
def test_columns_that_overlap_are_shown_together_or_not_at_all(columns, total) -> None:
    bases, row = [max(pair) for pair in columns], [min(pair) for pair in columns]
    whole = max(*bases, total, max(sum(bases) - 1, 0))
    if sum(bases) <= whole:
        return
    (flags,) = shown_cells([row], [total], bases, whole, K)
    assert len(set(flags)) == 1
    if flags[0]:
        assert not any(0 < abs(a - b) < K for a, b in zip(row, bases, strict=True))
        assert not any(0 < total - count < K for count in row)


def test_who_may_read_answers_sees_every_cell() -> None:
    assert shown_cells([[1, 2]], [3], [1, 2], 3, 1) == ((True, True),)


def possible(
    counts: list[int], sizes: list[int], flags: tuple[bool, ...], left: int, total: int
) -> list[set[int]]:
    """Of each group, how many of it may have answered for who knows the sizes, the total and what is shown."""
    ranges = [
        range(n, n + 1) if shown else range(size + 1)
        for n, size, shown in zip(counts, sizes, flags, strict=True)
    ]
    found: list[set[int]] = [set() for _ in counts]
    for world in product(*ranges):
        if 0 <= total - sum(world) <= left:
            for place, n in enumerate(world):
                found[place].add(n)
    return found


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(0, 7)), min_size=1, max_size=4), st.integers(0, 6))
def test_who_knows_the_roll_does_not_learn_of_few_who_answered_or_did_not(groups, left) -> None:
    k, sizes, counts = 3, [size for size, _ in groups], [min(size, n) for size, n in groups]
    total, whole = sum(counts) + left // 2, sum(sizes) + left
    flags = answered_cells(counts, sizes, total, whole, k)
    for n, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        assert not flags[n] or not any(0 < figure < k for figure in (count, size - count, size))
    if total in (0, whole) or 0 < whole - total < k or 0 < total < k:
        return  # then the total tells, which is shown in any case
    for n, values in enumerate(possible(counts, sizes, flags, left, total)):
        if 0 < counts[n] < k or 0 < sizes[n] - counts[n] < k:
            assert len(values) > 1


def test_all_groups_large_enough_are_shown() -> None:
    assert answered_cells([20, 30], [40, 50], 50, 90, 5) == (True, True)
    assert answered_cells([22, 17, 7], [26, 21, 7], 50, 58, 5) == (False, False, True)
    assert answered_cells([20, 4], [20, 4], 24, 24, 5) == (True, False)
