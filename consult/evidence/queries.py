"""Reading evidence: sources with their counts, and the excerpts of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from consult.evidence.models import FEEDBACK, EvidenceDraft, EvidenceSource, Excerpt

PAGE = 50


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in a list, with how many excerpts it has (answers by wholes)."""

    source: EvidenceSource
    count: int


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page of the excerpts of a source. `total` is of all pages."""

    items: Sequence[Excerpt]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def sources_of(session: Session, consultation_id: int) -> list[SourceLine]:
    """The sources of a consultation, the newest first; those without a date by when they were made."""
    counts = dict(
        session.execute(
            select(Excerpt.source_id, func.count())
            .where(Excerpt.consultation_id == consultation_id, Excerpt.part_of_id.is_(None))
            .group_by(Excerpt.source_id)
        ).all()
    )
    sources = session.scalars(
        select(EvidenceSource)
        .where(EvidenceSource.consultation_id == consultation_id)
        .options(selectinload(EvidenceSource.groups))
    ).all()
    lines = [SourceLine(source, counts.get(source.id, 0)) for source in sources]
    lines.sort(
        key=lambda line: (line.source.date or line.source.created_at.date(), line.source.id), reverse=True
    )
    return lines


def source_with(session: Session, consultation_id: int, source_id: int) -> EvidenceSource | None:
    """A source of this consultation."""
    return session.scalar(
        select(EvidenceSource).where(
            EvidenceSource.id == source_id, EvidenceSource.consultation_id == consultation_id
        )
    )


def feedback_channel(session: Session, consultation_id: int) -> EvidenceSource | None:
    """The feedback channel of a consultation, open or not; None where it was never opened."""
    return session.scalar(
        select(EvidenceSource).where(
            EvidenceSource.consultation_id == consultation_id, EvidenceSource.kind == FEEDBACK
        )
    )


def source_page(session: Session, source: EvidenceSource, *, number: int = 1) -> SourcePage:
    """The excerpts of a source in reading order; of the feedback channel the newest days first, those of a day in an
    order that says nothing of when they came."""
    whole = (Excerpt.source_id == source.id, Excerpt.part_of_id.is_(None))
    total = session.scalar(select(func.count()).select_from(Excerpt).where(*whole)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    order = (Excerpt.said_on.desc(),) if source.kind == FEEDBACK else ()
    items = session.scalars(
        select(Excerpt)
        .where(*whole)
        .order_by(*order, Excerpt.position, Excerpt.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return SourcePage(items, total, number)


def excerpt_with(
    session: Session, consultation_id: int, excerpt_id: int
) -> tuple[Excerpt, EvidenceSource] | None:
    """An excerpt of this consultation and its source."""
    row = session.execute(
        select(Excerpt, EvidenceSource)
        .join(EvidenceSource, EvidenceSource.id == Excerpt.source_id)
        .where(Excerpt.id == excerpt_id, Excerpt.consultation_id == consultation_id)
    ).first()
    return (row[0], row[1]) if row else None


def draft_with(
    session: Session, source_id: int, draft_id: int, *, lock: bool = False
) -> EvidenceDraft | None:
    """A draft of this source; with `lock` nobody else can save or change it until the transaction ends."""
    statement = select(EvidenceDraft).where(
        EvidenceDraft.id == draft_id, EvidenceDraft.source_id == source_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)
