"""A form that is answered with the words of an answer is a reading of it, and recorded as one."""

from __future__ import annotations

from sqlalchemy import select

from consult.access.models import AuditEntry
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.i18n import SWITCH
from consult.review.double_models import DoubleCoding
from consult.review.models import ChangeLog
from tests.consult.review.answers import QUESTION

BASE = "/manage/agm/review"


def _readings() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.read")).all())


def test_answers_that_a_refused_form_shows_again_are_recorded(closed: Consultation, reviewer) -> None:
    excerpt = db.session.scalars(select(Excerpt).where(Excerpt.question_id == QUESTION)).first()
    number, text = excerpt.id, excerpt.text
    coding, blind = f"{BASE}/question/{QUESTION}/code", f"{BASE}/question/{QUESTION}/double"
    assert reviewer.post(blind, data={"size": "20"}).status_code == 303
    one = db.session.scalars(select(DoubleCoding)).one()
    drawn = db.session.get(Excerpt, one.excerpt_ids[0])
    round_page, drawn_id, drawn_text = f"{blind}/{one.id}", drawn.id, drawn.text
    parts, other_language = f"{BASE}/excerpt/{number}/parts", {SWITCH: "en"}
    sent = [
        (coding, {"excerpt": number}, 422, text),
        (coding, {"excerpt": number, **other_language}, 200, text),
        (parts, {"words": "nowhere"}, 422, text),
        (parts, other_language, 200, text),
        (f"{round_page}/code", {"excerpt": drawn_id}, 422, drawn_text),
        (f"{round_page}/code", {"excerpt": drawn_id, **other_language}, 200, drawn_text),
        (f"{round_page}/settle", {"excerpt": drawn_id, **other_language}, 200, ""),
        (
            f"{BASE}/excerpt/{number}/personal",
            {"mask": "999999", "show": "all", "excerpt": number},
            422,
            text,
        ),
    ]
    for address, data, status, shown in sent:
        before = _readings()
        answer = reviewer.post(address, data=data)
        assert answer.status_code == status and shown in answer.text, address
        assert _readings() == before + 1, address
    assert db.session.scalars(select(ChangeLog).where(ChangeLog.kind == "code")).all() == []
