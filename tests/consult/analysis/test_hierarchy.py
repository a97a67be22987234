from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.analysis.disclosure import union_may_show
from consult.analysis.graph import unit_rows
from consult.analysis.hierarchy import FEWEST_THEMES, broader_themes
from consult.analysis.themes import ThemeOptions, find_themes
from consult.reports.themes_report import theme_sections, themes_report

MATTERS = {
    "road": ("potholes in the road", "traffic lights at the crossing", "parking places in the centre"),
    "school": ("teachers for the school", "school buses for pupils", "books for the school library"),
    "health": ("doctors at the hospital", "nurses in the clinic", "medicine at the pharmacy"),
    "water": ("drinking water in the pipes", "the dirty river water", "flooded sewers after rain"),
}
SAYINGS = (
    "We need better {}",
    "Please do something about {}",
    "The city must pay for {}",
    "I complain about {} every year",
    "More money for {}",
    "Nobody looks after {}",
)
ANSWERS = [saying.format(thing) for things in MATTERS.values() for thing in things for saying in SAYINGS]


def fans(groups, themes, texts=6, spread=0.15, seed=0):
    """Vectors of `groups` x `themes` themes, those of one group near to each other."""
    random = np.random.default_rng(seed)
    above = unit_rows(random.standard_normal((groups, 64)))
    rows = []
    for group in range(groups):
        for _ in range(themes):
            own = above[group] + 0.6 * unit_rows(random.standard_normal((1, 64)))[0]
            rows.append(own + spread * random.standard_normal((texts, 64)) / 8)
    space = np.concatenate(rows).astype(np.float32)
    space -= space.mean(axis=0)
    return unit_rows(space), np.repeat(np.arange(groups * themes), texts)


def test_themes_that_are_near_come_together():
    space, numbers = fans(4, 3)
    expected = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert broader_themes(space, numbers, np.ones(len(numbers))) == expected


def test_few_themes_have_none_above_them():
    space, numbers = fans(2, 4)
    assert int(numbers.max()) + 1 < FEWEST_THEMES
    assert broader_themes(space, numbers, np.ones(len(numbers))) == []


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 30), st.integers(1, 4), st.integers(0, 99))
def test_a_theme_is_under_one_broader_theme_at_most(themes, texts, seed):
    random = np.random.default_rng(seed)
    space = unit_rows(random.standard_normal((max(1, themes * texts), 8))).astype(np.float32)
    numbers = np.repeat(np.arange(themes), texts) if themes else np.array([-1])
    groups = broader_themes(space, numbers, np.ones(len(numbers)))
    members = [theme for group in groups for theme in group]
    assert len(members) == len(set(members))
    assert set(members) <= set(range(themes))
    assert all(len(group) > 1 for group in groups)


@pytest.fixture(scope="module")
def result():
    return find_themes(ANSWERS, options=ThemeOptions(themes=12))


def test_broader_themes_count_each_answer_once_and_are_called_otherwise_than_those_below(result):
    assert result.parents
    by_id = {theme.id: theme for theme in result.themes}
    for parent in result.parents:
        below = [by_id[child] for child in parent.children]
        assert all(theme.parent == parent.id for theme in below)
        rows = {row for theme in below for row in result.rows_of(theme.id)}
        assert (parent.count, parent.share) == (len(rows), round(len(rows) / result.analysed, 4))
        for code, label in parent.label.items():
            assert label.casefold() not in {t.label.get(code, "").casefold() for t in result.themes}
    assert {t.parent for t in result.themes if t.parent} == {parent.id for parent in result.parents}


def test_the_report_shows_every_theme_once_under_its_broader_one(result):
    sections = theme_sections(result, 5)
    shown = [theme.id for section in sections for theme, _ in section.themes]
    assert sorted(shown) == sorted(theme.id for theme in result.themes)
    page = themes_report(result, title="x")
    for parent in result.parents:
        assert parent.label["en"] in page


def test_a_broader_theme_that_would_betray_a_small_one_shows_no_count(result):
    parent = result.parents[0]
    small = replace(parent, count=parent.count - 2)
    sections = theme_sections(replace(result, parents=(small, *result.parents[1:])), 5)
    assert next(section.count for section in sections if section.parent == small) is None


@pytest.mark.parametrize(
    ("whole", "parts", "may"),
    [
        (20, [10, 10], True),
        (19, [10, 10], False),
        (15, [10, 10], True),
        (14, [10, 10], False),
        (13, [10, 3], False),
        (12, [5, 5], False),
    ],
)
def test_a_union_stands_beside_its_parts_only_where_nothing_small_follows(whole, parts, may):
    assert union_may_show(whole, parts, 5) is may
