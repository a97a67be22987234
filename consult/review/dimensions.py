"""What the answers to a question can be told apart by: a group, a language, a source, another answer, a time.

Of an anonymous consultation only by what the answers say themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.consultations.models import Access, Consultation, Privacy
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt, excerpt_groups, source_groups
from consult.review.models import Stance
from consult.review.scope import Scope
from consult.stakeholders.models import Participant, RollPlace, participant_groups
from surveys import queries as survey_queries
from surveys.elements import Question
from surveys.models import Response
from surveys.questions import type_of

LANGUAGE, GROUP, REGION, KIND, SOURCE, VOICE, TIME, STANCE = (
    "language", "group", "region", "kind", "source", "voice", "time", "stance",
)  # fmt: skip
QUESTION = "question"
"""Begins the key of a dimension that is another question of the survey: ``question:ID``."""
HINT = "hint-"
"""Begins the key of a stance that is only the machine's hint."""
NO_COLUMN = "-"
"""The key of the column that holds the answers that stand in no other."""
WEEKS_UP_TO, MONTHS_UP_TO = 98, 1_100
"""Longest stretch, in days, that is read by weeks, and by months; a longer one is read by years. One consultation has
one unit only: what is withheld in the one would follow from the other."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to tell answers apart. `labels`: column key → its name where people gave it; `order`: the keys in their own
    order, where they have one. `overlaps`: an answer may stand in several columns. `scale`: of a question whose answers
    have an order, the keys of these, without what stands outside of it; `is_nominal`: of one whose answers are options
    without an order; `edges`: where time is cut."""

    key: str
    label: Mapping[str, str]
    order: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, str]] | None = None
    overlaps: bool = False
    scale: tuple[str, ...] = ()
    edges: tuple[date, ...] = ()
    unit: str = ""
    timezone: str = "UTC"
    is_nominal: bool = False

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def question_id(self) -> str:
        return self.key.partition(":")[2]


def dimensions_of(session: Session, consultation: Consultation, question_id: str) -> list[Dimension]:
    """By what the answers to a question, or what was gathered elsewhere, can be told apart."""
    scope = Scope(consultation.id, question_id)
    found = [Dimension(LANGUAGE, {})]
    if question_id == GATHERED:
        kinds = session.scalars(
            select(EvidenceSource.kind).where(EvidenceSource.consultation_id == consultation.id).distinct()
        ).all()
        found += [Dimension(KIND, {})] * (len(kinds) > 1) + [Dimension(SOURCE, {}, overlaps=False)]
        found += [Dimension(VOICE, {})] * _has_voices(session, consultation)
    if _has_groups(session, consultation, question_id):
        found.insert(0, Dimension(GROUP, {}, overlaps=True))
    if is_named(consultation) and question_id != GATHERED:
        in_roll = RollPlace.consultation_id == consultation.id
        of_roll = select(RollPlace.id).join(Participant).where(in_roll, Participant.region != "")
        found += [Dimension(REGION, {})] * (session.scalar(of_roll.limit(1)) is not None)
    if question_id != GATHERED:
        found += closed_questions(session, consultation.survey_id)
    has_stance = select(Stance.id).join(Excerpt, Excerpt.id == Stance.excerpt_id).where(scope.excerpts)
    if session.scalar(has_stance.where(Stance.is_current).limit(1)) is not None:
        found.append(stance_dimension())
    time = _time(session, consultation, question_id)
    return [*found, time] if time else found


def stance_dimension() -> Dimension:
    """Where answers stand: what a person said first, then the machine's hints."""
    values = ("support", "oppose", "mixed", "neutral")
    return Dimension(STANCE, {}, order=(*values, *(HINT + value for value in values)), overlaps=True)


def closed_questions(session: Session, survey_id: int) -> list[Dimension]:
    """The questions of a survey to which one of a few answers is given."""
    version = survey_queries.latest_version(session, survey_id)
    if version is None:
        return []
    asked = [q for section in version.definition.sections if not section.repeat for q in section.questions]
    return [made for question in asked if (made := _closed(question)) is not None]


def _closed(question: Question) -> Dimension | None:
    kind = type_of(question)
    if not kind.takes_answer or kind.is_free_text or kind.column_kind not in ("code", "number"):
        return None
    tally = kind.tally(question, ())
    if tally.several or tally.by_group or tally.groups or len(tally.cells) < 2:
        return None
    return Dimension(
        f"{QUESTION}:{question.id}",
        dict(question.label),
        order=tuple(cell.key for cell in tally.cells),
        labels={cell.key: dict(cell.label) for cell in tally.cells},
        scale=tuple(cell.key for cell in tally.cells if not cell.apart) if kind.is_ordered else (),
        is_nominal=kind.column_kind == "code" and not kind.is_ordered,
    )


def _has_voices(session: Session, consultation: Consultation) -> bool:
    """Whether it is said of anything gathered of what kind whoever spoke is."""
    of_excerpts = select(Excerpt.id).where(Scope(consultation.id, GATHERED).excerpts, Excerpt.voice != "")
    of_sources = select(EvidenceSource.id).where(
        EvidenceSource.consultation_id == consultation.id, EvidenceSource.informant != ""
    )
    return any(session.scalar(one.limit(1)) is not None for one in (of_sources, of_excerpts))


def is_named(consultation: Consultation) -> bool:
    """Whether the server knows whose an answer is."""
    return consultation.privacy == Privacy.CONFIDENTIAL and consultation.access == Access.ROLL


def _has_groups(session: Session, consultation: Consultation, question_id: str) -> bool:
    if question_id == GATHERED:
        of_sources = select(source_groups.c.group_id).join(
            EvidenceSource, EvidenceSource.id == source_groups.c.source_id
        )
        of_sources = of_sources.where(EvidenceSource.consultation_id == consultation.id)
        of_excerpts = select(excerpt_groups.c.group_id).join(
            Excerpt, Excerpt.id == excerpt_groups.c.excerpt_id
        )
        of_excerpts = of_excerpts.where(Excerpt.consultation_id == consultation.id)
        return any(session.scalar(one.limit(1)) is not None for one in (of_sources, of_excerpts))
    if not is_named(consultation):
        return False
    of_roll = select(participant_groups.c.group_id).join(
        RollPlace, RollPlace.participant_id == participant_groups.c.participant_id
    )
    return session.scalar(of_roll.where(RollPlace.consultation_id == consultation.id).limit(1)) is not None


def _time(session: Session, consultation: Consultation, question_id: str) -> Dimension | None:
    """The weeks, months or years in which answers came; None for an anonymous consultation and for one single unit.
    The first response and the last one are the earliest and the latest: their ids follow their times."""
    if question_id == GATHERED:
        said = func.coalesce(Excerpt.said_on, EvidenceSource.date)
        first, last = session.execute(
            select(func.min(said), func.max(said))
            .join(EvidenceSource, EvidenceSource.id == Excerpt.source_id)
            .where(Scope(consultation.id, GATHERED).excerpts)
        ).one()
    elif consultation.privacy == Privacy.ANONYMOUS:
        return None
    else:
        of_survey = (Response.survey_id == consultation.survey_id, Response.is_test.is_(False))
        ends = [
            session.scalar(select(Response.submitted_at).where(*of_survey).order_by(order).limit(1))
            for order in (Response.id, Response.id.desc())
        ]
        zone = ZoneInfo(consultation.timezone)
        days = [end.astimezone(zone).date() for end in ends if end]
        if not days:
            return None
        first, last = days[0], days[-1]
    if first is None or last is None:
        return None
    first, last = min(first, last), max(first, last)
    span = (last - first).days
    unit = "week" if span <= WEEKS_UP_TO else "month" if span <= MONTHS_UP_TO else "year"
    edges = tuple(_edges(first, last, unit))
    if len(edges) < 2:
        return None
    keys = tuple(edge.isoformat() for edge in edges)
    return Dimension(TIME, {}, order=keys, edges=edges, unit=unit, timezone=consultation.timezone)


def _edges(first: date, last: date, unit: str) -> Sequence[date]:
    """The first days of the units from `first` to `last`; weeks begin on Monday."""
    if unit == "week":
        start = first - timedelta(days=first.weekday())
        return [start + timedelta(weeks=n) for n in range((last - start).days // 7 + 1)]
    if unit == "year":
        return [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in months]
