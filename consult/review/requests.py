"""Asking for the machine's work on a consultation: what may be read, what has answers, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from consult import outbox
from consult.consultations.models import Consultation, Privacy, Status
from consult.evidence.models import GATHERED
from consult.evidence.services import free_text_questions, gather_excerpts, has_gathered, has_new_answers
from consult.review import errors, machine, runs
from consult.review.models import ThemeRun
from consult.review.scope import Scope

REQUESTED = "review.run_requested"
FEWEST_FOR_THEMES = 20
"""While a consultation is open, themes are looked for once a question has this many answers."""
_ENDED = (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED)


def is_readable(consultation: Consultation) -> bool:
    """Whether single answers may be read now: those of an anonymous consultation only after it has closed."""
    return consultation.privacy != Privacy.ANONYMOUS or consultation.status in _ENDED


def questions_to_code(session: Session, consultation: Consultation) -> list[str]:
    """Ids of what is read and coded: the free-text questions while answers may be read, and what was said elsewhere."""
    free = free_text_questions(session, consultation.survey_id) if is_readable(consultation) else []
    gathered = [GATHERED] if has_gathered(session, consultation.id) else []
    return [*(question.id for question in free), *gathered]


def gather(session: Session, consultation: Consultation) -> int:
    """Make the answers excerpts; returns how many are new. Raises ReviewError while they may not be read."""
    if not is_readable(consultation):
        raise errors.not_readable_yet()
    names = consultation.title
    return gather_excerpts(
        session,
        consultation_id=consultation.id,
        survey_id=consultation.survey_id,
        title=names.get(consultation.default_language) or next(iter(names.values()), ""),
    )


def gather_readable(session: Session, consultation: Consultation) -> None:
    """Make the answers excerpts where they may be read now."""
    if is_readable(consultation):
        gather(session, consultation)


def request_full(
    session: Session,
    scope: Scope,
    *,
    by_id: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> ThemeRun:
    """Ask for the themes of one question, anew."""
    return _request(session, scope, machine.FULL, by_id, options)


def request_all(session: Session, consultation: Consultation, *, by_id: int | None = None) -> list[ThemeRun]:
    """Ask for the themes of every question that is coded. Raises ReviewError while answers may not be read."""
    gather(session, consultation)
    return [
        request_full(session, Scope(consultation.id, question_id), by_id=by_id)
        for question_id in questions_to_code(session, consultation)
    ]


def has_work(session: Session, consultation: Consultation) -> bool:
    """Whether an answer waits to be gathered or placed; a look that takes no lock."""
    if is_readable(consultation) and has_new_answers(session, survey_id=consultation.survey_id):
        return True
    return any(
        machine.unseen_count(session, Scope(consultation.id, question_id))
        for question_id in questions_to_code(session, consultation)
    )


def request_placing(session: Session, consultation: Consultation) -> list[ThemeRun]:
    """Ask that new answers be placed; a question without themes gets its first ones once it has enough."""
    gather_readable(session, consultation)
    requested = []
    for question_id in questions_to_code(session, consultation):
        scope = Scope(consultation.id, question_id)
        unseen = machine.unseen_count(session, scope)
        if unseen and machine.has_themes(session, scope):
            requested.append(_request(session, scope, machine.PLACE, None, None))
        elif unseen >= FEWEST_FOR_THEMES or (unseen and consultation.status in _ENDED):
            requested.append(_request(session, scope, machine.FULL, None, None))
    return requested


def _request(
    session: Session, scope: Scope, kind: str, by_id: int | None, options: Mapping[str, Any] | None
) -> ThemeRun:
    run, is_new = runs.request_run(
        session,
        consultation_id=scope.consultation_id,
        question_id=scope.question_id,
        kind=kind,
        by_id=by_id,
        options=options,
    )
    if is_new:
        announce(session, run)
    return run


def announce(session: Session, run: ThemeRun) -> None:
    """Hand a waiting run to the workers, after the commit."""
    outbox.emit(session, REQUESTED, {"run_id": run.id})
