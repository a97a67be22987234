"""Memberships of one consultation."""

from __future__ import annotations

import pytest

from consult.access.models import AuditEntry
from consult.access.permissions import Right
from consult.consultations import services
from consult.consultations.access import rights_in
from consult.extensions import db


@pytest.fixture
def consultation(app):
    made = services.create_consultation(db.session(), slug="trial", title={"en": "T"}, languages=["en"])
    db.session.commit()
    return made


def test_a_membership_adds_rights_and_can_end(client, sign_in, staff, consultation):
    sign_in(client, "facilitator")
    reviewer = staff("reviewer")
    assert Right.CONSULTATION_EDIT not in rights_in(consultation, reviewer)
    data = {"email": "Reviewer@example.org ", "rights": ["consultation.edit"]}
    assert client.post("/manage/trial/team", data=data).status_code == 303
    assert Right.CONSULTATION_EDIT in rights_in(consultation, reviewer)
    member = next(m for m in consultation.members if m.staff_id == reviewer.id)
    client.post(f"/manage/trial/team/{member.id}/remove")
    db.session.expire_all()
    assert Right.CONSULTATION_EDIT not in rights_in(consultation, reviewer)
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["consultation.created", "team.added", "team.removed"]


def test_an_unknown_address_is_said_beside_the_field_and_kept(client, sign_in, consultation):
    sign_in(client, "facilitator")
    page = client.post("/manage/trial/team", data={"email": "nobody@example.org"})
    assert page.status_code == 422
    assert "No member of staff has this e-mail address." in page.text
    assert "nobody@example.org" in page.text


def test_a_restricted_consultation_is_hidden_from_others_and_keeps_its_last_member(
    client, sign_in, staff, consultation
):
    owner = staff("facilitator", "owner@example.org")
    client.post("/manage/trial/team")  # nobody is signed in: refused
    sign_in(client, person=owner)
    client.post("/manage/trial/team", data={"email": "owner@example.org"})
    consultation.is_restricted = True
    db.session.commit()
    member = consultation.members[0]
    refused = client.post(f"/manage/trial/team/{member.id}/remove")
    assert refused.status_code == 422
    sign_in(client, person=staff("facilitator", "other@example.org"))
    assert client.get("/manage/trial/").status_code == 404
    assert "trial" not in client.get("/manage/").text


def test_nobody_gives_what_they_do_not_have(client, sign_in, staff, consultation):
    facilitator = sign_in(client, "facilitator")
    assert Right.RESPONSES_READ not in rights_in(consultation, facilitator)
    data = {"email": facilitator.email, "rights": ["responses.read"]}
    assert client.post("/manage/trial/team", data=data).status_code == 422
    db.session.expire_all()
    assert Right.RESPONSES_READ not in rights_in(consultation, facilitator)
    sign_in(client, person=staff("admin"))
    assert client.post("/manage/trial/team", data=data).status_code == 303
    db.session.expire_all()
    assert Right.RESPONSES_READ in rights_in(consultation, facilitator)


def test_who_restricts_a_consultation_is_not_locked_out(client, sign_in, consultation):
    sign_in(client, "facilitator")
    data = {"title-en": "T", "languages": "en", "default_language": "en", "iap2_level": "consult"}
    sent = client.post("/manage/trial/settings", data={**data, "timezone": "UTC", "is_restricted": "y"})
    assert sent.status_code == 302
    assert client.get("/manage/trial/").status_code == 200
