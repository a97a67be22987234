from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pytest

from surveys import editing
from surveys.exports import FORMATS, Choices, response_table, write_file
from surveys.exports.csv import safe_cell
from surveys.exports.records import ABOUT
from surveys.models import utc_now
from surveys.queries import draft_definition
from surveys.services import create_survey, publish_survey, save_definition, submit_response
from tests.surveys.samples import survey

ANSWERS = {
    "t1": "=1+1",
    "t2": "سطر\nآخر",
    "i1": -0,
    "o1": {"other": "a café"},
    "m1": ["id-grants", {"other": "rides"}],
    "a1": "id-rather_yes",
}


@pytest.fixture
def filled(session):
    """A survey with one response on each of two versions, and a test one; the second renames and removes."""
    made = create_survey(session, definition=survey())
    first = publish_survey(session, survey=made)
    submit = {"language": "ar", "quote_consent": True}
    submit_response(session, version=first, submission_key="a", answers=ANSWERS, **submit)
    submit_response(session, version=first, submission_key="t", answers=ANSWERS, is_test=True, **submit)
    draft = editing.remove_question(draft_definition(made), "i1")
    draft = editing.update_question(draft, replace(draft.question("t1"), name="town"))
    save_definition(session, survey=made, definition=draft, draft_revision=made.draft_revision)
    second = publish_survey(session, survey=made)
    submit_response(
        session, version=second, submission_key="b", answers={"t1": "غزة"}, language="fr", channel="paper"
    )
    return made


def written(session, made, kind: str, **choices) -> bytes:
    out = io.BytesIO()
    table = response_table(session, made.id)
    choices.setdefault("language", table.default_language)
    write_file(table, kind=kind, out=out, choices=Choices(**choices))
    return out.getvalue()


def test_json_has_codes_and_leaves_out_what_was_not_answered(session, filled):
    data = json.loads(written(session, filled, "json"))
    today = utc_now().date().isoformat()
    ids = [response.pop("id") for response in data["responses"]]
    assert len(set(ids)) == 2
    assert data == {
        "responses": [
            {
                "answers": {
                    "town": "=1+1",
                    "change": "سطر\nآخر",
                    "staff": 0,
                    "kind": "other",
                    "kind-other": "a café",
                    "services": ["grants", "other"],
                    "services-other": "rides",
                    "trust": "rather_yes",
                },
                "language": "ar",
                "channel": "online",
                "version": 1,
                "submitted_on": today,
                "quote_consent": True,
            },
            {
                "answers": {"town": "غزة"},
                "language": "fr",
                "channel": "paper",
                "version": 2,
                "submitted_on": today,
                "quote_consent": False,
            },
        ]
    }


def test_csv_has_a_mark_and_starts_no_formula(session, filled):
    data = written(session, filled, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    head, first, second = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head[6:] == [
        "town",
        "change",
        "kind",
        "kind-other",
        "services",
        "services-other",
        "trust",
        "staff",
    ]
    assert first[6:] == ["'=1+1", "سطر\nآخر", "other", "a café", "grants other", "rides", "rather_yes", "0"]
    assert second[6:] == ["غزة", *[""] * 7]


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_survey_without_responses_can_be_exported(session, kind):
    made = create_survey(session, definition=survey())
    assert written(session, made, kind)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("\u200f=1", "'\u200f=1"),
        ("\u202e\u200e@a", "'\u202e\u200e@a"),
        (" =1", "' =1"),
        ("a=1", "a=1"),
        (-1, "-1"),
        (["a", "b"], "a b"),
        (None, ""),
        (True, "yes"),
        (2.5, "2.5"),
    ],
)
def test_cells_that_a_spreadsheet_would_take_for_a_formula_are_texts(value, cell):
    assert safe_cell(value) == cell


def test_a_workbook_has_words_codes_and_a_codebook_right_to_left(session):
    made = create_survey(session, definition=survey(languages=("ar", "en")))
    version = publish_survey(session, survey=made)
    submit_response(session, version=version, submission_key="a", answers=ANSWERS, language="ar")
    book = openpyxl.load_workbook(io.BytesIO(written(session, made, "xlsx")))
    assert book.sheetnames == ["words", "codes", "codebook"]
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    words, codes, codebook = ([[cell.value for cell in row] for row in sheet] for sheet in book)
    columns = ["place", "change", "staff", "kind", "kind-other", "services", "services-other", "trust"]
    assert words[0][6:] == codes[0][6:] == columns
    assert words[1][6:] == [
        "=1+1", "سطر\nآخر", 0, "Other, please say", "a café", "«grants»، Other, please say", "rides",
        "«rather_yes»",
    ]  # fmt: skip
    assert dict(zip(codes[0], codes[1], strict=True))["services"] == "grants other"
    assert dict(zip(codebook[0], codebook[-1], strict=True)) == {
        "table": "responses", "column": "trust", "question (ar)": "صوتنا مسموع.",
        "question (en)": "We are heard.", "type": "agreement", "kind": "code", "code": "dont_know",
        "label (ar)": "«dont_know»", "label (en)": "Dont_Know", "version": "1", "wording changed": None,
    }  # fmt: skip
    assert book["words"]["G2"].data_type == "s"


def test_what_is_too_wide_for_a_sheet_goes_on_in_another(session, filled, monkeypatch):
    monkeypatch.setattr("surveys.exports.xlsx.MOST_COLUMNS", len(ABOUT) + 3)
    book = openpyxl.load_workbook(io.BytesIO(written(session, filled, "xlsx", values="codes")))
    assert book.sheetnames == ["codes", "codes 2", "codes 3", "codebook"]
    sheets = [list(book[name].values) for name in book.sheetnames[:-1]]
    for sheet in sheets:
        assert sheet[0][: len(ABOUT)] == ABOUT
        assert [line[0] for line in sheet[1:]] == [line[0] for line in sheets[0][1:]]
    titles = [title for sheet in sheets for title in sheet[0][len(ABOUT) :]]
    assert len(titles) == len(set(titles)) == 8
