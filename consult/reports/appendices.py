"""The appendices: the codebook, and excerpts by theme.

Excerpts stand in the internal edition alone: outside only those words are printed that a person has chosen and signed,
and these stand in the summaries.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.evidence.models import GATHERED, Excerpt
from consult.reports.consultation_report import Appendix, CodebookEntry, Text, ThemeExcerpts
from consult.review.lineage import Lineage
from consult.review.models import REVIEWER, Coding, Theme
from consult.review.queries import themes_in, themes_in_use
from consult.review.scope import Scope
from consult.summary.content import SummaryContent

MOST_EXCERPTS, FEWEST_EXCERPTS = 200, 5
"""So many excerpts of a theme stand in a report at most, and at least where there are so many."""


def most_of_a_theme(session: Session, consultation_id: int, *, in_all: int) -> int:
    """How many excerpts of each theme to list, so that there are about `in_all` in the whole report."""
    themes = len(themes_in_use(session, consultation_id))
    return max(FEWEST_EXCERPTS, min(MOST_EXCERPTS, in_all // max(1, themes)))


def appendix_of(
    session: Session,
    scope: Scope,
    *,
    label: Text,
    signed: SummaryContent | None,
    is_internal: bool,
    most: int,
) -> Appendix | None:
    """Codebook and excerpts of one question; None where it has no themes in use."""
    themes = [theme for theme in themes_in(session, scope) if theme.status != "retired"]
    if not is_internal:
        names = {theme.theme_id for theme in signed.themes} if signed else set()
        themes = [theme for theme in themes if theme.id in names and theme.status == "accepted"]
    if not themes:
        return None
    lineage = Lineage(themes)
    ordered = lineage.in_order(themes, key=lambda theme: theme)
    listed = ordered if is_internal else ()
    return Appendix(
        label=label,
        is_gathered=scope.question_id == GATHERED,
        codebook=tuple(_entry(theme, lineage.depth(theme), is_internal) for theme in ordered),
        excerpts=tuple(
            found for theme in listed if (found := _excerpts(session, scope, theme, most)) is not None
        ),
    )


def _entry(theme: Theme, depth: int, is_internal: bool) -> CodebookEntry:
    # What the machine took as an example are words of an answer that nobody has chosen to publish.
    is_written = is_internal or theme.origin == REVIEWER or theme.is_edited
    return CodebookEntry(
        name=dict(theme.name),
        definition=theme.definition if is_written else "",
        include=theme.include,
        exclude=theme.exclude,
        example=theme.example if is_internal else "",
        depth=depth,
        is_suggested=theme.status == "suggested",
    )


def _excerpts(session: Session, scope: Scope, theme: Theme, most: int) -> ThemeExcerpts | None:
    under = (scope.excerpts, Coding.theme_id == theme.id, Coding.is_current)
    rows = session.execute(
        select(Excerpt.id, Excerpt.text, Excerpt.language, Excerpt.position)
        .join(Coding, Coding.excerpt_id == Excerpt.id)
        .where(*under)
        .distinct()
        .order_by(Excerpt.position, Excerpt.id)
        .limit(most)
    ).all()
    every = session.scalar(
        select(func.count(Excerpt.id.distinct())).join(Coding, Coding.excerpt_id == Excerpt.id).where(*under)
    )
    found = tuple((text, language) for _id, text, language, _place in rows)
    return ThemeExcerpts(dict(theme.name), found, (every or 0) - len(found)) if found else None
