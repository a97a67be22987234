"""How far a change reaches. A person may stand on the rolls of several consultations, and whoever changes what is held
about her for some of them must not change it for the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from consult.stakeholders.models import Participant, RollPlace, participant_groups

_PEOPLE = cast(Table, Participant.__table__)
_PLACES = cast(Table, RollPlace.__table__)
_COPIED = [column for column in _PEOPLE.columns if column.name != "id"]
_MANY = 500


def keep_apart(session: Session, participant_ids: Sequence[int], reach: Collection[int]) -> dict[int, int]:
    """Give people who also stand on rolls outside `reach` (consultation ids) a second entry with their groups, and move
    their places inside `reach` to it; old id → new id of those who got one.

    What is changed in the second entry then reaches no roll outside. Flushes; forgets what the session had read.
    """
    session.flush()
    made: dict[int, int] = {}
    for start in range(0, len(participant_ids), _MANY):
        made |= _copy(session, participant_ids[start : start + _MANY], set(reach))
    if made:
        inside = set(reach)
        moved = [
            {"of_place": place, "to_person": made[person]}
            for place, person, consultation in _places(session, list(made))
            if consultation in inside
        ]
        if moved:
            session.connection().execute(
                update(_PLACES)
                .where(_PLACES.c.id == bindparam("of_place"))
                .values(participant_id=bindparam("to_person")),
                moved,
            )
        session.expire_all()
    return made


def _places(session: Session, people: Sequence[int]) -> list[tuple[int, int, int]]:
    """(place, participant, consultation) of these people."""
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(people), _MANY):
        query = select(_PLACES.c.id, _PLACES.c.participant_id, _PLACES.c.consultation_id).where(
            _PLACES.c.participant_id.in_(people[start : start + _MANY])
        )
        found += [(row[0], row[1], row[2]) for row in session.execute(query)]
    return found


def _copy(session: Session, people: Sequence[int], reach: set[int]) -> dict[int, int]:
    shared = sorted({person for _place, person, where in _places(session, people) if where not in reach})
    if not shared:
        return {}
    rows = session.execute(select(_PEOPLE.c.id, *_COPIED).where(_PEOPLE.c.id.in_(shared))).all()
    values = [{column.name: getattr(row, column.name) for column in _COPIED} for row in rows]
    new_ids = session.scalars(
        insert(Participant).returning(Participant.id, sort_by_parameter_order=True), values
    ).all()
    made = {row.id: new for row, new in zip(rows, new_ids, strict=True)}
    memberships = session.execute(
        select(participant_groups).where(participant_groups.c.participant_id.in_(shared))
    ).all()
    if memberships:
        session.execute(
            insert(participant_groups),
            [{"participant_id": made[row.participant_id], "group_id": row.group_id} for row in memberships],
        )
    return made
