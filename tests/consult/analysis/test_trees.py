"""Disclosure control of themes in a tree, in all tables that are seen by who may not read answers: nothing small is
shown, nor does it follow from what is."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from consult.analysis.trees import Node, rest_may_show, shown_in_tree
from consult.review.models import Theme
from consult.review.presentation import theme_table
from consult.review.queries import QuestionFigures, ThemeFigures
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme
from consult.summary.disclosed import shown_groups, shown_themes

PARENTS: dict[int, int | None] = {1: None, 2: 1, 3: 2, 4: 2, 5: 1, 6: None}
"""Three levels: 1 over 2 and 5, 2 over 3 and 4; 6 stands for itself."""
LEAVES = (3, 4, 5, 6)
LANGUAGES = ("ar", "en", "fr")


def test_a_theme_that_is_withheld_takes_all_above_it_along() -> None:
    counts = {1: 34, 2: 24, 3: 20, 4: 4, 5: 10, 6: 30}
    assert shown_in_tree([Node(n, PARENTS[n], counts[n], 100) for n in counts], 5) == {3, 5, 6}


def test_few_outside_of_a_theme_below_are_not_told() -> None:
    nodes = [Node(1, None, 34, 100), Node(2, 1, 30, 100), Node(3, 1, 30, 100)]
    assert shown_in_tree(nodes, 5) == {2, 3}


def test_a_theme_above_itself_is_no_error() -> None:
    assert shown_in_tree([Node(1, 2, 10, 50), Node(2, 1, 10, 50)], 5) == {1, 2}


def test_the_answers_that_fit_no_theme_do_not_tell_how_many_have_one() -> None:
    """20 and 4 of 30, 6 have none: at least 4, and fewer than 5, have the second theme."""
    nodes = [Node(1, None, 20, 30), Node(2, None, 4, 30)]
    assert not rest_may_show(6, nodes, base=30, shown=shown_in_tree(nodes, 5), k=5)
    nodes[1] = Node(2, None, 8, 30)
    assert rest_may_show(7, nodes, base=30, shown=shown_in_tree(nodes, 5), k=5) is False
    nodes[1] = Node(2, None, 5, 30)
    assert rest_may_show(5, nodes, base=30, shown=shown_in_tree(nodes, 5), k=5)


answers = st.lists(
    st.tuples(st.sets(st.sampled_from(LEAVES), max_size=2), st.sampled_from(LANGUAGES)),
    min_size=1,
    max_size=60,
)


def carried(said: list[tuple[set[int], str]]) -> dict[int, list[str]]:
    """Theme → the languages of the answers that carry it or one below it."""
    found: dict[int, list[str]] = {number: [] for number in PARENTS}
    for themes, language in said:
        for number in {
            above for theme in themes for above in (theme, PARENTS[theme], PARENTS.get(PARENTS[theme]))
        }:
            if number:
                found[number].append(language)
    return found


def check_tree(seen: dict[int, int | None], exact: dict[int, int], base: int, k: int) -> None:
    """What is missing of a broader theme beside those below it, at any depth, follows by taking away."""
    for number, count in seen.items():
        if count is None:
            continue
        assert count == exact[number]
        assert not 0 < count < k and not 0 < base - count < k
        below = [exact[other] for other, parent in PARENTS.items() if parent == number]
        for figure in below + [count - part for part in below] + [abs(sum(below) - count)] * bool(below):
            assert not 0 < figure < k
        assert all(seen[other] is not None for other, parent in PARENTS.items() if parent == number)


@settings(max_examples=200, deadline=None)
@given(answers)
def test_the_theme_table_tells_nothing_small(said) -> None:
    places, base = carried(said), len(said)
    items = [
        ThemeFigures(
            Theme(id=n, parent_id=PARENTS[n], position=n, name={}, status="accepted"), len(at), len(at) / base,
            {code: at.count(code) for code in LANGUAGES}, 0, below=sum(up == n for up in PARENTS.values()),
        )
        for n, at in places.items()
    ]  # fmt: skip
    spoken = [language for _, language in said]
    figures = QuestionFigures(
        base,
        {code: spoken.count(code) for code in set(spoken)},
        items,
        other=sum(not some for some, _ in said),
    )
    table = theme_table(figures, can_read=False)
    exact = {n: len(at) for n, at in places.items()}
    seen = {line.figures.theme.id: line.figures.count if line.is_safe else None for line in table.lines}
    check_tree(seen, exact, base, 5)
    assert table.languages == sorted(table.languages)
    top = [n for n in seen if PARENTS[n] is None]
    withheld = [n for n in seen if PARENTS[n] is None and seen[n] is None]
    assert [n for n in seen if n in withheld] == sorted(withheld) and [*top][
        len(top) - len(withheld) :
    ] == withheld
    if table.is_other_safe:
        assert not withheld
        placed = base - figures.other
        for figure in (placed, *(placed - exact[n] for n in top), abs(sum(exact[n] for n in top) - placed)):
            assert not 0 < figure < 5
    for line in table.lines:
        if line.is_safe and table.languages:
            left = [places[line.figures.theme.id].count(code) for code in table.languages]
            assert not 0 < sum(n for n, cell in zip(left, line.cells, strict=True) if cell is None) < 5


@settings(max_examples=200, deadline=None)
@given(answers, st.sampled_from([5, 10]))
def test_a_summary_tells_nothing_small(said, k: int) -> None:
    places, base = carried(said), len(said)
    spoken = [language for _, language in said]
    themes = tuple(
        SummaryTheme(
            n, {}, {}, len(at), len(at) / base, base=base, parent_id=PARENTS[n],
            groups=tuple(
                GroupFigure({}, spoken.count(code), at.count(code), "language") for code in LANGUAGES[:2]
            ),
        )
        for n, at in places.items()
    )  # fmt: skip
    content = SummaryContent("t2", base, date(2026, 1, 1), {}, {}, {}, themes)
    lines = shown_themes(content, k)
    exact = {n: len(at) for n, at in places.items()}
    check_tree({line.theme.theme_id: line.count for line in lines}, exact, base, k)
    for line in lines:
        one, found = line.theme, line.groups
        for group in found:
            outside = one.base - group.base - (one.count - group.count)
            for figure in (group.count, group.base - group.count, one.count - group.count, outside):
                assert not 0 < figure < k
        for whole, parts in ((one.count, [g.count for g in found]), (one.base, [g.base for g in found])):
            assert not found or not 0 < whole - sum(parts) < k


def test_groups_that_overlap_are_protected_against_the_whole() -> None:
    """12 - 10 = 2 carry the theme outside the first group."""
    groups = (GroupFigure({}, 50, 10), GroupFigure({}, 40, 9))
    theme = SummaryTheme(1, {}, {}, 12, 0.2, groups, base=60)
    assert shown_groups([theme], 5).get(1, ()) == ()


def test_stances_that_are_few_together_take_another_along() -> None:
    theme = SummaryTheme(1, {}, {}, 24, 0.24, base=100, stance={"support": 20, "oppose": 3, "mixed": 1})
    (line,) = shown_themes(SummaryContent("t2", 100, date(2026, 1, 1), {}, {}, {}, (theme,)), 5)
    assert line.count == 24 and line.stance == {}
