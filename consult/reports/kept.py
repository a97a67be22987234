"""Public reports, made once and kept until something that stands in them has changed."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.config import LANGUAGES
from consult.consultations import retention
from consult.consultations.models import Consultation, Status
from consult.errors import DomainError
from consult.extensions import db
from consult.outbox import on_event
from consult.reports.consultation_report import PUBLIC
from consult.reports.gathering import consultation_report
from consult.reports.making import HTML, PDF, make_report, written
from consult.reports.models import MadeReport
from consult.reports.pdf import NoPdfError
from consult.transaction import writing
from surveys.models import utc_now

KINDS = (HTML, PDF)
"""What everybody may take."""
TURNS = 3
"""How often a report is made whose matter changes meanwhile."""
_making = threading.Lock()


def kept_report(session: Session, consultation: Consultation, *, language: str, kind: str) -> bytes | None:
    """The file, if there is one and nothing in it has changed since. Raises DomainError where there is no report."""
    found = session.execute(
        select(MadeReport.stamp, MadeReport.content).where(
            MadeReport.consultation_id == consultation.id,
            MadeReport.language == language,
            MadeReport.kind == kind,
        )
    ).one_or_none()
    if found is None or found.stamp != stamp_of(session, consultation, language=language):
        return None
    return found.content


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
    """Make a public report and keep it in place of the one before. Where what it says changes while it is made, as when
    answers are erased, it is made anew; nothing is kept that was out of date before it was there."""
    number, digits = consultation.id, current_app.config["SHOWN_DIGITS"]
    for _turn in range(TURNS):
        session = db.session()
        consultation = session.get_one(Consultation, number)
        stamp = stamp_of(session, consultation, language=language)
        content = make_report(
            session, consultation, language=language, edition=PUBLIC, kind=kind, digits=digits
        )
        with writing() as own:
            # Who erases answers changes the consultation too: one of the two waits for the other.
            mine = select(Consultation).where(Consultation.id == number)
            consultation = own.scalars(
                mine.with_for_update(key_share=True).execution_options(populate_existing=True)
            ).one()
            if stamp_of(own, consultation, language=language) == stamp:
                _keep(own, number, language=language, kind=kind, stamp=stamp, content=content)
                return content
    return content


def _keep(
    session: Session, consultation_id: int, *, language: str, kind: str, stamp: str, content: bytes
) -> None:
    """One statement, so that of two processes that made the same report neither fails."""
    key = {"consultation_id": consultation_id, "language": language, "kind": kind}
    values = {"stamp": stamp, "content": content, "made_at": utc_now()}
    table = cast(Table, MadeReport.__table__)
    is_postgres = session.get_bind().dialect.name == "postgresql"
    statement = (postgresql.insert if is_postgres else sqlite.insert)(table).values(**key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def stamp_of(session: Session, consultation: Consultation, *, language: str) -> str:
    """A hash of everything that the public report says, as it would be made now: gathering and wording it costs little
    beside setting pages. Raises DomainError where there is no public report."""
    report = consultation_report(session, consultation, language=language, edition=PUBLIC)
    return hashlib.sha256(written(report, kind=HTML, digits=current_app.config["SHOWN_DIGITS"])).hexdigest()


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
    """What was made of something that is gone or has changed goes too; what still holds is kept."""
    mine = MadeReport.consultation_id == consultation.id
    for language in session.scalars(select(MadeReport.language).where(mine).distinct()).all():
        try:
            stamp = stamp_of(session, consultation, language=language)
        except DomainError:
            stamp = ""
        session.execute(
            delete(MadeReport).where(mine, MadeReport.language == language, MadeReport.stamp != stamp)
        )
