"""Who has been heard, against the roll: every figure under disclosure control, moving by k answers at a time.

Only for confidential consultations: of an anonymous one nothing but a total is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.orm import Session

from consult.analysis.columns import answered_cells
from consult.analysis.disclosure import INSIDE, Cell, Hidden, released_base
from consult.stakeholders.entitlement import Letter, Mailing, Participation
from consult.stakeholders.models import Participant, RollPlace, participant_groups
from surveys.models import Response

K = INSIDE
ARRIVED = ("sent",)
LEFT = ("sent", "refused", "bounced", "attempted")


@dataclass(frozen=True, slots=True)
class Line:
    """A group, region or language: how many are on the roll, were written to, were reached, and have answered."""

    key: str
    on_roll: int
    invited: int
    delivered: int
    complete: Cell
    share: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """Participation as it may be shown. `complete` and `begun` are in steps of k; `days` holds (first day, last day,
    answers) of at least k answers each."""

    on_roll: int
    invited: int
    delivered: int
    begun: int
    complete: int
    share: float | None
    by_group: Mapping[str, Line]
    by_region: Sequence[Line]
    by_language: Sequence[Line]
    days: Sequence[tuple[date, date, int]]


def heard(session: Session, consultation_id: int, *, timezone: str, is_over: bool) -> Heard:
    """Participation in a confidential consultation so far; final once it is over."""
    counting = _Counting(session, consultation_id, is_over=is_over)
    whole = counting.of(RollPlace.consultation_id)  # everybody has the same
    on_roll, invited, delivered, complete = whole[0][1:] if whole else (0, 0, 0, 0)
    begun = session.scalar(
        select(func.count())
        .select_from(Participation)
        .join(RollPlace, RollPlace.id == Participation.place_id)
        .where(RollPlace.consultation_id == consultation_id)
    )
    lines = partial(_lines, on_roll=on_roll, complete=complete)
    of_groups = lines(counting.of(cast(participant_groups.c.group_id, String), by_group=True))
    return Heard(
        on_roll=on_roll,
        invited=invited,
        delivered=delivered,
        begun=max(complete, released_base(begun or 0, K, final=is_over)),
        complete=complete,
        share=complete / on_roll if on_roll else None,
        by_group={line.key: line for line in of_groups},
        by_region=lines(counting.of(Participant.region)),
        by_language=lines(counting.of(Participant.language)),
        days=in_steps([moment.astimezone(ZoneInfo(timezone)).date() for moment in counting.moments]),
    )


class _Counting:
    """Counts of places by some column. Answers count up to the last one that may be seen now, in the order in which
    they came."""

    def __init__(self, session: Session, consultation_id: int, *, is_over: bool) -> None:
        self._session = session
        self._consultation_id = consultation_id
        rows = session.execute(
            select(Response.id, Response.submitted_at)
            .join(Participation, Participation.response_id == Response.id)
            .join(RollPlace, RollPlace.id == Participation.place_id)
            .where(RollPlace.consultation_id == consultation_id, Response.is_test.is_(False))
            .order_by(Response.id)
        ).all()
        seen = rows[: released_base(len(rows), K, final=is_over)]
        self._last = seen[-1][0] if seen else 0
        self.moments = [row[1] for row in seen]

    def of(self, key: Any, *, by_group: bool = False) -> list[tuple[str, int, int, int, int]]:
        """(key, on the roll, invited, reached, answered) for each value of `key`, the largest first."""
        letters = (
            select(Letter.place_id, func.max(case((Letter.state.in_(ARRIVED), 1), else_=0)).label("arrived"))
            .join(Mailing, Mailing.id == Letter.mailing_id)
            .where(
                Mailing.consultation_id == self._consultation_id,
                Mailing.kind == "invitation",
                Letter.state.in_(LEFT),
            )
            .group_by(Letter.place_id)
            .subquery()
        )
        size = func.count(RollPlace.id)
        query = (
            select(
                key,
                size,
                func.count(letters.c.place_id),
                func.coalesce(func.sum(letters.c.arrived), 0),
                func.count(Participation.response_id),
            )
            .select_from(RollPlace)
            .join(Participant, Participant.id == RollPlace.participant_id)
            .outerjoin(letters, letters.c.place_id == RollPlace.id)
            .outerjoin(
                Participation,
                (Participation.place_id == RollPlace.id) & (Participation.response_id <= self._last),
            )
            .where(RollPlace.consultation_id == self._consultation_id)
            .group_by(key)
            .order_by(size.desc(), key)
        )
        if by_group:
            query = query.join(participant_groups, participant_groups.c.participant_id == Participant.id)
        return [(row[0], *map(int, row[1:])) for row in self._session.execute(query)]


def _lines(rows: Sequence[tuple[str, int, int, int, int]], *, on_roll: int, complete: int) -> list[Line]:
    """A line a key. How many are on the roll, and how many of all answered, is known to who reads this, so who answered
    and who did not are protected together."""
    sizes, counts = [row[1] for row in rows], [row[4] for row in rows]
    flags = answered_cells(counts, sizes, complete, on_roll, K)
    return [
        Line(
            key,
            size,
            invited,
            reached,
            Cell(count) if is_shown else Cell(None, Hidden.WITHHELD),
            count / size if is_shown else None,
        )
        for (key, size, invited, reached, count), is_shown in zip(rows, flags, strict=True)
    ]


def in_steps(days: Sequence[date], k: int = K) -> list[tuple[date, date, int]]:
    """Answers by day, days joined until each step holds at least k; what is left over joins the last step."""
    steps: list[tuple[date, date, int]] = []
    first: date | None = None
    waiting = 0
    counts = Counter(days)
    for day in sorted(counts):
        first = first or day
        waiting += counts[day]
        if waiting >= k:
            steps.append((first, day, waiting))
            first, waiting = None, 0
    if waiting and steps:
        start, _end, count = steps.pop()
        steps.append((start, max(counts), count + waiting))
    return steps
