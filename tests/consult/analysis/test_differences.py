"""Tests of difference, against published examples and the rules that any of them keeps."""

from __future__ import annotations

from itertools import combinations, product
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from consult.analysis.differences import (
    changed_orders,
    changed_shares,
    holm,
    two_distributions,
    two_orders,
    two_shares,
)


def test_newcombes_example_of_two_shares() -> None:
    """56 of 70 against 48 of 80 (Newcombe 1998, method 10)."""
    found = two_shares(56, 70, 48, 80)
    assert found.effect == pytest.approx(0.2)
    assert found.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.test == "z"
    assert found.p == pytest.approx(stats.chi2_contingency([[56, 14], [48, 32]], correction=False)[1])


def test_the_lady_tasting_tea() -> None:
    """3 of 4 against 1 of 4 (Fisher 1935): 0.486, the two-sided value of Agresti 2013, section 3.5."""
    found = two_shares(3, 4, 1, 4)
    assert (found.test, round(found.p, 3)) == ("fisher", 0.486)


def test_cohens_h() -> None:
    """Arcs of .65 and .45 are 1.875 and 1.471 (Cohen 1988, table 6.2.2)."""
    assert two_shares(65, 100, 45, 100).size == pytest.approx(1.875 - 1.471, abs=1e-3)


def test_approval_of_the_prime_minister() -> None:
    """1,600 people asked twice, 794 and 570 the same, 150 and 86 changed (Agresti 2013, table 11.1): z² = 17.36, the
    share fell by .04."""
    found = changed_shares(794, 150, 86, 570)
    assert found.effect == pytest.approx(0.04)
    assert found.p == pytest.approx(stats.chi2.sf(17.36, 1), rel=0.25)
    assert found.interval == pytest.approx((0.021, 0.059), abs=1e-3)


def test_newcombes_example_of_the_same_people() -> None:
    """36, 12, 2 and 0 (Newcombe 1998, paired data, method 10)."""
    assert changed_shares(36, 12, 2, 0).interval == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_holms_adjustment() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_cliffs_delta_is_the_share_of_pairs() -> None:
    first, second = (4, 2, 8), (6, 6, 2)
    found = two_orders(first, second)
    one, other = np.repeat(range(3), first), np.repeat(range(3), second)
    assert found.effect == pytest.approx(np.mean([np.sign(x - y) for x, y in product(one, other)]))
    assert found.interval[0] < found.effect < found.interval[1]


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ((3, 0), (0, 3), 2 / 20),
        ((2, 0), (0, 2), 2 / 6),
        ((4, 0, 0), (0, 0, 3), 2 / 35),
        ((0, 3), (3, 0), 2 / 20),
        ((1, 0, 1, 0, 1), (0, 1, 0, 1, 0), 1.0),
        ((2, 2), (3, 3), 1.0),
    ],
)
def test_small_groups_are_counted_out(first, second, p) -> None:
    """Groups wholly apart: one way of all, in either direction."""
    found = two_orders(first, second)
    assert found.p == pytest.approx(p) and found.interval is None


@given(*[st.lists(st.integers(0, 3), min_size=4, max_size=4)] * 2)
@settings(max_examples=25)
def test_small_groups_as_a_permutation_test_has_them(first, second) -> None:
    if min(sum(first), sum(second)) < 2 or sum(first) + sum(second) > 11:
        return
    ranks = stats.rankdata(np.repeat(range(4), np.add(first, second)))
    n = sum(first)
    held = stats.rankdata(np.concatenate([np.repeat(range(4), first), np.repeat(range(4), second)]))[:n].sum()
    sums = [sum(drawn) for drawn in combinations(ranks, n)]
    tails = np.mean([s >= held for s in sums]), np.mean([s <= held for s in sums])
    assert two_orders(first, second).p == pytest.approx(min(1, 2 * min(tails)))


def test_ranks_without_ties_as_in_the_tables() -> None:
    one, other = (1, 1, 0, 1, 0, 1, 0, 1, 0, 0), (0, 0, 1, 0, 1, 0, 1, 0, 1, 1)
    expected = stats.mannwhitneyu(
        np.flatnonzero(one).astype(float), np.flatnonzero(other).astype(float), method="exact"
    )
    assert two_orders(one, other).p == pytest.approx(expected.pvalue)


def test_no_interval_where_there_is_nothing_to_make_it_of() -> None:
    assert two_orders((30, 0), (0, 30)).interval is None
    assert two_orders((30, 0), (30, 0)).interval is None
    assert two_orders((5, 4), (40, 40)).interval is None
    assert two_orders((20, 10), (10, 20)).interval is not None


def test_mann_and_whitneys_test_with_ties() -> None:
    """The p value of a scale is that of the single answers."""
    first, second = (10, 20, 5, 2), (4, 10, 15, 9)
    one, other = np.repeat(range(4), first), np.repeat(range(4), second)
    expected = stats.mannwhitneyu(one, other, use_continuity=False, method="asymptotic").pvalue
    assert two_orders(first, second).p == pytest.approx(expected)


def test_signed_ranks() -> None:
    """Darwin's maize (Hollander and Wolfe; W+ = 96 of 120): the rank-biserial correlation is (96 - 24) / 120."""
    differences = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)
    found = changed_orders([(difference, 0) for difference in differences])
    assert found.effect == pytest.approx((96 - 24) / 120)
    assert found.p == pytest.approx(0.0413, abs=5e-4)


def test_signed_ranks_with_ties_are_counted_out() -> None:
    assert changed_orders([(2, 1)] * 5).p == pytest.approx(2 / 32)
    assert changed_orders([(2, 1), (1, 2)]).p == 1


def test_nobody_changed() -> None:
    found = changed_orders([(1, 1)] * 8)
    assert (found.p, found.effect) == (1, 0)


def test_nothing_to_compare() -> None:
    assert two_orders((0, 0), (3, 3)) is None
    assert changed_orders([]) is None
    with pytest.raises(ValueError, match="both groups"):
        two_shares(0, 0, 1, 2)
    assert changed_shares(3, 0, 0, 2).p == 1


counts = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))


@given(counts)
def test_two_shares_the_other_way_round_is_the_same_difference(made) -> None:
    a, more, b, other = made
    n, m = a + more + 1, b + other + 1
    found, back = two_shares(a, n, b, m), two_shares(b, m, a, n)
    assert found.p == pytest.approx(back.p) and 0 <= found.p <= 1
    assert found.effect == pytest.approx(-back.effect)
    assert found.interval[0] == pytest.approx(-back.interval[1])
    assert -1 <= found.interval[0] <= found.effect <= found.interval[1] <= 1


@given(counts)
def test_changes_the_other_way_round(made) -> None:
    both, first, second, neither = made
    if sum(made):
        found, back = (
            changed_shares(both, first, second, neither),
            changed_shares(both, second, first, neither),
        )
        assert found.effect == pytest.approx(-back.effect) and found.p == pytest.approx(back.p)
        assert found.interval[0] - 1e-9 <= found.effect <= found.interval[1] + 1e-9


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_never_lowers(values) -> None:
    adjusted = holm(values)
    assert all(value <= new <= 1 for value, new in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=lambda n: values[n])
    assert [adjusted[n] for n in order] == sorted(adjusted)


def test_the_whole_distribution_of_answers_without_an_order() -> None:
    first, second = [20, 30, 50], [40, 30, 30]
    found = two_distributions(first, second)
    table = np.array([first, second])
    pearson = stats.chi2_contingency(table, correction=False)
    assert found.test == "chi_square" and found.p == pytest.approx(pearson.pvalue)
    # Bergsma (2013): phi² less (r-1)(c-1)/(n-1), over the smaller of the corrected numbers of rows and columns less 1
    left = pearson.statistic / 200 - 2 / 199
    assert found.effect == found.size == pytest.approx((left / (1 - 1 / 199)) ** 0.5)
    assert two_distributions([10, 10, 10], [10, 10, 10]).effect == 0.0
    assert two_distributions([50, 0], [0, 50]).effect == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("first", "second"), [([3, 1, 0], [0, 2, 4]), ([8, 2, 1, 0], [3, 4, 2, 3]), ([4, 4], [1, 7])]
)
def test_small_distributions_are_dealt_out_by_chance(first, second) -> None:
    """Against all tables with the same totals, counted out."""
    found = two_distributions(first, second)
    answers = [a + b for a, b in zip(first, second, strict=True)]
    n, m, whole = sum(first), sum(second), sum(first) + sum(second)

    def statistic(row) -> float:
        expected = [[side * a / whole for a in answers] for side in (n, m)]
        other = [a - x for a, x in zip(answers, row, strict=True)]
        return sum(
            (x - e) ** 2 / e
            for r, es in ((row, expected[0]), (other, expected[1]))
            for x, e in zip(r, es, strict=True)
        )

    every = [row for row in product(*(range(a + 1) for a in answers)) if sum(row) == n]
    ways = {row: prod(comb(a, x) for a, x in zip(answers, row, strict=True)) for row in every}
    out = sum(w for row, w in ways.items() if statistic(row) >= statistic(first) - 1e-9)
    assert found.test == "permutation"
    assert found.p == pytest.approx(out / sum(ways.values()), abs=0.012)
    assert two_distributions(first, second) == found, "the same draws each time"


def test_no_distribution_to_compare() -> None:
    same = two_distributions([5, 0], [7, 0])
    assert same is not None and (same.p, same.effect) == (1.0, 0.0), "nobody differs"
    assert two_distributions([1, 0], [1, 0]) is None
    assert two_distributions([0, 0], [3, 4]) is None
    with pytest.raises(ValueError):
        two_distributions([-1, 2], [3, 4])
