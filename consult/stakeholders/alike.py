"""Who on a roll may be the same person as somebody on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from consult.stakeholders.likeness import similar_names
from consult.stakeholders.models import Participant, RollPlace

MOST_COMPARED = 500
MOST_SHOWN = 10


def alike_on_roll(session: Session, place: RollPlace) -> Sequence[RollPlace]:
    """Places whose participant has a similar name, or the same telephone number; most alike first, at most ten."""
    person = place.participant
    words = [word for word in person.name_key.split() if len(word) > 1][:6]
    conditions = [Participant.name_key.contains(word, autoescape=True) for word in words]
    if person.phone:
        conditions.append(Participant.phone == person.phone)
    if not conditions:
        return []
    found = session.scalars(
        select(RollPlace)
        .join(Participant, Participant.id == RollPlace.participant_id)
        .where(RollPlace.consultation_id == place.consultation_id, RollPlace.id != place.id, or_(*conditions))
        .order_by(RollPlace.name_key, RollPlace.id)
        .limit(MOST_COMPARED)
        .options(joinedload(RollPlace.participant))
    ).all()
    names = [person.name, *(other.participant.name for other in found)]
    pairs = similar_names(names, [True, *[False] * len(found)])
    ranked = [found[pair.second - 1] for pair in pairs if pair.first == 0]
    by_phone = [o for o in found if person.phone and o.participant.phone == person.phone and o not in ranked]
    return (by_phone + ranked)[:MOST_SHOWN]
