"""Themes that are said together: counted as by hand."""

from __future__ import annotations

from itertools import combinations

import pytest

from consult.reading.cooccurrence import pair, pairs_of
from consult.review.models import Theme
from tests.consult.reading.house import House
from tests.support import on_both_databases


@on_both_databases
def test_pairs_are_those_of_the_answers(session, house: House) -> None:
    found = pairs_of(session, house.scope)
    counted = {frozenset((item.one.id, item.other.id)): item.both for item in found.pairs}
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
