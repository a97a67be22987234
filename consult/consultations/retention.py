"""How long the roll and the answers of a consultation are kept, and erasing them after that.

Each consultation says it beforehand, to its staff and to who answers. Periods are counted in calendar months from the
closing. That something was erased, and how much, stands in the audit log and in the consultation.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from consult import jobs
from consult.access import audit
from consult.consultations import queries, uploads
from consult.consultations.models import Consultation, Status
from consult.extensions import current_session
from consult.stakeholders.people import erase_roll
from consult.transaction import writing
from surveys.models import DraftResponse, Response, utc_now


def after_months(moment: datetime, months: int) -> datetime:
    """The same day and hour so many months later; the last of the month where it has no such day."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def roll_due_at(consultation: Consultation) -> datetime | None:
    """When the roll is to be erased; None while that is not known."""
    return _due_at(consultation, consultation.keep_roll_months)


def answers_due_at(consultation: Consultation) -> datetime | None:
    """When the answers are to be erased; None while that is not known."""
    return _due_at(consultation, consultation.keep_answers_months)


def _due_at(consultation: Consultation, months: int | None) -> datetime | None:
    if consultation.closed_at is None or months is None:
        return None
    return after_months(consultation.closed_at, months)


def erase_due_roll(session: Session, consultation: Consultation, *, now: datetime) -> None:
    """Erase everybody on this roll with code, letters and the link to her answers, if it is time; who stands on no
    other roll is erased altogether. Confidential answers stay, tied to nobody."""
    due = roll_due_at(consultation)
    if due is None or due > now or consultation.roll_erased_at is not None:
        return
    number = erase_roll(session, consultation)
    consultation.roll_erased_at = now
    audit.record(session, "retention.roll_erased", consultation_slug=consultation.slug, people=number)


def erase_due_answers(session: Session, consultation: Consultation, *, now: datetime) -> None:
    """Erase the answers with everything made of single ones (excerpts, codings, files), if it is time. The page with
    the results goes with them: nothing is left that it could be counted from."""
    due = answers_due_at(consultation)
    if due is None or due > now or consultation.answers_erased_at is not None:
        return
    responses, drafts = cast(Table, Response.__table__), cast(Table, DraftResponse.__table__)
    number = session.scalar(select(func.count()).where(responses.c.survey_id == consultation.survey_id))
    for table in (responses, drafts):
        session.execute(delete(table).where(table.c.survey_id == consultation.survey_id))
    consultation.answers_erased_at = now
    consultation.status = Status.ARCHIVED
    audit.record(session, "retention.answers_erased", consultation_slug=consultation.slug, answers=number)


ERASURES: list[Callable[..., None]] = [erase_due_roll, erase_due_answers]


def erases(erasure: Callable[..., None]) -> Callable[..., None]:
    """Register what another room erases with the roll or the answers; it is called after them."""
    ERASURES.append(erasure)
    return erasure


@jobs.job("retention.erase", every_minutes=60)
def erase_what_is_due() -> None:
    """Look at every consultation that is over, each in a transaction of its own."""
    slugs = [consultation.slug for consultation in queries.consultations_over(current_session())]
    current_session().rollback()
    for slug in slugs:
        with writing() as session:
            consultation = queries.consultation_by_slug(session, slug)
            if consultation is None:
                continue
            for erase in ERASURES:
                erase(session, consultation, now=utc_now())
            survey_id, is_erased = consultation.survey_id, consultation.answers_erased_at is not None
        if is_erased:
            uploads.erase(survey_id=survey_id)
