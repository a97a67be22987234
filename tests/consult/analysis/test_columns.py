"""Which cells of named columns may stand beside the totals of their rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.columns import shown_cells

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
