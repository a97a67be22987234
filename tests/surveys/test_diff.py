from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from surveys import editing
from surveys.diff import (
    ADDED,
    MOVED,
    REMOVED,
    REWORDED,
    SETTINGS,
    changes_between,
    compared_words,
    reworded_in,
    text_changes,
)
from surveys.translations import with_texts
from tests.surveys.samples import INTEGER, SCALE, survey


def seen(old, new):
    return [(change.question.id, change.kinds, change.languages) for change in changes_between(old, new)]


def test_equal_definitions_have_no_changes():
    assert seen(survey(), survey()) == []


def test_each_kind_of_change_is_named_once():
    old = survey()
    new = editing.update_question(
        old, replace(INTEGER, label=INTEGER.label | {"ar": "كم عددكم؟"}, required=True)
    )
    new = editing.remove_question(new, "t1")
    new = editing.move_question_to_number(new, "a1", number=1)
    new = editing.add_question(new, "s2", replace(SCALE, id="new", name="new"))
    assert seen(old, new) == [
        ("a1", (MOVED,), ()),
        ("i1", (REWORDED, SETTINGS), ("ar",)),
        ("new", (ADDED,), ()),
        ("t1", (REMOVED,), ()),
    ]


def test_one_question_moved_to_the_front_is_one_change():
    assert seen(survey(), editing.move_question(survey(), "i1", position=0)) == [("i1", (MOVED,), ())]


def joined(spans, *kinds) -> str:
    return "".join(span.words for span in spans if span.kind in kinds)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_comparison_holds_both_texts(before, after):
    spans = list(compared_words(before, after))
    assert joined(spans, "same", "removed") == before
    assert joined(spans, "same", "added") == after


def test_changed_words_are_marked_word_by_word():
    spans = [(span.kind, span.words) for span in compared_words("كم موظفًا لديكم؟", "كم متطوعًا لديكم؟")]
    assert [words for kind, words in spans if kind == "removed"] == ["موظفًا"]
    assert [words for kind, words in spans if kind == "added"] == ["متطوعًا"]


def test_every_text_that_differs_is_listed():
    old = survey()
    words = {"question/i1/label": {"en": "How many people?"}, "question/o1/options/id-youth": {"ar": ""}}
    new = with_texts(old, words)
    found = [
        (change.place.key, change.language, change.before, change.after) for change in text_changes(old, new)
    ]
    assert found == [
        ("question/i1/label", "en", "How many staff?", "How many people?"),
        ("question/o1/options/id-youth", "ar", "«youth»", ""),
    ]


def test_versions_in_which_the_wording_changed():
    first = survey()
    translated = with_texts(first, {"question/i1/label": {"fr": "Combien ?"}})
    reworded = with_texts(translated, {"question/i1/label": {"en": "How many people?"}})
    answers = with_texts(reworded, {"question/o1/options/id-youth": {"en": "Young people"}})
    again = with_texts(answers, {"question/i1/label": {"fr": "Combien de personnes ?"}})
    history = list(enumerate([first, translated, reworded, answers, again], 1))
    assert reworded_in(history) == {"i1": (3, 5), "o1": (4,)}
