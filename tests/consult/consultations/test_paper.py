"""Printing forms and keying them in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from consult.access.models import AuditEntry
from consult.consultations import services
from consult.extensions import db
from surveys.definition import Question, Section
from surveys.elements import Quota, ScreenOut
from surveys.endings import SCREEN_OUT, counts_of
from surveys.models import Response
from surveys.queries import draft_definition, latest_version
from surveys.questions.texts import ShortTextConfig
from surveys.services import publish_survey, save_definition
from tests.consult.consultations.members import FIRST_PAGE, SECOND_PAGE, SLUG, at_once
from tests.support import on_both_databases, text_of

BASE = f"/manage/{SLUG}/paper"
FILLED = FIRST_PAGE | SECOND_PAGE


@pytest.fixture
def facilitator(client, sign_in):
    sign_in(client, "facilitator")
    return client


def printed_codes(client, query: str = "") -> list[str]:
    return re.findall(r'class="code" dir="ltr">([^<]+)<', client.get(f"{BASE}/form{query}").text)


def keyed(client, code: str, **more):
    return client.post(
        f"{BASE}/key", data={"code": code, "paper:language": "ar", "action": "keep"} | FILLED | more
    )


def papers() -> list[Response]:
    db.session.rollback()
    return list(db.session.scalars(select(Response).where(Response.channel == "paper")))


@pytest.mark.parametrize("code", ["ar", "en"])
def test_the_form_prints_in_every_language_with_a_code_a_sheet(facilitator, consultation, code) -> None:
    page = facilitator.get(f"{BASE}/form?show_in={code}&copies=٣").text
    assert f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in page
    words = text_of(page)
    assert ("كم موظفًا؟" if code == "ar" else "How many staff?") in words
    codes = re.findall(r'class="code" dir="ltr">([^<]+)<', page)
    assert len(set(codes)) == len(codes)
    assert len({sheet[:9] for sheet in codes}) == 3
    assert "csrf" not in page


def test_a_paper_form_becomes_a_response_once(facilitator, consultation) -> None:
    code = printed_codes(facilitator)[0]
    answer = keyed(facilitator, code.lower().replace("-", " "), **{"page:quote_consent": "yes"})
    assert answer.status_code == 303
    (stored,) = papers()
    assert (stored.language, stored.quote_consent, stored.is_test) == ("ar", True, False)
    assert stored.answers == {
        "t1": "Amman", "t2": "More meetings", "i1": 25, "o1": "id-women", "m1": ["id-training", "id-grants"],
        "a1": "id-yes",
    }  # fmt: skip
    again = keyed(facilitator, code)
    assert again.status_code == 422
    assert "has been keyed in already" in text_of(again.text)
    assert "photocopy" in again.text
    assert keyed(facilitator, code, **{"paper:photocopy": "yes"}).status_code == 303
    assert "Write this code on the sheet" in text_of(facilitator.get(f"{BASE}/key").text)
    assert len(papers()) == 2
    actions = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "paper.keyed")).all()
    assert actions == [{"language": "ar", "version": 1}] * 2
    figures = text_of(facilitator.get(BASE).text)
    assert "0 online, in steps of five 0 on paper, in steps of five" in figures


@on_both_databases
def test_two_who_key_the_same_sheet_at_the_same_moment(app: Flask, facilitator, consultation) -> None:
    code = printed_codes(facilitator)[0]
    cookie = facilitator.get_cookie("session").value

    def key():
        with app.app_context():
            other = app.test_client()
            other.set_cookie("session", cookie)
            return keyed(other, code).status_code

    assert sorted(at_once(key, key, key)) == [303, 422, 422]
    assert len(papers()) == 1


def test_what_lacks_is_asked_once_and_may_stay(facilitator, consultation) -> None:
    code = printed_codes(facilitator)[0]
    first = keyed(facilitator, code, change="", staff="many")
    assert first.status_code == 422
    assert 'name="page:incomplete"' not in first.text
    assert 'value="many"' in first.text
    second = keyed(facilitator, code, change="")
    assert second.status_code == 422
    assert 'name="page:incomplete"' in second.text
    assert keyed(facilitator, code, change="", **{"page:incomplete": "yes"}).status_code == 303
    assert "t2" not in papers()[0].answers


@pytest.mark.parametrize("code", ["", "A7K-9QX2M-01-F", "x" * 10_000, "٠" * 11])
def test_a_wrong_code_is_said_and_what_was_typed_stays(facilitator, consultation, code) -> None:
    answer = keyed(facilitator, code)
    assert answer.status_code == 422
    assert 'value="Amman"' in answer.text
    assert papers() == []


def test_a_sheet_of_an_older_version_shows_the_questions_it_asked(facilitator, consultation) -> None:
    code = printed_codes(facilitator)[0]
    survey = consultation.survey
    definition = draft_definition(survey)
    changed = replace(definition, sections=definition.sections[:1])
    save_definition(db.session(), survey=survey, definition=changed, draft_revision=survey.draft_revision)
    publish_survey(db.session(), survey=survey)
    db.session.commit()
    newest = latest_version(db.session(), survey.id)
    first = keyed(facilitator, code, **{"paper:version": str(newest.id)})
    assert first.status_code == 422
    assert "printed from version 1" in text_of(first.text)
    assert "What kind?" in first.text or "ما نوعها؟" in first.text
    shown = re.search(r'name="paper:version" value="(\d+)"', first.text)[1]
    assert keyed(facilitator, code, **{"paper:version": shown}).status_code == 303
    assert papers()[0].answers["o1"] == "id-women"


def test_nothing_is_keyed_after_closing_nor_by_who_may_not(
    app, client, facilitator, consultation, sign_in
) -> None:
    code = printed_codes(facilitator)[0]
    reviewer = app.test_client()
    sign_in(reviewer, "reviewer")
    assert keyed(reviewer, code).status_code == 403
    services.close_consultation(db.session(), consultation)
    db.session.commit()
    late = keyed(facilitator, code)
    assert late.status_code == 422
    assert "only while the consultation is open" in text_of(late.text)


def test_a_full_quota_takes_no_paper_either(facilitator, consultation) -> None:
    survey = consultation.survey
    definition = replace(draft_definition(survey), quotas=(Quota("q", {"en": "All"}, "", 1),))
    save_definition(db.session(), survey=survey, definition=definition, draft_revision=survey.draft_revision)
    publish_survey(db.session(), survey=survey)
    db.session.commit()
    first, second = (sheet for sheet in printed_codes(facilitator, "?copies=2") if sheet[10:12] == "01")
    assert keyed(facilitator, first).status_code == 303
    refused = keyed(facilitator, second)
    assert refused.status_code == 422
    assert "All places" in text_of(refused.text)
    assert len(papers()) == 1


@on_both_databases
def test_who_is_screened_out_on_paper_is_counted_once_and_not_kept(facilitator, consultation) -> None:
    published(consultation, screen_outs=(ScreenOut("so", "${staff} > 20", {"en": "Thanks.", "ar": "شكرًا."}),))
    code = printed_codes(facilitator)[0]
    assert keyed(facilitator, code).status_code == 303
    assert "asked no further" in text_of(facilitator.get(f"{BASE}/key").text)
    again = keyed(facilitator, code)
    assert again.status_code == 422
    assert "has been keyed in already" in text_of(again.text)
    assert papers() == []
    assert counts_of(db.session(), consultation.survey_id) == {(SCREEN_OUT, "so"): 1}
    assert keyed(facilitator, printed_codes(facilitator)[0], staff="7").status_code == 303
    assert len(papers()) == 1


def test_questions_may_be_called_as_the_page_calls_its_own_inputs(facilitator, consultation) -> None:
    names = ("version", "photocopy", "paper_language", "paper")
    asked = tuple(
        Question(name, name, "short_text", {"en": name, "ar": name}, config=ShortTextConfig())
        for name in names
    )
    published(consultation, sections=(Section("s", "s", {}, {}, asked),))
    code = printed_codes(facilitator)[0]
    given = {"version": "2.1", "photocopy": "yes", "paper_language": "en", "paper": "A4"}
    answer = facilitator.post(
        f"{BASE}/key", data={"code": code, "paper:language": "ar", "action": "keep"} | given
    )
    assert answer.status_code == 303
    assert f"Keyed in: {code[:9]}" in text_of(facilitator.get(f"{BASE}/key").text)
    (stored,) = papers()
    assert (stored.answers, stored.language) == (given, "ar")


def published(consultation, **changes) -> None:
    survey = consultation.survey
    definition = replace(draft_definition(survey), **changes)
    save_definition(db.session(), survey=survey, definition=definition, draft_revision=survey.draft_revision)
    publish_survey(db.session(), survey=survey)
    db.session.commit()


def test_a_draft_prints_with_a_warning(facilitator, draft_consultation) -> None:
    assert "Draft: do not hand out" in text_of(facilitator.get(f"{BASE}/form").text)
    assert facilitator.get(f"{BASE}/key").status_code == 404
    assert facilitator.get(BASE).status_code == 200
