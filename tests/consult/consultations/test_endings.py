"""Screen-outs, quotas and the survey's own thanks, as people who answer meet them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from consult.consultations import progress, services
from consult.consultations.models import Consultation
from consult.extensions import db
from surveys import services as survey_services
from surveys.elements import Quota, ScreenOut
from surveys.endings import QUOTA, SCREEN_OUT, counts_of
from surveys.queries import draft_definition, latest_version
from tests.consult.consultations.members import FIRST_PAGE, SECOND_PAGE, SLUG, Member, at_once, place
from tests.support import on_both_databases, text_of
from tests.surveys.samples import survey

YOUNG = ScreenOut("so1", "${staff} < 3", {"en": "Thank you all the same.", "ar": "شكرًا لكم على كل حال."})
WOMEN = Quota(
    "q1",
    {"en": "Women"},
    "${kind} = 'women'",
    2,
    {"en": "Enough women have answered.", "ar": "اكتمل عدد النساء."},
)
ALL = Quota("q0", {"en": "All"}, "", 3)


@pytest.fixture
def consultation(app: Flask) -> Consultation:
    made = services.create_consultation(
        db.session(), slug=SLUG, title={"en": "Member survey", "ar": "استبيان الأعضاء"}, languages=["en", "ar"],
        definition=replace(
            survey(), screen_outs=(YOUNG,), quotas=(WOMEN, ALL),
            thanks={"en": "Thanks for ${place} & all.", "ar": "شكرًا"},
        ),
    )  # fmt: skip
    services.open_consultation(db.session(), made)
    db.session.commit()
    return made


def counted(consultation: Consultation) -> dict:
    db.session.rollback()
    return counts_of(db.session(), consultation.survey_id)


@on_both_databases
def test_who_is_screened_out_is_counted_once_and_nothing_of_it_is_kept(app, consultation, stored) -> None:
    member = Member(app)
    member.begin()
    young = FIRST_PAGE | {"staff": "٢"}
    answers = at_once(*[lambda: member_post(app, member, young) for _ in range(4)])
    assert {place(answer) for answer in answers} == {"/ended"}
    assert stored() == ([{}], [])
    assert counted(consultation) == {(SCREEN_OUT, "so1"): 1}
    assert "Thank you all the same." in text_of(member.get("/ended").text)
    for path in ("/1", "/2", "/check"):
        assert place(member.get(path)) == "/ended"
        assert place(member.post(path, **SECOND_PAGE, action="submit")) == "/ended"
    assert counted(consultation) == {(SCREEN_OUT, "so1"): 1}
    count = progress.counts_of(db.session(), [consultation])[consultation.id]
    assert (count.submitted, count.unfinished) == (0, 0)
    other = Member(app)
    other.fill_in()
    assert place(other.submit()) == "/receipt"


def member_post(app: Flask, member: Member, data: dict):
    with app.app_context():
        return Member(app).like(member).post("/1", **data, action="continue")


@on_both_databases
def test_a_quota_never_overshoots(app, consultation, stored) -> None:
    members = [Member(app) for _ in range(6)]
    for member in members:
        member.fill_in()
    answers = at_once(*[lambda m=member: in_context(app, m) for member in members])
    assert sorted(place(answer) for answer in answers) == ["/ended"] * 4 + ["/receipt"] * 2
    drafts, responses = stored()
    assert (len(drafts), len(responses)) == (4, 2)
    assert counted(consultation) == {(QUOTA, "q1"): 2, (QUOTA, "q0"): 2}
    refused = next(m for m, answer in zip(members, answers, strict=True) if place(answer) == "/ended")
    assert "Enough women have answered." in text_of(refused.get("/ended").text)
    assert "Your answers were not sent" in text_of(refused.get("/ended").text)


def in_context(app: Flask, member: Member):
    with app.app_context():
        return member.submit()


def test_a_double_click_takes_one_place(app, consultation) -> None:
    member = Member(app)
    member.fill_in()
    assert place(member.submit()) == place(member.submit()) == "/receipt"
    assert counted(consultation) == {(QUOTA, "q1"): 1, (QUOTA, "q0"): 1}


def test_a_full_quota_spares_people_the_other_pages_and_lets_others_on(app, consultation, stored) -> None:
    for _ in range(2):
        member = Member(app)
        member.fill_in()
        member.submit()
    member = Member(app)
    member.begin()
    member.post("/1", **FIRST_PAGE, action="continue")
    assert place(member.post("/2", **SECOND_PAGE, action="continue")) == "/ended"
    assert place(member.post("/2", **(SECOND_PAGE | {"kind": "youth"}), action="continue")) == "/check"
    assert place(member.submit()) == "/receipt"
    late = Member(app)
    late.begin()
    assert place(late.post("/1", **FIRST_PAGE, action="continue")) == "/ended"
    assert "Enough people like you have answered" in text_of(late.get("/ended").text)
    assert len(stored()[1]) == 3


def test_thanks_are_in_the_words_of_the_survey_and_the_receipt_stands_alone(app, consultation) -> None:
    member = Member(app)
    member.fill_in()
    member.submit()
    page = member.get("/receipt").text
    assert "Thanks for Amman &amp; all." in page
    assert len(member.receipt) == 11


def test_test_answers_take_no_place(app, consultation) -> None:
    version = latest_version(db.session(), consultation.survey_id)
    for number in range(3):
        survey_services.submit_response(
            db.session(), version=version, submission_key=f"t{number}", language="en", is_test=True,
            answers={"o1": "id-women"},
        )  # fmt: skip
    assert counts_of(db.session(), consultation.survey_id) == {}


@on_both_databases
def test_a_changed_quota_is_counted_anew_from_the_responses(app, consultation) -> None:
    for _ in range(2):
        member = Member(app)
        member.fill_in()
        member.submit()
    definition = draft_definition(consultation.survey)
    changed = replace(
        definition, quotas=(replace(WOMEN, limit=5), replace(ALL, id="q2", condition="${staff} > 100"))
    )
    survey_services.save_definition(
        db.session(),
        survey=consultation.survey,
        definition=changed,
        draft_revision=consultation.survey.draft_revision,
    )
    survey_services.publish_survey(db.session(), survey=consultation.survey)
    db.session.commit()
    assert counted(consultation) == {(QUOTA, "q1"): 2, (QUOTA, "q0"): 2}
    member = Member(app)
    member.fill_in()
    assert place(member.submit()) == "/receipt"
    assert counted(consultation)[QUOTA, "q1"] == 3


def published(consultation: Consultation, **changes) -> None:
    survey_services.save_definition(
        db.session(), survey=consultation.survey, draft_revision=consultation.survey.draft_revision,
        definition=replace(draft_definition(consultation.survey), **changes),
    )  # fmt: skip
    survey_services.publish_survey(db.session(), survey=consultation.survey)
    db.session.commit()


def test_the_quotas_of_the_newest_version_hold_for_answers_that_began_on_an_older_one(
    app, consultation
) -> None:
    early, late = Member(app), Member(app)
    for member in (early, late):
        member.fill_in()
    older = Quota("q7", {"en": "Staff"}, "${staff} > 20", 1, {"en": "Enough of them.", "ar": "اكتمل"})
    published(consultation, quotas=(older,))
    assert place(early.submit()) == "/receipt"
    assert counted(consultation) == {(QUOTA, "q7"): 1}
    assert place(late.post("/2", **SECOND_PAGE, action="continue")) == "/ended"
    assert place(late.submit()) == "/ended"
    assert "Enough of them." in text_of(late.get("/ended").text)
    assert counted(consultation) == {(QUOTA, "q7"): 1}
    published(consultation, quotas=())
    assert place(late.submit()) == "/receipt"
