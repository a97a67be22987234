"""What stands round an excerpt: its source, who spoke, and what was said before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation, Privacy
from consult.evidence.models import (
    FEEDBACK,
    GATHERED,
    EvidenceSource,
    Excerpt,
    excerpt_groups,
    source_groups,
)
from consult.review.dimensions import is_named
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from surveys.models import Response

NEAR = 2
"""So many excerpts before and after one are read beside it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`voice`: of what kind whoever spoke is, in the words of the staff. `groups` and `region` of an answer are known
    only where the server may know whose it is; `page_language`: in which language the questions were read, None for
    what was gathered elsewhere and in an anonymous consultation. `before` and `after` are in the source's order."""

    source: EvidenceSource
    voice: str = ""
    groups: Sequence[StakeholderGroup] = ()
    region: str = ""
    page_language: str | None = None
    before: Sequence[Excerpt] = ()
    after: Sequence[Excerpt] = ()


def surroundings_of(session: Session, consultation: Consultation, excerpt: Excerpt) -> Surroundings:
    """What a coder is shown beside an excerpt."""
    source = session.get_one(EvidenceSource, excerpt.source_id)
    if excerpt.question_id == GATHERED:
        own, of_source = (
            select(table.c.group_id).where(table.c[0] == number)
            for table, number in ((excerpt_groups, excerpt.id), (source_groups, source.id))
        )
        return Surroundings(
            source,
            voice=excerpt.voice or source.informant,
            groups=_groups(session, own) or _groups(session, of_source),
            before=_near(session, source, excerpt, is_before=True),
            after=_near(session, source, excerpt, is_before=False),
        )
    if not is_named(consultation) or excerpt.response_id is None:
        return Surroundings(source, page_language=_page_language(session, consultation, excerpt))
    whose = (
        select(RollPlace.participant_id)
        .join(Participation, Participation.place_id == RollPlace.id)
        .where(RollPlace.consultation_id == consultation.id, Participation.response_id == excerpt.response_id)
    )
    of_person = select(participant_groups.c.group_id).where(participant_groups.c.participant_id.in_(whose))
    return Surroundings(
        source,
        groups=_groups(session, of_person),
        region=session.scalar(select(Participant.region).where(Participant.id.in_(whose))) or "",
        page_language=_page_language(session, consultation, excerpt),
    )


def _page_language(session: Session, consultation: Consultation, excerpt: Excerpt) -> str | None:
    if consultation.privacy == Privacy.ANONYMOUS:
        return None
    return session.scalar(select(Response.language).where(Response.id == excerpt.response_id))


def _groups(session: Session, ids) -> Sequence[StakeholderGroup]:
    found = select(StakeholderGroup).where(StakeholderGroup.id.in_(ids)).order_by(StakeholderGroup.id)
    return session.scalars(found).all()


def _near(
    session: Session, source: EvidenceSource, excerpt: Excerpt, *, is_before: bool
) -> Sequence[Excerpt]:
    """The nearest excerpts of the same source on one side; messages to the feedback channel have no neighbours."""
    if source.kind == FEEDBACK:
        return ()
    place, here = tuple_(Excerpt.position, Excerpt.id), tuple_(excerpt.position, excerpt.id)
    order = (Excerpt.position, Excerpt.id)
    found = session.scalars(
        select(Excerpt)
        .where(
            Excerpt.source_id == source.id,
            Excerpt.part_of_id.is_(None),
            place < here if is_before else place > here,
        )
        .order_by(*(column.desc() for column in order) if is_before else order)
        .limit(NEAR)
    ).all()
    return found[::-1] if is_before else found
