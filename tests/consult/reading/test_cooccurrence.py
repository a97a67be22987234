"""Themes that are said together: counted as by hand, and nothing small for who may not read the answers."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.reading.cooccurrence import Pairs, pair, pairs_of, shown
from consult.review.models import Theme
from tests.consult.reading.house import House
from tests.support import on_both_databases


@on_both_databases
def test_pairs_are_those_of_the_answers(session, house: House) -> None:
    found = pairs_of(session, house.scope)
    counted = {frozenset((item.one.id, item.other.id)): item.both.shown for item in found.pairs}
    leaves = [theme.id for theme in house.themes[1:5]]
    expected = {
        frozenset(two): sum(set(two) <= one.themes for one in house.said) for two in combinations(leaves, 2)
    }
    assert counted == expected


def test_the_measures_of_a_pair() -> None:
    """10 of 100 and 20 of 100, 8 of them both: 2 by chance, 4 times as many; 8 of the 22 with either."""
    item = pair(Theme(id=1), Theme(id=2), 8, 10, 20, 100)
    assert (item.expected, item.lift) == (2, 4)
    assert item.jaccard == pytest.approx(8 / 22)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_no_cell_of_a_pair_that_is_shown_is_small(both: int, first: int, second: int, neither: int) -> None:
    if not both + first or not both + second:
        return
    base = both + first + second + neither
    one, other = Theme(id=1), Theme(id=2)
    exact = Pairs(
        base, {1: both + first, 2: both + second}, [pair(one, other, both, both + first, both + second, base)]
    )
    (item,) = shown(exact, 5).pairs
    if item.both.shown is not None:
        assert item.both.shown == both
        assert not any(0 < n < 5 for n in (both, first, second, neither, both + first, both + second))
    else:
        assert item.lift is item.expected is item.jaccard is None
