"""What differs between two states of a summary, and the order of themes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from consult.summary.comparison import compare
from consult.summary.content import SummaryContent, SummaryQuote, SummaryTheme
from consult.summary.draft import Draft, with_figures
from consult.summary.order import in_tree, moved, places
from tests.consult.summary.samples import contents


@given(contents)
def test_a_state_does_not_differ_from_itself(content) -> None:
    assert compare(content, content).is_empty


@given(contents, contents)
def test_words_of_both_states_are_all_there(old, new) -> None:
    for change in compare(old, new).words:
        before = "".join(span.words for span in change.spans if span.kind != "added")
        after = "".join(span.words for span in change.spans if span.kind != "removed")
        assert before != after
        if change.key != "theme":
            assert before == getattr(old, change.key).get(change.language, "")
            assert after == getattr(new, change.key).get(change.language, "")


def test_every_kind_of_difference_is_named() -> None:
    quote = SummaryQuote(7, "Words", "en", {})
    one = SummaryTheme(1, {"en": "One"}, {"en": "clean water"}, 12, 0.5, base=24, quotes=(quote,))
    two = SummaryTheme(2, {"en": "Two"}, {}, 5, 0.2, base=24)
    old = SummaryContent("q", 24, date(2026, 1, 1), {}, {}, {}, themes=(one, two))
    changed = replace(one, text={"en": "clean warm water"}, count=14, quotes=())
    new = replace(old, themes=(two, changed, replace(two, theme_id=3, name={"en": "Three"})))
    found = compare(old, new)
    assert [(c.name["en"], c.before, c.after) for c in found.figures] == [("One", 12, 14), ("Three", None, 5)]
    assert [(s.kind, s.words.strip()) for s in found.words[0].spans if s.kind != "same"] == [
        ("added", "warm")
    ]
    assert [(c.kind, c.quote.excerpt_id) for c in found.quotes] == [("removed", 7)]
    assert found.is_reordered


@st.composite
def trees(draw) -> tuple[SummaryTheme, ...]:
    themes = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        parent = draw(st.none() | st.integers(1, number - 1)) if number > 1 else None
        themes.append(SummaryTheme(number, {"en": str(number)}, {}, 1, 0.1, parent_id=parent))
    return in_tree(themes)


@given(trees(), st.dictionaries(st.integers(1, 8), st.integers(1, 12), max_size=4))
def test_moving_loses_no_theme_and_keeps_families_together(themes, wanted) -> None:
    after = moved(themes, wanted)
    assert sorted(theme.theme_id for theme in after) == sorted(theme.theme_id for theme in themes)
    assert in_tree(after) == after
    if len(wanted) == 1:
        ((theme_id, place),) = wanted.items()
        if theme_id in places(themes):
            assert places(after)[theme_id][0] == min(place, places(themes)[theme_id][1])


@given(contents, contents)
def test_new_figures_lose_no_words_of_a_person(old, counted) -> None:
    def unique(content):
        themes = {theme.theme_id: replace(theme, parent_id=None) for theme in content.themes}
        return replace(content, themes=tuple(themes.values()))

    draft = Draft(content=unique(old))
    fresh = replace(unique(counted), introduction={}, dissent={}, limits={})
    after = with_figures(draft, fresh, {})
    for name in draft.names(["ar", "en", "fr", "es"]):
        assert after.text(name) == draft.text(name)
    assert {theme.theme_id for theme in fresh.themes} <= {theme.theme_id for theme in after.content.themes}
