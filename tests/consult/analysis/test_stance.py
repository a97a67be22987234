"""A hint of stance: where it speaks, where it keeps silent, and that it says the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.codebook import CodebookTheme, place_in_codebook
from consult.analysis.embedding import use_embedder
from consult.analysis.export import theme_document
from consult.analysis.stance import BUCKETS, buckets, probabilities, stance_hints
from consult.analysis.themes import find_themes
from consult.reports.themes_report import themes_report
from tests.consult.review.answers import WordEmbedder

GOOD = "الخدمة ممتازة ورائعة شكرا لكم جميعا"
BAD = "هذا قرار سيئ جدا وظالم وفاشل"
PLAIN = "اجتماع اللجنة يوم الأحد في القاعة الكبرى"
BOTH = (
    "أحببت عمل الفريق كثيرا وكان رائعا وجميلا ومفيدا للجميع في القرية. "
    "لكن الإدارة فاشلة وظالمة والقرارات سيئة جدا ومخزية ولا تحترم أحدا من الناس."
)


def hints(texts, codes=None, embedder=None):
    embedder = embedder or use_embedder()
    codes = codes or ["ar"] * len(texts)
    return stance_hints(texts, codes, embedder.embed(texts), embedder=embedder)


def test_the_tone_of_plain_texts_is_heard() -> None:
    assert hints([GOOD, BAD, PLAIN, BOTH]) == ["support", "oppose", "neutral", "mixed"]


def test_it_keeps_silent_in_other_languages_and_with_other_encoders() -> None:
    assert hints([GOOD, "What a great service", ""], ["mul", "en", "ar"]) == [None] * 3
    assert hints([GOOD], embedder=WordEmbedder()) == [None]


def test_what_is_said_of_a_text_does_not_depend_on_the_texts_beside_it() -> None:
    texts = [GOOD, BAD, PLAIN, BOTH, "ماء"]
    vectors = use_embedder().embed(texts)
    together = probabilities(texts, vectors)
    apart = [probabilities([text], vectors[i : i + 1])[0] for i, text in enumerate(texts)]
    assert np.abs(together - apart).max() < 1e-9


def test_names_of_people_and_the_writing_of_a_word_do_not_count() -> None:
    assert np.array_equal(buckets("@someone مُمتازة"), buckets("ممتازة"))


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found = buckets(text)
    assert len(set(found.tolist())) == len(found)
    assert all(0 <= number < BUCKETS for number in found.tolist())
    chances = probabilities([text], np.zeros((1, 512), dtype=np.float32))
    assert chances.sum() == pytest.approx(1)


ANSWERS = [GOOD, BAD, PLAIN, "😀"] * 5 + ["What a great service"] * 2


def test_the_document_counts_hints_by_theme() -> None:
    document = theme_document(find_themes(ANSWERS))
    by_row = [item["stance"] for item in document["assignments"]]
    assert by_row == ["support", "oppose", "neutral", None] * 5 + [None] * 2
    for theme in document["themes"]:
        said = [a["stance"] for a in document["assignments"] if theme["id"] in {t["id"] for t in a["themes"]}]
        assert theme["stance"] == {
            stance: said.count(stance) for stance in ("support", "oppose", "mixed", "neutral")
        }
    placed = theme_document(place_in_codebook(ANSWERS, [CodebookTheme("خدمة", "", (GOOD,))]))
    assert [item["stance"] for item in placed["assignments"]] == by_row


def test_the_report_marks_hints_and_says_where_there_are_none() -> None:
    page = themes_report(find_themes(ANSWERS), title="t", language="en")
    assert "a machine’s hint" in page
    assert "A stance is not shown for answers in <bdi>English</bdi>" in page
    without = themes_report(find_themes(ANSWERS, embedder=WordEmbedder()), title="t", language="en")
    assert "hint" not in without.split("</style>")[1]
