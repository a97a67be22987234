"""Reading the workshop: figures of a question, of a theme, and the excerpts behind every number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.evidence.models import Excerpt
from consult.review.lineage import Lineage, theme_ids_below
from consult.review.models import REVIEWER, ChangeLog, Coding, ExcerptNote, Stance, Theme
from consult.review.scope import Scope
from consult.review.theme_quotes import quotes_of

PAGE = 30
UNSURE_BELOW = 0.35
"""Below this score the machine is not sure of a theme."""
OTHER = "other"
"""In the address of a page: answers that carry no theme."""


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """A theme with the answers it has: how many, of which language, and how many a person put there.

    A broader theme has those of the themes below it too, each answer once. `depth`: 0 for a theme under none.
    """

    theme: Theme
    count: int
    share: float
    by_language: Mapping[str, int]
    by_person: int
    quotes: Sequence[Excerpt] = ()
    depth: int = 0
    below: int = 0


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """Free answers to one question. `base`: how many answered; shares are of that.

    `other`: answers that somebody or the machine has looked at and that carry no theme; `unseen`: nobody
    has looked yet; `reviewed`: a person has decided.
    """

    base: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    themes: Sequence[ThemeFigures] = ()
    retired: Sequence[Theme] = ()
    other: int = 0
    unseen: int = 0
    reviewed: int = 0

    @property
    def suggested(self) -> int:
        """How many themes wait for a person."""
        return sum(item.theme.status == "suggested" for item in self.themes)


_WHOLE = func.coalesce(Excerpt.part_of_id, Excerpt.id)


def question_figures(session: Session, scope: Scope) -> QuestionFigures:
    """Everything that the page of a question shows."""
    languages = dict(
        session.execute(
            select(Excerpt.language, func.count())
            .where(scope.excerpts, Excerpt.part_of_id.is_(None))
            .group_by(Excerpt.language)
            .order_by(func.count().desc(), Excerpt.language)
        ).all()
    )
    base = sum(languages.values())
    themes = themes_in(session, scope)
    in_use = [theme for theme in themes if theme.status != "retired"]
    lineage = Lineage(in_use)
    counts = _counts(session, scope, lineage)
    quotes = quotes_of(session, in_use)
    figures = [
        ThemeFigures(
            theme=theme,
            count=counts[theme.id].total(),
            share=counts[theme.id].total() / base if base else 0.0,
            by_language={code: counts[theme.id][code] for code in languages},
            by_person=by_person,
            quotes=() if lineage.below(theme) else quotes.get(theme.id, ()),
            depth=lineage.depth(theme),
            below=len(lineage.below(theme)),
        )
        for theme in in_use
        for by_person in (counts[theme.id, REVIEWER].total(),)
    ]
    figures.sort(key=lambda item: (-item.count, item.theme.position, item.theme.id))
    figures = lineage.in_order(figures, key=lambda item: item.theme)
    seen, placed, reviewed = _progress(
        session, scope, [theme.id for theme in themes if theme.status == "retired"]
    )
    return QuestionFigures(
        base=base,
        languages=languages,
        themes=figures,
        retired=[theme for theme in themes if theme.status == "retired"],
        other=seen - placed,
        unseen=base - seen,
        reviewed=reviewed,
    )


def _counts(session: Session, scope: Scope, lineage: Lineage) -> dict[object, Counter[str]]:
    """Theme id → language → answers; and (theme id, "reviewer") → the same of a person's codings."""
    found: dict[object, Counter[str]] = defaultdict(Counter)
    for theme_id, origin, language, count in session.execute(
        select(Coding.theme_id, Coding.origin, Excerpt.language, func.count(_WHOLE.distinct()))
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(scope.excerpts, Coding.is_current, Coding.theme_id.is_not(None))
        .group_by(Coding.theme_id, Coding.origin, Excerpt.language)
    ):
        found[theme_id][language] += count
        if origin == REVIEWER:
            found[theme_id, REVIEWER][language] += count
    for theme in lineage.broader:
        found[theme.id] = _together(session, scope, lineage.with_below(theme))
        of_person = Coding.origin == REVIEWER
        found[theme.id, REVIEWER] = _together(session, scope, lineage.with_below(theme), of_person)
    return found


def _together(
    session: Session, scope: Scope, theme_ids: Sequence[int], *conditions: ColumnElement[bool]
) -> Counter[str]:
    """Language → answers in any of the themes."""
    return Counter(
        dict(
            session.execute(
                select(Excerpt.language, func.count(_WHOLE.distinct()))
                .select_from(Coding)
                .join(Excerpt, Excerpt.id == Coding.excerpt_id)
                .where(scope.excerpts, Coding.is_current, Coding.theme_id.in_(theme_ids), *conditions)
                .group_by(Excerpt.language)
            ).all()
        )
    )


def _progress(session: Session, scope: Scope, retired: Sequence[int]) -> tuple[int, int, int]:
    """Answers looked at, answers that carry a theme in use, answers that a person decided about."""
    part = aliased(Excerpt)

    def count(*conditions: ColumnElement[bool]) -> int:
        # An answer counts when it or a part of it is coded.
        coded = select(Coding.id).where(Coding.is_current, *conditions)
        of_part = coded.join(part, part.id == Coding.excerpt_id).where(part.part_of_id == Excerpt.id)
        of_whole = coded.where(Coding.excerpt_id == Excerpt.id)
        has = or_(of_whole.exists(), of_part.exists()) if has_parts else of_whole.exists()
        statement = select(func.count()).select_from(Excerpt)
        return session.scalar(statement.where(scope.excerpts, Excerpt.part_of_id.is_(None), has)) or 0

    parts = select(Excerpt.id).where(scope.excerpts, Excerpt.part_of_id.is_not(None)).limit(1)
    has_parts = session.scalar(parts) is not None
    return count(), count(_in_use(retired)), count(Coding.origin == REVIEWER)


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


@dataclass(frozen=True, slots=True)
class Listed:
    """An excerpt in a list: its themes in use with who says so, its stance, and whether a person decided."""

    excerpt: Excerpt
    themes: Sequence[tuple[Theme, str]]
    stance: Stance | None
    is_decided: bool


@dataclass(frozen=True, slots=True)
class ExcerptPage:
    """A page of a list. `total` is of the whole list."""

    items: Sequence[Listed]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def excerpt_page(session: Session, scope: Scope, filters: Filters, *, number: int = 1) -> ExcerptPage:
    """The excerpts that a number stands for, in the order of the answers."""
    statement = filtered(session, select(Excerpt), scope, filters)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    excerpts = session.scalars(
        statement.order_by(Excerpt.position, Excerpt.id).limit(PAGE).offset((number - 1) * PAGE)
    ).all()
    return ExcerptPage(items=_listed(session, excerpts), total=total, number=number)


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
        statement = statement.where(_coded(Coding.theme_id.in_(ids)))
    else:
        statement = statement.where(Excerpt.part_of_id.is_(None))
    if filters.is_other:
        retired = session.scalars(select(Theme.id).where(scope.themes, Theme.status == "retired")).all()
        statement = statement.where(_coded(), ~_coded(_in_use(retired)))
    if filters.language:
        statement = statement.where(Excerpt.language == filters.language)
    if filters.decided == "person":
        statement = statement.where(_coded(Coding.origin == REVIEWER))
    elif filters.decided == "machine":
        statement = statement.where(_coded(), ~_coded(Coding.origin == REVIEWER))
    elif filters.decided == "nobody":
        statement = statement.where(~_coded())
    elif filters.decided == "open":
        statement = statement.where(~_coded(Coding.origin == REVIEWER))
    if filters.is_unsure:
        is_sure = _coded(Coding.theme_id.is_not(None), Coding.score >= UNSURE_BELOW)
        statement = statement.where(~_coded(Coding.origin == REVIEWER), ~is_sure)
    if filters.is_flagged:
        statement = statement.where(_flagged())
    return statement


def _flagged() -> ColumnElement[bool]:
    flags = select(ExcerptNote.id).where(ExcerptNote.excerpt_id == Excerpt.id, ExcerptNote.needs_redaction)
    return flags.exists()


def _in_use(retired: Sequence[int]) -> ColumnElement[bool]:
    """Condition: a coding with a theme, none of `retired` (few values: a database seeks each of them)."""
    return and_(Coding.theme_id.is_not(None), Coding.theme_id.not_in(retired))


def _coded(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Coding.id).where(Coding.excerpt_id == Excerpt.id, Coding.is_current, *conditions).exists()


def _listed(session: Session, excerpts: Sequence[Excerpt]) -> list[Listed]:
    ids = [excerpt.id for excerpt in excerpts]
    themes: dict[int, list[tuple[Theme, str]]] = defaultdict(list)
    decided = set()
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


def themes_in(session: Session, scope: Scope) -> Sequence[Theme]:
    """All themes of the question, retired ones too, by position."""
    return session.scalars(select(Theme).where(scope.themes).order_by(Theme.position, Theme.id)).all()


def theme_with(session: Session, consultation_id: int, theme_id: int) -> Theme | None:
    """A theme of this consultation."""
    return session.scalar(select(Theme).where(Theme.id == theme_id, Theme.consultation_id == consultation_id))


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
