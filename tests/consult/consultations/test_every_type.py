"""Every type of question all the way: form, store, check page, every export, tally; and what is refused."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import count

import openpyxl
import pyreadstat
import pytest
from flask import render_template_string
from flask_babel import force_locale, gettext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.i18n import error_text
from surveys.definition import Definition, Question, Section
from surveys.exports import response_table, write_file
from surveys.exports.csv import safe_cell
from surveys.models import Response
from surveys.presentation import localize
from surveys.questions import question_types
from surveys.rules import check_section
from surveys.tallies import tally_documents
from tests.support import sent_by, text_of
from tests.surveys import strategies
from tests.surveys.kinds import LANGUAGES, survey_of_every_type

FEW = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
numbers = count()


def survey_with(question: Question) -> Definition:
    return Definition(
        {"ar": "استبيان"}, ("ar", "en"), "ar", (Section("s", "s", questions=(question, ANCHOR)),)
    )


ANCHOR = Question("anchor", "anchor_", "short_text", {"ar": "آخر سؤال"})


def answered(app, definition: Definition, raw: dict) -> tuple[str, dict, str]:
    """Answer in a browser without script: the check page, what was stored, the consultation's address."""
    slug = f"chain-{next(numbers)}"
    services.create_consultation(
        db.session(), slug=slug, title={"ar": "استبيان"}, languages=["ar", "en"], definition=definition
    )
    services.open_consultation(
        db.session(), consultation_by_slug(db.session(), slug), allow_missing_translations=True
    )
    db.session.commit()
    client = app.test_client()
    page = client.get(f"/c/{slug}/1?lang=ar")
    sent = client.post(
        f"/c/{slug}/1", data=sent_by(page.text) | raw | {"action": "continue", "anchor_": "نعم"}
    )
    assert sent.status_code == 303, text_of(sent.text)
    check = client.get(f"/c/{slug}/check")
    done = client.post(f"/c/{slug}/check", data=sent_by(check.text) | {"action": "submit"})
    assert done.status_code == 303
    survey_id = consultation_by_slug(db.session(), slug).survey_id
    (stored,) = db.session.scalars(select(Response.answers).where(Response.survey_id == survey_id))
    return check.text, stored, slug


def exported(slug: str, kind: str) -> io.BytesIO:
    out = io.BytesIO()
    survey_id = consultation_by_slug(db.session(), slug).survey_id
    assert not write_file(response_table(db.session(), survey_id), kind=kind, out=out)
    out.seek(0)
    return out


@pytest.mark.parametrize("name", sorted(question_types))
def test_an_accepted_answer_arrives_in_every_file_and_figure(app, name, tmp_path):
    kind = question_types[name]

    @FEW
    @given(data=st.data())
    def chain(data):
        question, raw = data.draw(strategies.form_strategy(name))
        question = replace(question, id="q1", name="the_question")
        raw = {key.replace(key.split("-")[0], "the_question", 1): value for key, value in raw.items()}
        expected = kind.parse(question, raw)
        if kind.takes_file:
            raw = {"the_question": (io.BytesIO(b"%PDF-1.4"), "تقرير.pdf")}
        if name == "hidden":
            question = replace(question, config=replace(question.config, value="letter"))
        check, stored, slug = answered(app, survey_with(question), raw)
        value = stored.get("q1")
        if kind.asks and not kind.takes_file:
            assert value == expected
        assert kind.is_empty(value) == (not kind.takes_answer)
        words = kind.text(question, value, language="ar", default_language="ar")
        if kind.asks:
            assert all(" ".join(line.split()) in text_of(check) for line in words.splitlines())
        wanted = kind.export(question, value)
        (response,) = json.load(exported(slug, "json"))["responses"]
        assert {column: response["answers"].get(column) for column in wanted} == wanted
        head, line = csv.reader(io.StringIO(exported(slug, "csv").getvalue().decode("utf-8-sig"), newline=""))
        row = dict(zip(head, line, strict=True))
        assert set(kind.export_columns(question)) <= set(head)
        assert {column: row[column] for column in wanted} == {
            column: safe_cell(value) for column, value in wanted.items()
        }
        book = openpyxl.load_workbook(exported(slug, "xlsx"))
        codes = list(book["codes"].iter_rows(values_only=True))
        cells = dict(zip(codes[0], codes[1], strict=True))
        assert all(cells[column] not in (None, "") for column in wanted)
        (tmp_path / "out.sav").write_bytes(exported(slug, "sav").getvalue())
        frame, _meta = pyreadstat.read_sav(tmp_path / "out.sav")
        assert len(frame) == 1
        own = [column for column in frame.columns if column.startswith("the_question")]
        filled = frame[own].notna().to_numpy().any()
        assert bool(filled) == bool(wanted)
        assert not kind.takes_answer or tally_documents(survey_with(question), [stored])["q1"].answered == 1

    chain()


REFUSED = {
    "short_text": {"": "x" * 30_000},
    "long_text": {"": "x" * 30_000},
    "email": {"": "somebody"},
    "phone": {"": "call me"},
    "url": {"": "nowhere"},
    "integer": {"": "١.٢٥٠"},
    "decimal": {"": "a lot"},
    "range": {"": "55"},
    "date": {"-day": "٣١", "-month": "2", "-year": "2027"},
    "time": {"": "25:10"},
    "datetime": {"-day": "3", "-month": "2", "-year": "2027"},
    "location": {"": "غزة", "-latitude": "٩١٫٥", "-longitude": "3"},
    "select_one": {"-other": "a café", "": "health"},
    "select_multiple": {"": ["none", "health"]},
    "yes_no": {"": ["yes", "no"]},
    "agreement": {},
    "image_choice": {"": ["health", "water"]},
    "rating": {},
    "recommendation": {},
    "matrix": {"-meetings": "4"},
    "ranking": {"-health": "1", "-water": "1"},
    "budget": {"-health": "٧٠", "-water": "40"},
    "pairwise": {"-health-schools": "health"},
    "upload": {"-problem": "file_too_large"},
}


def test_every_type_that_asks_has_something_to_refuse():
    assert set(REFUSED) == {name for name, kind in question_types.items() if kind.asks and kind.takes_answer}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_answer_stands_there_and_says_why(app, name, language):
    definition = survey_of_every_type()
    question = replace(definition.question(name), required=True)
    raw = {
        f"{name}{end}": typed if isinstance(typed, list) else [typed] for end, typed in REFUSED[name].items()
    }
    section = Section("s", "s", questions=(question,))
    error = check_section(section, raw).errors[name]
    (field,) = (
        localize(replace(definition, sections=(section,)), language).sections[0].bind(raw, {name: error})
    )
    with app.test_request_context(), force_locale(language):
        html = render_template_string("{% include field.template %}", field=field)
        said = error_text(error)
        assert language == "en" or gettext(error.message) != error.message
    assert " ".join(said.split()) in text_of(html)
    assert "%(" not in said
    sent = sent_by(html)
    typed = {key: sorted(values) for key, values in raw.items() if not key.endswith("-problem")}
    assert {key: sorted(sent.get(key, [])) for key in typed} == typed
