"""How many have answered so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.ballots.slots import STEP, numbers_used
from consult.consultations.models import Consultation, Status
from consult.stakeholders.asking import is_anonymous
from surveys.models import DraftResponse, Response


@dataclass(frozen=True, slots=True)
class Count:
    """Submitted responses and unfinished drafts, test ones left out."""

    submitted: int = 0
    unfinished: int = 0


def counts_of(session: Session, consultations: Collection[Consultation]) -> dict[int, Count]:
    """Counts by consultation id, in two queries however many there are, a third for anonymous ones that are open.

    While people answer, every count is shown in steps, wherever it stands: exact ones beside figures in steps would
    tell who came between two looks.
    """
    by_survey = {consultation.survey_id: consultation for consultation in consultations}
    submitted = _by_survey(session, Response, by_survey)
    unfinished = _by_survey(session, DraftResponse, by_survey)
    submitted |= _in_slots(session, consultations)
    return {
        consultation.id: Count(
            submitted=shown_number(consultation, submitted.get(survey_id, 0)),
            unfinished=consultation.unfinished_at_closing
            or shown_number(consultation, unfinished.get(survey_id, 0)),
        )
        for survey_id, consultation in by_survey.items()
    }


def shown_number(consultation: Consultation, number: int) -> int:
    """A count of answers as it may be shown: while the consultation is open, rounded down to a step."""
    return number // STEP * STEP if consultation.status == Status.OPEN else number


def _in_slots(session: Session, consultations: Collection[Consultation]) -> dict[int, int]:
    """Survey id → answers so far of anonymous consultations that are open."""
    open_ones = {
        item.id: item.survey_id for item in consultations if is_anonymous(item) and item.status == Status.OPEN
    }
    if not open_ones:
        return {}
    used = numbers_used(session, list(open_ones))
    return {survey_id: used.get(key, 0) for key, survey_id in open_ones.items()}


def _by_survey(
    session: Session, table: type[Response | DraftResponse], survey_ids: Iterable[int]
) -> dict[int, int]:
    counted = [table.survey_id.in_(list(survey_ids)), table.is_test.is_(False)]
    if table is DraftResponse:
        counted.append(DraftResponse.ended_by.is_(None))  # who was screened out has finished
    rows = session.execute(select(table.survey_id, func.count()).where(*counted).group_by(table.survey_id))
    return {row[0]: row[1] for row in rows}
