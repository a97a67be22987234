"""Public reports, made once and kept until something that stands in them has changed."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consult.config import LANGUAGES
from consult.consultations import retention
from consult.consultations.models import Consultation, Status
from consult.errors import DomainError
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.outbox import on_event
from consult.reports.consultation_report import PUBLIC
from consult.reports.gathering import software
from consult.reports.making import HTML, PDF, make_report
from consult.reports.models import MadeReport
from consult.reports.pdf import NoPdfError
from consult.review.models import ChangeLog, ExcerptNote
from consult.summary.models import Summary, SummaryVersion
from consult.transaction import writing
from surveys import queries as survey_queries

KINDS = (HTML, PDF)
"""What everybody may take."""
_making = threading.Lock()


def kept_report(session: Session, consultation: Consultation, *, language: str, kind: str) -> bytes | None:
    """The file, if there is one and nothing in it has changed since."""
    return session.scalar(
        select(MadeReport.content).where(
            MadeReport.consultation_id == consultation.id,
            MadeReport.language == language,
            MadeReport.kind == kind,
            MadeReport.stamp == stamp_of(session, consultation),
        )
    )


def public_report(consultation: Consultation, *, language: str, kind: str) -> bytes | None:
    """The file, made now where none is kept; None while this process makes another one, because whoever asks for many
    at once must not get them. Raises DomainError where there is no public report, and NoPdfError."""
    kept = kept_report(db.session(), consultation, language=language, kind=kind)
    if kept is not None:
        return kept
    if not _making.acquire(blocking=False):
        return None
    try:
        return make_and_keep(consultation, language=language, kind=kind)
    finally:
        _making.release()


def make_and_keep(consultation: Consultation, *, language: str, kind: str) -> bytes:
    """Make a public report and keep it in place of the one before."""
    session, number = db.session(), consultation.id
    stamp = stamp_of(session, consultation)
    content = make_report(
        session,
        consultation,
        language=language,
        edition=PUBLIC,
        kind=kind,
        digits=current_app.config["SHOWN_DIGITS"],
    )
    with writing() as own:
        own.execute(
            delete(MadeReport).where(
                MadeReport.consultation_id == number,
                MadeReport.language == language,
                MadeReport.kind == kind,
            )
        )
        own.add(
            MadeReport(consultation_id=number, language=language, kind=kind, stamp=stamp, content=content)
        )
    return content


def stamp_of(session: Session, consultation: Consultation) -> str:
    """A hash of everything by which a public report of this consultation can differ from the one before."""
    mine = ChangeLog.consultation_id == consultation.id
    counted = (
        select(func.max(ChangeLog.id)).where(mine),
        select(func.count()).select_from(ChangeLog).where(mine, ChangeLog.undone_at.is_not(None)),
        select(func.max(SummaryVersion.id))
        .join(Summary, Summary.id == SummaryVersion.summary_id)
        .where(Summary.consultation_id == consultation.id),
        select(func.count())
        .select_from(Excerpt)
        .where(Excerpt.consultation_id == consultation.id, Excerpt.quote_consent),
        select(func.max(ExcerptNote.updated_at))
        .join(Excerpt, Excerpt.id == ExcerptNote.excerpt_id)
        .where(Excerpt.consultation_id == consultation.id),
    )
    parts: list[object] = [session.scalar(statement) for statement in counted]
    parts += [survey_queries.count_responses(session, consultation.survey_id), software()]
    parts += [consultation.title, consultation.purpose, consultation.asker, consultation.use_of_answers]
    parts += [
        consultation.iap2_level,
        consultation.timezone,
        consultation.closed_at,
        consultation.answers_erased_at,
    ]
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode("utf-8")).hexdigest()


@on_event("consultation.published")
def make_all(payload: dict[str, Any]) -> None:
    """Everybody will want it now: make it before they ask."""
    consultation = db.session.get(Consultation, payload["consultation_id"])
    languages = list(consultation.languages) if consultation else []
    for language in (code for code in languages if code in LANGUAGES):
        for kind in KINDS:
            consultation = db.session.get(Consultation, payload["consultation_id"])
            if consultation is None or consultation.status != Status.PUBLISHED:
                return
            try:
                if kept_report(db.session(), consultation, language=language, kind=kind) is None:
                    make_and_keep(consultation, language=language, kind=kind)
            except (DomainError, NoPdfError):
                return
            finally:
                db.session.rollback()


@retention.erases
def erase_reports(session: Session, consultation: Consultation, *, now: datetime) -> None:
    """What was made of answers goes with them; what remains is made anew when somebody asks."""
    session.execute(delete(MadeReport).where(MadeReport.consultation_id == consultation.id))
