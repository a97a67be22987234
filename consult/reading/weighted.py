"""Themes unweighted beside weighted: the answers raked to the roll, for confidential consultations that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.analysis.weighting import Margin, WeightingError, rake, share_interval
from consult.reading.breakdown import Read
from consult.review.columns import labels_of
from consult.review.dimensions import GROUP, LANGUAGE, REGION, Dimension
from consult.review.incidence import NONE
from consult.review.models import Theme
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, participant_groups

MARGINS = (GROUP, REGION, LANGUAGE)
LARGEST = 5.0
_IN, OUTSIDE = "in", "out"
"""Whether somebody is in a group."""


@dataclass(frozen=True, slots=True)
class Line:
    """A theme: its share of the answers as they came and weighted, and the weighted share's interval."""

    theme: Theme
    count: int
    share: float
    weighted: float
    interval: tuple[float, float]

    @property
    def change(self) -> float:
        """What the weights make of the share."""
        return self.weighted - self.share


@dataclass(frozen=True, slots=True)
class Empty:
    """A group, region or language of the roll of which nobody has answered, so that nobody can stand for it."""

    margin: str
    key: str
    label: Mapping[str, str]
    on_roll: int


@dataclass(frozen=True, slots=True)
class Missed:
    """A group, region or language that does not count as much as on the roll: its share there, and when weighted."""

    margin: str
    key: str
    label: Mapping[str, str]
    wanted: float
    reached: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """`answers` of people on the roll, `on_roll` people on it; `effective`: Kish's effective number; `trimmed` weights
    were cut at `LARGEST`, for which the roll is `missed`. Without `lines` where a cell is empty (`empty`), where no
    weights meet the roll (`missed`) or where they cannot be made (`fails`)."""

    answers: int
    on_roll: int
    lines: Sequence[Line] = ()
    effective: float = 0.0
    trimmed: int = 0
    empty: Sequence[Empty] = ()
    missed: Sequence[Missed] = ()
    fails: bool = False


def weighted_themes(session: Session, read: Read, margins: Sequence[str]) -> Weighted:
    """Raked to the roll's numbers by these margins. Somebody may be in several groups, so that each group is a margin
    of its own: in it, or not in it."""
    people = _roll(session, read.scope.consultation_id)
    by_response = dict(
        session.execute(
            select(Participation.response_id, RollPlace.participant_id)
            .join(RollPlace, RollPlace.id == Participation.place_id)
            .where(
                RollPlace.consultation_id == read.scope.consultation_id,
                Participation.response_id.is_not(None),
            )
        ).all()
    )
    pairs = zip(read.answers.responses.tolist(), read.answers.of_response.tolist(), strict=True)
    who = {place: by_response[response] for response, place in pairs if response in by_response}
    places = sorted(place for place, person in who.items() if person in people)
    columns, targets = _margins(people, [who[place] for place in places], margins)
    empty = [
        found
        for name, target in targets.items()
        for value, size in target.items()
        if size and value not in set(columns[name])
        for found in [_empty(session, name, value, size)]
    ]
    if empty or not places or not columns:
        return Weighted(len(places), len(people), empty=empty, fails=not empty)
    try:
        weights = rake(columns, targets, largest=LARGEST)
    except WeightingError as error:
        missed = _missed(session, error.missed)
        return Weighted(len(places), len(people), missed=missed, fails=not missed)
    values = np.zeros(read.base)
    values[places] = weights.values
    counted = np.zeros(read.base, dtype=bool)
    counted[places] = True
    return Weighted(
        len(places),
        len(people),
        [_line(read, theme, values, counted, len(places), weights.effective) for theme in read.themes],
        weights.effective,
        weights.trimmed,
        missed=_missed(session, weights.missed),
    )


def _line(
    read: Read, theme: Theme, values: np.ndarray, counted: np.ndarray, answers: int, effective: float
) -> Line:
    ids = read.of.get(theme.id, NONE)
    count = int(counted[ids].sum())
    weighted = min(1.0, float(values[ids].sum() / values.sum()))
    return Line(theme, count, count / answers, weighted, share_interval(weighted, effective))


@dataclass(frozen=True, slots=True)
class _Person:
    region: str
    language: str
    groups: frozenset[int]


def _roll(session: Session, consultation_id: int) -> dict[int, _Person]:
    """Everybody on the roll, by participant id."""
    of_roll = RollPlace.consultation_id == consultation_id
    groups: dict[int, set[int]] = {}
    for person, group in session.execute(
        select(participant_groups.c.participant_id, participant_groups.c.group_id)
        .join(RollPlace, RollPlace.participant_id == participant_groups.c.participant_id)
        .where(of_roll)
    ):
        groups.setdefault(person, set()).add(group)
    rows = session.execute(
        select(Participant.id, Participant.region, Participant.language)
        .join(RollPlace, RollPlace.participant_id == Participant.id)
        .where(of_roll)
    ).all()
    return {row[0]: _Person(row[1], row[2], frozenset(groups.get(row[0], ()))) for row in rows}


def _margins(
    people: Mapping[int, _Person], answered: Sequence[int], margins: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    """Each answer's value of every margin, and the roll's numbers."""
    values: dict[str, dict[int, str]] = {}
    if GROUP in margins:
        for group in sorted(set().union(*(person.groups for person in people.values()))):
            values[f"{GROUP}:{group}"] = {
                i: _IN if group in person.groups else OUTSIDE for i, person in people.items()
            }
    if REGION in margins:
        values[REGION] = {i: person.region for i, person in people.items()}
    if LANGUAGE in margins:
        values[LANGUAGE] = {i: person.language for i, person in people.items()}
    targets: dict[str, dict[str, float]] = {}
    for name, found in values.items():
        targets[name] = {}
        for value in found.values():
            targets[name][value] = targets[name].get(value, 0) + 1
    return {name: [found[i] for i in answered] for name, found in values.items()}, targets


def _empty(session: Session, name: str, value: str, size: float) -> Empty:
    return Empty(*_named(session, name, value), int(size))


def _missed(session: Session, margins: Sequence[Margin]) -> list[Missed]:
    """Of a group what is in it; who is not in it is the rest."""
    return [
        Missed(*_named(session, one.column, one.value), one.wanted, one.reached)
        for one in margins
        if one.value != OUTSIDE or not one.column.startswith(f"{GROUP}:")
    ]


def _named(session: Session, name: str, value: str) -> tuple[str, str, Mapping[str, str]]:
    """The margin, the key and the label of a value."""
    margin, _, group = name.partition(":")
    key = group if group and value == _IN else value
    return margin, key, labels_of(session, Dimension(margin, {}), [key]).get(key, {})


def margins_of(session: Session, consultation_id: int) -> list[str]:
    """By what the roll tells its people apart."""
    of_roll = RollPlace.consultation_id == consultation_id
    person = select(func.count(Participant.region.distinct()), func.count(Participant.language.distinct()))
    regions, languages = session.execute(person.select_from(RollPlace).join(Participant).where(of_roll)).one()
    has_groups = session.scalar(
        select(participant_groups.c.group_id)
        .join(RollPlace, RollPlace.participant_id == participant_groups.c.participant_id)
        .where(of_roll)
        .limit(1)
    )
    found = ((GROUP, has_groups is not None), (REGION, regions > 1), (LANGUAGE, languages > 1))
    return [name for name, is_there in found if is_there]
