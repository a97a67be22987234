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


def by_coders(values, theme="x"):
    """Columns from {coder: [value, …]}; 1 has the theme, 0 has not, None was not seen."""
    rows = [
        (str(number), coder, theme if value else "")
        for coder, said in values.items()
        for number, value in enumerate(said)
        if value is not None
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def table(both, first, second, neither):
    """Two coders as a 2 × 2 table."""
    return {
        "a": [1] * both + [1] * first + [0] * second + [0] * neither,
        "b": [1] * both + [0] * first + [1] * second + [0] * neither,
    }


# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units, five values,
# units that not all saw. Of 40 values the coincidences with other values are 2, 3, 2, 1, 0; the nominal α is .743.
FOUR = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
# Wikipedia, Krippendorff's alpha, a computational example: three coders, fifteen units, four values, n = 26, α = .691.
_ = None
THREE = {
    "A": [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    "B": [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    "C": [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
}


@pytest.mark.parametrize(
    ("observed", "coincidences", "alpha"),
    [
        (FOUR, {1: (2, 9), 2: (3, 13), 3: (2, 10), 4: (1, 5), 5: (0, 3)}, 0.743),
        (THREE, {1: (1, 7), 2: (0, 4), 3: (3, 10), 4: (2, 5)}, 0.691),
    ],
)
def test_alpha_of_published_examples_with_units_not_seen(observed, coincidences, alpha):
    """Here each value is a theme that is given or not; its α follows from the published coincidences, 1 - (n - 1) o /
    (n_c (n - n_c)), and weighted by what was expected they are the published α of all values."""
    columns = [
        (str(number), coder, f"v{value}")
        for coder, said in observed.items()
        for number, value in enumerate(said)
        if value is not None
    ]
    found = coder_agreement(*(list(column) for column in zip(*columns, strict=True))).themes
    n = sum(number for _apart, number in coincidences.values())
    expected = {value: number * (n - number) for value, (_apart, number) in coincidences.items()}
    for value, (apart, _number) in coincidences.items():
        assert found[f"v{value}"].alpha == pytest.approx(1 - (n - 1) * apart / expected[value], abs=0.0005)
    whole = sum(found[f"v{value}"].alpha * expected[value] for value in expected) / sum(expected.values())
    assert whole == pytest.approx(alpha, abs=0.0005)


@pytest.mark.parametrize(
    ("cells", "kappa"),
    [
        # Wikipedia, Cohen's kappa: the grant proposals, and two tables of equal agreement and unequal margins.
        ((20, 5, 10, 15), 0.400),
        ((45, 15, 25, 15), 0.130),
        ((25, 35, 5, 35), 0.259),
    ],
)
def test_kappa_of_published_tables(cells, kappa):
    found = coder_agreement(*by_coders(table(*cells)))
    assert found.themes["x"].kappa == pytest.approx(kappa, abs=0.0005)


def test_alpha_of_the_published_binary_example_to_three_decimals():
    found = coder_agreement(*codings(FIRST, SECOND))
    assert found.themes["water"].alpha == pytest.approx(0.095, abs=0.0005)
    assert found.themes["water"].kappa == pytest.approx(1 / 11, abs=0.0005)
