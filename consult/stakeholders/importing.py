"""What taking a roll from a file would change: planned first, shown, and done by `consult.stakeholders.taking`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from consult.errors import DomainError
from consult.stakeholders import queries
from consult.stakeholders.asking import Asking
from consult.stakeholders.likeness import similar_names
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from consult.stakeholders.names import group_key, match_key
from consult.stakeholders.roll_file import RollFile, RollRow, RowProblem
from consult.stakeholders.spent import spent_among
from surveys.i18n import N_

MOST_SHOWN = 200
_PEOPLE = cast(Table, Participant.__table__)
COMPARED = ("name", "organisation", "email", "email_key", "phone", "language", "region", "has_vote")


class RollError(DomainError):
    """A roll that is not taken; `problems` names each bad row."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(
            "roll_not_taken",
            N_("Nothing was taken from the file: %(count)s rows have to be corrected."),
            count=len({problem.number for problem in problems}),
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Similar:
    """A person of the file and another one who may be the same: of the file too (`other_number`), or known."""

    number: int
    name: str
    other_number: int | None
    other_name: str
    score: float


@dataclass(frozen=True, slots=True)
class Step:
    """What one row does: the participant it stands for (None: a new one) and the values that change."""

    row: RollRow
    participant_id: int | None
    changes: dict[str, Any]
    group_keys: tuple[str, ...] | None
    is_on_roll: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do to a roll; nothing is done yet."""

    steps: tuple[Step, ...]
    problems: tuple[RowProblem, ...]
    new_groups: dict[str, str]
    unused: tuple[str, ...]

    @property
    def added(self) -> int:
        """How many come onto this roll."""
        return sum(not step.is_on_roll for step in self.steps)

    @property
    def changed(self) -> int:
        """How many who are known already would have something corrected."""
        return sum(
            step.participant_id is not None and bool(step.changes or step.group_keys is not None)
            for step in self.steps
        )

    @property
    def unchanged(self) -> int:
        return sum(step.is_on_roll and not step.changes and step.group_keys is None for step in self.steps)

    @property
    def unreachable(self) -> int:
        """How many rows have neither an e-mail address nor a telephone number."""
        return sum(not step.row.email and not step.row.phone for step in self.steps)


@dataclass(frozen=True, slots=True)
class _Known:
    """A participant in the database, as far as an import compares."""

    id: int
    name_key: str
    values: dict[str, Any]
    group_keys: frozenset[str]
    is_on_roll: bool

    @property
    def email_key(self) -> str | None:
        return self.values["email_key"]

    @property
    def phone(self) -> str | None:
        return self.values["phone"]

    @property
    def organisation(self) -> str | None:
        return self.values["organisation"]


def plan_import(
    session: Session, asking: Asking, file: RollFile, *, known_to: Iterable[int] | None = None
) -> Plan:
    """What taking `file` would do. `known_to`: the consultations whose people may be recognised (None: all)."""
    keys = _group_keys(session)
    matcher = _Matcher(_known(session, asking, known_to))
    problems = list(file.problems)
    steps: list[Step] = []
    taken: dict[int, int] = {}
    new_groups: dict[str, str] = {}
    for row in file.rows:
        known = matcher.find(row)
        if known is not None and taken.setdefault(known.id, row.number) != row.number:
            message = N_("Row %(number)s: the same person stands in row %(first)s already.")
            params = {"number": row.number, "first": taken[known.id]}
            problems.append(RowProblem(row.number, message, params))
            continue
        wanted = (
            None
            if row.groups is None
            else {keys.get(group_key(name), group_key(name)): name for name in row.groups}
        )
        new_groups.update({key: name for key, name in (wanted or {}).items() if key not in keys.values()})
        steps.append(_step(row, known, wanted))
    problems += _answered_before(
        session, asking, [(s.row, matcher.find(s.row)) for s in steps if not s.is_on_roll]
    )
    problems.sort(key=lambda problem: problem.number)
    return Plan(tuple(steps), tuple(problems), new_groups, file.unused)


def _answered_before(
    session: Session, asking: Asking, coming: Sequence[tuple[RollRow, _Known | None]]
) -> list[RowProblem]:
    """Who comes onto the roll and has answered before: by what the row says, or by what is held about her."""
    message = N_(
        "Row %(number)s: %(name)s has answered and was taken off this roll since. Nobody answers twice."
    )
    by_row = spent_among(session, asking, [row for row, _known in coming])
    by_entry = spent_among(session, asking, [known or row for row, known in coming])
    return [
        RowProblem(row.number, message, {"number": row.number, "name": row.name})
        for (row, _known), *is_spent in zip(coming, by_row, by_entry, strict=True)
        if any(is_spent)
    ]


def _group_keys(session: Session) -> dict[str, str]:
    """A group's name in any of its languages, folded → its key."""
    found: dict[str, str] = {}
    for group in queries.groups(session):
        for name in (group.key, *map(group_key, group.name.values())):
            found.setdefault(name, group.key)
    return found


def _step(row: RollRow, known: _Known | None, wanted: dict[str, str] | None) -> Step:
    given = {name: getattr(row, name) for name in COMPARED if getattr(row, name) is not None}
    if known is None:
        return Step(row, None, given, tuple(wanted or ()), is_on_roll=False)
    changes = {name: value for name, value in given.items() if known.values[name] != value}
    same_groups = wanted is None or known.group_keys == set(wanted)
    return Step(row, known.id, changes, None if same_groups else tuple(wanted or ()), known.is_on_roll)


class _Matcher:
    """Recognises who is known already: by e-mail address; without one by telephone and name; without both by
    name and organisation. Who is on this roll comes before others."""

    def __init__(self, known: Sequence[_Known]) -> None:
        self.by_email: dict[str, _Known] = {}
        self.by_phone: dict[tuple[str, str], _Known] = {}
        self.by_name: dict[tuple[str, str], _Known] = {}
        for person in sorted(known, key=lambda person: (not person.is_on_roll, person.id)):
            values = person.values
            name = person.name_key
            if values["email_key"]:
                self.by_email.setdefault(values["email_key"], person)
            if values["phone"]:
                self.by_phone.setdefault((values["phone"], name), person)
            if not values["email_key"] and not values["phone"]:
                self.by_name.setdefault((name, match_key(values["organisation"])), person)

    def find(self, row: RollRow) -> _Known | None:
        if row.email_key and row.email_key in self.by_email:
            return self.by_email[row.email_key]
        name = row.name_key
        if row.phone:
            person = self.by_phone.get((row.phone, name))
            if person and (not row.email_key or not person.values["email_key"]):
                return person
        if row.email_key and row.phone:
            return None
        return self.by_name.get((name, match_key(row.organisation or "")))


def _known(session: Session, asking: Asking, known_to: Iterable[int] | None) -> list[_Known]:
    columns = [_PEOPLE.c.id, _PEOPLE.c.name_key, *(_PEOPLE.c[name] for name in COMPARED)]
    people = session.execute(queries.known_participants(known_to).with_only_columns(*columns)).all()
    on_roll = set(
        session.scalars(select(RollPlace.participant_id).where(RollPlace.consultation_id == asking.id)).all()
    )
    group_keys: dict[int, set[str]] = {}
    rows = session.execute(
        select(participant_groups.c.participant_id, StakeholderGroup.key).join(
            StakeholderGroup, StakeholderGroup.id == participant_groups.c.group_id
        )
    )
    for participant_id, key in rows:
        group_keys.setdefault(participant_id, set()).add(key)
    return [
        _Known(
            id=row[0],
            name_key=row[1],
            values=dict(zip(COMPARED, row[2:], strict=True)),
            group_keys=frozenset(group_keys.get(row[0], ())),
            is_on_roll=row[0] in on_roll,
        )
        for row in people
    ]


def similar_people(session: Session, asking: Asking, plan: Plan) -> list[Similar]:
    """People of the file whose names look like another's of the file or of the roll, most alike first. Pairs of which
    nobody is new are left out: somebody has looked at them before."""
    others = session.execute(
        select(Participant.id, Participant.name)
        .join(RollPlace, RollPlace.participant_id == Participant.id)
        .where(RollPlace.consultation_id == asking.id)
        .order_by(RollPlace.name_key, RollPlace.id)
    ).all()
    in_file = {step.participant_id for step in plan.steps}
    names = [step.row.name for step in plan.steps]
    is_new = [not step.is_on_roll for step in plan.steps]
    for participant_id, name in others:
        if participant_id not in in_file:
            names.append(name)
            is_new.append(False)
    numbers = [step.row.number for step in plan.steps]
    found = []
    for pair in similar_names(names, is_new):
        one, other = sorted((pair.first, pair.second))
        number = numbers[other] if other < len(numbers) else None
        found.append(Similar(numbers[one], names[one], number, names[other], pair.score))
    return found


def similar_text(pair: Similar) -> str:
    """A pair in words, in the language of the page or terminal."""
    if pair.other_number is None:
        return gettext(
            "Row %(number)s, %(name)s: %(other)s is on the roll already.",
            number=pair.number, name=pair.name, other=pair.other_name,
        )  # fmt: skip
    return gettext(
        "Row %(number)s, %(name)s, looks like row %(second)s, %(other)s.",
        number=pair.number, name=pair.name, second=pair.other_number, other=pair.other_name,
    )  # fmt: skip
