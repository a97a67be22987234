"""Single participants: adding, correcting, merging, taking off the roll; and what a consultation must be for that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.access import audit
from consult.errors import DomainError
from consult.stakeholders import participation, spent
from consult.stakeholders.apart import keep_apart
from consult.stakeholders.asking import Asking, check_open_roll, is_anonymous
from consult.stakeholders.entitlement import AccessCode, Letter, Participation
from consult.stakeholders.models import (
    Participant,
    PendingAddress,
    RollPlace,
    RollUpload,
    StakeholderGroup,
    participant_groups,
)
from consult.stakeholders.names import match_key
from surveys.i18n import N_
from surveys.ids import random_code
from surveys.numbers import western_digits

REF_LENGTH = 16
_MANY = 500
FIELDS = ("name", "organisation", "email", "phone", "language", "region", "has_vote")


def new_ref() -> str:
    """A name for a place on a roll or a letter that says nothing about anybody: 80 random bits."""
    return random_code(REF_LENGTH).lower()


def search_key_of(values: Mapping[str, Any]) -> str:
    """What a search looks in: name, organisation, e-mail and telephone, folded."""
    parts = [match_key(values["name"]), match_key(values["organisation"]), values["email_key"] or ""]
    return " ".join([*parts, match_key(parts[2]), western_digits(values["phone"] or "")])


def add_participant(
    session: Session, asking: Asking, *, values: Mapping[str, Any], group_ids: Collection[int]
) -> Participant:
    """Put a new person on the roll. `values` holds the FIELDS and `email_key`. Raises DomainError for an address that
    somebody on this roll has, for a fixed roll, and for somebody who has answered and left it since."""
    check_open_roll(asking)
    participant = Participant(**values)
    _fold(participant)
    spent.check_unspent(session, asking, participant)
    participant.groups = _groups(session, group_ids)
    session.add(participant)
    session.flush()
    _place(session, asking, participant)
    audit.record(session, "roll.added", consultation_slug=asking.slug, participant=participant.id)
    return participant


def _place(session: Session, asking: Asking, participant: Participant) -> RollPlace:
    place = RollPlace(
        consultation_id=asking.id,
        participant_id=participant.id,
        ref=new_ref(),
        name_key=participant.name_key,
        email_key=participant.email_key,
    )
    try:
        with session.begin_nested():
            session.add(place)
    except IntegrityError as error:
        raise _email_taken() from error
    return place


def _email_taken() -> DomainError:
    return DomainError("email_taken", N_("Somebody else on a roll has this e-mail address already."))


def correct_participant(
    session: Session,
    asking: Asking,
    participant: Participant,
    *,
    values: Mapping[str, Any],
    group_ids: Collection[int] | None,
    reach: Collection[int] = (),
    by_herself: bool = False,
) -> Participant:
    """Correct what is held about a person on this roll, and on those of the consultations in `reach`; her entry there.
    On others it stays as it was. `group_ids` None leaves the groups. The log says which fields, never their values.
    Raises DomainError for an address that somebody else on one of these rolls has."""
    groups_now = {group.id for group in participant.groups}
    changed = [name for name, value in values.items() if getattr(participant, name) != value]
    if not changed and (group_ids is None or groups_now == set(group_ids)):
        return participant
    participant = _within(session, participant, {*reach, asking.id})
    changed = [name for name, value in values.items() if getattr(participant, name) != value]
    for name in changed:
        setattr(participant, name, values[name])
    if group_ids is not None and {group.id for group in participant.groups} != set(group_ids):
        participant.groups = _groups(session, group_ids)
        changed.append("groups")
    _fold(participant)
    try:
        with session.begin_nested():
            session.execute(
                update(RollPlace)
                .where(RollPlace.participant_id == participant.id)
                .values(name_key=participant.name_key, email_key=participant.email_key)
            )
    except IntegrityError as error:
        raise _email_taken() from error
    audit.record(
        session,
        "roll.corrected",
        consultation_slug=asking.slug,
        participant=participant.id,
        fields=sorted(set(changed) - {"email_key"}),
        by="participant" if by_herself else "staff",
    )
    return participant


def _within(session: Session, participant: Participant, reach: Collection[int]) -> Participant:
    """Her entry for the rolls of these consultations alone."""
    made = keep_apart(session, [participant.id], reach)
    found = session.get(Participant, made.get(participant.id, participant.id))
    assert found is not None
    return found


def _fold(participant: Participant) -> None:
    participant.name_key = match_key(participant.name)
    participant.search_key = search_key_of(
        {name: getattr(participant, name) for name in ("name", "organisation", "email_key", "phone")}
    )


def _groups(session: Session, ids: Collection[int]) -> list[StakeholderGroup]:
    if not ids:
        return []
    return list(session.scalars(select(StakeholderGroup).where(StakeholderGroup.id.in_(list(ids)))))


def merge_participants(
    session: Session, asking: Asking, *, kept: Participant, other: Participant, reach: Collection[int] = ()
) -> Participant:
    """One person stood twice: `kept` takes the other's places and groups and what she lacks; the other is gone. This is
    so on this roll and those of the consultations in `reach`; elsewhere both stay as they are.

    On a roll where both stood, the place of `kept` stays, with its code, unless only the other has begun to answer.
    Raises DomainError when both have answered the same consultation: which answer counts is not ours to say.
    """
    if kept.id == other.id:
        raise DomainError("same_participant", N_("Choose another person to merge with."))
    check_open_roll(asking)
    other_id = other.id
    kept = _within(session, kept, {*reach, asking.id})
    other = _within(session, other, {*reach, asking.id})
    mine = {place.consultation_id: place for place in _places(session, kept)}
    for place in _places(session, other):
        own = mine.get(place.consultation_id)
        if own is None:
            continue
        if _answered(session, place):
            if _answered(session, own):
                raise DomainError("both_answered", N_("Both have begun to answer, so they cannot be merged."))
            own, place = place, own
        session.delete(place)
        session.flush()
        mine[own.consultation_id] = own
    for name in ("email", "email_key", "phone", "organisation", "region"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(other, name))
    known = {group.id for group in kept.groups}
    kept.groups.extend(group for group in other.groups if group.id not in known)
    _fold(kept)
    session.flush()
    session.execute(
        update(RollPlace)
        .where(RollPlace.participant_id.in_([kept.id, other.id]))
        .values(participant_id=kept.id, name_key=kept.name_key, email_key=kept.email_key)
    )
    session.expire_all()
    _erase(session, other.id)
    audit.record(session, "roll.merged", consultation_slug=asking.slug, kept=kept.id, other=other_id)
    return kept


def _places(session: Session, participant: Participant) -> list[RollPlace]:
    return list(session.scalars(select(RollPlace).where(RollPlace.participant_id == participant.id)))


def _answered(session: Session, place: RollPlace) -> bool:
    return session.scalar(select(Participation.id).where(Participation.place_id == place.id)) is not None


def remove_from_roll(session: Session, asking: Asking, place: RollPlace, *, by_herself: bool = False) -> None:
    """Take a person off the roll; who stands on no other roll is erased, with groups, codes and letters.

    What she answered in confidence stays, linked to nobody, and she cannot come onto this roll again. Raises
    DomainError for the fixed roll of an anonymous consultation that is open.
    """
    if is_anonymous(asking):
        check_open_roll(asking)
    participant_id = place.participant_id
    if participation.response_of(session, place.id) is not None:
        spent.remember(session, asking, place.participant)
    forget_place(session, place.id)
    session.flush()
    session.expire_all()
    if session.scalar(select(RollPlace.id).where(RollPlace.participant_id == participant_id)) is None:
        _erase(session, participant_id)
    audit.record(
        session,
        "roll.removed",
        consultation_slug=asking.slug,
        participant=participant_id,
        by="participant" if by_herself else "staff",
    )


def forget_place(session: Session, place_id: int) -> None:
    """Delete a place and all that hangs on it."""
    for table in (AccessCode, Participation, Letter, PendingAddress):
        session.execute(delete(table).where(table.place_id == place_id))
    session.execute(delete(RollPlace).where(RollPlace.id == place_id))


def erase_roll(session: Session, asking: Asking) -> int:
    """Erase everybody on this roll, with codes, letters and what ties answers to them; how many there were. Who stands
    on another roll stays there."""
    session.flush()
    places = select(RollPlace.id).where(RollPlace.consultation_id == asking.id)
    people = session.scalars(
        select(RollPlace.participant_id).where(RollPlace.consultation_id == asking.id)
    ).all()
    for table in (AccessCode, Participation, Letter, PendingAddress):
        session.execute(delete(table).where(table.place_id.in_(places)))
    session.execute(delete(RollUpload).where(RollUpload.consultation_id == asking.id))
    spent.forget(session, asking)
    session.execute(delete(RollPlace).where(RollPlace.consultation_id == asking.id))
    for start in range(0, len(people), _MANY):
        some = people[start : start + _MANY]
        elsewhere = select(RollPlace.participant_id).where(RollPlace.participant_id.in_(some))
        gone = set(some) - set(session.scalars(elsewhere))
        session.execute(delete(participant_groups).where(participant_groups.c.participant_id.in_(gone)))
        session.execute(delete(Participant).where(Participant.id.in_(gone)))
    session.expire_all()
    return len(people)


def _erase(session: Session, participant_id: int) -> None:
    session.execute(delete(participant_groups).where(participant_groups.c.participant_id == participant_id))
    session.execute(delete(Participant).where(Participant.id == participant_id))
