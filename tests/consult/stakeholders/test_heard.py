"""Who has been heard, without telling who; and a participant's own page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult import jobs
from consult.consultations import services
from consult.extensions import db
from consult.outreach import heard_views
from consult.stakeholders import codes, participation, people, queries
from consult.stakeholders.entitlement import AccessCode, Letter, Participation
from consult.stakeholders.heard import heard, in_steps
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup
from surveys.models import Answer, Response
from surveys.queries import latest_version
from surveys.services import submit_response
from tests.consult.stakeholders.conftest import SLUG
from tests.support import on_both_databases, text_of

ME = f"/c/{SLUG}/me"
PEOPLE = [
    (f"Member {n:02}", f"m{n}@example.org", "", "", "ar" if n % 2 else "en", "North" if n < 20 else "South",
     "women" if n < 10 else "youth", "yes")
    for n in range(30)
]  # fmt: skip


@pytest.fixture
def opened(bring_in, consultation):
    bring_in(PEOPLE)
    services.open_consultation(db.session(), consultation)
    db.session.commit()
    return consultation


def answer(consultation, number: int) -> int:
    version = latest_version(db.session(), consultation.survey_id)
    sent = submit_response(
        db.session(),
        version=version,
        submission_key=f"{number:064}",
        answers={"t1": f"x{number}"},
        language="en",
    )
    place = queries.whole_roll(db.session(), consultation.id)[number]
    participation.tie_response(db.session(), place.id, sent.response_id)
    db.session.commit()
    return sent.response_id


def _heard(consultation, *, is_over=False):
    return heard(db.session(), consultation.id, timezone="Asia/Beirut", is_over=is_over)


@on_both_databases
def test_figures_move_by_five_and_leave_out_the_last(opened):
    seen = []
    for number in range(17):
        answer(opened, number)
        found = _heard(opened)
        seen.append(
            (found.complete, found.by_region, found.by_language, sorted(found.by_group.items()), found.days)
        )
    assert [one[0] for one in seen] == [0] * 9 + [5] * 5 + [10] * 3
    for before, after in zip(seen, seen[1:], strict=False):
        assert before == after or after[0] - before[0] == 5  # nothing moves for fewer than five
    over = _heard(opened, is_over=True)
    assert (over.complete, over.on_roll) == (17, 30)


@on_both_databases
def test_small_cells_are_withheld_with_what_would_give_them_away(opened):
    for number in (*range(18), 20, 21):  # 18 of 20 in the North, 2 of 10 in the South
        answer(opened, number)
    over = _heard(opened, is_over=True)
    assert [(line.key, line.complete.shown) for line in over.by_region] == [("North", None), ("South", None)]
    assert over.by_group["1"].complete.shown in (None, 10, 9)


@on_both_databases
def test_moving_a_person_does_not_tell_whether_she_has_answered(opened, client, sign_in):
    """The difference that one correction makes between two looks is nothing, while it is open and after."""
    sign_in(client, "facilitator")
    for number in range(12):
        answer(opened, number)
    person = db.session.scalars(select(Participant).where(Participant.name == "Member 00")).one()
    women, youth = (
        db.session.scalars(select(StakeholderGroup.id).where(StakeholderGroup.key == key)).one()
        for key in ("women", "youth")
    )

    def complete() -> tuple:
        with client.application.test_request_context():
            found = heard_views._released(opened, is_over=opened.status != "open")
        return (found.complete, found.begun, {line.key: line.complete.shown for line in found.by_region},
                {key: line.complete.shown for key, line in found.by_group.items()}, found.days)  # fmt: skip

    before = complete()
    people.correct_participant(db.session(), opened, person, values={"region": "South"}, group_ids=[youth])
    db.session.commit()
    assert complete() == before
    place = next(p for p in queries.whole_roll(db.session(), opened.id) if p.participant.name == "Member 01")
    people.remove_from_roll(db.session(), opened, place)
    db.session.commit()
    assert complete() == before
    services.close_consultation(db.session(), opened)
    db.session.commit()
    jobs.finish_waiting()
    final = complete()
    assert final[0] == 11
    people.correct_participant(db.session(), opened, person, values={"region": "North"}, group_ids=[women])
    db.session.commit()
    assert complete() == final


def test_a_reminder_does_not_tell_who_has_not_answered(opened, client, sign_in, bring_in):
    sign_in(client, "facilitator")
    bring_in([("Alone", "alone@example.org", "", "", "en", "North", "few", "")])
    few = db.session.scalars(select(StakeholderGroup.id).where(StakeholderGroup.key == "few")).one()
    for number in range(1, 28):
        answer(opened, number)
    send = f"/manage/{SLUG}/invitations/send"
    refused = client.post(send, data={"kind": "reminder", "group": str(few)})
    assert refused.status_code == 422 and "Fewer than 5 people of this group" in text_of(refused.text)
    assert client.post(send, data={"kind": "reminder"}).status_code == 303
    sent = db.session.scalar(select(func.count()).select_from(Letter))
    assert 0 < sent < 5
    overview = text_of(client.get(f"/manage/{SLUG}/invitations").text)
    assert "The reminder is on its way to those who have not answered." in overview
    shown = overview[overview.index("What went out") : overview.index("Letters came back")]
    assert f" {sent} " not in shown
    for name in ("Alone", "Member 28", "Member 05"):
        person = db.session.scalars(select(Participant).where(Participant.name == name)).one()
        assert "Reminder" not in text_of(client.get(f"/manage/{SLUG}/roll/{person.id}").text)


def test_running_counts_are_in_steps_wherever_they_stand(opened, client, sign_in):
    sign_in(client, "admin")
    for number in range(7):
        answer(opened, number)
    for page in ("", "export", "paper"):
        words = text_of(client.get(f"/manage/{SLUG}/{page}").text)
        assert "in steps of five" in words and " 7 " not in words, page
    row = client.get("/manage/").text
    assert re.search(r'class="number">5<', row) and not re.search(r'class="number">7<', row)


def test_the_page_says_whom_we_have_not_heard(opened, client, sign_in):
    sign_in(client, "facilitator")
    client.post(
        f"/manage/{SLUG}/stakeholders/new",
        data={
            "name-en": "Donors",
            "category": "donor",
            "influence": "5",
            "interest": "4",
            "expected_size": "40",
        },
    )
    for number in range(10, 30):
        answer(opened, number)
    services.close_consultation(db.session(), opened)
    db.session.commit()
    page = client.get(f"/manage/{SLUG}/participation")
    words = text_of(page.text)
    assert page.status_code == 200
    assert "Nobody of them has been asked" in words
    assert words.index("Donors") < words.index("women") < words.index("youth")
    assert "Quieter than others" in words


def test_reviewers_see_figures_only(opened, client, sign_in):
    sign_in(client, "reviewer")
    assert client.get(f"/manage/{SLUG}/participation").status_code == 200
    assert client.get(f"/manage/{SLUG}/invitations").status_code == 403


@given(st.lists(st.integers(0, 40), max_size=60))
def test_every_step_holds_at_least_five(offsets):
    steps = in_steps([date(2027, 1, 1) + timedelta(days=n) for n in offsets])
    assert all(count >= 5 and first <= last for first, last, count in steps)
    assert sum(count for _f, _l, count in steps) == (len(offsets) if len(offsets) >= 5 else 0)
    assert all(a[1] < b[0] for a, b in zip(steps, steps[1:], strict=False))


def _code(consultation, number: int) -> str:
    return list(codes.personal_codes(db.session(), consultation))[number][1]


@on_both_databases
def test_she_sees_and_corrects_what_is_held(opened, client):
    code = _code(opened, 3)
    assert client.get(ME).status_code == 200
    page = client.post(ME, data={"code": codes.grouped(code).lower()})
    assert page.status_code == 200 and "m3@example.org" in page.text
    sent = {"code": code, "name": "ريم", "organisation": "", "email": "reem@example.org", "phone": "٠٣١٢٣٤٥٦",
            "language": "ar", "region": ""}  # fmt: skip
    opened.timezone = "Asia/Beirut"
    db.session.commit()
    assert client.post(f"{ME}/correct", data=sent).status_code == 200
    db.session.rollback()
    reem = db.session.scalars(select(Participant).where(Participant.name == "ريم")).one()
    assert (reem.email, reem.phone) == ("m3@example.org", "+9613123456")  # the address is not confirmed yet
    assert client.post(ME, data={"code": code}).status_code == 200


def test_a_wrong_code_shows_nothing_and_is_counted(opened, client):
    for _ in range(61):
        answer_ = client.post(ME, data={"code": "0" * 12})
    assert answer_.status_code == 429
    assert client.post(ME, data={"code": _code(opened, 0)}).status_code == 200
    assert (
        client.post(ME, data={"code": _code(opened, 0)}, headers={"Origin": "https://x.example"}).status_code
        == 400
    )


@on_both_databases
@pytest.mark.parametrize("choice", ["erase", "unlink"])
def test_she_leaves(opened, client, choice):
    code, other = _code(opened, 3), _code(opened, 4)
    answer(opened, 3)
    answer(opened, 4)
    assert client.post(f"{ME}/leave", data={"code": code}).status_code == 422  # what of the answers?
    left = client.post(f"{ME}/leave", data={"code": code, "answers": choice})
    assert left.status_code == 200, text_of(left.text)
    db.session.rollback()
    kept = 1 if choice == "erase" else 2
    assert db.session.scalar(select(func.count()).select_from(Response)) == kept
    assert db.session.scalar(select(func.count()).select_from(Answer)) == kept
    assert db.session.scalar(select(func.count()).select_from(Participation)) == 1
    assert db.session.scalar(select(func.count()).select_from(RollPlace)) == 29
    assert db.session.scalar(select(func.count()).select_from(AccessCode)) == 29
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 29
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert client.post(ME, data={"code": code}).status_code == 422
    assert client.post(ME, data={"code": other}).status_code == 200


def test_open_consultations_have_no_such_page(app, client):
    services.create_consultation(db.session(), slug="open", title={"en": "O"}, languages=["en"])
    db.session.commit()
    assert client.get("/c/open/me").status_code == 404
