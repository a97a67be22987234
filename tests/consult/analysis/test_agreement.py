import pytest

from consult.analysis.agreement import CodingsError, coder_agreement

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example A: α = .095.
FIRST = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
SECOND = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def codings(first, second, theme="water"):
    rows = [(str(i), "a", theme if v else "") for i, v in enumerate(first)]
    rows += [(str(i), "b", theme if v else "") for i, v in enumerate(second)]
    return [list(column) for column in zip(*rows, strict=True)]


def test_alpha_of_a_published_example():
    found = coder_agreement(*codings(FIRST, SECOND))
    assert found.themes["water"].alpha == pytest.approx(0.095, abs=0.001)
    assert found.themes["water"].kappa == pytest.approx(0.0909, abs=0.001)
    assert found.themes["water"].items == 10
    assert found.themes["water"].interval[0] < 0.095 < found.themes["water"].interval[1]


def test_full_agreement():
    found = coder_agreement(*codings(FIRST, FIRST))
    assert (found.alpha, found.interval, found.themes["water"].kappa, found.coders) == (
        1.0,
        (1.0, 1.0),
        1.0,
        2,
    )


def test_what_a_coder_did_not_see_does_not_count():
    items, coders, themes = codings(FIRST, SECOND)
    found = coder_agreement([*items, "x"], [*coders, "a"], [*themes, "water"])
    assert found.themes["water"].items == 10


def test_three_coders_have_no_kappa():
    found = coder_agreement(["1", "1", "1", "2", "2"], ["a", "b", "c", "a", "b"], ["x", "x", "", "", ""])
    assert found.themes["x"].kappa is None
    assert found.coders == 3


def test_the_result_is_the_same_each_time():
    assert coder_agreement(*codings(FIRST, SECOND)) == coder_agreement(*codings(FIRST, SECOND))


@pytest.mark.parametrize(
    "columns",
    [
        (["1"], ["a"], ["x"]),
        (["1", "2"], ["a", "b"], ["x", "x"]),
        (["1", "1"], ["a", "b"], ["", ""]),
    ],
)
def test_too_little(columns):
    with pytest.raises(CodingsError):
        coder_agreement(*columns)
