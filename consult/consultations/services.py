"""What can be done with a consultation. Services flush, the caller commits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult import outbox
from consult.access import audit
from consult.access.models import Staff
from consult.ballots.closing import count_answers
from consult.ballots.slots import check_none_made, check_ready
from consult.consultations.models import (
    Access,
    Consultation,
    ConsultationStaff,
    ConsultationSurvey,
    Privacy,
    Status,
)
from consult.errors import DomainError
from consult.stakeholders import codes
from consult.stakeholders.asking import is_anonymous
from surveys import drafts
from surveys import queries as survey_queries
from surveys import services as survey_services
from surveys.definition import Definition
from surveys.i18n import N_
from surveys.models import utc_now

GRACE = timedelta(seconds=60)
LATE = timedelta(minutes=3)
"""The clock looks every minute; who is later than this has been held up."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
RESERVED_SLUGS = frozenset({"new", "templates"})


def create_consultation(
    session: Session,
    *,
    slug: str,
    title: dict[str, str],
    languages: Sequence[str],
    default_language: str | None = None,
    access: str = Access.OPEN,
    privacy: str = Privacy.CONFIDENTIAL,
    definition: Definition | None = None,
    creator: Staff | None = None,
    timezone: str = "",
    **texts: object,
) -> Consultation:
    """A draft consultation with a survey (empty unless `definition` is given); its creator becomes a member.

    Where `timezone` names no time zone it is that of the consultation made last, as everybody is in one place mostly.

    Raises DomainError for an address that is not free or not well formed, and for open + anonymous.
    """
    if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise DomainError(
            "bad_slug", N_("The address may hold a to z, 0 to 9 and hyphens, at most 60 characters.")
        )
    if session.scalar(select(Consultation.id).where(Consultation.slug == slug)):
        raise DomainError("slug_taken", N_("Another consultation has this address already."))
    if access == Access.OPEN and privacy == Privacy.ANONYMOUS:
        raise DomainError(
            "anonymous_needs_roll",
            N_(
                "An anonymous consultation needs a roll: one member, one response can only be promised "
                "when the codes of those entitled are made beforehand."
            ),
        )
    default = default_language or languages[0]
    definition = definition or Definition(
        title=dict(title), languages=tuple(languages), default_language=default, sections=()
    )
    survey = survey_services.create_survey(session, definition=definition)
    consultation = Consultation(
        slug=slug,
        title=dict(title),
        languages=list(languages),
        default_language=default,
        access=access,
        privacy=privacy,
        asks=[ConsultationSurvey(survey=survey)],
        timezone=timezone if timezone in available_timezones() else _zone_of_the_last(session),
        **texts,
    )
    if creator is not None:
        consultation.members.append(ConsultationStaff(staff_id=creator.id, rights=[]))
    session.add(consultation)
    session.flush()
    audit.record(session, "consultation.created", consultation_slug=slug)
    return consultation


def _zone_of_the_last(session: Session) -> str:
    return session.scalar(select(Consultation.timezone).order_by(Consultation.id.desc()).limit(1)) or "UTC"


def open_consultation(
    session: Session,
    consultation: Consultation,
    *,
    now: datetime | None = None,
    allow_missing_translations: bool = False,
) -> None:
    """Publish the survey's draft as a version, delete test responses, and let people answer.

    Raises DomainError when it is open already or past that, or when what its mode needs is not there.
    """
    if consultation.status not in (Status.DRAFT, Status.SCHEDULED):
        raise DomainError(
            "not_a_draft", N_("This consultation was opened before; it cannot be opened again.")
        )
    if consultation.privacy == Privacy.ANONYMOUS:
        check_ready(session, consultation, survey_queries.draft_definition(consultation.survey))
    elif consultation.access == Access.ROLL:
        codes.make_codes(session, consultation)  # for those who came onto the roll since the last were made
    now = now or utc_now()
    if consultation.closes_at is not None and consultation.closes_at <= now:
        raise DomainError("closes_in_the_past", N_("The closing time is in the past. Change it first."))
    survey_services.publish_survey(
        session, survey=consultation.survey, allow_missing_translations=allow_missing_translations
    )
    survey_services.delete_test_responses(session, survey_id=consultation.survey_id)
    consultation.status = Status.OPEN
    consultation.opened_at = now
    session.flush()
    audit.record(session, "consultation.opened", consultation_slug=consultation.slug)
    outbox.emit(session, "consultation.opened", {"consultation_id": consultation.id})


def schedule_consultation(
    session: Session, consultation: Consultation, *, now: datetime | None = None
) -> None:
    """Let the consultation open by itself at its opening time. Raises DomainError without one in the future."""
    if consultation.status != Status.DRAFT:
        raise DomainError(
            "not_a_draft", N_("This consultation was opened before; it cannot be opened again.")
        )
    if consultation.opens_at is None or consultation.opens_at <= (now or utc_now()):
        raise DomainError("no_opening_time", N_("Set an opening time in the future first."))
    consultation.status = Status.SCHEDULED
    session.flush()
    audit.record(session, "consultation.scheduled", consultation_slug=consultation.slug)


def unschedule_consultation(session: Session, consultation: Consultation) -> None:
    """Back to a draft. Raises DomainError unless it is scheduled."""
    if consultation.status != Status.SCHEDULED:
        raise DomainError("not_scheduled", N_("This consultation is not scheduled."))
    consultation.status = Status.DRAFT
    session.flush()
    audit.record(session, "consultation.unscheduled", consultation_slug=consultation.slug)


def close_consultation(session: Session, consultation: Consultation, *, now: datetime | None = None) -> None:
    """End answering for good, and erase what was begun and not sent (how much there was is kept).

    Safe to repeat; raises DomainError when it was never open.
    """
    _lock(session, consultation)
    if consultation.status in (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED):
        return
    if consultation.status != Status.OPEN:
        raise DomainError("not_open", N_("This consultation is not open."))
    consultation.status = Status.CLOSED
    consultation.closed_at = now or utc_now()
    # Nobody can send these any more, and nobody agreed to their being read.
    consultation.unfinished_at_closing = drafts.erase_drafts(session, survey_id=consultation.survey_id)
    session.flush()
    if is_anonymous(consultation):
        count_answers(session, consultation)
    audit.record(session, "consultation.closed", consultation_slug=consultation.slug)
    outbox.emit(session, "consultation.closed", {"consultation_id": consultation.id})


def publish_consultation(
    session: Session, consultation: Consultation, *, now: datetime | None = None
) -> None:
    """Show the results to everybody. Raises DomainError unless it is closed."""
    _lock(session, consultation)
    if consultation.status == Status.PUBLISHED:
        return
    if consultation.status != Status.CLOSED:
        raise DomainError("not_closed", N_("Close the consultation before its results are published."))
    consultation.status = Status.PUBLISHED
    consultation.published_at = now or utc_now()
    session.flush()
    audit.record(session, "consultation.published", consultation_slug=consultation.slug)
    outbox.emit(session, "consultation.published", {"consultation_id": consultation.id})


def unpublish_consultation(session: Session, consultation: Consultation) -> None:
    """Take the results back. Raises DomainError unless they are published."""
    if consultation.status != Status.PUBLISHED:
        raise DomainError("not_published", N_("The results of this consultation are not published."))
    consultation.status = Status.CLOSED
    consultation.published_at = None
    session.flush()
    audit.record(session, "consultation.unpublished", consultation_slug=consultation.slug)


class Timed(Protocol):
    """What can be asked whether it is open: a consultation, or what an answering page knows of one."""

    @property
    def status(self) -> str: ...

    @property
    def closes_at(self) -> datetime | None: ...


def is_accepting(consultation: Timed, *, now: datetime | None = None) -> bool:
    """Whether an answer that arrives now is taken: open, and not later than the closing time with its grace."""
    if consultation.status != Status.OPEN:
        return False
    return consultation.closes_at is None or (now or utc_now()) <= consultation.closes_at + GRACE


def is_inviting(consultation: Timed, *, now: datetime | None = None) -> bool:
    """Whether somebody may begin to answer now: as `is_accepting`, without the grace."""
    if consultation.status != Status.OPEN:
        return False
    return consultation.closes_at is None or (now or utc_now()) <= consultation.closes_at


def is_overdue(consultation: Consultation, *, now: datetime | None = None) -> bool:
    """Whether it should have opened by itself and has not: something in it is not ready, or no worker runs."""
    return (
        consultation.status == Status.SCHEDULED
        and consultation.opens_at is not None
        and consultation.opens_at + LATE < (now or utc_now())
    )


def tick(session: Session, consultation: Consultation, *, now: datetime | None = None) -> None:
    """Open or close what its times say. A clock that jumps back never reopens: closing is a state."""
    now = now or utc_now()
    if (
        consultation.status == Status.SCHEDULED
        and consultation.opens_at is not None
        and consultation.opens_at <= now
    ):
        open_consultation(session, consultation, now=now)
    elif (
        consultation.status == Status.OPEN
        and consultation.closes_at is not None
        and consultation.closes_at + GRACE < now
    ):
        close_consultation(session, consultation, now=now)


def describe_consultation(
    session: Session, consultation: Consultation, *, editor: Staff | None = None, **values: object
) -> None:
    """Change texts, languages and times. Raises DomainError for what opening has fixed.

    Who restricts a consultation to its members becomes one of them, and is not locked out.
    """
    if consultation.status == Status.OPEN:
        tick(
            session, consultation
        )  # a closing time that has passed stands, also if no worker has acted on it
    is_member = editor is None or any(member.staff_id == editor.id for member in consultation.members)
    if values.get("is_restricted") and editor is not None and not is_member:
        consultation.members.append(ConsultationStaff(staff_id=editor.id, rights=[]))
    languages: Any = values.get("languages", consultation.languages)
    if consultation.status not in (Status.DRAFT, Status.SCHEDULED) and set(languages) != set(
        consultation.languages
    ):
        raise DomainError(
            "languages_fixed",
            N_("The languages cannot change any more: people are answering or have answered."),
        )
    if consultation.status in (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED):
        values.pop("closes_at", None)
        values.pop("opens_at", None)
    if consultation.status == Status.SCHEDULED and values.get("opens_at", consultation.opens_at) is None:
        raise DomainError(
            "opening_time_needed",
            N_("It is to open at its opening time, which is now empty. Set one, or make it a draft first."),
        )
    for name, value in values.items():
        setattr(consultation, name, value)
    if consultation.status in (Status.DRAFT, Status.SCHEDULED):
        _offer_in(session, consultation)
    session.flush()
    audit.record(session, "consultation.described", consultation_slug=consultation.slug)


def choose_mode(session: Session, consultation: Consultation, *, access: str, privacy: str) -> None:
    """Set who may answer and what is promised. Raises DomainError once it has opened: a promise is kept.

    Personal codes that were made are forgotten with the mode that they belong to.
    """
    if (consultation.access, consultation.privacy) == (access, privacy):
        return
    if consultation.status not in (Status.DRAFT, Status.SCHEDULED):
        raise DomainError(
            "mode_fixed", N_("Who may answer cannot change any more: people have been promised.")
        )
    check_none_made(session, consultation)
    if access == Access.OPEN and privacy == Privacy.ANONYMOUS:
        raise DomainError("anonymous_needs_roll", N_("An anonymous consultation needs a roll."))
    codes.forget_codes(session, consultation)
    consultation.access, consultation.privacy = access, privacy
    session.flush()
    audit.record(
        session,
        "consultation.mode_chosen",
        consultation_slug=consultation.slug,
        access=str(access),
        privacy=str(privacy),
    )


def _lock(session: Session, consultation: Consultation) -> None:
    """Wait for who is submitting, and make who submits later see the new status (SQLite has one writer)."""
    session.flush()
    session.refresh(consultation, ["status"], with_for_update=True)


def _offer_in(session: Session, consultation: Consultation) -> None:
    """Give the survey's draft the consultation's languages."""
    survey = consultation.survey
    definition = replace(
        survey_queries.draft_definition(survey),
        title=dict(consultation.title),
        languages=tuple(consultation.languages),
        default_language=consultation.default_language,
    )
    survey_services.save_definition(
        session, survey=survey, definition=definition, draft_revision=survey.draft_revision
    )
