"""Test mode: answered like the real thing, counted nowhere, gone at opening."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select

from consult.builder.services import definition_of
from consult.consultations import export, progress, services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.outbox import OutboxEvent
from surveys import editing, queries
from surveys import services as survey_services
from surveys.models import Answer, DraftResponse, Response, SurveyVersion
from tests.support import on_both_databases, text_of, token
from tests.surveys.samples import SCALE, SHORT, survey

BASE = "/manage/review/survey"


@pytest.fixture
def page(building):
    return building(survey(SHORT, SCALE), languages=("en", "ar"))


def consultation():
    db.session.expire_all()
    return consultation_by_slug(db.session(), "review")


def answer_test(client, words="نص تجريبي") -> str:
    """Once through in test mode; the page with the receipt. Every page carries the mark."""
    begun = client.post(f"{BASE}/test")
    assert begun.status_code == 303
    where, forms = begun.location, [{"place": words}, {"trust": "yes"}, {"action": "submit"}]
    for form in forms:
        shown = client.get(where)
        assert 'class="watermark"' in shown.text
        sent = client.post(where, data={"action": "continue", "csrf_token": token(shown.text)} | form)
        assert sent.status_code == 303
        where = sent.location
    shown = client.get(where).text
    assert 'class="watermark"' in shown
    assert 'id="receipt"' in shown
    return shown


@on_both_databases
def test_a_test_response_counts_nowhere_and_goes_at_opening(app, page):
    answer_test(page)
    session = db.session()
    made = consultation()
    assert session.scalar(select(func.count()).select_from(Response)) == 1
    assert queries.count_responses(session, made.survey_id) == 0
    assert queries.latest_version(session, made.survey_id) is None
    assert progress.counts_of(session, [made])[made.id].submitted == 0
    assert session.scalar(select(func.count()).select_from(Answer)) == 0
    assert "response.submitted" not in session.scalars(select(OutboxEvent.kind)).all()
    assert "1 test response" in text_of(page.get(BASE).text)
    services.open_consultation(session, made)
    session.commit()
    for table in (Response, DraftResponse):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert [version.number for version in session.scalars(select(SurveyVersion))] == [1]


def test_no_file_and_no_figure_holds_a_test_response(page):
    answer_test(page, "SECRETTEST")
    made = consultation()
    version = survey_services.publish_survey(db.session(), survey=made.survey)
    survey_services.submit_response(
        db.session(), version=version, submission_key="k" * 64, answers={"t1": "real"}, language="ar"
    )
    made.status = "closed"
    db.session.commit()
    for kind in export.FORMATS:
        out = BytesIO()
        export.write_file(export.responses_of(db.session(), consultation()), kind=kind, out=out)
        assert out.getvalue()
        assert b"SECRETTEST" not in out.getvalue()
    table = export.responses_of(db.session(), consultation())
    assert len(list(table.records)) == 1
    counts = queries.question_counts(db.session(), made.survey_id)
    assert {key: found.answered for key, found in counts.items()} == {"t1": 1}
    assert survey_services.rebuild_projection(db.session(), survey_id=made.survey_id) == 1


def test_test_responses_are_deleted_by_hand(page):
    answer_test(page)
    page.post(f"{BASE}/test")
    gone = page.post(f"{BASE}/test/delete", follow_redirects=True)
    assert "1 test response was deleted." in text_of(gone.text)
    assert db.session.scalar(select(func.count()).select_from(DraftResponse)) == 0
    assert db.session.scalar(select(func.count()).select_from(SurveyVersion)) == 0


def test_a_changed_survey_is_tried_out_as_it_stands(page):
    answer_test(page)
    made = consultation()
    definition = editing.remove_question(definition_of(made), "a1")
    definition = editing.remove_section(definition, "s2")
    survey_services.save_definition(
        db.session(), survey=made.survey, definition=definition, draft_revision=made.survey.draft_revision
    )
    db.session.commit()
    begun = page.post(f"{BASE}/test")
    shown = page.get(begun.location).text
    sent = page.post(begun.location, data={"place": "x", "action": "continue", "csrf_token": token(shown)})
    assert sent.location.endswith("/check")
    numbers = db.session.scalars(select(SurveyVersion.number).order_by(SurveyVersion.number)).all()
    assert numbers == [-1, 0]


def test_nobody_else_sees_it_and_it_ends_at_opening(page, app, client):
    begun = page.post(f"{BASE}/test")
    stranger = app.test_client()
    assert stranger.get(begun.location).status_code == 404
    assert "Not open yet" in text_of(stranger.get("/c/review", headers={"Accept-Language": "en"}).text)
    services.open_consultation(db.session(), consultation())
    db.session.commit()
    refused = page.post(f"{BASE}/test")
    assert refused.status_code == 422
    assert "Test mode ends when the consultation opens" in text_of(refused.text)
    assert 'class="watermark"' not in page.get("/c/review/1").text


def test_what_is_not_ready_is_said_with_links(page):
    made = consultation()
    definition = definition_of(made)
    for question in list(definition.questions()):
        definition = editing.remove_question(definition, question.id)
    survey_services.save_definition(
        db.session(), survey=made.survey, definition=definition, draft_revision=made.survey.draft_revision
    )
    db.session.commit()
    refused = page.post(f"{BASE}/test")
    assert refused.status_code == 422
    assert "The survey has no questions yet." in text_of(refused.text)
