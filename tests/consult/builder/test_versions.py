"""Versions side by side, and what results say of a changed wording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consult.builder.services import definition_of, publish_changes
from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys import editing
from surveys import services as survey_services
from surveys.queries import latest_version, versions_of
from tests.support import text_of
from tests.surveys.samples import INTEGER, ONE, SCALE, survey

BASE = "/manage/review/survey"


@pytest.fixture
def page(client, sign_in):
    """An open consultation with twelve answers, whose question on staff is reworded in version 2."""
    sign_in(client, "facilitator")
    session = db.session()
    made = services.create_consultation(
        session, slug="review", title={"en": "Review", "ar": "مراجعة"}, languages=["en", "ar"],
        definition=survey(ONE, INTEGER),
    )  # fmt: skip
    services.open_consultation(session, made)
    answer(made, 12)
    reword(made)
    session.commit()
    return client


def answer(consultation, count: int) -> None:
    version = latest_version(db.session(), consultation.survey_id)
    for number in range(count):
        survey_services.submit_response(
            db.session(), version=version, submission_key=f"{version.number}-{number}",
            answers={"o1": "id-women", "i1": 7}, language="ar",
        )  # fmt: skip


def reword(consultation) -> None:
    definition = definition_of(consultation)
    label = {"en": "How many paid staff?", "ar": "كم موظفًا بأجر؟"}
    change(consultation, editing.update_question(definition, replace(definition.question("i1"), label=label)))
    publish_changes(db.session(), consultation=consultation)


def change(consultation, definition) -> None:
    survey_services.save_definition(
        db.session(),
        survey=consultation.survey,
        definition=definition,
        draft_revision=consultation.survey.draft_revision,
    )


def consultation():
    db.session.expire_all()
    return consultation_by_slug(db.session(), "review")


def test_what_changed_between_two_versions_is_shown_word_by_word(page):
    shown = page.get(f"{BASE}/versions?from=1&to=2")
    assert '<ins><span class="hidden">added: </span>paid </ins>' in shown.text
    words = text_of(shown.text)
    assert "10 answers exist" in words  # twelve: in steps while people answer
    assert "the results say that the wording changed" in words
    assert "The two are the same." in text_of(page.get(f"{BASE}/versions?from=2&to=draft").text)
    backwards = page.get(f"{BASE}/versions?from=2&to=1").text
    assert '<del><span class="hidden">removed: </span>paid </del>' in backwards


def test_the_draft_is_compared_with_the_last_version_unless_told(page):
    made = consultation()
    definition = editing.remove_question(definition_of(made), "o1")
    definition = editing.add_question(definition, "s2", SCALE)
    definition = editing.update_question(definition, replace(definition.question("i1"), relevant="1 = 1"))
    change(made, definition)
    db.session.commit()
    words = text_of(page.get(f"{BASE}/versions").text)
    assert "From version 2 to the draft" in words
    for part in ("What kind? removed", "We are heard. new", "other conditions", "It is not asked any more"):
        assert part in words
    assert page.get(f"{BASE}/versions?from=99&to=²").status_code == 200


def test_before_the_first_version_there_is_nothing_to_compare(page):
    services.create_consultation(db.session(), slug="new-one", title={"en": "x"}, languages=["en"])
    db.session.commit()
    assert "Nothing is published yet" in text_of(page.get("/manage/new-one/survey/versions").text)


def test_results_join_by_id_and_say_where_the_wording_changed(page, client, sign_in):
    made = consultation()
    answer(made, 3)
    services.close_consultation(db.session(), made)
    services.publish_consultation(db.session(), made)
    db.session.commit()
    public = text_of(client.get("/c/review/results?lang=en").text)
    assert "How many paid staff?" in public
    assert public.count("The wording changed in version 2") == 1
    assert "15 people" in public
    review = text_of(client.get("/manage/review/review/?lang=en").text)
    assert review.count("The wording changed in version 2") == 1
    assert [version.number for version in versions_of(db.session(), made.survey_id)] == [1, 2]
