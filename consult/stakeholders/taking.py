"""Doing what the plan of an import says: whole or not at all, in statements of many rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from consult.access import audit
from consult.errors import DomainError
from consult.stakeholders import queries
from consult.stakeholders.apart import keep_apart
from consult.stakeholders.asking import Asking, check_open_roll
from consult.stakeholders.importing import COMPARED, Plan, RollError, Step
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from consult.stakeholders.names import match_key
from consult.stakeholders.people import new_ref, search_key_of
from surveys.i18n import N_
from surveys.models import utc_now

_PEOPLE = cast(Table, Participant.__table__)
_PLACES = cast(Table, RollPlace.__table__)
_MANY = 500  # of the parameters that a database takes in one statement


def apply_plan(
    session: Session, asking: Asking, plan: Plan, *, default_language: str, reach: Collection[int] = ()
) -> None:
    """Do what a plan says, whole. Corrections reach this roll and those of the consultations in `reach`, no others.

    Raises RollError when a row is bad, and DomainError when the roll is fixed.
    """
    if plan.problems:
        raise RollError(plan.problems)
    if not plan.steps:
        raise DomainError("empty_roll", N_("The file holds nobody."))
    if plan.added:
        check_open_roll(asking)
    group_ids = _make_groups(session, plan.new_groups)
    steps = _within(session, plan.steps, {*reach, asking.id})
    participant_ids = _write_people(session, steps, default_language)
    _write_groups(session, steps, participant_ids, group_ids)
    _write_places(session, asking, steps, participant_ids)
    session.expire_all()
    audit.record(
        session,
        "roll.imported",
        consultation_slug=asking.slug,
        added=plan.added,
        changed=plan.changed,
        groups_made=len(plan.new_groups),
    )


def _within(session: Session, steps: Sequence[Step], reach: Collection[int]) -> Sequence[Step]:
    """The steps, those that correct somebody on an entry that is for these rolls alone."""
    corrected = [
        step.participant_id
        for step in steps
        if step.participant_id is not None and (step.changes or step.group_keys is not None)
    ]
    made = keep_apart(session, corrected, reach)
    return [
        replace(step, participant_id=made[step.participant_id]) if step.participant_id in made else step
        for step in steps
    ]


def _make_groups(session: Session, new: dict[str, str]) -> dict[str, int]:
    made = [StakeholderGroup(key=key, name={_language_of(name): name}) for key, name in new.items()]
    session.add_all(made)
    session.flush()
    return {group.key: group.id for group in queries.groups(session)}


def _language_of(name: str) -> str:
    """A group named in a file says no language: Arabic letters are Arabic, others English until translated."""
    return "ar" if any("\u0600" <= sign <= "\u06ff" for sign in name) else "en"


def _write_people(session: Session, steps: Sequence[Step], default_language: str) -> list[int]:
    """Insert and correct; the participant of each step, in order."""
    now = utc_now()
    fresh = [_values(step.changes, default_language) | {"created_at": now} for step in steps
             if step.participant_id is None]  # fmt: skip
    new_ids = iter(
        session.execute(insert(Participant).returning(Participant.id, sort_by_parameter_order=True), fresh)
        .scalars()
        .all()
        if fresh
        else ()
    )
    changed = [step for step in steps if step.participant_id is not None and step.changes]
    if changed:
        _correct(session, changed)
    return [step.participant_id if step.participant_id is not None else next(new_ids) for step in steps]


def _values(given: dict[str, Any], default_language: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "organisation": "",
        "email": None,
        "email_key": None,
        "phone": None,
        "region": "",
        "has_vote": True,
    }
    values |= {"language": default_language, **given}
    return values | {"name_key": match_key(values["name"]), "search_key": search_key_of(values)}


def _correct(session: Session, steps: Sequence[Step]) -> None:
    ids = [step.participant_id for step in steps]
    present: dict[int, dict[str, Any]] = {}
    columns = [_PEOPLE.c[name] for name in COMPARED]
    for start in range(0, len(ids), _MANY):
        some = ids[start : start + _MANY]
        for row in session.execute(select(_PEOPLE.c.id, *columns).where(_PEOPLE.c.id.in_(some))):
            present[row[0]] = dict(zip(COMPARED, row[1:], strict=True))
    rows = []
    for step in steps:
        assert step.participant_id is not None
        values = present[step.participant_id] | step.changes
        keys = {"name_key": match_key(values["name"]), "search_key": search_key_of(values)}
        rows.append(
            {"own_id": step.participant_id} | {f"new_{name}": v for name, v in (values | keys).items()}
        )
    names = [*COMPARED, "name_key", "search_key"]
    session.connection().execute(
        update(_PEOPLE)
        .where(_PEOPLE.c.id == bindparam("own_id"))
        .values({name: bindparam(f"new_{name}") for name in names}),
        rows,
    )
    session.connection().execute(
        update(_PLACES)
        .where(_PLACES.c.participant_id == bindparam("own_id"))
        .values(name_key=bindparam("new_name_key"), email_key=bindparam("new_email_key")),
        [{key: row[key] for key in ("own_id", "new_name_key", "new_email_key")} for row in rows],
    )


def _write_groups(
    session: Session, steps: Sequence[Step], participant_ids: Sequence[int], group_ids: dict[str, int]
) -> None:
    fresh, replaced = [], []
    for step, participant_id in zip(steps, participant_ids, strict=True):
        if step.group_keys is None:
            continue
        if step.participant_id is not None:
            replaced.append({"own_id": participant_id})
        fresh += [{"participant_id": participant_id, "group_id": group_ids[key]} for key in step.group_keys]
    if replaced:
        session.connection().execute(
            delete(participant_groups).where(participant_groups.c.participant_id == bindparam("own_id")),
            replaced,
        )
    if fresh:
        session.connection().execute(insert(participant_groups), fresh)


def _write_places(
    session: Session, asking: Asking, steps: Sequence[Step], participant_ids: Sequence[int]
) -> None:
    new = {
        participant_id
        for step, participant_id in zip(steps, participant_ids, strict=True)
        if not step.is_on_roll
    }
    rows = []
    ids = sorted(new)
    for start in range(0, len(ids), _MANY):
        for participant in session.execute(
            select(_PEOPLE.c.id, _PEOPLE.c.name_key, _PEOPLE.c.email_key).where(
                _PEOPLE.c.id.in_(ids[start : start + _MANY])
            )
        ):
            rows.append(
                {
                    "consultation_id": asking.id,
                    "participant_id": participant.id,
                    "ref": new_ref(),
                    "name_key": participant.name_key,
                    "email_key": participant.email_key,
                }
            )
    if rows:
        session.connection().execute(insert(_PLACES), rows)
