"""Stale translations, the translators' workbook, and which language an answer was given in."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import delete

from consult.builder import freshness, services, sheets
from consult.builder.models import TextSource
from consult.consultations import services as consultations
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys import editing
from surveys.errors import NotReadyError
from surveys.translations import with_texts
from tests.consult.builder.test_pages import form_of
from tests.support import inputs_of, on_both_databases, text_of
from tests.surveys.samples import INTEGER, ONE, survey

BASE = "/manage/review/survey"
KEY = "question/i1/label"


@pytest.fixture
def page(building):
    return building(survey(ONE, INTEGER), languages=("en", "ar"))


def consultation():
    db.session.expire_all()
    return consultation_by_slug(db.session(), "review")


def definition():
    return services.definition_of(consultation())


def save(changed) -> None:
    made = consultation()
    services.save_survey(
        db.session(), consultation=made, definition=changed,
        draft_revision=made.survey.draft_revision, change="question",
    )  # fmt: skip
    db.session.commit()


def write(**words: str) -> None:
    save(with_texts(definition(), {KEY: words}))


def stale() -> dict[str, list[str]]:
    found = freshness.stale_in(db.session(), consultation().survey_id, definition())
    return {code: [place.key for place in places] for code, places in found.items()}


@on_both_databases
def test_a_translation_is_stale_while_its_source_is_another_one(app, page):
    write(en="How many people?")
    assert stale() == {"ar": [KEY]}
    write(en="How many staff?")
    assert stale() == {}
    write(en="How many people?")
    write(ar="كم شخصًا؟")
    assert stale() == {}
    write(en="How many people work here?")
    assert stale() == {"ar": [KEY]}
    write(en="How many?", ar="كم؟")
    assert stale() == {}


def test_undoing_makes_it_fresh_again(page):
    write(en="How many people?")
    made = consultation()
    services.undo(db.session(), consultation=made, draft_revision=made.survey.draft_revision)
    assert stale() == {}
    services.redo(db.session(), consultation=made, draft_revision=made.survey.draft_revision)
    assert stale() == {"ar": [KEY]}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["en", "ar"]), st.sampled_from("ABC")), max_size=8))
def test_staleness_follows_its_definition(page, deeds):
    """Stale: the source differs from what it was when this translation was last written or left alone fresh."""
    write(en="0", ar="٠")
    db.session.execute(delete(TextSource))
    source, made_from, words = "0", {"٠": "0"}, "٠"
    for language, letter in deeds:
        write(**{language: letter + language})
        if language == "en":
            source = letter + language
        elif words != letter + language:
            words = letter + language
            made_from[words] = source
        assert (stale() == {"ar": [KEY]}) == (made_from[words] != source)


def test_the_page_shows_what_is_stale_and_takes_a_tick(page):
    write(en="How many people?")
    assert "1 translation is stale" in text_of(page.get(BASE).text)
    shown = page.get(f"{BASE}/translate/ar?show=open").text
    assert f'name="ok:{KEY}"' in shown
    assert "question/o1/label" not in shown
    assert page.post(f"{BASE}/translate/ar", data=form_of(page, f"{BASE}/translate/ar")).status_code == 303
    assert stale() == {"ar": [KEY]}
    page.post(f"{BASE}/translate/ar", data=form_of(page, f"{BASE}/translate/ar") | {f"ok:{KEY}": "yes"})
    assert stale() == {}


def test_a_stale_language_may_open_and_an_incomplete_one_not_from_the_browser(page):
    write(en="How many people?")
    assert services.publish_changes(db.session(), consultation=consultation()).number == 1
    write(ar="")
    with pytest.raises(NotReadyError):
        services.publish_changes(db.session(), consultation=consultation())
    consultations.open_consultation(db.session(), consultation(), allow_missing_translations=True)


def workbook(page):
    return load_workbook(BytesIO(page.get(f"{BASE}/translations/workbook").data))


def filled(page, change) -> bytes:
    """The workbook as a translator sends it back; `change` is given the Arabic sheet."""
    book = workbook(page)
    change(book["ar"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def send(page, content: bytes, name="translations.xlsx"):
    return page.post(
        f"{BASE}/translations", data={"file": (BytesIO(content), name)}, content_type="multipart/form-data"
    )


def row_of(sheet, key: str) -> int:
    return next(number for number, row in enumerate(sheet.values, 1) if row[0] == key)


def test_the_workbook_has_a_sheet_a_language_and_comes_back(page):
    write(en="How many people?")
    sheet = workbook(page)["ar"]
    assert sheet.sheet_view.rightToLeft
    rows = {row[0]: row for row in sheet.values}
    assert rows[KEY][1:] == ("Question 2 · Question", "How many people?", "كم موظفًا؟", "stale")
    nothing = send(page, filled(page, lambda sheet: None))
    assert "Nothing in it is new." in text_of(nothing.text)

    def translate(sheet):
        sheet.cell(row_of(sheet, KEY), 4).value = "كم شخصًا؟"

    shown = send(page, filled(page, translate))
    assert "كم شخصًا؟" in shown.text
    assert definition().question("i1").label["ar"] == "كم موظفًا؟"
    taken = {name: values[0] for name, values in inputs_of(shown.text).items()}
    assert page.post(f"{BASE}/translations/take", data=taken).status_code == 303
    assert definition().question("i1").label["ar"] == "كم شخصًا؟"
    assert stale() == {}
    late = page.post(f"{BASE}/translations/take", data=taken)
    assert late.status_code == 422


def test_bad_rows_are_said_by_number_and_the_good_ones_taken(page):
    def spoil(sheet):
        sheet.append(["question/nobody/label", "", "x", "y"])
        sheet.append([KEY, "", "x", "twice"])
        sheet.cell(row_of(sheet, "question/o1/label"), 4).value = "a\u202eb"
        sheet.cell(row_of(sheet, KEY), 4).value = "كم؟"

    shown = send(page, filled(page, spoil))
    words = text_of(shown.text)
    assert "there is no text with the id “question/nobody/label”" in words
    assert "was there before" in words
    assert "signs that cannot be used" in words
    assert "3 rows are not taken" in words
    assert [name for name in inputs_of(shown.text) if name.startswith("t:")] == [f"t:ar:{KEY}"]


def test_a_translation_of_an_old_source_is_taken_and_stays_stale(page):
    content = filled(
        page, lambda sheet: setattr(sheet.cell(row_of(sheet, KEY), 4), "value", "كم عدد العاملين؟")
    )
    write(en="How many volunteers?")
    shown = send(page, content)
    assert "the source has changed since" in text_of(shown.text)
    page.post(
        f"{BASE}/translations/take", data={name: values[0] for name, values in inputs_of(shown.text).items()}
    )
    assert definition().question("i1").label["ar"] == "كم عدد العاملين؟"
    assert stale() == {"ar": [KEY]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a table"),
        (b"PK\x03\x04 nonsense", "is damaged"),
        (b"id,context,source,translation\n", "is not a table"),
    ],
)
def test_a_file_that_is_no_workbook_of_ours_is_refused_in_words(page, content, message):
    refused = send(page, content)
    assert refused.status_code == 422
    assert message in text_of(refused.text)
    assert send(page, b"", name="").status_code == 422


def test_a_workbook_of_other_sheets_is_refused(page):
    book = workbook(page)
    book["ar"].title = "Sheet1"
    out = BytesIO()
    book.save(out)
    refused = send(page, out.getvalue())
    assert "No sheet of this workbook is named after a language" in text_of(refused.text)


def test_every_text_has_its_place_in_the_workbook(page):
    made = definition()
    question = replace(made.question("i1"), constraint=". > 0", constraint_message={"en": "More than 0."})
    save(editing.update_question(made, question))
    keys = [row[0] for row in workbook(page)["ar"].values]
    assert "question/i1/constraint_message" in keys
    assert len(keys) == len(set(keys)) == len(sheets._to_translate(definition())) + 1
