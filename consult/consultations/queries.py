"""Reading consultations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from consult.consultations.models import Access, Consultation, ConsultationStaff, Status
from consult.stakeholders.asking import can_change_roll


@dataclass(frozen=True, slots=True)
class PublicListing:
    """What the front page shows."""

    open: Sequence[Consultation]
    published: Sequence[Consultation]


_BY_SLUG = (
    select(Consultation)
    .where(Consultation.slug == bindparam("slug"))
    .options(selectinload(Consultation.asks))
)


def consultation_by_slug(session: Session, slug: str) -> Consultation | None:
    """One consultation, with its surveys' keys, or None."""
    return session.scalar(_BY_SLUG, {"slug": slug})


def public_consultations(session: Session) -> PublicListing:
    """Consultations that everybody may see: open now, and with published results, newest first."""
    rows = session.scalars(
        select(Consultation)
        .where(
            Consultation.status.in_([Status.OPEN, Status.PUBLISHED]), Consultation.is_restricted.is_(False)
        )
        .order_by(Consultation.opened_at.desc(), Consultation.id.desc())
    ).all()
    return PublicListing(
        open=[row for row in rows if row.status == Status.OPEN],
        published=[row for row in rows if row.status == Status.PUBLISHED],
    )


def consultations_for(session: Session, *, staff_id: int, sees_all: bool) -> Sequence[Consultation]:
    """Consultations in the list of a member of staff, newest first."""
    query = select(Consultation).options(selectinload(Consultation.asks)).order_by(Consultation.id.desc())
    if not sees_all:
        mine = select(ConsultationStaff.consultation_id).where(ConsultationStaff.staff_id == staff_id)
        query = query.where(Consultation.is_restricted.is_(False) | Consultation.id.in_(mine))
    return session.scalars(query).all()


def consultations_with_open_rolls(session: Session) -> list[int]:
    """Ids of the consultations whose rolls can change: not over, and no anonymous one whose codes are made."""
    rows = session.scalars(select(Consultation).where(Consultation.access == Access.ROLL))
    return [row.id for row in rows if can_change_roll(row)]


def consultations_over(session: Session) -> Sequence[Consultation]:
    """Consultations that are closed, of which something is still kept."""
    return session.scalars(
        select(Consultation)
        .where(
            Consultation.closed_at.is_not(None),
            Consultation.roll_erased_at.is_(None) | Consultation.answers_erased_at.is_(None),
        )
        .order_by(Consultation.id)
    ).all()


def due_consultations(session: Session) -> Sequence[Consultation]:
    """Consultations whose opening or closing may be due: scheduled, or open with a closing time."""
    return session.scalars(
        select(Consultation)
        .where(
            (Consultation.status == Status.SCHEDULED)
            | ((Consultation.status == Status.OPEN) & Consultation.closes_at.is_not(None))
        )
        .order_by(Consultation.id)
    ).all()
