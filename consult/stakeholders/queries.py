"""Reading groups, participants and rolls."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.stakeholders.entitlement import Letter
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from consult.stakeholders.names import match_key

PAGE = 50


@dataclass(frozen=True, slots=True)
class RollFilter:
    """What a page of the roll shows: words that the entry holds, a group, a region, a language, the vote."""

    words: str = ""
    group: int | None = None
    region: str = ""
    language: str = ""
    vote: str = ""

    @property
    def is_empty(self) -> bool:
        return self == RollFilter()


@dataclass(frozen=True, slots=True)
class RollPage:
    """A page of the roll. `total` entries fit the filter; pages count from 1."""

    places: Sequence[RollPlace]
    total: int
    number: int
    pages: int


def groups(session: Session) -> Sequence[StakeholderGroup]:
    """Every stakeholder group, by name key."""
    return session.scalars(select(StakeholderGroup).order_by(StakeholderGroup.key)).all()


def groups_on_roll(session: Session, consultation_id: int) -> Sequence[StakeholderGroup]:
    """The stakeholder groups of those on the roll of a consultation, by name key: the others are nobody's business."""
    here = (
        select(participant_groups.c.group_id)
        .join(RollPlace, RollPlace.participant_id == participant_groups.c.participant_id)
        .where(RollPlace.consultation_id == consultation_id)
    )
    named = select(StakeholderGroup).where(StakeholderGroup.id.in_(here))
    return session.scalars(named.order_by(StakeholderGroup.key)).all()


def group_sizes(session: Session, consultation_id: int) -> dict[int, int]:
    """How many of each group are on the roll of a consultation, by group id."""
    rows = session.execute(
        select(participant_groups.c.group_id, func.count())
        .join(RollPlace, RollPlace.participant_id == participant_groups.c.participant_id)
        .where(RollPlace.consultation_id == consultation_id)
        .group_by(participant_groups.c.group_id)
    )
    return {row[0]: row[1] for row in rows}


def is_on_other_rolls(session: Session, group_id: int, *, than: Sequence[int]) -> bool:
    """Whether anybody of a group stands on the roll of a consultation that is not among these."""
    found = session.execute(
        select(RollPlace.id)
        .join(participant_groups, participant_groups.c.participant_id == RollPlace.participant_id)
        .where(participant_groups.c.group_id == group_id, RollPlace.consultation_id.not_in(than))
        .limit(1)
    )
    return found.first() is not None


def roll_size(session: Session, consultation_id: int) -> int:
    """How many are on the roll."""
    return session.scalar(_counted(consultation_id)) or 0


def fingerprint_of_roll(session: Session, consultation_id: int) -> str:
    """Who is on the roll, as a SHA-256 over the names of the places, in hex: no matter in which order."""
    refs = select(RollPlace.ref).where(RollPlace.consultation_id == consultation_id).order_by(RollPlace.ref)
    return hashlib.sha256("|".join(session.scalars(refs)).encode()).hexdigest()


def regions(session: Session, consultation_id: int) -> list[tuple[str, int]]:
    """(region, how many on the roll), without the empty one."""
    rows = session.execute(
        select(Participant.region, func.count())
        .join(RollPlace, RollPlace.participant_id == Participant.id)
        .where(RollPlace.consultation_id == consultation_id, Participant.region != "")
        .group_by(Participant.region)
    )
    return sorted(((row[0], row[1]) for row in rows), key=lambda pair: match_key(pair[0]))


def roll_page(
    session: Session, consultation_id: int, *, filter: RollFilter, number: int = 1, size: int = PAGE
) -> RollPage:
    """A page of the roll by name; a page beyond the last gives the last."""
    total = session.scalar(_filtered(_counted(consultation_id), filter)) or 0
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    query = (
        _filtered(select(RollPlace).where(RollPlace.consultation_id == consultation_id), filter)
        .order_by(RollPlace.name_key, RollPlace.id)
        .limit(size)
        .offset((number - 1) * size)
        .options(joinedload(RollPlace.participant).selectinload(Participant.groups))
    )
    return RollPage(session.scalars(query).all(), total, number, pages)


def _counted(consultation_id: int) -> Select:
    return select(func.count()).select_from(RollPlace).where(RollPlace.consultation_id == consultation_id)


def _filtered(query: Select, filter: RollFilter) -> Select:
    if filter.words or filter.region or filter.language or filter.vote:
        query = query.join(Participant, Participant.id == RollPlace.participant_id)
    for word in match_key(filter.words).split()[:8]:
        query = query.where(Participant.search_key.contains(word, autoescape=True))
    if filter.region:
        query = query.where(Participant.region == filter.region)
    if filter.language:
        query = query.where(Participant.language == filter.language)
    if filter.vote:
        query = query.where(Participant.has_vote.is_(filter.vote == "yes"))
    if filter.group is not None:
        query = query.where(
            RollPlace.participant_id.in_(
                select(participant_groups.c.participant_id).where(
                    participant_groups.c.group_id == filter.group
                )
            )
        )
    return query


def place_of(session: Session, consultation_id: int, participant_id: int) -> RollPlace | None:
    """A participant's place on the roll of a consultation, with the participant, or None."""
    return session.scalar(
        select(RollPlace)
        .where(RollPlace.consultation_id == consultation_id, RollPlace.participant_id == participant_id)
        .options(joinedload(RollPlace.participant).selectinload(Participant.groups))
    )


def whole_roll(session: Session, consultation_id: int) -> Sequence[RollPlace]:
    """Everybody on the roll, by name."""
    return session.scalars(
        select(RollPlace)
        .where(RollPlace.consultation_id == consultation_id)
        .order_by(RollPlace.name_key, RollPlace.id)
        .options(joinedload(RollPlace.participant), selectinload(RollPlace.participant, Participant.groups))
    ).all()


def other_places(session: Session, participant_id: int, consultation_id: int, reach: Collection[int]) -> int:
    """On how many other rolls a participant stands, of those in `reach`."""
    return (
        session.scalar(
            select(func.count())
            .select_from(RollPlace)
            .where(
                RollPlace.participant_id == participant_id,
                RollPlace.consultation_id != consultation_id,
                RollPlace.consultation_id.in_(list(reach)),
            )
        )
        or 0
    )


def known_participants(known_to: Iterable[int] | None) -> Select:
    """Participants who may be recognised by somebody who sees these consultations (None: all): those on one of their
    rolls, and those on none."""
    query = select(Participant)
    if known_to is None:
        return query
    mine = select(RollPlace.participant_id).where(RollPlace.consultation_id.in_(list(known_to)))
    placed = select(RollPlace.participant_id)
    return query.where(Participant.id.in_(mine) | Participant.id.not_in(placed))


def letters_to(session: Session, place_id: int) -> Sequence[Letter]:
    """The letters to a participant, newest first, with what they were for."""
    return session.scalars(
        select(Letter)
        .where(Letter.place_id == place_id)
        .order_by(Letter.id.desc())
        .options(joinedload(Letter.mailing))
    ).all()
