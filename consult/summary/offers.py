"""Quotes that are offered: of a theme the most typical first, spread over languages and groups; and voices against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review import queries as review_queries
from consult.review.lineage import Lineage
from consult.review.models import REVIEWER, Coding, Stance
from consult.review.redaction import quotable_texts
from consult.summary.content import SummaryQuote

EACH = 4
"""Quotes offered with a theme on the page of its summary."""
LOOKED_AT = 16
"""Typical excerpts out of which these are chosen."""
SHORTEST = 20
"""Characters that an answer needs to be offered among the other voices unasked."""
PAGE = 30


@dataclass(frozen=True, slots=True)
class OfferPage:
    """A page of quotes to choose from. `total`: excerpts with consent; some may still wait for masking, `waiting`."""

    items: Sequence[SummaryQuote]
    waiting: int
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def quotes_with(session: Session, excerpt_ids: Iterable[int]) -> dict[int, SummaryQuote]:
    """Excerpt → its words as they may be published; what may not be quoted is absent."""
    ids = list(dict.fromkeys(excerpt_ids))
    texts = quotable_texts(session, ids)
    languages = dict(
        session.execute(select(Excerpt.id, Excerpt.language).where(Excerpt.id.in_(list(texts)))).all()
    )
    return {
        number: SummaryQuote(number, texts[number], languages[number], {})
        for number in ids
        if number in texts
    }


def offered(
    session: Session, consultation_id: int, theme_ids: Sequence[int]
) -> dict[int, list[SummaryQuote]]:
    """Theme → up to EACH quotes, no two of one language while another has one."""
    below = with_below(session, consultation_id)
    candidates = {
        theme_id: session.execute(_of_themes(below.get(theme_id, [theme_id])).limit(LOOKED_AT)).all()
        for theme_id in theme_ids
    }
    quotes = quotes_with(session, [row.id for rows in candidates.values() for row in rows])
    return {
        theme_id: [quotes[number] for number in _spread([row for row in rows if row.id in quotes])[:EACH]]
        for theme_id, rows in candidates.items()
    }


def offered_grave(session: Session, consultation_id: int, question_ids: Sequence[str]) -> list[SummaryQuote]:
    """Voices against first, those that a person noted before the others; then answers that fit no theme."""
    numbers = list(session.scalars(_grave(consultation_id, question_ids).limit(LOOKED_AT)))
    return list(quotes_with(session, numbers).values())[:EACH]


def offer_page(
    session: Session, consultation_id: int, question_ids: Sequence[str], theme_id: int | None, *, number: int
) -> OfferPage:
    """All that may be quoted of a theme, or of everything that was said where no theme is given."""
    if theme_id is None:
        statement = _grave(consultation_id, question_ids, everything=True)
    else:
        below = with_below(session, consultation_id).get(theme_id, [theme_id])
        statement = _of_themes(below).with_only_columns(Excerpt.id, maintain_column_froms=True)
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    ids = list(session.scalars(statement.limit(PAGE).offset((number - 1) * PAGE)))
    items = list(quotes_with(session, ids).values())
    return OfferPage(items, len(ids) - len(items), total, number)


def with_below(session: Session, consultation_id: int) -> dict[int, list[int]]:
    """Theme in use → itself and all below it."""
    themes = review_queries.themes_in_use(session, consultation_id)
    lineage = Lineage(themes)
    return {theme.id: lineage.with_below(theme) for theme in themes}


def _of_themes(theme_ids: Sequence[int]) -> Select:
    """Excerpts with consent in these themes: those that a person placed first, then the surest, each once."""
    by_person = func.max(case((Coding.origin == REVIEWER, 1), else_=0))
    surest = func.max(func.coalesce(Coding.score, 0))
    return (
        select(Excerpt.id, Excerpt.language, Excerpt.source_id)
        .join(Coding, Coding.excerpt_id == Excerpt.id)
        .where(Coding.theme_id.in_(theme_ids), Coding.is_current, Excerpt.quote_consent)
        .group_by(Excerpt.id, Excerpt.language, Excerpt.source_id)
        .order_by(surest.desc(), by_person.desc(), Excerpt.id)
    )


def _grave(consultation_id: int, question_ids: Sequence[str], *, everything: bool = False) -> Select:
    against = select(func.max(case((Stance.origin == REVIEWER, 3), else_=1))).where(
        Stance.excerpt_id == Excerpt.id, Stance.is_current, Stance.value.in_(("oppose", "mixed"))
    )
    rank = func.coalesce(against.scalar_subquery(), 0) + case(
        (~_carries(Coding.theme_id.is_not(None)), 2), else_=0
    )
    statement = select(Excerpt.id).where(
        Excerpt.consultation_id == consultation_id,
        Excerpt.question_id.in_(question_ids),
        Excerpt.part_of_id.is_(None),
        Excerpt.quote_consent,
    )
    if not everything:
        statement = statement.where(rank > 0, func.length(Excerpt.text) >= SHORTEST)
    return statement.order_by(rank.desc(), Excerpt.position, Excerpt.id)


def _carries(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    coded = select(Coding.id).where(Coding.excerpt_id == Excerpt.id, Coding.is_current, *conditions)
    return coded.exists()


def _spread(rows: Sequence[Any]) -> list[int]:
    """Ids, the first of each language and source before the second of any, otherwise in order."""
    seen: Mapping[Any, list[int]] = defaultdict(list)
    ranked = []
    for place, row in enumerate(rows):
        group = seen[row.language, row.source_id]
        ranked.append((len(group), place, row.id))
        group.append(row.id)
    return [number for _turn, _place, number in sorted(ranked)]
