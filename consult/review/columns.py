"""The columns of a dimension: which answers stand in them, and what they are called where people named them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, String, and_, case, cast, false, func, select, union
from sqlalchemy.orm import Session

from consult.config import LANGUAGES
from consult.consultations.models import ConsultationSurvey
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt, excerpt_groups, source_groups
from consult.review.dimensions import (
    GROUP,
    HINT,
    KIND,
    LANGUAGE,
    NO_COLUMN,
    QUESTION,
    REGION,
    SOURCE,
    STANCE,
    TIME,
    VOICE,
    Dimension,
)  # fmt: skip
from consult.review.models import MACHINE, Stance
from consult.review.scope import Scope
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from surveys.models import Answer, Response


def members(dimension: Dimension, scope: Scope) -> Select:
    """(column key, id) of the answers of a question; an answer of no column is left out. The ids are those of
    responses where `is_by_response`, else of excerpts: wholes, of the stance dimension parts too."""
    if dimension.kind == GROUP and scope.question_id == GATHERED:
        return _gathered_groups(scope)
    return _MEMBERS[dimension.kind](dimension, scope)


def is_by_response(dimension: Dimension, scope: Scope) -> bool:
    """Whether whoever answered, or the response as a whole, decides about the column: see `members`."""
    return scope.question_id != GATHERED and dimension.kind in (GROUP, REGION, QUESTION, TIME)


def _whole(scope: Scope) -> ColumnElement[bool]:
    return and_(scope.excerpts, Excerpt.part_of_id.is_(None))


def _languages(_dimension: Dimension, scope: Scope) -> Select:
    return select(Excerpt.language, Excerpt.id).where(_whole(scope))


def _sources(_dimension: Dimension, scope: Scope) -> Select:
    return select(Excerpt.source_id, Excerpt.id).where(_whole(scope))


def _kinds(_dimension: Dimension, scope: Scope) -> Select:
    return select(EvidenceSource.kind, Excerpt.id).join(EvidenceSource).where(_whole(scope))


def _voices(_dimension: Dimension, scope: Scope) -> Select:
    """Of what kind whoever spoke is: told of the excerpt, else of its source."""
    told = func.coalesce(func.nullif(Excerpt.voice, ""), EvidenceSource.informant)
    return select(told, Excerpt.id).select_from(Excerpt).join(EvidenceSource).where(_whole(scope), told != "")


def _stances(_dimension: Dimension, scope: Scope) -> Select:
    value = case((Stance.origin == MACHINE, HINT + Stance.value), else_=Stance.value)
    found = select(value, Excerpt.id).select_from(Excerpt).join(Stance, Stance.excerpt_id == Excerpt.id)
    return found.where(scope.excerpts, Stance.is_current)


def _answers(dimension: Dimension, scope: Scope) -> Select:
    asked = ConsultationSurvey.consultation_id == scope.consultation_id
    key = func.coalesce(Answer.option_id, cast(cast(Answer.number, Integer), String))
    return select(key, Answer.response_id).where(
        Answer.survey_id.in_(select(ConsultationSurvey.survey_id).where(asked)),
        Answer.question_id == dimension.question_id,
    )


def _regions(_dimension: Dimension, scope: Scope) -> Select:
    found = select(Participant.region, Participation.response_id).select_from(RollPlace)
    found = found.join(Participation, Participation.place_id == RollPlace.id)
    return found.join(Participant, Participant.id == RollPlace.participant_id).where(
        RollPlace.consultation_id == scope.consultation_id,
        Participation.response_id.is_not(None),
        Participant.region != "",
    )


def _roll_groups(_dimension: Dimension, scope: Scope) -> Select:
    found = select(participant_groups.c.group_id, Participation.response_id).select_from(RollPlace)
    found = found.join(Participation, Participation.place_id == RollPlace.id)
    return found.join(
        participant_groups, participant_groups.c.participant_id == RollPlace.participant_id
    ).where(RollPlace.consultation_id == scope.consultation_id, Participation.response_id.is_not(None))


def _gathered_groups(scope: Scope) -> Select:
    own = select(excerpt_groups.c.group_id, Excerpt.id).join(
        Excerpt, Excerpt.id == excerpt_groups.c.excerpt_id
    )
    of_source = select(source_groups.c.group_id, Excerpt.id).join(
        Excerpt, Excerpt.source_id == source_groups.c.source_id
    )
    both = union(own.where(_whole(scope)), of_source.where(_whole(scope))).subquery()
    return select(both.c[0], both.c[1])


def _times(dimension: Dimension, scope: Scope) -> Select:
    ends = list(zip(dimension.order, dimension.edges[1:], strict=False))
    if scope.question_id == GATHERED:
        said = func.coalesce(Excerpt.said_on, EvidenceSource.date)
        key = case(*((said < edge, key) for key, edge in ends), else_=dimension.order[-1])
        found = select(key, Excerpt.id).select_from(Excerpt).join(EvidenceSource)
        return found.where(_whole(scope), said.is_not(None))
    zone = ZoneInfo(dimension.timezone)
    moments = ((key, datetime(e.year, e.month, e.day, tzinfo=zone).astimezone(UTC)) for key, e in ends)
    key = case(*((Response.submitted_at < at, key) for key, at in moments), else_=dimension.order[-1])
    asked = ConsultationSurvey.consultation_id == scope.consultation_id
    return select(key, Response.id).where(
        Response.survey_id.in_(select(ConsultationSurvey.survey_id).where(asked)),
        Response.is_test.is_(False),
    )


_MEMBERS: dict[str, Callable[[Dimension, Scope], Select]] = {
    LANGUAGE: _languages,
    SOURCE: _sources,
    KIND: _kinds,
    VOICE: _voices,
    STANCE: _stances,
    QUESTION: _answers,
    REGION: _regions,
    GROUP: _roll_groups,
    TIME: _times,
}


def in_column(dimension: Dimension, scope: Scope, key: str) -> ColumnElement[bool]:
    """Condition: an excerpt, or the answer that it is a part of, stands in a column; `NO_COLUMN`: in none."""
    found = members(dimension, scope)
    column = found.selected_columns[0]
    if key != NO_COLUMN and dimension.kind in (GROUP, SOURCE):
        found = found.where(column == int(key)) if _is_id(key) else found.where(false())
    elif key != NO_COLUMN:
        found = found.where(column == key)
    ids = select(found.subquery().c[1])
    own: ColumnElement[Any] = func.coalesce(Excerpt.part_of_id, Excerpt.id)
    if is_by_response(dimension, scope):
        own = Excerpt.response_id  # type: ignore[assignment]
    elif dimension.kind == STANCE:
        own = Excerpt.id  # type: ignore[assignment]
    return own.not_in(ids) if key == NO_COLUMN else own.in_(ids)


def labels_of(
    session: Session, dimension: Dimension, keys: Sequence[str], *, consultation_id: int | None = None
) -> dict[str, Mapping[str, str]]:
    """Column key → its name where it has one of its own; keys that the application has words for are absent, and so
    are sources of any consultation but this one: a key may come from an address."""
    if dimension.labels is not None:
        return dict(dimension.labels)
    own = [key for key in keys if key != NO_COLUMN]
    ids = [int(key) for key in own if _is_id(key)]
    if dimension.kind == GROUP:
        groups = select(StakeholderGroup).where(StakeholderGroup.id.in_(ids))
        return {str(group.id): group.name for group in session.scalars(groups)}
    if dimension.kind == SOURCE:
        sources = select(EvidenceSource).where(
            EvidenceSource.id.in_(ids), EvidenceSource.consultation_id == consultation_id
        )
        return {str(source.id): dict.fromkeys(LANGUAGES, source.title) for source in session.scalars(sources)}
    return {key: dict.fromkeys(LANGUAGES, key) for key in own} if dimension.kind in (REGION, VOICE) else {}


def _is_id(key: str) -> bool:
    """Whether a key out of an address can be a number of the database."""
    return key.isascii() and key.isdigit() and len(key) < 10
