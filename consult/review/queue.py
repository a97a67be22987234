"""The coder's queue: which excerpt comes next, and what stands beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.evidence.models import Excerpt
from consult.review.blindness import awaited_anywhere
from consult.review.learned import suggestions_for
from consult.review.lineage import theme_ids_below
from consult.review.models import MACHINE, Coding, ExcerptNote, Stance, Theme
from consult.review.queries import Filters, answer_carries, filtered, reading_order
from consult.review.scope import Scope


@dataclass(frozen=True, slots=True)
class Offer:
    """A theme that can be ticked. `score`: how sure the machine is, None where it does not propose it; `is_mine`: the
    coder has given it."""

    theme: Theme
    score: float | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Memo:
    """What another coder noted about an excerpt."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """An excerpt to code. `offers`: what the machine proposes first, surest first, then by how well a theme fits as far
    as that was learned from decisions, then by how many answers it has; `learned`: whether it was; `is_none`: the coder
    found that no theme fits; `memos`: what the others noted; `beside`: what the same person answered elsewhere."""

    excerpt: Excerpt
    offers: Sequence[Offer]
    is_none: bool
    stance: str | None
    note: ExcerptNote | None
    memos: Sequence[Memo]
    beside: Sequence[Excerpt]
    before: int | None
    learned: bool = False

    @property
    def is_coded(self) -> bool:
        """Whether this coder has decided already."""
        return self.is_none or any(offer.is_mine for offer in self.offers)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a question is. `left`: in the queue as filtered; `decided` of `total`: by any person."""

    left: int
    decided: int
    total: int


def next_excerpt(
    session: Session, scope: Scope, filters: Filters, *, after: Excerpt | None
) -> Excerpt | None:
    """The first of the queue that comes after an excerpt, in the order of the answers; beyond the last the first of
    all. None when nothing is left."""
    order = reading_order(scope)
    statement = _queue(session, select(Excerpt), scope, filters)
    if after is not None:
        following = statement.where(tuple_(*order) > _place(scope, after))
        found = session.scalar(following.order_by(*order).limit(1))
        if found is not None:
            return found
        statement = statement.where(Excerpt.id != after.id)
    return session.scalar(statement.order_by(*order).limit(1))


def progress(session: Session, scope: Scope, filters: Filters) -> Progress:
    """The numbers beside the queue."""

    def count(chosen: Filters) -> int:
        statement = _queue(session, select(func.count()).select_from(Excerpt), scope, chosen)
        return session.scalar(statement) or 0

    return Progress(left=count(filters), decided=count(Filters(decided="person")), total=count(Filters()))


def task_of(session: Session, scope: Scope, excerpt: Excerpt, *, coder_id: int) -> Task:
    """Everything that the page of one excerpt shows to a coder."""
    codings = session.execute(
        select(Coding.theme_id, Coding.coder_id, Coding.score).where(
            Coding.excerpt_id == excerpt.id, or_(Coding.origin == MACHINE, Coding.coder_id == coder_id)
        )
    ).all()
    scores = {theme: score or 0.0 for theme, coder, score in codings if coder is None and theme is not None}
    fits: Mapping[int, float] = {}
    learned = suggestions_for(session, scope, excerpt)
    if learned is not None:
        fits, suggested = learned
        scores = {theme: fits[theme] for theme in suggested}
    mine = {theme for theme, coder, _score in codings if coder == coder_id}
    return Task(
        excerpt=excerpt,
        offers=_offers(session, scope, scores, mine, fits),
        learned=learned is not None,
        is_none=None in mine,
        stance=own_stance(session, excerpt, coder_id),
        note=note_of(session, excerpt, coder_id),
        memos=memos_of_others(session, scope, excerpt, coder_id),
        beside=_beside(session, excerpt),
        before=session.scalar(
            _queue(session, select(Excerpt.id), scope, Filters())
            .where(tuple_(*reading_order(scope)) < _place(scope, excerpt))
            .order_by(*(column.desc() for column in reading_order(scope)))
            .limit(1)
        ),
    )


def own_stance(session: Session, excerpt: Excerpt, coder_id: int) -> str | None:
    """Where this coder said that an excerpt stands."""
    mine = (Stance.excerpt_id == excerpt.id, Stance.coder_id == coder_id)
    return session.scalar(select(Stance.value).where(*mine))


def note_of(session: Session, excerpt: Excerpt, coder_id: int) -> ExcerptNote | None:
    """What this coder has noted about an excerpt."""
    mine = and_(ExcerptNote.excerpt_id == excerpt.id, ExcerptNote.coder_id == coder_id)
    return session.scalar(select(ExcerptNote).where(mine))


def memos_of_others(session: Session, scope: Scope, excerpt: Excerpt, coder_id: int) -> Sequence[Memo]:
    """What the other coders noted about an excerpt, the oldest first; none while this coder may still have to code it
    blind."""
    if awaited_anywhere(session, scope.consultation_id, [excerpt.id], coder_id=coder_id):
        return ()
    noted = (
        select(Staff.name, Staff.email, ExcerptNote.updated_at, ExcerptNote.memo)
        .join(Staff, Staff.id == ExcerptNote.coder_id)
        .where(ExcerptNote.excerpt_id == excerpt.id, ExcerptNote.coder_id != coder_id, ExcerptNote.memo != "")
        .order_by(ExcerptNote.updated_at, ExcerptNote.id)
    )
    return [Memo(name or email, at, words) for name, email, at, words in session.execute(noted)]


def _queue(session: Session, statement: Select, scope: Scope, filters: Filters) -> Select:
    """Whole answers that the filters let through; with a theme those that carry it in a part too."""
    statement = filtered(session, statement, scope, replace(filters, theme_id=None))
    if filters.theme_id is None:
        return statement
    ids = [filters.theme_id, *theme_ids_below(session, scope, filters.theme_id)]
    return statement.where(answer_carries(ids))


def _place(scope: Scope, excerpt: Excerpt):
    """Where an excerpt stands in the reading order."""
    return tuple_(*(getattr(excerpt, column.key) for column in reading_order(scope)))


def _offers(
    session: Session,
    scope: Scope,
    scores: Mapping[int, float],
    mine: set[int | None],
    fits: Mapping[int, float],
) -> list[Offer]:
    counts: dict[int | None, int] = defaultdict(int)
    counts |= session.execute(
        select(Coding.theme_id, func.count())
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(scope.excerpts, Coding.is_current)
        .group_by(Coding.theme_id)
    ).all()
    themes = session.scalars(select(Theme).where(scope.themes, Theme.status != "retired")).all()
    ordered = sorted(
        themes,
        key=lambda t: (
            t.id not in scores,
            -scores.get(t.id, 0.0),
            -fits.get(t.id, 0.0),
            -counts[t.id],
            t.position,
            t.id,
        ),
    )
    return [Offer(theme, scores.get(theme.id), theme.id in mine) for theme in ordered]


def _beside(session: Session, excerpt: Excerpt) -> Sequence[Excerpt]:
    """Other free answers of the same response."""
    if excerpt.response_id is None:
        return ()
    return session.scalars(
        select(Excerpt)
        .where(
            Excerpt.response_id == excerpt.response_id,
            Excerpt.question_id != excerpt.question_id,
            Excerpt.part_of_id.is_(None),
        )
        .order_by(Excerpt.id)
    ).all()
