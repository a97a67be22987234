"""The excerpts that are shown with a theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review.models import Coding, Theme


def quotes_of(session: Session, themes: Sequence[Theme], *, each: int = 2) -> dict[int, list[Excerpt]]:
    """Theme id → up to `each` excerpts to show: the chosen ones still in the theme, else the most typical.

    The first ones differ in language where the theme has several.
    """
    chosen = {excerpt_id for theme in themes for excerpt_id in theme.quotes}
    found: dict[int, list[Excerpt]] = {}
    held: dict[int | None, dict[int, Excerpt]] = defaultdict(dict)
    if chosen:
        for theme_id, excerpt in session.execute(
            select(Coding.theme_id, Excerpt)
            .join(Excerpt, Excerpt.id == Coding.excerpt_id)
            .where(
                Coding.is_current,
                Coding.theme_id.in_([theme.id for theme in themes]),
                Excerpt.id.in_(sorted(chosen)),
            )
        ):
            held[theme_id][excerpt.id] = excerpt
    for theme in themes:
        kept = [held[theme.id][i] for i in theme.quotes if i in held[theme.id]][:each]
        if len(kept) < each:
            kept += _typical(session, theme, each - len(kept), {excerpt.id for excerpt in kept})
        found[theme.id] = kept
    return found


def _typical(session: Session, theme: Theme, count: int, but: set[int]) -> list[Excerpt]:
    # First the ids alone, which an index holds in order: the texts of a large theme would all be read to be sorted.
    ids = session.scalars(
        select(Coding.excerpt_id)
        .where(Coding.theme_id == theme.id, Coding.is_current, Coding.excerpt_id.not_in(but))
        .order_by(Coding.score.desc().nulls_last(), Coding.excerpt_id)
        .limit(count)
    ).all()
    found = {excerpt.id: excerpt for excerpt in session.scalars(select(Excerpt).where(Excerpt.id.in_(ids)))}
    return [found[number] for number in ids if number in found]
