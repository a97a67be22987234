"""What tables and bars of a report say of themselves: their question, their base, and columns that are dealt evenly."""

from __future__ import annotations

import pytest

from consult.reports.blocks import Stacked, Table, evenly
from consult.reports.closed_blocks import closed_blocks
from consult.reports.consultation_report import Figure, GroupShare, QuestionPart, SummaryPart, ThemePart
from consult.reports.controlled import named_apart
from consult.reports.report_page import plain
from consult.reports.setting import Setting
from consult.reports.summary_blocks import summary_blocks
from consult.reports.words import Said, Words
from surveys.presentation import ResultRow, ResultView
from surveys.questions import type_of
from tests.surveys.samples import SCALE

ASKED = {"en": "Which region?", "fr": "Quelle région ?"}


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (1, [1]), (6, [6]), (7, [4, 3]), (13, [5, 4, 4])])
def test_columns_are_dealt_evenly(number, sizes) -> None:
    dealt = evenly(range(number), 6)
    assert [len(some) for some in dealt] == sizes
    assert [column for some in dealt for column in some] == list(range(number))


def _by_region(number: int) -> tuple[ThemePart, ...]:
    groups = tuple(
        GroupShare(
            {code: f"{words} Region {n}" for code, words in ASKED.items()},
            "question:r1",
            Figure(20),
            Figure(10, 0.5),
        )
        for n in range(number)
    )
    theme = ThemePart(name={"en": "Water"}, text={}, figure=Figure(70, 0.5), groups=groups)
    return named_apart((theme,), {"question:r1": ASKED})


@pytest.mark.parametrize(
    ("language", "asked", "title"),
    [("en", "Which region?", "Themes by the answer to “Which region?”: "), ("fr", "Quelle région ?", " : ")],
)
def test_the_other_question_stands_in_the_caption_and_the_answer_in_the_head(language, asked, title) -> None:
    setting = Setting(Words(language), 5)
    part = SummaryPart(base=Figure(140), themes=_by_region(7))
    blocks = summary_blocks(setting, part, level=3, question=(Said("What should change?"),))
    first, *tables = [block for block in blocks if isinstance(block, Table)]
    assert plain(first.caption).startswith("What should change? · ")
    assert [len(table.head) for table in tables] == [5, 4]
    for table in tables:
        caption = plain(table.caption)
        assert caption.startswith("What should change? · ") and caption.count(asked) == 1
        if language == "en":
            assert title in caption
        assert all(asked not in plain(cell.words) for cell in table.head)
    assert plain(tables[0].head[1].words) == "Region 0 (20)"


def test_what_was_asked_in_other_words_when_it_was_signed_stays_whole() -> None:
    theme = ThemePart(
        {"en": "Water"},
        {},
        Figure(9),
        groups=(GroupShare({"en": "Where? North"}, "question:r1", Figure(9), Figure(9)),),
    )
    assert named_apart((theme,), {"question:r1": ASKED}) == (theme,)


def _scale(beside: int) -> list:
    rows = [ResultRow(str(n), str(n), "en", count, count / 60) for n, count in enumerate((10, 20, 20))]
    rows.append(ResultRow("dont_know", "Don't know", "en", beside, beside / 60, apart=True))
    field = type_of(SCALE).field(SCALE, language="en", default_language="en")
    result = ResultView(field, 50 + beside, 60, tuple(rows), False, {})
    return list(
        closed_blocks(Setting(Words("en"), 5), QuestionPart({"en": "How much?"}, result, is_scale=True))
    )


def test_a_bar_that_leaves_answers_out_says_its_base() -> None:
    bar, table = _scale(10)
    assert isinstance(bar, Stacked) and isinstance(table, Table)
    assert plain(bar.caption).startswith("The bar: shares of the 50 answers on the scale.")
    assert plain(table.caption).startswith("How much? · 60 answers")
    assert _scale(0)[0].caption == (), "the same base: nothing to say"


def test_a_share_keeps_its_sign_on_the_right_after_arabic_letters() -> None:
    """A left-to-right mark: without it W2 of Unicode's bidi algorithm takes the figures for Arabic ones."""
    assert Words("ar").percent(0.96) == "\u200e96%"
    assert Words("fr").percent(0.96) == "96\u202f%"
