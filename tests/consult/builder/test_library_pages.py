"""The library and the templates in the browser."""

from __future__ import annotations

import pytest

from consult.builder import library
from consult.builder.saved import PREFIX, saved_items
from consult.builder.services import definition_of
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.rules import find_problems
from tests.support import inputs_of, on_both_databases, text_of
from tests.surveys.samples import survey

BASE = "/manage/review/survey"


@pytest.fixture
def page(building):
    return building(survey())


def definition(slug="review"):
    db.session.expire_all()
    return definition_of(consultation_by_slug(db.session(), slug))


def test_questions_are_found_ticked_and_inserted(page):
    found = page.get(f"{BASE}/library?q=شكوى").text
    assert 'value="complaint_known"' in found
    assert 'value="age_group"' not in found
    sent = {"question": ["service_problem", "service_problem_what"], "section": "s2"}
    answer = page.post(f"{BASE}/library", data=sent)
    assert answer.status_code == 303
    first, second = definition().section("s2").questions[-2:]
    assert (first.name, second.relevant) == ("service_problem", "${service_problem} = 'yes'")
    assert set(first.label) == {"ar", "en", "fr", "es"}
    page.post(f"{BASE}/library", data={"question": "age_group", "section": "new"})
    assert [q.name for q in definition().sections[-1].questions] == ["age_group"]
    assert "Undo: questions inserted" in text_of(page.get(BASE).text)
    assert page.post(f"{BASE}/library", data={"question": "nonsense"}).status_code == 422


def test_nothing_found_is_said(page):
    assert "No question has these words" in text_of(page.get(f"{BASE}/library?q=xyzzy").text)
    assert "Nothing is kept here yet" in text_of(page.get(f"{BASE}/library?topic=own").text)


@on_both_databases
def test_own_questions_are_kept_inserted_and_taken_out(app, page):
    for _ in range(2):
        page.post(f"{BASE}/questions/o1/keep", data={"topic": "open"})
    (item,) = saved_items(db.session())
    assert item.key.startswith(PREFIX)
    shown = page.get(f"{BASE}/library").text
    assert f'value="{item.key}"' in shown
    page.post(f"{BASE}/library", data={"question": item.key, "section": "s1"})
    copy = definition().section("s1").questions[-1]
    assert (copy.name, copy.label) == ("kind_2", definition().question("o1").label)
    page.post(f"{BASE}/library/forget", data={"question": item.key})
    page.post(f"{BASE}/library/forget", data={"question": f"{PREFIX}²"})
    assert saved_items(db.session()) == []
    assert definition().section("s1").questions[-1] == copy


def test_a_template_is_inserted_whole_and_undone(page):
    before = definition()
    page.post(f"{BASE}/library/template", data={"template": "event-feedback"})
    template = library.templates()["event-feedback"]
    assert len(definition().sections) == len(before.sections) + len(template.sections)
    form = {name: values[0] for name, values in inputs_of(page.get(BASE).text).items()}
    page.post(f"{BASE}/undo", data={"revision": form["revision"], "action": "undo"})
    assert definition() == before
    assert page.post(f"{BASE}/library/template", data={"template": "x"}).status_code == 400


@pytest.mark.parametrize("key", library.templates())
def test_a_consultation_begins_from_a_template(page, key):
    assert "Begin from a template" in page.get("/manage/").text
    shown = page.get(f"/manage/templates/{key}?lang=ar").text
    form = inputs_of(shown)
    slug = form["slug"][0]
    sent = {"title": form["title"][0], "slug": slug, "languages": ["ar", "en"]}
    made = page.post(f"/manage/templates/{key}", data=sent)
    assert made.location == f"/manage/{slug}/survey"
    consultation = consultation_by_slug(db.session(), slug)
    assert set(consultation.title) == {"ar", "en"}
    assert find_problems(definition(slug)) == ()
    assert page.get(f"{made.location}/preview/1?show_in=ar").status_code == 200
    assert inputs_of(page.get(f"/manage/templates/{key}").text)["slug"][0] == f"{slug}-2"
    refused = page.post(f"/manage/templates/{key}", data=sent)
    assert refused.status_code == 422
    assert page.get("/manage/templates/none").status_code == 404
