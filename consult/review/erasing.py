"""What reviewers and the machine have made of answers, when the answers are erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consult.consultations import retention
from consult.consultations.models import Consultation
from consult.review.codebook_models import CodebookDraft, CodebookVersion
from consult.review.codebook_versions import without_words_of_answers
from consult.review.models import ChangeLog, Theme
from consult.review.vectors import forget_vectors

_BULK = {"synchronize_session": False}


@retention.erases
def erase_what_was_made(session: Session, consultation: Consultation, *, now: datetime) -> None:
    """Descriptions, examples, keywords and quotes are words of answers, and so is what the log and the versions of the
    codebook keep of them. Names, definitions and the sentences of the log stay; nothing of it can be undone any more.
    Vectors go with their texts."""
    if consultation.answers_erased_at != now:
        return
    words = {"description": {}, "example": "", "keywords": [], "quotes": []}
    mine = update(Theme).where(Theme.consultation_id == consultation.id)
    session.execute(mine.values(**words).execution_options(**_BULK))
    log = update(ChangeLog).where(ChangeLog.consultation_id == consultation.id)
    session.execute(log.values(before={}, after={}).execution_options(**_BULK))
    for version in session.scalars(
        select(CodebookVersion).where(CodebookVersion.consultation_id == consultation.id)
    ):
        version.content = without_words_of_answers(version.content)
    drafts = delete(CodebookDraft).where(CodebookDraft.consultation_id == consultation.id)
    session.execute(drafts.execution_options(**_BULK))
    session.flush()
    forget_vectors(session)
    session.expire_all()
