from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.quotes import Quotable, choose_quotes, even_sources
from consult.analysis.values import Quote


def answers(sources, told=frozenset(), languages=None):
    n = len(sources)
    texts = [f"Answer number {i} of a good length" for i in range(n)]
    near = np.linspace(0.9, 0.5, n)
    return Quotable(range(n), texts, languages or ["en"] * n, near, np.eye(n), sources, told)


def test_the_most_typical_comes_first_and_a_second_from_another_source():
    assert [quote.row for quote in choose_quotes(answers(["a", "a", "b"]))] == [0, 2]


def test_what_the_description_says_is_not_quoted_again():
    assert [quote.row for quote in choose_quotes(answers(["a", "b", "c"], told=frozenset({0})))] == [1, 2]


def test_a_source_that_gave_a_fourth_of_the_quotes_waits():
    spent = Counter({"a": 3, "b": 3, "c": 2})
    assert [quote.row for quote in choose_quotes(answers(["a", "b", "c", "d"]), spent)] == [2, 3]
    assert spent == {"a": 3, "b": 3, "c": 3, "d": 1}


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4), min_size=1, max_size=12))
def test_no_source_has_more_than_a_fourth_unless_each_theme_would_lose_its_only_quote(chosen):
    sources = [source for theme in chosen for source in theme]
    rows = iter(range(len(sources)))
    quotes = [tuple(Quote(next(rows), "x", "en") for _ in theme) for theme in chosen]
    kept = even_sources(quotes, sources)
    assert [theme[0] for theme in kept] == [theme[0] for theme in quotes]
    counted = Counter(sources[quote.row] for theme in kept for quote in theme)
    if len(set(sources)) >= 4:
        further = Counter(sources[quote.row] for theme in kept for quote in theme[1:])
        whole = counted.total()
        assert all(4 * counted[source] <= whole for source in further) or whole < len(sources)
