"""What a membership of one consultation adds, and what a restricted consultation takes away."""

from __future__ import annotations

import pytest
from flask_security import hash_password
from sqlalchemy import select

from consult.access import brake
from consult.access.models import AuditEntry
from consult.access.permissions import ROLES, Right
from consult.consultations import services
from consult.consultations.access import rights_in
from consult.consultations.models import Consultation, ConsultationStaff
from surveys.models import utc_now

PASSWORD = "a long enough password"


@pytest.fixture
def consultation(session) -> Consultation:
    made = services.create_consultation(session, slug="trial", title={"en": "Trial"}, languages=["en"])
    session.commit()
    return made


def join(consultation: Consultation, person, *rights: Right) -> None:
    consultation.members.append(
        ConsultationStaff(staff_id=person.id, rights=[str(right) for right in rights])
    )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_without_membership_the_role_decides(consultation, staff, role):
    assert rights_in(consultation, staff(role)) == ROLES[role]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_restricted_consultation_is_closed_to_all_but_its_members_and_admins(consultation, staff, role):
    consultation.is_restricted = True
    person = staff(role)
    assert rights_in(consultation, person) == (ROLES["admin"] if role == "admin" else frozenset())
    join(consultation, person)
    assert rights_in(consultation, person) == ROLES[role]


def test_a_membership_adds_rights_here_and_nowhere_else(consultation, staff, session):
    reviewer, colleague = staff("reviewer"), staff("reviewer", "colleague@example.org")
    join(consultation, reviewer, Right.RESPONSES_EXPORT)
    other = services.create_consultation(session, slug="other", title={"en": "Other"}, languages=["en"])
    assert rights_in(consultation, reviewer) == ROLES["reviewer"] | {Right.RESPONSES_EXPORT}
    assert rights_in(consultation, colleague) == rights_in(other, reviewer) == ROLES["reviewer"]


def test_the_pages_keep_to_it(consultation, client, sign_in, session):
    person = sign_in(client, "reviewer")
    person.password = hash_password(PASSWORD)
    session.commit()
    export = {"format": "json", "values": "both", "language": "en", "password": PASSWORD}
    assert client.post("/manage/trial/export", data=export).status_code == 403
    consultation.is_restricted = True
    session.commit()
    assert client.get("/manage/trial/").status_code == 404
    assert "Trial" not in client.get("/manage/").text
    join(consultation, person, Right.RESPONSES_EXPORT)
    session.commit()
    assert client.get("/manage/trial/").status_code == 200
    assert client.post("/manage/trial/export", data=export, buffered=True).status_code == 200


def test_taking_responses_is_written_down(consultation, client, sign_in, session):
    person = sign_in(client, "facilitator")
    person.password = hash_password(PASSWORD)
    session.commit()
    export = {"format": "csv", "values": "codes", "language": "en", "password": PASSWORD}
    answer = client.post("/manage/trial/export", data=export, buffered=True)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == "attachment; filename=trial-responses.csv"
    assert answer.data.startswith(b"\xef\xbb\xbfid,")
    for wrong in (
        {"format": "exe"},
        {"language": "xx"},
        {"values": "?"},
        {"password": ""},
        {"password": "x"},
    ):
        refused = client.post("/manage/trial/export", data=export | wrong)
        assert refused.status_code == 422
        assert refused.mimetype == "text/html"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.exported")).one()
    assert (entry.actor, entry.consultation_slug, entry.details) == (
        person.email,
        "trial",
        {"format": "csv", "language": "en", "values": "codes", "spread": False, "titles": False},
    )


def test_the_password_cannot_be_tried_many_times(consultation, client, sign_in, session, monkeypatch):
    moment = utc_now()
    monkeypatch.setattr(brake, "now", lambda: moment)  # a slow machine may take longer than one has to wait
    person = sign_in(client, "facilitator")
    person.password = hash_password(PASSWORD)
    session.commit()
    export = {"format": "json", "values": "both", "language": "en"}
    for _ in range(10):
        assert client.post("/manage/trial/export", data=export | {"password": "guess"}).status_code == 422
    answer = client.post("/manage/trial/export", data=export | {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many wrong passwords" in answer.text
