import numpy as np
import pytest

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


@pytest.mark.parametrize("margins", [{"a": 1, "b": 1, "c": 1}, {"a": 1}])
def test_empty_and_unknown_cells_are_refused(margins):
    with pytest.raises(WeightingError):
        rake({"g": ["a", "b"]}, {"g": margins})


def test_effective_number():
    assert effective_number([1, 1, 1, 1]) == 4
    assert effective_number([2, 0, 0, 0]) == 1
