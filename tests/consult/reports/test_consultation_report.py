"""The report of a consultation: what it says, what it keeps back, and its four kinds of file."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
import zlib
from datetime import UTC, date, datetime

import docx
import pytest
from flask_security import hash_password
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from consult.access.models import AuditEntry, Staff
from consult.consultations import services
from consult.consultations.models import Consultation, Status
from consult.errors import DomainError
from consult.evidence.models import GATHERED, Excerpt
from consult.extensions import db
from consult.i18n import format_day
from consult.reports import kept
from consult.reports.consultation_report import INTERNAL, PUBLIC
from consult.reports.gathering import consultation_report
from consult.reports.making import FORMATS, make_report
from consult.reports.models import MadeReport
from consult.reports.published import published_results
from consult.reports.report_page import style_hash, whole_percents
from consult.reports.words import Said, Words, clean
from consult.review import double
from consult.review.codebook_versions import fix_version
from consult.review.double_models import BlindCoding
from consult.review.models import Theme
from consult.review.scope import Scope
from consult.review.services import describe_theme
from consult.summary import services as summaries
from consult.summary.models import SummaryVersion
from surveys import queries as survey_queries
from surveys.numbers import percent_figure
from tests.consult.reports.signed import ODD, signed_consultation
from tests.consult.review.answers import QUESTION
from tests.support import on_both_databases, text_of


@pytest.fixture
def consultation(app) -> Consultation:
    made = signed_consultation(db.session())
    db.session.commit()
    return made


def made(
    consultation: Consultation, kind: str = "html", language: str = "en", edition: str = PUBLIC
) -> bytes:
    return make_report(db.session(), consultation, language=language, edition=edition, kind=kind)


def words_in(consultation: Consultation, **more: str) -> str:
    page = made(consultation, **more).decode("utf-8")
    return text_of(page[page.index("<body") :])


def voices(page: str) -> set[int]:
    """Whose words are printed."""
    return {int(number) for number in re.findall(r"says voice (\d+)", page)}


def change_signed(**changes: object) -> None:
    """Other figures in all signed versions."""
    for version in db.session.scalars(select(SummaryVersion)):
        version.content = {**version.content, **changes}
    db.session.commit()


def test_the_public_edition_prints_nothing_of_a_question_with_few_answers(consultation):
    change_signed(base=6, introduction={"en": "Six people said so."})
    page = words_in(consultation)
    assert "Too few answers to show anything of them." in page
    assert "Water" not in page and "Six people" not in page and voices(page) == set()
    assert "Six people" in words_in(consultation, edition=INTERNAL)


def test_the_whole_has_a_table_for_each_question_with_its_base(consultation):
    session = db.session()
    person = session.scalars(select(Staff).where(Staff.email == "rim@example.org")).one()
    summary = summaries.begin(session, consultation, None, by_id=person.id, today=date(2026, 3, 10))
    summary.draft = {**summary.draft, "content": {**summary.draft["content"], "base": 90}}
    session.flush()
    summaries.sign(session, summary, revision=summary.revision, note="", by=person)
    session.commit()
    page = words_in(consultation)
    assert "Themes in 90 answers" not in page and page.count("Themes in 40 answers") == 2


def test_of_few_gathered_passages_and_few_signed_answers_nothing_is_public(consultation):
    change_signed(base=6)
    results = published_results(db.session(), consultation, language="en")
    assert [question.summary for question in results.questions if question.result is None] == [None]
    change_signed(base=40, question_id=GATHERED)
    assert published_results(db.session(), consultation, language="en").gathered is not None
    change_signed(base=4)
    assert published_results(db.session(), consultation, language="en").gathered is None


@on_both_databases
def test_the_public_edition_shows_no_small_figure_and_only_what_is_signed(consultation):
    page = words_in(consultation)
    assert "Version 1, signed by Rim on 9 March 2026" in page and "Read twice." in page
    assert "Water 28 70%" in page
    assert "Roads fewer than 10" in page, "six answers stay inside"
    assert voices(page) == {2}, "of those who may be quoted only the one whose words are signed"
    report = consultation_report(db.session(), consultation, language="en", edition=PUBLIC)
    assert report.rates.rr1 is None and report.rates.responses.count == 40


@on_both_databases
def test_the_internal_edition_holds_every_excerpt(consultation):
    page = words_in(consultation, edition=INTERNAL)
    assert "Roads 6 15%" in page
    assert set(range(2, 34)) <= voices(page)
    assert "not for passing on" in page


def test_a_quote_goes_when_consent_is_taken_back_after_signing(consultation):
    db.session.execute(update(Excerpt).where(Excerpt.text.endswith("voice 2")).values(quote_consent=False))
    db.session.commit()
    assert voices(words_in(consultation)) == set()


_WRITTEN: dict[str, bytes] = {}


@on_both_databases
def test_the_same_data_give_the_same_bytes_on_both_databases(consultation):
    for kind in FORMATS:
        first = made(consultation, kind=kind, language="ar", edition=INTERNAL)
        assert first == _WRITTEN.setdefault(kind, first)
        assert first == made(consultation, kind=kind, language="ar", edition=INTERNAL)


PROGRAM = """
import hashlib, sys
from consult import create_app
from consult.extensions import db
from consult.i18n import format_day
from consult.consultations.queries import consultation_by_slug
from consult.reports.making import FORMATS, make_report
with create_app().app_context():
    for kind in FORMATS:
        found = consultation_by_slug(db.session(), "agm")
        made = make_report(db.session(), found, language="ar", edition="internal", kind=kind)
        print(kind, hashlib.sha256(made).hexdigest())
"""


def test_two_processes_with_other_hashes_write_the_same_files(app, consultation, monkeypatch):
    told = set()
    for seed in ("1", "2"):
        environment = {
            "CONSULT_INSTANCE": app.instance_path, "PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path),
            "DATABASE_URL": str(db.engine.url), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        told.add(done.stdout)
    assert len(told) == 1 and told.pop().count("\n") == len(FORMATS)


def test_there_is_no_report_while_people_answer(consultation):
    consultation.status = Status.OPEN
    with pytest.raises(DomainError, match="once the consultation has closed"):
        made(consultation)


def test_the_page_is_one_file_that_loads_nothing(consultation):
    page = made(consultation, language="ar").decode("utf-8")
    assert '<html lang="ar" dir="rtl">' in page
    assert "<script" not in page and "style=" not in page and not re.search(r'(src|href)="(?!#)', page)
    assert f"style-src &#39;{style_hash(page)}&#39;" in page or f"style-src '{style_hash(page)}'" in page
    assert "\u202e" not in page, "what turns the direction of the rest is gone"
    assert "😀" in page


def test_the_document_has_real_headings_and_runs_from_right_to_left(consultation):
    content = made(consultation, kind="docx", language="ar")
    opened = docx.Document(io.BytesIO(content))
    styles = {p.style.name for p in opened.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Caption"} <= styles
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
        assert {part.date_time[0] for part in archive.infolist()} == {2000}
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        tongues = re.findall(r"<w:lang [^>]*>", archive.read("word/styles.xml").decode("utf-8"))
    assert tongues and all('w:val="ar-SA"' in one and 'w:bidi="ar-SA"' in one for one in tongues)
    assert ' TOC \\o "1-2"' in body and "SEQ Table" in body and "<w:tblHeader/>" in body
    assert body.count("<w:bidiVisual/>") == body.count("<w:tbl>")
    arabic = [p for p in opened.paragraphs if p.text.startswith("محور")]
    assert arabic and all(p._p.pPr.xpath("w:bidi") for p in arabic)


def test_no_cell_of_the_workbook_is_a_formula(consultation):
    book = load_workbook(io.BytesIO(made(consultation, kind="xlsx", language="ar", edition=INTERNAL)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert clean(ODD) in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert all(sheet.sheet_view.rightToLeft for sheet in book)


def test_the_pdf_is_tagged_and_brings_its_fonts(consultation):
    content = made(consultation, kind="pdf", language="ar")
    assert content.startswith(b"%PDF-1.7")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    content += b"".join(zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x")
    for part in (b"/MarkInfo", b"/StructTreeRoot", b"/Outlines", b"/Lang", b"Plex-Arabic"):
        assert part in content, part


def test_a_long_answer_and_a_long_name_keep_their_words(consultation):
    long = "كلمة " * 2000
    db.session.execute(update(Excerpt).where(Excerpt.text.endswith("voice 5")).values(text=long))
    db.session.commit()
    assert made(consultation, kind="pdf", edition=INTERNAL).startswith(b"%PDF")
    assert long.strip() in made(consultation, edition=INTERNAL).decode("utf-8")


def test_words_missing_in_the_language_of_the_report_are_marked():
    words = Words("fr")
    assert words.picked({"en": "Water"}) == Said("Water", "en", is_fallback=True, is_person=True)
    assert words.picked({"fr": "Eau", "en": "Water"}).is_fallback is False
    assert words.percent(0.125) == "13\u202f%" and words.decimal(0.5) == "0,5"
    assert Words("ar", "arab").number(1234) == "١٢٣٤"
    assert Words("ar").decimal(-0.5) == "\u200e−0.5"


def test_parts_of_a_stacked_bar_fill_it():
    assert whole_percents([1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]
    assert sum(whole_percents([0.005] * 3 + [0.985])) == 100


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (5 / 40, "13"),
        (0.145, "15"),
        (395 / 396, "99.7"),
        (1, "100"),
        (0, "0"),
        (1 / 3000, "0.1"),
        (0.99999, "99.9"),
    ],
)
def test_all_and_none_are_said_of_all_and_none_alone(share, written):
    assert percent_figure(share) == written
    assert Words("en").percent(share) == f"{written}%"


# The pages


def test_the_internal_edition_asks_for_the_password_and_is_recorded(client, sign_in, staff, consultation):
    reviewer = sign_in(client, "reviewer")
    reviewer.password = hash_password("a long password")
    db.session.commit()
    assert "Take the report" in client.get("/manage/agm/report").text
    asked = {"format": "docx", "language": "ar", "edition": INTERNAL}
    refused = client.post("/manage/agm/report", data={**asked, "password": "wrong"})
    assert refused.status_code == 422 and "not your password" in refused.text
    public = client.post("/manage/agm/report", data={**asked, "edition": PUBLIC})
    assert public.status_code == 200 and public.data[:2] == b"PK"
    actions = select(func.count()).where(AuditEntry.action == "report.exported")
    assert db.session.scalar(actions) == 0
    taken = client.post("/manage/agm/report", data={**asked, "password": "a long password"})
    assert taken.data[:2] == b"PK" and "agm-report-ar-internal.docx" in taken.headers["Content-Disposition"]
    assert db.session.scalar(actions) == 1


def test_the_page_names_each_summary_and_its_day_where_people_are(client, sign_in, consultation):
    late = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
    db.session.execute(update(SummaryVersion).values(signed_at=late))
    consultation.timezone = "Asia/Amman"
    db.session.commit()
    sign_in(client, "reviewer")
    page = text_of(client.get("/manage/agm/report").text)
    label = (
        survey_queries.latest_version(db.session(), consultation.survey_id)
        .definition.question(QUESTION)
        .label
    )
    assert f"{label['en']} · version 1, signed by Rim on 10 March 2026" in page
    assert "signed by Rim on 10 March 2026" in words_in(consultation)
    with pytest.raises(ValueError):
        format_day(late)


def test_the_note_on_the_method_counts_what_two_people_coded(consultation):
    session = db.session()
    scope = Scope(consultation.id, QUESTION)
    rim = session.scalars(select(Staff).where(Staff.email == "rim@example.org")).one()
    other = Staff(email="sami@example.org", fs_uniquifier="sami", name="Sami", active=True)
    session.add(other)
    water = session.scalars(select(Theme).order_by(Theme.id)).first()
    one = double.begin_round(session, scope, size=20, by_id=rim.id)
    for number, excerpt_id in enumerate(one.excerpt_ids[:7]):
        excerpt = session.get(Excerpt, excerpt_id)
        double.code_blind(session, one, excerpt, themes=[water] * (number % 2), by_id=rim.id)
        if number < 6:
            double.code_blind(session, one, excerpt, themes=[water] * (number % 2), by_id=other.id)
    session.execute(update(BlindCoding).values(coded_at=datetime(2026, 3, 9, 22, 30, tzinfo=UTC)))
    consultation.timezone = "Asia/Amman"
    session.commit()
    inside = words_in(consultation, edition=INTERNAL)
    assert "2 people coded 6 answers apart from each other" in inside
    assert "The last of these codings is of 10 March 2026." in inside
    assert "2 people coded fewer than 10 answers apart" in words_in(consultation)
    assert "Limits of the data Figures of 10 March 2026." in inside, (
        "what was drafted then is told apart from it"
    )


def test_who_may_not_read_answers_is_offered_no_internal_edition(client, sign_in, consultation):
    sign_in(client, "facilitator")
    assert 'value="internal"' not in client.get("/manage/agm/report").text
    asked = {"format": "xlsx", "language": "en", "edition": INTERNAL, "password": "x"}
    assert client.post("/manage/agm/report", data=asked).status_code == 422


@on_both_databases
def test_the_public_report_is_made_once(client, consultation, monkeypatch):
    address = "/c/agm/results/report-ar.html"
    assert client.get(address).status_code == 302, "nothing before it is published"
    services.publish_consultation(db.session(), consultation)
    db.session.commit()
    first = client.get(address)
    assert first.status_code == 200 and "محور Water" in first.text
    assert style_hash(first.text) in first.headers["Content-Security-Policy"]
    monkeypatch.setattr(kept, "make_report", None)  # would fail now
    assert client.get(address).data == first.data
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/c/agm/results/report-ar.xlsx").status_code == 404


def test_a_public_report_is_made_anew_when_something_in_it_changed(client, consultation):
    services.publish_consultation(db.session(), consultation)
    db.session.commit()
    assert "says voice 2<" in client.get("/c/agm/results/report-en.html").text
    db.session.execute(update(Excerpt).where(Excerpt.text.endswith("voice 2")).values(quote_consent=False))
    db.session.commit()
    assert "says voice 2<" not in client.get("/c/agm/results/report-en.html").text
    assert db.session.scalar(select(func.count()).select_from(MadeReport)) == 1


def test_who_asks_while_one_is_made_is_told_to_wait(client, consultation):
    services.publish_consultation(db.session(), consultation)
    db.session.commit()
    with kept._making:
        waiting = client.get("/c/agm/results/report-en.html")
    assert waiting.status_code == 503 and waiting.headers["Refresh"]


def test_the_note_on_the_method_names_the_version_of_the_codebook(consultation) -> None:
    assert "The codebook" not in words_in(consultation)
    theme = db.session.scalars(select(Theme).where(Theme.status == "accepted").order_by(Theme.id)).first()
    person = db.session.scalars(select(Staff).order_by(Staff.id)).first()
    scope = Scope(consultation.id, theme.question_id)
    person_id = person.id
    fix_version(db.session(), scope, note="", by=person)
    db.session.commit()
    assert "The codebook is that of version 1 of" in words_in(consultation)
    describe_theme(db.session(), theme, by_id=person_id, definition="Said otherwise")
    db.session.commit()
    assert "The codebook was last fixed as version 1 on" in words_in(consultation)
