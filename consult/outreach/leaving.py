"""A participant leaves by herself: off the roll, and her confidential answers erased or tied to nobody."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from consult.consultations import uploads
from consult.consultations.models import Consultation
from consult.consultations.visit import submission_key
from consult.stakeholders import participation, people
from consult.stakeholders.codes import draft_code, issue_of
from consult.stakeholders.models import RollPlace
from surveys import drafts
from surveys.models import Response


def leave_roll(
    session: Session, consultation: Consultation, place: RollPlace, *, erase_answers: bool
) -> None:
    """Erase her from this roll, with code, letters and what she had begun. What she sent is erased with everything made
    of it, or stays and is tied to nobody: then she cannot come onto this roll again. On other rolls she stays."""
    begun = [
        draft_code(consultation, place.ref, issue) for issue in range(1, issue_of(session, place.id) + 1)
    ]
    for code in begun:
        draft = drafts.find_draft(session, code, to_change=True)
        if draft is not None and draft.survey_id == consultation.survey_id:
            drafts.discard_draft(session, draft=draft)
    response_id = participation.response_of(session, place.id)
    if response_id is not None and erase_answers:
        participation.unlink(session, place.id)
        responses = cast(Table, Response.__table__)
        session.execute(delete(responses).where(responses.c.id == response_id))
    if response_id is None or erase_answers:
        for code in begun:
            uploads.keep_only({}, survey_id=consultation.survey_id, visit=submission_key(code))
    people.remove_from_roll(session, consultation, place, by_herself=True)
