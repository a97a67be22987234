"""How answers were coded: by whom, with what, how far coders agree. For the note on the method."""

from __future__ import annotations

from datetime import tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.reports.consultation_report import Agreement, CodebookEdition, Coding
from consult.reports.controlled import total
from consult.review import double
from consult.review.codebook_versions import codebook_version
from consult.review.double_models import BlindCoding
from consult.review.models import ChangeLog, ThemeRun
from consult.review.queries import QuestionFigures
from consult.review.scope import Scope


def coding_of(
    session: Session, scope: Scope, figures: QuestionFigures, *, k: int, zone: tzinfo
) -> Coding | None:
    """Of one question; None where so few answered that nothing is said of it."""
    if figures.base < k:
        return None
    changes = session.scalar(
        select(func.count())
        .select_from(ChangeLog)
        .where(ChangeLog.consultation_id == scope.consultation_id, ChangeLog.question_id == scope.question_id)
    )
    engine = session.scalars(
        select(ThemeRun.engine)
        .where(
            ThemeRun.consultation_id == scope.consultation_id,
            ThemeRun.question_id == scope.question_id,
            ThemeRun.status == "done",
        )
        .order_by(ThemeRun.id.desc())
        .limit(1)
    ).first()
    return Coding(
        base=figures.base,
        by_person=figures.reviewed,
        unseen=figures.unseen,
        changes=changes or 0,
        engine={str(name): str(made) for name, made in sorted((engine or {}).items())},
        agreement=_agreement(session, scope, k, zone),
        codebook=_codebook(session, scope, zone),
    )


def _codebook(session: Session, scope: Scope, zone: tzinfo) -> CodebookEdition | None:
    found = codebook_version(session, scope)
    if found is None:
        return None
    return CodebookEdition(found.number, found.fixed_at.astimezone(zone).date(), found.is_unchanged)


def _agreement(session: Session, scope: Scope, k: int, zone: tzinfo) -> Agreement | None:
    """That of the newest round in which coders can be compared."""
    for one in double.rounds_of(session, scope):
        found = double.round_figures(session, one, coder_id=0)
        if found.agreement is not None and found.agreement.alpha is not None:
            result = found.agreement
            last = session.scalar(
                select(func.max(BlindCoding.coded_at)).where(BlindCoding.round_id == one.id)
            )
            return Agreement(
                float(result.alpha or 0),
                result.interval,
                total(result.items, k),
                result.sharing,
                last.astimezone(zone).date() if last else None,
            )
    return None
