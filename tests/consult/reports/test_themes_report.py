import re
from html.parser import HTMLParser

import pytest

from consult.analysis.themes import find_themes
from consult.reports.themes_report import dominant_language, group_tables, theme_cells, themes_report
from tests.consult.analysis.test_themes import SCHOOL, WATER


@pytest.fixture(scope="module")
def result():
    sides = ["north"] * 8 + ["south"] * 5 + ["<east>"] * 3
    return find_themes(WATER + SCHOOL, groups={"side": sides})


class Balance(HTMLParser):
    VOID = {"meta", "br", "input", "link"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.texts = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data.strip())


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr"), ("es", "ltr")]
)
def test_the_report_is_one_well_formed_page(result, language, direction):
    page = themes_report(result, title="Answers", question="What is needed?", language=language)
    assert f'<html lang="{language}" dir="{direction}">' in page
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "<script" not in page
    assert "&lt;east&gt;" in page


def test_counts_under_five_are_not_shown(result):
    table = next(t for t in group_tables(result, 5) if t.name == "side")
    assert [(value, base.shown) for value, base in table.values] == [
        ("north", 8),
        ("south", None),
        ("<east>", None),
    ]
    for _, cells in table.rows:
        assert all(item.cell.shown in (None, 0) or item.cell.shown >= 5 for item in cells)
        assert all(item.share is None for item in cells if item.cell.shown is None)


def test_the_unplaced_are_a_part_of_the_sum(result):
    assert [cell.shown for _, cell in theme_cells(result, 5)] == [8, 8]


def test_the_language_most_answers_are_in(result):
    assert dominant_language(result) == "en"
    assert dominant_language(find_themes([])) == "en"
    assert dominant_language(find_themes(["نريد مياه نظيفة"])) == "ar"


def test_contacts_in_quotes_are_masked():
    texts = ["Write to ali@example.org or call +962 7 9012 3456 about water"] * 6
    page = themes_report(find_themes(texts), title="t")
    assert "example.org" not in page
    assert "9012" not in page
    assert "Write to […] or call […] about water" in page


def test_nothing_to_report():
    assert "no words" in themes_report(find_themes(["😀"]), title="t")
