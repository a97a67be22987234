"""The same report as PDF, Word document and workbook: the same bytes each time, and no more than the HTML shows."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from consult.analysis.themes import find_themes
from consult.analysis.values import ThemeResult
from consult.reports import archive as archives
from consult.reports import pdf
from consult.reports.themes_document import themes_document
from consult.reports.themes_pdf import themes_pdf
from consult.reports.themes_workbook import themes_workbook
from consult.reports.words import clean
from tests.consult.analysis.test_stance import BAD, GOOD
from tests.consult.analysis.test_themes import SCHOOL, WATER

NASTY = "Write to ali@example.org <b>&amp;\u202e \x0b water"


@pytest.fixture(scope="module")
def result() -> ThemeResult:
    texts = [*WATER, *SCHOOL, *[GOOD, BAD] * 6, NASTY]
    return find_themes(texts, groups={"=side": ["north", "south", "<east>"] * 9 + ["north"] * 2})


def opened(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def test_the_document_has_headings_and_tables_and_reads_from_the_right(result: ThemeResult) -> None:
    made = opened(themes_document(result, title="إجابات", question="ما الذي نحتاجه؟", language="ar"))
    names = [p.style.name for p in made.paragraphs if p.text]
    assert names[0] == "Title" and names.count("Heading 2") == len(result.themes)
    assert names.count("Heading 1") >= 4
    own = [p for p in made.paragraphs if p.text and p.style.name not in ("Quote",)][:-1]
    assert all(p._p.pPr is not None and p._p.pPr.find(qn("w:bidi")) is not None for p in own)
    assert all(run.font.rtl for p in own for run in p.runs)
    for table in made.tables:
        assert table._tbl.tblPr.find(qn("w:bidiVisual")) is not None
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    left = opened(themes_document(result, title="Answers", language="en"))
    assert all(table._tbl.tblPr.find(qn("w:bidiVisual")) is None for table in left.tables)


def test_the_document_shows_no_small_number_and_masks_contacts(result: ThemeResult) -> None:
    made = opened(themes_document(result, title="Answers", language="en"))
    cells = {cell.text for table in made.tables for row in table.rows for cell in row.cells}
    assert not cells & {"1", "2", "3", "4"}
    assert "fewer than 5" in cells
    words = "\n".join(p.text for p in made.paragraphs)
    assert "example.org" not in words and "a machine’s hint" in words
    assert clean(words) == words


def test_no_part_of_the_document_holds_a_time_of_making(result: ThemeResult) -> None:
    content = themes_document(result, title="Answers", language="ar")
    assert content == themes_document(result, title="Answers", language="ar")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {part.date_time for part in archive.infolist()} == {archives.ZIPPED}
        assert b"2000-01-01" in archive.read("docProps/core.xml")


def test_nothing_to_report_is_a_document_too() -> None:
    empty = find_themes(["😀", "123"])
    assert "no words" in "\n".join(p.text for p in opened(themes_document(empty, title="t")).paragraphs)
    assert load_workbook(io.BytesIO(themes_workbook(empty, title="t"))).worksheets
    assert themes_pdf(empty, title="t").startswith(b"%PDF")


def test_the_pdf_is_the_same_each_time_and_brings_its_fonts(result: ThemeResult) -> None:
    content = themes_pdf(result, title="إجابات", language="ar")
    assert content.startswith(b"%PDF")
    assert content == themes_pdf(result, title="إجابات", language="ar")
    assert (
        set(re.findall(rb"/FontName /\w+\+([\w-]+)", content)) <= {b"Plex", b"Plex-Arabic"}
        or b"Plex" in content
    )


def test_lam_with_alef_is_one_sign_that_joins_what_stands_before_it() -> None:
    page = '<p title="لا">الإجابات، سلام، ولأن، صَلاح</p>'
    made = pdf.with_lam_alef(page)
    assert made == '<p title="لا">ا\ufef9جابات، س\u200d\ufefcم، و\ufef7ن، صَ\u200d\ufefcح</p>'
    words = unicodedata.normalize("NFKC", made).replace("\u200d", "")
    assert words == page
    assert pdf.with_lam_alef("لّا <b>English</b> لكن") == "لّا <b>English</b> لكن"


def test_a_pdf_fetches_nothing_but_its_fonts() -> None:
    for url in (
        "https://example.org/x.png",
        "file:///etc/passwd",
        "font://own/../../key.woff2",
        "font://own/OFL.txt",
    ):
        with pytest.raises(ValueError, match="nothing outside"):
            pdf.own_fonts(url)


def test_hints_stand_in_the_workbook_marked_as_such(result: ThemeResult) -> None:
    sheet = load_workbook(io.BytesIO(themes_workbook(result, title="t", language="en"))).worksheets[0]
    assert sheet["F1"].value == "in favour (a machine’s hint)"
    assert {sheet.cell(row, column).value for row in (2, 3) for column in (6, 7)} <= {
        0,
        5,
        6,
        "fewer than 5",
        "withheld",
    }
