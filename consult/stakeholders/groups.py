"""Stakeholder groups: keeping them, and where each stands on the map of influence and interest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.access import audit
from consult.errors import DomainError
from consult.stakeholders.models import StakeholderGroup, participant_groups
from consult.stakeholders.names import group_key
from consult.stakeholders.queries import is_on_other_rolls
from surveys.i18n import N_
from surveys.models import Base

HIGH = 3
"""From here on influence or interest count as high, so that nobody in the middle is overlooked."""


class Quadrant(StrEnum):
    """The four fields of the map (Mendelow's power-interest matrix)."""

    CLOSE = "close"
    SATISFIED = "satisfied"
    INFORMED = "informed"
    WATCHED = "watched"


def quadrant_of(influence: int | None, interest: int | None) -> Quadrant | None:
    """Where a group stands; None until both have been judged."""
    if influence is None or interest is None:
        return None
    if influence >= HIGH:
        return Quadrant.CLOSE if interest >= HIGH else Quadrant.SATISFIED
    return Quadrant.INFORMED if interest >= HIGH else Quadrant.WATCHED


def save_group(
    session: Session, group: StakeholderGroup | None, values: Mapping[str, Any]
) -> StakeholderGroup:
    """Make or change a group; `values` are its columns without the key. Raises DomainError for a name that another
    one has in any language."""
    is_new = group is None
    group = group or StakeholderGroup(name={})
    for name, value in values.items():
        setattr(group, name, value)
    own = {group_key(name) for name in group.name.values()}
    for other in session.scalars(select(StakeholderGroup).where(StakeholderGroup.id != (group.id or 0))):
        if own & {other.key, *map(group_key, other.name.values())}:
            raise DomainError("group_taken", N_("Another group has this name already."))
    group.key = group.key if group.key in own else group_key(next(iter(group.name.values())))
    try:
        with session.begin_nested():
            session.add(group)
            session.flush()
    except IntegrityError as error:
        raise DomainError("group_taken", N_("Another group has this name already.")) from error
    audit.record(session, "group.made" if is_new else "group.changed", group=group.id)
    return group


def check_within_reach(session: Session, group: StakeholderGroup, consultations: Sequence[int]) -> None:
    """Raises DomainError where people of the group stand on rolls beyond these: it would be taken from those who keep
    them."""
    if is_on_other_rolls(session, group.id, than=consultations):
        raise DomainError(
            "group_elsewhere",
            N_(
                "People on rolls that you do not keep are in this group, so it can be neither removed nor merged here."
            ),
        )


def merge_group(session: Session, group: StakeholderGroup, *, into: StakeholderGroup) -> None:
    """Give everybody of a group to another one, and end it."""
    if group.id == into.id:
        raise DomainError("same_group", N_("Choose another group."))
    for table, member in _memberships():
        there = select(member).where(table.c.group_id == into.id)
        session.execute(
            update(table)
            .where(table.c.group_id == group.id, member.not_in(there.subquery().select()))
            .values(group_id=into.id)
        )
    audit.record(session, "group.merged", group=group.id, into=into.id)
    _end(session, group)


def _memberships() -> Iterator[tuple[Table, Column[Any]]]:
    """Every table that puts something into groups (participants, evidence), with the column that says what."""
    for table in Base.metadata.sorted_tables:
        ties = {column.name: column for column in table.primary_key.columns}
        if len(ties) == 2 and "group_id" in ties:
            yield table, next(column for name, column in ties.items() if name != "group_id")


def remove_group(session: Session, group: StakeholderGroup) -> None:
    """End a group; the people in it stay, without it."""
    audit.record(session, "group.removed", group=group.id)
    _end(session, group)


def _end(session: Session, group: StakeholderGroup) -> None:
    session.execute(delete(participant_groups).where(participant_groups.c.group_id == group.id))
    session.execute(delete(StakeholderGroup).where(StakeholderGroup.id == group.id))
    session.expire_all()
