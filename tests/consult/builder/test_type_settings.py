"""Settings that only some types have: answers that stand alone, pictures, two lists of answers."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from consult.builder.services import definition_of
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.definition import Question
from surveys.questions import question_types
from surveys.questions.pictures import is_kept
from tests.support import sent_by, text_of

BASE = "/manage/types/survey"


@pytest.fixture
def page(building):
    return building(slug="types", languages=("en",))


def made(page, kind: str, **sent) -> Question:
    section = page.post(f"{BASE}/sections").location
    data = {"label-en": "Which?", "name": kind} | {
        key.replace("_", "-"): value for key, value in sent.items()
    }
    answer = page.post(f"{section}/add/{kind}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, text_of(answer.text)
    return survey()[kind]


def survey() -> dict[str, Question]:
    db.session.expire_all()
    definition = definition_of(consultation_by_slug(db.session(), "types"))
    return {question.name: question for question in definition.questions()}


def picture(colour: str):
    out = BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    out.seek(0)
    return (out, "a.png")


def test_an_answer_is_marked_to_stand_alone_and_unmarked(page):
    lines = {
        "set_options_0_place": "1", "set_options_0_en": "Health",
        "set_options_1_place": "2", "set_options_1_en": "None of these", "set_options_1_exclusive": "yes",
    }  # fmt: skip
    question = made(page, "select_multiple", **lines)
    assert [dict(option.attributes) for option in question.config.options] == [{}, {"exclusive": "yes"}]
    address = f"{BASE}/questions/{question.id}"
    form = sent_by(page.get(address).text)
    page.post(address, data=form | {"action": "save"})
    assert survey()["select_multiple"] == question
    form = sent_by(page.get(address).text)
    del form["set-options-1-exclusive"]
    page.post(address, data=form | {"action": "save"})
    assert [dict(option.attributes) for option in survey()["select_multiple"].config.options] == [{}, {}]


def test_pictures_are_taken_kept_and_replaced(page):
    lines = {
        "set_options_0_place": "1", "set_options_0_en": "A green field", "set_options_0_picture": picture("green"),
        "set_options_1_place": "2", "set_options_1_en": "A blue sea", "set_options_1_picture": picture("blue"),
        "set_captions": "yes", "set_max": "1",
    }  # fmt: skip
    question = made(page, "image_choice", **lines)
    green, blue = [option.attributes["image"] for option in question.config.options]
    assert is_kept(green) and is_kept(blue) and green != blue
    address = f"{BASE}/questions/{question.id}"
    html = page.get(address).text
    assert f"/pictures/{green}" in html and 'alt="A green field"' in html
    page.post(
        address,
        data=sent_by(html) | {"action": "save", "set-options-1-picture": picture("red")},
        content_type="multipart/form-data",
    )
    now = [option.attributes["image"] for option in survey()["image_choice"].config.options]
    assert now[0] == green and now[1] not in (green, blue)
    shown = page.get(f"{BASE}/preview/1").text
    assert f'src="/pictures/{green}" alt="A green field"' in shown
    refused = page.post(
        address,
        data=sent_by(html) | {"action": "save", "set-options-0-picture": (BytesIO(b"<svg/>"), "a.svg")},
        content_type="multipart/form-data",
    )
    assert refused.status_code == 422
    assert "The picture of line 1 cannot be taken" in text_of(refused.text)
    assert f"/pictures/{green}" in refused.text


def test_a_picture_stands_beside_a_question(page):
    adding = page.post(f"{BASE}/sections").location + "/add/integer"
    words = {"label-en": "How many?", "name": "integer", "set-question-picture": picture("green")}
    refused = page.post(adding, data=words, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "Say what the picture shows, for people who do not see it." in text_of(refused.text)
    kept = re.search(r'name="set-question-image" value="([^"]+)"', refused.text)[1]
    del words["set-question-picture"]
    words |= {"set-question-image": kept, "picture_words-en": "A green field"}
    assert page.post(adding, data=words).status_code == 303
    question = survey()["integer"]
    assert (question.picture, dict(question.picture_words)) == (kept, {"en": "A green field"})
    assert f'<img src="/pictures/{kept}" alt="A green field"' in page.get(f"{BASE}/preview/1").text
    printed = page.get("/manage/types/paper/form").text
    assert f'<img src="/pictures/{kept}" alt="A green field"' in printed
    address = f"{BASE}/questions/{question.id}"
    form = sent_by(page.get(address).text)
    forged = form | {"set-question-image": "../../secret.webp", "action": "save"}
    assert page.post(address, data=forged).status_code == 303
    assert survey()["integer"].picture == ""
    again = {"set-question-image": kept, "picture_words-en": "A green field"}
    page.post(address, data=sent_by(page.get(address).text) | again)
    assert survey()["integer"].picture == kept
    page.post(address, data=sent_by(page.get(address).text) | {"picture-remove": "yes"})
    assert (survey()["integer"].picture, survey()["integer"].picture_words) == ("", {})


def test_a_matrix_has_two_lists(page):
    lines = {
        "set_rows_0_place": "1", "set_rows_0_en": "Meetings", "set_rows_1_place": "2", "set_rows_1_en": "Letters",
        "set_columns_0_place": "1", "set_columns_0_en": "Good", "set_columns_1_place": "2", "set_columns_1_en": "Bad",
    }  # fmt: skip
    config = made(page, "matrix", **lines).config
    assert [option.label["en"] for option in config.rows] == ["Meetings", "Letters"]
    assert [option.label["en"] for option in config.columns] == ["Good", "Bad"]


@pytest.mark.parametrize("kind", sorted(question_types))
def test_every_type_has_a_page_to_edit_it(page, kind):
    section = page.post(f"{BASE}/sections").location
    html = page.get(f"{section}/add/{kind}").text
    for setting in question_types[kind].settings:
        assert f"set-{setting.name}" in html
