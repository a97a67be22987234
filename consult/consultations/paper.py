"""Paper forms of a consultation: the version behind a sheet's code, and storing what was keyed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult import outbox
from consult.access import audit
from consult.consultations.models import Consultation, Privacy
from consult.consultations.progress import shown_number
from consult.consultations.services import is_accepting
from consult.errors import DomainError
from surveys import drafts, endings, queries, services
from surveys.i18n import N_
from surveys.models import Response
from surveys.paper import Keyed, SheetCode, form_id
from surveys.rules import Flow
from surveys.versions import Version

PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Channels:
    """How many responses came which way, test ones left out."""

    online: int = 0
    paper: int = 0


def channels_of(session: Session, consultation: Consultation) -> Channels:
    """Responses by channel, while people answer in steps."""
    rows = session.execute(
        select(Response.channel, func.count())
        .where(Response.survey_id == consultation.survey_id, Response.is_test.is_(False))
        .group_by(Response.channel)
    )
    numbers = {channel: number for channel, number in rows}  # noqa: C416 - rows are no pairs to a type checker
    return Channels(**{name: shown_number(consultation, number) for name, number in numbers.items()})


def check_keying(consultation: Consultation) -> None:
    """Raises DomainError where no paper form can be keyed in: an anonymous consultation, or one not open."""
    if consultation.privacy == Privacy.ANONYMOUS:
        raise DomainError(
            "paper_of_anonymous",
            N_(
                "In an anonymous consultation a paper form is keyed in with its code on the answering pages, "
                "like any other answer."
            ),
        )
    if not is_accepting(consultation):
        raise DomainError(
            "paper_not_open", N_("Paper forms can be keyed in only while the consultation is open.")
        )


def version_of_sheet(session: Session, consultation: Consultation, code: SheetCode) -> Version:
    """The version that a sheet was printed from. Raises DomainError when it is none of this survey's."""
    for version in reversed(queries.versions_of(session, consultation.survey_id)):
        if version.number > 0 and form_id(version.fingerprint) == code.form:
            return version
    raise DomainError(
        "sheet_of_another",
        N_("This sheet belongs to another consultation, or was printed before the survey was published."),
    )


def store_paper(
    session: Session,
    consultation: Consultation,
    *,
    version: Version,
    code: SheetCode,
    keyed: Keyed,
    language: str,
    quote_consent: bool,
) -> services.Submission | None:
    """Store a form once; None where its answers are screened out, which is counted and nothing else is kept.

    Raises DomainError when one with the code of this copy is there already, and QuotaFullError when no place is
    left.
    """
    key = _key(consultation, code)
    now = datetime.now(UTC).astimezone(ZoneInfo(consultation.timezone))
    flow = Flow(version.logic, keyed.answers, now=now, seed=key, language=language)
    if _is_screened_out(session, version, key, flow):
        return None
    submission = services.submit_response(
        session,
        version=version,
        submission_key=key,
        answers=keyed.answers,
        language=language,
        channel=PAPER,
        quote_consent=quote_consent,
        flow=flow,
    )
    if not submission.is_new:
        raise _keyed_before()
    audit.record(
        session, "paper.keyed", consultation_slug=consultation.slug, language=language, version=version.number
    )
    outbox.emit(session, "response.submitted", {"consultation_id": consultation.id}, wake=False)
    return submission


def _is_screened_out(session: Session, version: Version, key: str, flow: Flow) -> bool:
    """Whether these answers end the questions, as they would online. Raises DomainError when the form was keyed in
    before, so that nobody is counted twice: an empty draft remembers it."""
    screen_out = endings.screen_out_of(flow)
    if screen_out is None:
        return False
    draft, _ = drafts.begin_draft(
        session, version=version, submission_key=key, language=flow.language, answers={}
    )
    if drafts.find_submitted(session, key) or not endings.end_draft(
        session, draft=draft, screen_out=screen_out
    ):
        raise _keyed_before()
    return True


def _keyed_before() -> DomainError:
    return DomainError(
        "sheet_keyed_before",
        N_("The form with this code has been keyed in already. Nothing was stored twice."),
    )


def _key(consultation: Consultation, code: SheetCode) -> str:
    written = f"paper|{consultation.survey_id}|{code.form}|{code.serial}"
    return hashlib.sha256(written.encode()).hexdigest()
