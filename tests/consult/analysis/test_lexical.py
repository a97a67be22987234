"""Words in common, beside meaning."""

from __future__ import annotations

import numpy as np
import pytest

from consult.analysis.lexical import SharedWords
from consult.analysis.placing import PlacingOptions, ThemeReference, place


def in_common(texts: list[str]) -> np.ndarray:
    """How alike each two texts are in their words."""
    rows = SharedWords(texts).rows(texts)
    return (rows @ rows.T).toarray()


@pytest.mark.parametrize(
    ("first", "second", "stranger"),
    [
        ("the schools need teachers", "a teacher for our school", "clean water in the village"),
        ("المدارس تحتاج إلى معلمين", "معلم في مدرستنا والمدارس", "مياه نظيفة للقرية"),
        ("les écoles manquent d’enseignants", "un enseignant à l’école", "de l’eau propre"),
    ],
)
def test_inflected_words_are_shared_and_others_are_not(first: str, second: str, stranger: str) -> None:
    alike = in_common([first, second, stranger])
    assert alike[0, 1] > 0.1 > alike[0, 2]
    assert np.allclose(np.diag(alike), 1, atol=1e-5)


def test_function_words_signs_and_nothing_are_shared_with_nobody() -> None:
    texts = ["", "and the of", "😀 123 !!", "water", "x" * 20_000, "\ud800 \u202e"]
    alike = in_common(texts)
    assert np.isfinite(alike).all()
    assert not alike[[0, 1, 2]].any()


def test_what_a_text_gives_does_not_depend_on_the_texts_beside_it() -> None:
    shared = SharedWords(["clean water", "clean streets", "schools"])
    both = shared.rows(["clean water", "schools"])
    assert np.array_equal(both.toarray()[1:], shared.rows(["schools"]).toarray())


def test_a_text_goes_where_its_words_have_been_said() -> None:
    """Two themes of much the same meaning: a name that only one of them has decides."""
    themes = [
        ThemeReference("a", ("Repairs",), ("repair the bridge at Qarawa", "Qarawa bridge is broken")),
        ThemeReference("b", ("Repairs",), ("repair the bridge at Silwan", "Silwan bridge is broken")),
    ]
    texts = ["the bridge of Silwan is dangerous", "the bridge of Qarawa is dangerous"]
    found = place(texts, themes, options=PlacingOptions(threshold=-1.0))
    assert [item.themes[0].id for item in found] == ["b", "a"]


def test_neighbours_help_a_text_that_no_coded_answer_is_near_to() -> None:
    themes = [
        ThemeReference("water", ("Water",), ("The water is dirty.",)),
        ThemeReference("school", ("School",), ("The school is far.",)),
    ]
    texts = [f"{place} {what}" for place in ("north", "south", "east", "west", "centre", "old town")
             for what in ("dirty water from the well", "the well is dry", "far school", "no teacher came")]  # fmt: skip
    found = place(texts, themes, options=PlacingOptions(threshold=-1.0))
    best = [item.themes[0].id for item in found]
    assert best == ["water", "water", "school", "school"] * 6
    assert all(0 <= item.themes[0].score <= 1 for item in found)
