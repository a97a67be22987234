import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.weighting import WeightingError, effective_number, rake, share_interval


def test_the_margin_of_a_roll_of_200():
    low, high = share_interval(0.5, 132, population=200)
    assert (high - low) / 2 == pytest.approx(0.050, abs=0.0006)


def test_wilson_of_a_published_example():
    """Newcombe 1998: 81 of 263 gives .2553 to .3662."""
    assert share_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=0.0001)


@pytest.mark.parametrize(
    ("share", "n", "population", "interval"),
    [(0.3, 0, None, (0.0, 1.0)), (0.3, 10, 10, (0.3, 0.3))],
)
def test_edges_of_the_interval(share, n, population, interval):
    assert share_interval(share, n, population=population) == interval


def test_raking_meets_both_margins():
    region = ["north"] * 6 + ["south"] * 4
    side = ["a", "b"] * 5
    found = rake(
        {"region": region, "side": side},
        {"region": {"north": 100, "south": 100}, "side": {"a": 0.3, "b": 0.7}},
    )
    weights = np.array(found.values)
    assert weights[np.array(region) == "north"].sum() == pytest.approx(5)
    assert weights[np.array(side) == "a"].sum() == pytest.approx(3)
    assert found.effective < 10
    assert found.trimmed == 0


def test_weights_are_trimmed():
    found = rake({"g": ["a"] * 99 + ["b"]}, {"g": {"a": 50, "b": 50}}, largest=5)
    assert found.trimmed == 1
    assert sum(found.values) == pytest.approx(100)
    assert max(found.values) == pytest.approx(5)
    assert [(m.value, m.wanted) for m in found.missed] == [("a", 0.5), ("b", 0.5)]
    assert [m.reached for m in found.missed] == pytest.approx([0.95, 0.05])


def test_cutting_and_raking_alternate():
    """One of the few of whom the roll has many would count for seven; cut, the others make up for it."""
    columns = {"g": ["a"] * 6 + ["b"] * 34, "side": ["x"] * 5 + ["y"] + ["x"] * 24 + ["y"] * 10}
    margins = {"g": {"a": 0.4, "b": 0.6}, "side": {"x": 0.4, "y": 0.6}}
    assert max(rake(columns, margins, largest=100).values) > 6
    found = rake(columns, margins)
    weights = np.array(found.values)
    assert found.trimmed == 1 and weights.max() == pytest.approx(5)
    assert weights[:6].sum() / 40 == pytest.approx(0.4, abs=0.005) and not found.missed


def test_margins_that_no_weights_meet_are_told():
    """Nobody who answered is in both groups, and on the roll a fifth is at least."""
    columns = {"A": ["in"] * 30 + ["out"] * 10, "B": ["out"] * 30 + ["in"] * 10}
    with pytest.raises(WeightingError) as told:
        rake(columns, {"A": {"in": 60, "out": 40}, "B": {"in": 60, "out": 40}})
    assert [(m.column, m.value) for m in told.value.missed][0] == ("A", "in")
    assert told.value.missed[0].reached == pytest.approx(0.4)


shares = st.lists(st.integers(1, 40), min_size=2, max_size=4)


@given(shares, shares, st.randoms(use_true_random=False))
def test_what_is_not_told_as_missed_is_met(region, side, chance):
    names = "abcd"
    people = [(chance.choice(names[: len(region)]), chance.choice(names[: len(side)])) for _ in range(60)]
    people += [(r, s) for r in names[: len(region)] for s in names[: len(side)]]
    columns = {"r": [p[0] for p in people], "s": [p[1] for p in people]}
    margins = {
        "r": dict(zip(names, region, strict=False)),
        "s": dict(zip(names, side, strict=False)),
    }
    found = rake(columns, margins)
    weights = np.array(found.values)
    assert weights.max() <= 5 + 1e-6 and weights.mean() == pytest.approx(1)
    told = {(m.column, m.value) for m in found.missed}
    assert found.trimmed or not told
    for name, target in margins.items():
        for value, count in target.items():
            reached = weights[np.array(columns[name]) == value].sum() / len(people)
            assert (abs(reached - count / sum(target.values())) > 0.005) == ((name, value) in told)


@pytest.mark.parametrize("margins", [{"a": 1, "b": 1, "c": 1}, {"a": 1}])
def test_empty_and_unknown_cells_are_refused(margins):
    with pytest.raises(WeightingError):
        rake({"g": ["a", "b"]}, {"g": margins})


def test_effective_number():
    assert effective_number([1, 1, 1, 1]) == 4
    assert effective_number([2, 0, 0, 0]) == 1
