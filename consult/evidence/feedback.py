"""The feedback channel of a consultation: open to everybody from when the staff open it until they close it, whatever
becomes of the survey. Of a message its words, its language, its day and a group that was chosen are kept: no name, no
address, no time of day, and the list does not show in which order messages of one day came.
"""

from __future__ import annotations

import datetime as dt
import secrets
from datetime import UTC, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult import jobs
from consult.access import audit
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.evidence.drafts import ready_language
from consult.evidence.indexing import announce
from consult.evidence.models import (
    FEEDBACK,
    GATHERED,
    MOST_TEXT,
    EvidenceSource,
    Excerpt,
    SentForm,
    excerpt_groups,
)
from consult.evidence.queries import feedback_channel
from consult.evidence.services import hash_of
from consult.evidence.sources import refuse_erased, too_long
from consult.stakeholders.models import StakeholderGroup
from consult.transaction import writing
from surveys.i18n import N_
from surveys.models import utc_now

REMEMBERED = timedelta(days=2)


def open_channel(session: Session, consultation: Consultation, *, is_open: bool) -> EvidenceSource:
    """Open the channel, or close it; what came stays. Raises DomainError once the answers are erased."""
    refuse_erased(consultation)
    channel = _channel(session, consultation)
    channel.is_open = is_open
    action = "feedback.opened" if is_open else "feedback.closed"
    audit.record(session, action, consultation_slug=consultation.slug)
    session.flush()
    return channel


def take_feedback(
    session: Session,
    consultation: Consultation,
    *,
    text: str,
    language: str,
    key: str,
    today: dt.date,
    group_id: int | None = None,
    quote_consent: bool = False,
) -> bool:
    """Keep a message, once for each key; False when it was kept already. Raises DomainError for no text or too much."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise DomainError("no_text", N_("Write something first."))
    if len(text) > MOST_TEXT:
        raise too_long(text)
    if not _is_first(session, key, today):
        return False
    channel = _channel(session, consultation)
    written = session.execute(
        insert(Excerpt)
        .values(
            consultation_id=consultation.id,
            source_id=channel.id,
            question_id=GATHERED,
            end_offset=len(text),
            text=text,
            text_hash=hash_of(text),
            language=ready_language(text, language),
            quote_consent=quote_consent,
            # Neither the time nor the order in which messages came.
            position=secrets.randbelow(2**31 - 1),
            said_on=today,
            created_at=dt.datetime.combine(today, dt.time(), UTC),
        )
        .returning(Excerpt.id)
    ).scalar_one()
    if group_id is not None and session.get(StakeholderGroup, group_id) is not None:
        session.execute(insert(excerpt_groups).values(excerpt_id=written, group_id=group_id))
    announce(session, gathered_for=consultation.id)
    return True


def _is_first(session: Session, key: str, today: dt.date) -> bool:
    """Whether this form has not done its work yet; then it has now."""
    try:
        with session.begin_nested():
            session.add(SentForm(key_hash=hash_of(f"feedback|{key}"), sent_on=today))
    except IntegrityError:
        return False
    return True


def _channel(session: Session, consultation: Consultation) -> EvidenceSource:
    channel = feedback_channel(session, consultation.id)
    if channel is None:
        try:
            with session.begin_nested():
                channel = EvidenceSource(consultation_id=consultation.id, kind=FEEDBACK, title="")
                session.add(channel)
        except IntegrityError:  # somebody else opened it in the same moment
            channel = feedback_channel(session, consultation.id)
    assert channel is not None
    return channel


def new_key() -> str:
    """What makes a form one, however often it is sent."""
    return secrets.token_hex(16)


@jobs.job("evidence.forget_forms", every_minutes=60)
def forget_forms() -> None:
    """That a form was sent is known for two days."""
    with writing() as session:
        session.execute(delete(SentForm).where(SentForm.sent_on < (utc_now() - REMEMBERED).date()))
