"""The figures of a question: how many answers, of which language, in which themes, and how far a person has decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review.incidence import NONE, answers_by_language, codings_of, counted, together
from consult.review.lineage import Lineage
from consult.review.marks import shown_marks
from consult.review.models import Theme
from consult.review.scope import Scope
from consult.review.theme_quotes import quotes_of


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """A theme with the answers it has: how many, of which language, and how many a person put there.

    A broader theme has those of the themes below it too, each answer once. `depth`: 0 for a theme under none. `mark` is
    the one that it shows (`consult.review.marks`).
    """

    theme: Theme
    count: int
    share: float
    by_language: Mapping[str, int]
    by_person: int
    quotes: Sequence[Excerpt] = ()
    depth: int = 0
    below: int = 0
    mark: str = ""


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


def question_figures(session: Session, scope: Scope, *, has_quotes: bool = True) -> QuestionFigures:
    """Everything that the page of a question shows; the quotes take a look-up a theme."""
    answers, languages = answers_by_language(session, scope)
    base = len(answers.ids)
    themes = themes_in(session, scope)
    in_use = [theme for theme in themes if theme.status != "retired"]
    lineage = Lineage(in_use)
    marks = shown_marks(themes)
    codings = codings_of(session, scope, answers, themes)
    carried = [codings.of.get(theme.id, NONE) for theme in in_use]
    by_language = counted(carried, list(languages.values()), base)
    quotes = quotes_of(session, in_use) if has_quotes else {}
    figures = [
        ThemeFigures(
            theme=theme,
            count=len(ids),
            share=len(ids) / base if base else 0.0,
            by_language=dict(zip(languages, map(int, row), strict=True)),
            by_person=len(codings.by_person.get(theme.id, NONE)),
            quotes=() if lineage.below(theme) else quotes.get(theme.id, ()),
            depth=lineage.depth(theme),
            below=len(lineage.below(theme)),
            mark=marks[theme.id],
        )
        for theme, ids, row in zip(in_use, carried, by_language, strict=True)
    ]
    figures.sort(key=lambda item: (-item.count, item.theme.position, item.theme.id))
    placed = together(codings.of, [theme.id for theme in in_use])
    seen = together(codings.of, codings.of)
    return QuestionFigures(
        base=base,
        languages={code: len(ids) for code, ids in languages.items()},
        themes=lineage.in_order(figures, key=lambda item: item.theme),
        retired=[theme for theme in themes if theme.status == "retired"],
        other=len(seen) - len(placed),
        unseen=base - len(seen),
        reviewed=len(together(codings.by_person, codings.by_person)),
    )


def in_open_order(figures: Sequence[ThemeFigures], shown: Set[int]) -> list[ThemeFigures]:
    """The themes with those whose counts are `shown` first, the largest before the others; then the others by place, so
    that the order does not tell how large they are."""
    ordered = sorted(
        figures,
        key=lambda item: (
            item.theme.id not in shown,
            -item.count if item.theme.id in shown else 0,
            item.theme.position,
            item.theme.id,
        ),
    )
    return Lineage(item.theme for item in figures).in_order(ordered, key=lambda item: item.theme)


def themes_in(session: Session, scope: Scope) -> Sequence[Theme]:
    """All themes of the question, retired ones too, by position."""
    return session.scalars(select(Theme).where(scope.themes).order_by(Theme.position, Theme.id)).all()
