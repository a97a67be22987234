"""A question type costs one class and one folder of templates; every page finds it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import openpyxl
import pyreadstat
import pytest
from jinja2 import ChoiceLoader, DictLoader

from consult.analysis.disclosure import PUBLIC
from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.definition import Definition, Question, Section
from surveys.elements import Config
from surveys.errors import AnswerError
from surveys.exports import FORMATS, response_table, write_file
from surveys.questions import question_types, register
from surveys.questions.base import QuestionType, Setting, first
from surveys.questions.rows import Cells
from surveys.xlsform import read_xlsform
from surveys.xlsform.write import xlsform_bytes
from tests.support import sent_by, text_of

TEMPLATES = {
    "questions/shade/answer.html": (
        '{% import "questions/parts.html" as parts %}{% call parts.written(field) %}'
        '<input id="{{ field.input_id }}" name="{{ field.name }}" value="{{ field.value }}" class="shade">'
        "{% endcall %}"
    ),
    "questions/shade/edit.html": (
        '{% import "builder/parts.html" as build with context %}{{ build.all_settings(form) }}'
    ),
    "questions/shade/result.html": '<p class="shade-result">{{ result.answered }} shades</p>',
}


@dataclass(frozen=True, slots=True)
class ShadeConfig(Config):
    darkest: int = 9


@pytest.fixture
def shade(app):
    @register
    class Shade(QuestionType):
        name = "shade"
        label = "Shade"
        example = "How dark is it?"
        Config = ShadeConfig
        settings = (Setting("darkest", "integer", "Darkest shade", minimum=1),)
        column_kind = "number"
        xlsform_types = frozenset({"integer"})
        xlsform_appearances = frozenset({"shade"})

        def parse(self, question, raw):
            typed = first(raw, question.name)
            if typed and not typed.isdigit():
                raise AnswerError("no_shade", "A shade is a number.")
            return int(typed) if typed else None

        def config_from_row(self, row):
            return ShadeConfig(int(row.own.get("darkest", 9)))

        def row_of(self, question):
            return Cells("integer", appearance="shade", own={"darkest": str(question.config.darkest)})

    app.jinja_loader = ChoiceLoader([app.jinja_loader, DictLoader(TEMPLATES)])
    yield
    del question_types["shade"]


def test_a_new_type_is_picked_edited_previewed_and_checked(shade, client, sign_in):
    sign_in(client, "facilitator")
    services.create_consultation(db.session(), slug="dark", title={"en": "Dark"}, languages=["en"])
    db.session.commit()
    base = "/manage/dark/survey"
    section = client.post(f"{base}/sections").location
    assert "How dark is it?" in text_of(client.get(f"{section}/add").text)
    assert 'name="set-darkest"' in client.get(f"{section}/add/shade").text
    made = client.post(
        f"{section}/add/shade", data={"label-en": "Which shade?", "set-darkest": "٧", "name": "s"}
    )
    assert made.status_code == 303
    assert "Which shade?" in text_of(client.get(base).text)
    assert 'class="shade"' in client.get(f"{base}/preview/1").text
    refused = client.post(f"{base}/preview/1", data={"s": "black"})
    assert "A shade is a number." in text_of(refused.text)
    assert 'value="black"' in refused.text


def test_a_new_type_is_answered_checked_exported_counted_and_round_trips(
    shade, app, client, sign_in, tmp_path
):
    question = Question("s1", "s", "shade", {"en": "Which shade?"}, config=ShadeConfig(7))
    definition = Definition(
        {"en": "Dark"}, ("en",), "en", (Section("page1", "page1", questions=(question,)),)
    )
    services.create_consultation(
        db.session(), slug="dark", title={"en": "Dark"}, languages=["en"], definition=definition
    )
    services.open_consultation(db.session(), consultation_by_slug(db.session(), "dark"))
    db.session.commit()
    assert read_xlsform(xlsform_bytes(definition)).definition == definition
    for shown in range(PUBLIC):
        person = app.test_client()
        form = sent_by(person.get("/c/dark/1").text)
        refused = person.post("/c/dark/1", data=form | {"s": "black", "action": "continue"})
        assert "A shade is a number." in refused.text and 'value="black"' in refused.text
        person.post("/c/dark/1", data=form | {"s": str(shown), "action": "continue"})
        check = person.get("/c/dark/check").text
        assert "Which shade?" in check and str(shown) in text_of(check)
        person.post("/c/dark/check", data=sent_by(check) | {"action": "submit"})
    consultation = consultation_by_slug(db.session(), "dark")
    services.close_consultation(db.session(), consultation)
    services.publish_consultation(db.session(), consultation)
    db.session.commit()
    assert f"{PUBLIC} shades" in text_of(client.get("/c/dark/results").text)
    for kind in FORMATS:
        out = io.BytesIO()
        write_file(response_table(db.session(), consultation.survey_id), kind=kind, out=out)
        (tmp_path / f"out.{kind}").write_bytes(out.getvalue())
    answers = [
        item["answers"] for item in json.loads((tmp_path / "out.json").read_text("utf-8"))["responses"]
    ]
    assert answers == [{"s": shown} for shown in range(PUBLIC)]
    assert (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[0].endswith(",s")
    assert pyreadstat.read_sav(tmp_path / "out.sav")[0]["s"].tolist() == list(range(PUBLIC))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["codes"]
    assert [row[-1] for row in sheet.iter_rows(values_only=True)] == ["s", *range(PUBLIC)]
