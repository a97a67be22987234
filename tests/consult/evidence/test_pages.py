"""Bringing evidence in on the pages: sources, texts and files, the preview, correcting and removing."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select

from consult.access.models import AuditEntry
from consult.consultations import retention
from consult.consultations.models import Consultation
from consult.evidence.models import (
    GATHERED,
    EvidenceDraft,
    EvidenceSource,
    Excerpt,
    ExcerptTerm,
    excerpt_groups,
)
from consult.extensions import db
from consult.review.models import Coding, Theme
from consult.stakeholders import groups
from surveys.models import utc_now
from tests.consult.evidence.house import BASE, bring, docx, excerpts, make_source, paragraph, press
from tests.consult.review.answers import QUESTION
from tests.support import inputs_of, on_both_databases, text_of

FORM = {"kind": "interview", "title": "Interview 7", "informant": "board member", "date-day": "٧", "date-month": "3",
        "date-year": "2026", "place": "عمّان", "participants": "١٢", "language": "ar"}  # fmt: skip


def audited(action: str) -> list[dict]:
    db.session.rollback()
    return [
        entry.details for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))
    ]


@on_both_databases
def test_a_source_is_made_with_its_text_and_removed_with_all_that_hangs_on_it(
    app, facilitator, consultation, youth
) -> None:
    made = facilitator.post(f"{BASE}/new", data=FORM | {"groups": str(youth.id), "quote_consent": "y"})
    source = db.session.scalars(select(EvidenceSource)).one()
    assert (made.headers["Location"], source.date.isoformat(), source.participants_count, source.groups) == (
        f"{BASE}/{source.id}/add", "2026-03-07", 12, [youth],
    )  # fmt: skip
    preview = bring(facilitator, source.id, text="التعليم أولاً\n\nWe need better schools everywhere")
    assert (excerpts(), "التعليم أولاً" in facilitator.get(preview).text) == ([], True)
    assert press(facilitator, preview, "save").headers["Location"] == f"{BASE}/{source.id}"
    assert excerpts() == [("التعليم أولاً", "ar", None), ("We need better schools everywhere", "en", None)]
    page = text_of(facilitator.get(f"{BASE}/{source.id}").text)
    assert "7 March 2026" in page and "عمّان" in page and "12 people" in page and "Youth" in page
    assert "may not be quoted" not in page
    assert "2" in text_of(facilitator.get(BASE).text)
    _code_everything(consultation.id)
    source_id = source.id
    facilitator.post(f"{BASE}/{source_id}/remove")
    assert excerpts() == [] and db.session.scalars(select(Coding)).all() == []
    assert audited("evidence.source_removed") == [{"source": source_id, "kind": "interview", "count": 2}]


def _code_everything(consultation_id: int) -> None:
    theme = Theme(consultation_id=consultation_id, name={"en": "Schools"}, origin="machine")
    db.session.add(theme)
    db.session.flush()
    for excerpt_id in db.session.scalars(select(Excerpt.id)).all():
        db.session.add(Coding(excerpt_id=excerpt_id, theme_id=theme.id, origin="machine"))
    db.session.commit()


def test_what_is_wrong_is_said_and_what_was_typed_stays(facilitator) -> None:
    answer = facilitator.post(f"{BASE}/new", data=FORM | {"title": "", "date-day": "31", "date-month": "2"})
    text = text_of(answer.text)
    assert (answer.status_code, "Give the source a title." in text, "that exist" in text) == (422, True, True)
    assert inputs_of(answer.text)["place"] == ["عمّان"] and inputs_of(answer.text)["date-day"] == ["31"]
    assert db.session.scalars(select(EvidenceSource)).all() == []


def test_the_preview_is_corrected_without_script(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text="one\n\ntwo\n\nthree\n\nfour", way="paragraph")
    press(facilitator, preview, "join-1")
    press(facilitator, preview, "drop-1")
    press(facilitator, preview, "split-1", piece=["one\ntwo", "four\n\nfive"])
    press(facilitator, preview, "save", piece=["one and two", "four", "five, without a name"])
    assert [text for text, *_ in excerpts()] == ["one and two", "four", "five, without a name"]


def test_a_text_is_cut_anew_in_another_way(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text="Mona: why?\nAli: so\nMona: no\nAli: yes", way="whole")
    press(facilitator, preview, "cut", way="turn")
    press(facilitator, preview, "save")
    assert [(text, speaker) for text, _lang, speaker in excerpts()] == [
        ("why?", 1),
        ("so", 2),
        ("no", 1),
        ("yes", 2),
    ]


def test_a_button_pressed_twice_acts_once(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text="a\n\nb\n\nc")
    sent = {"revision": "1", "page": "1", "piece": ["a", "b", "c"], "action": "join-1"}
    facilitator.post(preview, data=sent)
    facilitator.post(preview, data=sent)
    sent = {"revision": "3", "page": "1", "piece": ["a\nb", "c"], "action": "save"}
    assert [facilitator.post(preview, data=sent).headers["Location"] for _ in range(2)] == [
        f"{BASE}/{source.id}"
    ] * 2
    assert [text for text, *_ in excerpts()] == ["a\nb", "c"]
    assert "saved or thrown away already" in text_of(facilitator.get(f"{BASE}/{source.id}").text)


def test_nothing_is_kept_of_what_is_thrown_away_or_emptied(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text="a\n\nb")
    answer = press(facilitator, preview, "save", piece=["", " "])
    assert "Nothing is left to save" in text_of(facilitator.get(answer.headers["Location"]).text)
    press(facilitator, preview, "throw")
    assert excerpts() == [] and db.session.scalars(select(EvidenceDraft)).all() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", "الطاولة الأولى: نريد مدارس\n\nالطاولة الثانية: نريد طرقا".encode("utf-16")),
        ("notes.txt", "الطاولة الأولى: نريد مدارس\n\nالطاولة الثانية: نريد طرقا".encode("cp1256")),
        ("notes.TXT", "الطاولة الأولى: نريد مدارس\n\nالطاولة الثانية: نريد طرقا".encode()),
    ],
)
def test_plain_text_comes_in_whatever_its_encoding(facilitator, consultation, name, content) -> None:
    source = make_source(consultation.id)
    press(facilitator, bring(facilitator, source.id, file=(BytesIO(content), name), way="paragraph"), "save")
    assert [text for text, *_ in excerpts()] == ["الطاولة الأولى: نريد مدارس", "الطاولة الثانية: نريد طرقا"]


def test_a_document_comes_in_with_its_tables_and_without_what_was_deleted(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    gone = "<w:p><w:del><w:r><w:delText>secret</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>"
    cell = "<w:tc>{}</w:tc>".format
    rows = "".join(
        f"<w:tr>{cell(paragraph(a))}{cell(paragraph(b))}</w:tr>" for a, b in (("طاولة", "١"), ("x", "y"))
    )
    body = paragraph("مقدمة") + gone + f"<w:tbl>{rows}</w:tbl>"
    press(facilitator, bring(facilitator, source.id, file=(docx(body), "n.docx"), way="row"), "save")
    assert [text for text, *_ in excerpts()] == ["طاولة – ١", "x – y"]
    leads = select(Excerpt.lead).where(Excerpt.source_id == source.id).order_by(Excerpt.position)
    assert db.session.scalars(leads).all() == ["مقدمة\nkept", ""]


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"PK\x03\x04 broken", "cannot be read as a text"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "cannot be read as a text"),
        ("a.txt", b"%PDF-1.7", "is a PDF"),
        ("a.pdf", b"%PDF-1.7 1 0 obj", "Taken are DOCX and TXT, and for tables XLSX and CSV"),
        ("a.csv", b"%PDF-1.7 1 0 obj", "is a PDF"),
        ("a.odt", b"PK\x03\x04 broken", "of a kind that is not read here"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "of a kind that is not read here"),
        ("a.txt", b"", "is empty"),
        ("a.docx", docx("").getvalue(), "is empty"),
        ("a.xlsx", b"PK\x03\x04 broken", "is damaged"),
        ("a.csv", b"only a head", "no rows below it"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    facilitator, consultation, name, content, said
) -> None:
    source = make_source(consultation.id)
    answer = facilitator.post(
        f"{BASE}/{source.id}/add", data={"file": (BytesIO(content), name), "text": "typed too"}
    )
    assert (answer.status_code, said in text_of(answer.text), "typed too" in answer.text) == (422, True, True)
    assert name in text_of(answer.text)


def test_a_text_that_declares_entities_is_refused(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    bomb = docx("")
    from zipfile import ZipFile

    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", BOMB + ZipFile(bomb).read("word/document.xml").decode())
    answer = facilitator.post(f"{BASE}/{source.id}/add", data={"file": (BytesIO(made.getvalue()), "a.docx")})
    assert "cannot be read as a text" in text_of(answer.text)


def test_a_table_comes_in_by_its_columns(facilitator, consultation, youth) -> None:
    source = make_source(consultation.id)
    book = Workbook()
    for row in (("Said", "Day", "Who", "Lang"), ("نريد مدارس", "٧/٣/٢٠٢٦", "الشباب", "Arabic"), ("", "", "", ""),
                ("Roads first, please", "2026-03-08", "Nobody knows", "English")):  # fmt: skip
        book.active.append(row)
    made = BytesIO()
    book.save(made)
    made.seek(0)
    columns = bring(facilitator, source.id, file=(made, "table.xlsx"))
    assert columns.endswith("/columns") and "نريد مدارس" in facilitator.get(columns).text
    answer = facilitator.post(
        columns, data={"text": "Said", "date": "Day", "group": "Who", "language": "Lang"}
    )
    said = text_of(facilitator.get(answer.headers["Location"]).text)
    assert "Nobody knows" in said and "Arabic" in said  # neither is known here
    press(facilitator, answer.headers["Location"], "save")
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.position)).all()
    assert [(row.text, row.language, row.said_on.isoformat()) for row in rows] == [
        ("نريد مدارس", "ar", "2026-03-07"),
        ("Roads first, please", "en", "2026-03-08"),
    ]
    assert db.session.execute(select(excerpt_groups)).all() == [(rows[0].id, youth.id)]


def test_too_much_at_once_is_refused_with_its_number(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    answer = facilitator.post(f"{BASE}/{source.id}/add", data={"text": "a\n" * 5001, "way": "line"})
    assert (answer.status_code, "5001 excerpts" in text_of(answer.text)) == (422, True)


def test_an_excerpt_is_corrected_and_removed(facilitator, consultation) -> None:
    source = make_source(consultation.id, "first", "second", language="en")
    one, other = (row.id for row in db.session.scalars(select(Excerpt).order_by(Excerpt.position)))
    assert facilitator.post(f"{BASE}/excerpts/{one}", data={"text": " "}).status_code == 422
    too_long = facilitator.post(f"{BASE}/excerpts/{one}", data={"text": "a" * 10_001})
    assert (too_long.status_code, "10001 characters" in too_long.text, "a" * 10_001 in too_long.text) == (
        422,
        True,
        True,
    )
    facilitator.post(f"{BASE}/excerpts/{one}", data={"text": "corrected", "language": "fr"})
    facilitator.post(f"{BASE}/excerpts/{other}/remove")
    assert excerpts() == [("corrected", "fr", None)]
    assert facilitator.get(f"{BASE}/{source.id}").status_code == 200


def test_quoting_is_agreed_for_all_excerpts_of_a_source(facilitator, consultation) -> None:
    source = make_source(consultation.id, "a", "b")
    facilitator.post(f"{BASE}/{source.id}/edit", data=FORM | {"quote_consent": "y"})
    assert set(db.session.scalars(select(Excerpt.quote_consent))) == {True}


def test_answers_are_not_changed_here(reviewer: FlaskClient, consultation: Consultation) -> None:
    source = make_source(
        consultation.id, "an answer", kind="online_consultation", survey_id=consultation.survey_id
    )
    answer_id = db.session.scalars(select(Excerpt.id)).one()
    addresses = (f"{source.id}/edit", f"{source.id}/add", f"excerpts/{answer_id}")
    assert [reviewer.get(f"{BASE}/{address}").status_code for address in addresses] == [404] * 3
    posts = (f"{source.id}/remove", f"excerpts/{answer_id}", f"excerpts/{answer_id}/remove")
    assert [reviewer.post(f"{BASE}/{address}", data={"text": "x"}).status_code for address in posts] == [
        404
    ] * 3
    assert len(excerpts()) == 1


def test_merged_groups_keep_their_evidence(facilitator, consultation, youth) -> None:
    facilitator.post(f"{BASE}/new", data=FORM | {"groups": str(youth.id)})
    values = {"name": {"en": "Young people"}, "category": "youth", "influence": None, "interest": None,
              "expected_size": None, "note": ""}  # fmt: skip
    other = groups.save_group(db.session(), None, values)
    groups.merge_group(db.session(), youth, into=other)
    db.session.commit()
    assert db.session.scalars(select(EvidenceSource)).one().groups == [other]


@on_both_databases
def test_all_of_it_goes_when_the_answers_are_erased(app, consultation) -> None:
    make_source(consultation.id, "التعليم", "ثانيا")
    consultation.status, consultation.closed_at = "closed", utc_now().replace(year=2020)
    consultation.keep_answers_months = 1
    db.session.commit()
    retention.erase_what_is_due()
    tables = (EvidenceSource, Excerpt, ExcerptTerm)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in tables] == [0, 0, 0]
    assert audited("retention.evidence_erased") == [{"count": 2}]


def test_nothing_is_added_after_erasing(facilitator, consultation) -> None:
    consultation.answers_erased_at = utc_now()
    db.session.commit()
    answer = facilitator.post(f"{BASE}/new", data=FORM)
    assert (answer.status_code, "were erased" in text_of(answer.text)) == (422, True)
    assert "Add a source" not in text_of(facilitator.get(BASE).text)


def test_what_was_gathered_is_read_and_coded_like_the_answers_to_a_question(reviewer, consultation) -> None:
    make_source(consultation.id, "نريد مدارس أقرب", "الطريق خطر")
    review = "/manage/agm/review"
    assert "Interviews, notes, documents and feedback" in text_of(reviewer.get(f"{review}/").text)
    answers = reviewer.get(f"{review}/question/{GATHERED}/answers").text
    assert "نريد مدارس أقرب" in answers and "2 answers" in text_of(answers)
    reviewer.post(f"{review}/question/{GATHERED}/themes", data={"name-en": "Schools"})
    theme = db.session.scalars(select(Theme)).one()
    reviewer.post(f"{review}/excerpt/1", data={"action": "move", "into": str(theme.id)})
    coded = select(Coding.excerpt_id).where(Coding.theme_id == theme.id, Coding.is_current)
    assert (theme.question_id, db.session.scalars(coded).all()) == (GATHERED, [1])


def test_it_is_read_even_while_anonymous_answers_may_not_be(reviewer, consultation) -> None:
    make_source(consultation.id, "نريد مدارس أقرب")
    consultation.access, consultation.privacy = "roll", "anonymous"
    db.session.commit()
    statuses = [
        reviewer.get(f"/manage/agm/review/question/{question_id}/answers").status_code
        for question_id in (GATHERED, QUESTION)
    ]
    assert statuses == [200, 404]
    run = reviewer.post(f"/manage/agm/review/question/{GATHERED}/run", data={"grain": "usual"})
    assert run.status_code == 302


def test_a_coded_part_whose_words_are_corrected_away_is_told(facilitator, consultation) -> None:
    source = make_source(consultation.id, "Fees are high. Roads are bad.", language="en")
    whole = db.session.scalars(select(Excerpt)).one()
    db.session.add(
        Excerpt(
            consultation_id=consultation.id, source_id=source.id, question_id=GATHERED, part_of_id=whole.id,
            text="Fees are high.", start_offset=0, end_offset=14, text_hash="x", language="en",
        )
    )  # fmt: skip
    db.session.commit()
    address = f"{BASE}/excerpts/{whole.id}"
    kept = facilitator.post(
        address, data={"text": "So: Fees are high. Roads are bad."}, follow_redirects=True
    )
    assert "coded by itself is gone" not in text_of(kept.text)
    gone = facilitator.post(address, data={"text": "Fees are low. Roads are bad."}, follow_redirects=True)
    assert "1 part that was coded by itself is gone" in text_of(gone.text)
    assert [entry.get("lost_parts") for entry in audited("evidence.excerpt_changed")] == [None, 1]
