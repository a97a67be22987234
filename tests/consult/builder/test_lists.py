"""Questions from a file and back, in the browser and on the command line's reader."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from consult.builder.list_files import example_file, read_survey_file
from consult.builder.services import definition_of
from consult.consultations.queries import consultation_by_slug
from consult.errors import DomainError
from consult.extensions import db
from surveys.questionlist import QuestionListError
from surveys.xlsform.write import xlsform_bytes
from tests.support import text_of
from tests.surveys.samples import survey

ADDRESS = "/manage/review/survey/import"
LIST = "السؤال,النوع,الخيارات\nمن أنتم؟,اختيار واحد,امرأة;رجل\nما رأيكم؟,نص طويل,\n"


@pytest.fixture
def page(building):
    return building()


def stored():
    db.session.expire_all()
    return definition_of(consultation_by_slug(db.session(), "review"))


def send(client, content: bytes, name: str = "list.csv", **more):
    return client.post(ADDRESS, data={"file": (io.BytesIO(content), name), **more})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_a_list_in_any_encoding_becomes_questions(page, encoding):
    assert send(page, LIST.encode(encoding)).status_code == 303
    made = stored()
    assert [(q.type, q.label["ar"]) for q in made.questions()] == [
        ("select_one", "من أنتم؟"), ("long_text", "ما رأيكم؟"),
    ]  # fmt: skip
    assert [option.label for option in next(made.questions()).config.options] == [
        {"ar": "امرأة"},
        {"ar": "رجل"},
    ]


def test_more_questions_come_behind_or_instead(page):
    send(page, LIST.encode())
    send(page, LIST.encode())
    assert [q.name for q in stored().questions()] == ["q1", "q2", "q1_2", "q2_2"]
    assert len({section.name for section in stored().sections}) == 2
    assert send(page, LIST.encode(), place="instead").status_code == 303
    assert len(list(stored().questions())) == 2


def test_what_replaces_other_questions_does_not_take_their_ids(page):
    other = replace(survey(languages=("ar", "en")), sections=survey().sections[:1])
    send(page, xlsform_bytes(survey(languages=("ar", "en"))), "form.xlsx", place="instead")
    before = stored()
    send(page, xlsform_bytes(other), "form.xlsx", place="instead")
    after = stored()
    assert [q.name for q in after.questions()] == [q.name for q in other.questions()]
    assert not {q.id for q in before.questions()} & {q.id for q in after.questions()}
    assert not {section.id for section in before.sections} & {section.id for section in after.sections}


def test_an_xlsform_will_do_as_well(page):
    assert send(page, xlsform_bytes(survey(languages=("ar", "en"))), "form.xlsx").status_code in (200, 303)
    assert [q.name for q in stored().questions()] == [q.name for q in survey().questions()]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "is empty"),
        (b"\x00\xff\x00\xfe" * 40, "a.csv", ""),
        (b"PK\x03\x04 nonsense", "a.xlsx", "damaged"),
        ("السؤال,النوع\nما؟,تخاطر\n".encode(), "a.csv", "Row 2"),
        (b"colour,shape\nred,round\n", "a.csv", "no column of questions"),
        (b"question\n" + b"why?\n" * 20_001, "a.csv", "more than 20000 rows"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_survey_stays(page, content, name, said):
    send(page, LIST.encode())
    before = stored()
    answer = send(page, content, name)
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert stored() == before


def test_nothing_chosen(page):
    answer = page.post(ADDRESS, data={})
    assert answer.status_code == 422
    assert "Choose a file first." in text_of(answer.text)


@pytest.mark.parametrize("language", ["ar", "en", "fr", "es"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_example_can_be_sent_back(page, language, kind):
    got = page.get(f"/manage/review/survey/example.{kind}?lang={language}")
    assert got.headers["Content-Disposition"].endswith(f"questions-{language}.{kind}")
    assert got.data == example_file(kind=kind, language=language) or kind == "xlsx"
    assert send(page, got.data, f"list.{kind}").status_code == 303
    assert len(list(stored().questions())) == 5


def test_a_survey_goes_out_as_a_list_and_starts_no_formula(page):
    send(page, b"question;type\n=1+1;text\n")
    rows = list(
        csv.reader(io.StringIO(page.get("/manage/review/survey/questions.csv").data.decode("utf-8-sig")))
    )
    assert "'=1+1" in rows[1]
    book = openpyxl.load_workbook(io.BytesIO(page.get("/manage/review/survey/questions.xlsx?lang=ar").data))
    assert book.active.sheet_view.rightToLeft
    assert page.get("/manage/review/survey/questions.exe").status_code == 404


def test_the_command_reads_the_same_files(app, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.encode("cp1256"))
    definition, notices = read_survey_file(path, languages=["ar"], title="مراجعة")
    assert (definition.title, notices, len(list(definition.questions()))) == ({"ar": "مراجعة"}, (), 2)
    path.write_text("question,type\n,text\n")
    with pytest.raises(QuestionListError):
        read_survey_file(path, languages=["en"])
    with pytest.raises(DomainError):
        read_survey_file(tmp_path / "none.csv", languages=["en"])


def test_what_an_xlsform_loses_is_said_wholly_in_the_language_of_the_page(page):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (["type", "name", "label"], ["deviceid", "dev", ""], ["barcode", "bar", "رمز"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    file = (io.BytesIO(content.getvalue()), "form.xlsx")
    shown = text_of(page.post(f"{ADDRESS}?lang=ar", data={"file": file}).text)
    assert "«نص قصير»" in shown
    assert "Data about the device" not in shown
    assert "Short text" not in shown
