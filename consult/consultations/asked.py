"""What an answering page needs to know of a consultation: plain values, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation, ConsultationSurvey
from surveys.models import SurveyVersion
from surveys.queries import VERSION_COLUMNS, as_version
from surveys.versions import Version


@dataclass(frozen=True, slots=True)
class Asked:
    """A consultation as an answering page sees it; `version` is the newest published one."""

    id: int
    slug: str
    title: dict[str, str]
    status: str
    access: str
    privacy: str
    languages: list[str]
    default_language: str
    timezone: str
    closes_at: datetime | None
    closed_at: datetime | None
    salt: str
    survey_id: int
    version: Version | None


_OWN = (
    Consultation.id,
    Consultation.slug,
    Consultation.title,
    Consultation.status,
    Consultation.access,
    Consultation.privacy,
    Consultation.languages,
    Consultation.default_language,
    Consultation.timezone,
    Consultation.closes_at,
    Consultation.closed_at,
    Consultation.salt,
    ConsultationSurvey.survey_id,
)
_newest = (
    select(func.max(SurveyVersion.number))
    .where(SurveyVersion.survey_id == ConsultationSurvey.survey_id, SurveyVersion.number > 0)
    .correlate(ConsultationSurvey)
    .scalar_subquery()
)
_ASKED = (
    select(*_OWN, *VERSION_COLUMNS)
    .join(ConsultationSurvey, ConsultationSurvey.consultation_id == Consultation.id)
    .outerjoin(
        SurveyVersion,
        (SurveyVersion.survey_id == ConsultationSurvey.survey_id) & (SurveyVersion.number == _newest),
    )
    .where(Consultation.slug == bindparam("slug"))
    .order_by(ConsultationSurvey.position)
    .limit(1)
)


_ASKED_TO_SUBMIT = _ASKED.with_for_update(read=True, of=Consultation)


def asked_consultation(session: Session, slug: str, *, to_submit: bool = False) -> Asked | None:
    """The consultation behind an address, with its (first) survey, or None.

    With `to_submit` it cannot be closed before this transaction ends.
    """
    # The connection's own execute: plain columns need nothing of the mapper, which costs as much again.
    row = session.connection().execute(_ASKED_TO_SUBMIT if to_submit else _ASKED, {"slug": slug}).first()
    if row is None:
        return None
    version = as_version(session, row[len(_OWN) :]) if row[len(_OWN)] is not None else None
    values: tuple[Any, ...] = (*row[: len(_OWN)], version)
    return Asked(*values)


@dataclass(frozen=True, slots=True)
class StartTexts:
    """What only the start page says."""

    purpose: dict[str, str]
    asker: dict[str, str]
    use_of_answers: dict[str, str]
    iap2_level: str
    has_background: bool
    keep_roll_months: int | None
    keep_answers_months: int | None


_START = select(
    Consultation.purpose,
    Consultation.asker,
    Consultation.use_of_answers,
    Consultation.iap2_level,
    func.length(cast(Consultation.background, String)) > len("{}"),
    Consultation.keep_roll_months,
    Consultation.keep_answers_months,
).where(Consultation.id == bindparam("id"))


def start_texts(session: Session, asked: Asked) -> StartTexts:
    """The texts of the start page."""
    row = session.connection().execute(_START, {"id": asked.id}).one()
    purpose, asker, use, level, has_background, roll, answers = row
    return StartTexts(purpose, asker, use, level, bool(has_background), roll, answers)
