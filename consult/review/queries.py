"""Reading the workshop: figures of a question, of a theme, and the excerpts behind every number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.consultations.models import Consultation
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt
from consult.review.columns import in_column
from consult.review.dimensions import Dimension, dimensions_of
from consult.review.figures import QuestionFigures, ThemeFigures, question_figures, themes_in
from consult.review.lineage import theme_ids_below
from consult.review.marks import shown_marks
from consult.review.models import REVIEWER, ChangeLog, Coding, ExcerptNote, Stance, Theme
from consult.review.scope import Scope

__all__ = ["QuestionFigures", "ThemeFigures", "question_figures", "themes_in"]
PAGE = 30
UNSURE_BELOW = 0.35
"""Below this score the machine is not sure of a theme."""
OTHER = "other"
"""In the address of a page: answers that carry no theme."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which excerpts a list shows; every field comes from the address and may be None."""

    theme_id: int | None = None
    is_other: bool = False
    language: str | None = None
    decided: str | None = None
    """"person"; "machine"; "nobody": neither has; "open": no person has."""
    is_unsure: bool = False
    """Only those about which no person has decided and of which the machine is not sure."""
    is_flagged: bool = False
    """Only those that somebody has flagged for redaction."""
    by: str | None = None
    """The key of a dimension (`consult.review.dimensions`); `column` is the key of the one that is let through."""
    column: str | None = None
    also_id: int | None = None
    """A second theme: only answers that carry it too."""
    kind: str | None = None
    """A kind of source."""
    source_id: int | None = None
    dimension: Dimension | None = None
    """What `by` names, where it was looked up already: see `with_dimension`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An excerpt in a list: its themes in use with who says so, its stance, and whether a person decided."""

    excerpt: Excerpt
    themes: Sequence[tuple[Theme, str]]
    stance: Stance | None
    is_decided: bool


@dataclass(frozen=True, slots=True)
class ExcerptPage:
    """A page of a list. `total` is of the whole list, `answers` how many answers these and parts of them are."""

    items: Sequence[Listed]
    total: int
    number: int
    answers: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def excerpt_page(
    session: Session, scope: Scope, filters: Filters, *, number: int = 1, total: int | None = None
) -> ExcerptPage:
    """The excerpts that a number stands for, in the order of the answers; `total` where it was counted before."""
    statement = filtered(session, select(Excerpt), scope, filters)
    if total is None:
        total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    # Only the list of a theme holds parts beside whole answers.
    answers = total if filters.theme_id is None else _answer_count(session, scope, filters)
    number = min(max(1, number), max(1, -(-total // PAGE)))
    excerpts = session.scalars(
        statement.order_by(*reading_order(scope)).limit(PAGE).offset((number - 1) * PAGE)
    ).all()
    return ExcerptPage(items=_listed(session, excerpts), total=total, number=number, answers=answers)


def reading_order(scope: Scope) -> tuple[Any, ...]:
    """The columns by which the answers to a question follow one another; what was gathered goes source by source.
    Answers to a survey have one source, and an index over the rest."""
    order = (Excerpt.position, Excerpt.id)
    return (Excerpt.source_id, *order) if scope.question_id == GATHERED else order


def _answer_count(session: Session, scope: Scope, filters: Filters) -> int:
    whole = func.count(func.distinct(func.coalesce(Excerpt.part_of_id, Excerpt.id)))
    return session.scalar(filtered(session, select(whole), scope, filters)) or 0


def language_counts(session: Session, scope: Scope, filters: Filters) -> dict[str, int]:
    """Language → how many the list would show with that language as its filter, most first."""
    bare = replace(filters, language=None)
    inner = filtered(session, select(Excerpt.id, Excerpt.language), scope, bare).subquery()
    return dict(
        session.execute(
            select(inner.c.language, func.count())
            .group_by(inner.c.language)
            .order_by(func.count().desc(), inner.c.language)
        ).all()
    )


def filtered(session: Session, statement: Select, scope: Scope, filters: Filters) -> Select:
    """A statement over excerpts, kept to those that the filters let through."""
    statement = statement.where(scope.excerpts)
    if filters.theme_id is not None:
        ids = [filters.theme_id, *theme_ids_below(session, scope, filters.theme_id)]
        carrying = select(Coding.excerpt_id).where(Coding.theme_id.in_(ids), Coding.is_current)
        statement = statement.where(Excerpt.id.in_(carrying))
    else:
        statement = statement.where(Excerpt.part_of_id.is_(None))
    if filters.is_other:
        retired = session.scalars(select(Theme.id).where(scope.themes, Theme.status == "retired")).all()
        statement = statement.where(_coded(scope), ~_coded(scope, _in_use(retired)))
    if filters.language:
        statement = statement.where(Excerpt.language == filters.language)
    if filters.decided == "person":
        statement = statement.where(_coded(scope, Coding.origin == REVIEWER))
    elif filters.decided == "machine":
        statement = statement.where(_coded(scope), ~_coded(scope, Coding.origin == REVIEWER))
    elif filters.decided == "nobody":
        statement = statement.where(~_coded(scope))
    elif filters.decided == "open":
        statement = statement.where(~_coded(scope, Coding.origin == REVIEWER))
    if filters.is_unsure:
        is_sure = _coded(scope, Coding.theme_id.is_not(None), Coding.score >= UNSURE_BELOW)
        statement = statement.where(~_coded(scope, Coding.origin == REVIEWER), ~is_sure)
    if filters.is_flagged:
        statement = statement.where(_flagged())
    if filters.also_id is not None:
        statement = statement.where(answer_carries([filters.also_id]))
    if filters.source_id is not None:
        statement = statement.where(Excerpt.source_id == filters.source_id)
    if filters.kind:
        of_kind = EvidenceSource.consultation_id == scope.consultation_id, EvidenceSource.kind == filters.kind
        statement = statement.where(Excerpt.source_id.in_(select(EvidenceSource.id).where(*of_kind)))
    dimension = dimension_of(session, scope, filters)
    if dimension is not None and filters.column is not None:
        statement = statement.where(in_column(dimension, scope, filters.column))
    return statement


def answer_carries(theme_ids: Sequence[int]) -> ColumnElement[bool]:
    """Condition: the answer that an excerpt is, or is a part of, carries one of the themes, as a whole or in a part."""
    own = aliased(Excerpt)
    carrying = select(func.coalesce(own.part_of_id, own.id)).join(Coding, Coding.excerpt_id == own.id)
    carrying = carrying.where(Coding.theme_id.in_(theme_ids), Coding.is_current)
    return func.coalesce(Excerpt.part_of_id, Excerpt.id).in_(carrying)


def with_dimension(session: Session, scope: Scope, filters: Filters) -> Filters:
    """The filters with their dimension looked up, which reads all of the answers: once for a page is enough."""
    return replace(filters, dimension=dimension_of(session, scope, filters))


def dimension_of(session: Session, scope: Scope, filters: Filters) -> Dimension | None:
    """The dimension that the filters name, where this question has it."""
    if filters.dimension is not None and filters.dimension.key == filters.by:
        return filters.dimension
    consultation = session.get(Consultation, scope.consultation_id) if filters.by else None
    if consultation is None:
        return None
    return next(
        (d for d in dimensions_of(session, consultation, scope.question_id) if d.key == filters.by), None
    )


def _flagged() -> ColumnElement[bool]:
    flags = select(ExcerptNote.id).where(ExcerptNote.excerpt_id == Excerpt.id, ExcerptNote.needs_redaction)
    return flags.exists()


def _in_use(retired: Sequence[int]) -> ColumnElement[bool]:
    """Condition: a coding with a theme, none of `retired` (few values: a database seeks each of them)."""
    return and_(Coding.theme_id.is_not(None), Coding.theme_id.not_in(retired))


def _coded(scope: Scope, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition: an excerpt carries such a coding, as a whole or in a part of it. The parts, which are few, are looked
    up once."""
    whole = select(Coding.id).where(Coding.excerpt_id == Excerpt.id, Coding.is_current, *conditions)
    part = aliased(Excerpt)
    in_part = select(part.part_of_id).join(Coding, Coding.excerpt_id == part.id)
    in_part = in_part.where(
        part.consultation_id == scope.consultation_id,
        part.question_id == scope.question_id,
        part.part_of_id.is_not(None),
        Coding.is_current,
        *conditions,
    )
    return or_(whole.exists(), Excerpt.id.in_(in_part))


def _decided_in_parts(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of these excerpts of which a person coded a part."""
    coded = select(Excerpt.part_of_id).join(Coding, Coding.excerpt_id == Excerpt.id)
    coded = coded.where(Excerpt.part_of_id.in_(ids), Coding.origin == REVIEWER, Coding.is_current)
    return {number for number in session.scalars(coded) if number is not None}


def _listed(session: Session, excerpts: Sequence[Excerpt]) -> list[Listed]:
    ids = [excerpt.id for excerpt in excerpts]
    themes: dict[int, list[tuple[Theme, str]]] = defaultdict(list)
    decided = _decided_in_parts(session, ids)
    for coding, theme in session.execute(
        select(Coding, Theme)
        .outerjoin(Theme, Theme.id == Coding.theme_id)
        .where(Coding.excerpt_id.in_(ids), Coding.is_current)
        .order_by(Coding.score.desc().nulls_last(), Coding.id)
    ):
        if coding.origin == REVIEWER:
            decided.add(coding.excerpt_id)
        if theme is not None and theme.status != "retired":
            themes[coding.excerpt_id].append((theme, coding.origin))
    stances = {
        stance.excerpt_id: stance
        for stance in session.scalars(select(Stance).where(Stance.excerpt_id.in_(ids), Stance.is_current))
    }
    return [Listed(e, themes[e.id], stances.get(e.id), e.id in decided) for e in excerpts]


def theme_with(session: Session, consultation_id: int, theme_id: int) -> Theme | None:
    """A theme of this consultation."""
    return session.scalar(select(Theme).where(Theme.id == theme_id, Theme.consultation_id == consultation_id))


def broader_choices(session: Session, scope: Scope, theme: Theme) -> list[Theme]:
    """The themes that this one may stand under: in use, under no other; and the one that it stands under, whatever
    that is by now. None for one that has themes under it."""
    themes = themes_in(session, scope)
    there = [one for one in themes if one.status != "retired"]
    if any(one.parent_id == theme.id for one in there):
        return []
    free = {one.id for one in there if one.parent_id is None and one.id != theme.id}
    return [one for one in themes if one.id in free or one.id == theme.parent_id]


def marks_of(session: Session, scope: Scope) -> dict[int, str]:
    """Theme id → the mark that it shows, of all themes of a question."""
    return shown_marks(themes_in(session, scope))


def themes_of(session: Session, scope: Scope) -> Sequence[Theme]:
    """The themes of a question that are not retired."""
    return [theme for theme in themes_in(session, scope) if theme.status != "retired"]


def themes_in_use(session: Session, consultation_id: int) -> Sequence[Theme]:
    """Every theme of a consultation that is not retired, question by question."""
    return session.scalars(
        select(Theme)
        .where(Theme.consultation_id == consultation_id, Theme.status != "retired")
        .order_by(Theme.question_id, Theme.position, Theme.id)
    ).all()


def excerpt_with(session: Session, consultation_id: int, excerpt_id: int) -> Excerpt | None:
    """An excerpt of this consultation."""
    return session.scalar(
        select(Excerpt).where(Excerpt.id == excerpt_id, Excerpt.consultation_id == consultation_id)
    )


def change_with(session: Session, consultation_id: int, change_id: int) -> ChangeLog | None:
    """A change of this consultation."""
    return session.scalar(
        select(ChangeLog).where(ChangeLog.id == change_id, ChangeLog.consultation_id == consultation_id)
    )
