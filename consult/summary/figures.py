"""The figures of a summary as they are now: accepted themes with counts, groups and stance, without texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from babel import Locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from consult.config import LANGUAGES
from consult.consultations.models import Access, Consultation, Status
from consult.evidence.models import Excerpt
from consult.reading.breakdown import Column, read_question, theme_breakdown
from consult.review import requests
from consult.review.dimensions import (
    GROUP,
    LANGUAGE,
    NO_COLUMN,
    QUESTION,
    REGION,
    Dimension,
    dimensions_of,
)
from consult.review.lineage import Lineage
from consult.review.models import MACHINE, REVIEWER, Coding, Stance, Theme
from consult.review.queries import QuestionFigures, ThemeFigures, question_figures
from consult.review.scope import Scope
from consult.stakeholders import kept_figures
from consult.stakeholders.asking import has_codes
from consult.stakeholders.heard import heard
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme
from surveys import queries as survey_queries

MOST_QUESTIONS = 3
"""Other questions by whose answers themes are counted."""
BOTH = "mixed"
_WHOLE = func.coalesce(Excerpt.part_of_id, Excerpt.id)


def counted(
    session: Session, consultation: Consultation, question_id: str | None, *, today: date
) -> SummaryContent:
    """A summary of one question, or of the whole, with the figures of now and nothing written."""
    if question_id is None:
        return _whole(session, consultation, today)
    scope = Scope(consultation.id, question_id)
    figures = question_figures(session, scope)
    themes, others = _themes(session, consultation, scope, figures)
    return SummaryContent(
        question_id=question_id,
        base=figures.base,
        counted_on=today,
        introduction={},
        dissent={},
        limits={},
        themes=themes,
        narrower=others,
        reviewed=figures.reviewed,
    )


def _whole(session: Session, consultation: Consultation, today: date) -> SummaryContent:
    """The broadest themes of all questions, question by question: each with the base of its own question."""
    themes: list[SummaryTheme] = []
    narrower: list[SummaryTheme] = []
    for question_id in requests.questions_to_code(session, consultation):
        scope = Scope(consultation.id, question_id)
        found, others = _themes(session, consultation, scope, question_figures(session, scope))
        themes += [theme for theme in found if theme.depth == 0]
        below = [theme for theme in found if theme.depth > 0]
        narrower += [replace(theme, groups=(), stance={}) for theme in (*below, *others)]
    return SummaryContent(
        question_id=None,
        base=survey_queries.count_responses(session, consultation.survey_id),
        counted_on=today,
        introduction={},
        dissent={},
        limits={},
        themes=tuple(themes),
        narrower=tuple(narrower),
    )


def _themes(
    session: Session, consultation: Consultation, scope: Scope, figures: QuestionFigures
) -> tuple[tuple[SummaryTheme, ...], tuple[SummaryTheme, ...]]:
    """The accepted themes in the order of their tree, and those that are only suggested, which other pages show."""
    accepted = [item for item in figures.themes if item.theme.status == "accepted"]
    shown = Lineage(item.theme for item in accepted)
    everything = Lineage(item.theme for item in figures.themes)
    groups = _groups(session, consultation, scope.question_id) if accepted else {}
    stances = _stances(
        session, scope, {item.theme.id: everything.with_below(item.theme) for item in accepted}
    )
    found = []
    for item in shown.in_order(accepted, key=lambda item: item.theme):
        values, origin = stances[item.theme.id]
        depth = shown.depth(item.theme)
        one = _figures_of(
            item, scope, figures.base, groups, parent_id=item.theme.parent_id if depth else None
        )
        found.append(replace(one, stance=values, stance_origin=origin, depth=depth))
    others = [
        _figures_of(item, scope, figures.base, groups, parent_id=item.theme.parent_id)
        for item in figures.themes
        if accepted and item.theme.status != "accepted"
    ]
    return tuple(found), tuple(others)


def _figures_of(
    item: ThemeFigures,
    scope: Scope,
    base: int,
    groups: Mapping[int, tuple[GroupFigure, ...]],
    *,
    parent_id: int | None,
) -> SummaryTheme:
    return SummaryTheme(
        theme_id=item.theme.id,
        name=dict(item.theme.name),
        text={},
        count=item.count,
        share=item.share,
        groups=groups.get(item.theme.id, ()),
        question_id=scope.question_id,
        base=base,
        by_person=item.by_person,
        parent_id=parent_id,
    )


def _groups(
    session: Session, consultation: Consultation, question_id: str
) -> Mapping[int, tuple[GroupFigure, ...]]:
    """Theme → its figures by group, region, language and the first other questions by which answers are told apart."""
    scope = Scope(consultation.id, question_id)
    every = dimensions_of(session, consultation, question_id)
    questions = [one for one in every if one.kind == QUESTION and not one.scale]
    dimensions = [one for one in every if one.kind in (GROUP, REGION, LANGUAGE)] + questions[:MOST_QUESTIONS]
    read = read_question(session, scope)
    withheld = _withheld_columns(session, consultation)
    found: dict[int, list[GroupFigure]] = defaultdict(list)
    for dimension in dimensions:
        breakdown = theme_breakdown(session, scope, dimension, read=read)
        if len(breakdown.columns) < 2:
            continue
        for row in breakdown.rows:
            found[row.theme.id] += [
                GroupFigure(_column_name(dimension, column), column.base, cell, dimension.key)
                for column, cell in zip(breakdown.columns, row.cells, strict=True)
                if column.key not in {NO_COLUMN, *withheld.get(dimension.kind, ())} and column.base
            ]
    return {theme_id: tuple(groups) for theme_id, groups in found.items()}


def _withheld_columns(session: Session, consultation: Consultation) -> dict[str, set[str]]:
    """The groups and regions of which staff may not see how many answered: who knows the roll would read it from the
    number of their answers to a question."""
    if consultation.access != Access.ROLL or not has_codes(consultation):
        return {}
    is_over = consultation.status not in (Status.DRAFT, Status.SCHEDULED, Status.OPEN)
    counted = heard(session, consultation.id, timezone=consultation.timezone, is_over=is_over)
    found = kept_figures.as_released(session, consultation.id, counted)
    tables = {GROUP: found.by_group.values(), REGION: found.by_region}
    return {
        kind: {line.key for line in lines if line.complete.shown is None} for kind, lines in tables.items()
    }


def _column_name(dimension: Dimension, column: Column) -> dict[str, str]:
    """An answer to another question is called by that question too."""
    if dimension.kind == LANGUAGE:
        return language_names(column.key)
    if dimension.kind != QUESTION:
        return dict(column.label)
    return {
        code: f"{dimension.label[code]} {words}"
        for code, words in column.label.items()
        if code in dimension.label
    } or dict(column.label)


def language_names(code: str) -> dict[str, str]:
    """What a language is called in each language of the interface; its code where no name is known."""
    return {own: Locale.parse(own).languages.get(code, code) for own in LANGUAGES}


def _stances(
    session: Session, scope: Scope, themes: Mapping[int, Sequence[int]]
) -> dict[int, tuple[dict[str, int], str]]:
    """Theme → (stance → answers, who said so), each theme with those below it and each answer once."""
    whole = aliased(Excerpt)
    said = (
        select(Stance.value, Stance.origin, func.count(whole.id.distinct()))
        .select_from(Coding)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .join(whole, whole.id == _WHOLE)
        .join(Stance, (Stance.excerpt_id == whole.id) & Stance.is_current)
        .where(scope.excerpts, Coding.is_current)
    )
    alone = [theme_id for theme_id, below in themes.items() if len(below) == 1]
    rows: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    by_theme = said.add_columns(Coding.theme_id).where(Coding.theme_id.in_(alone))
    for value, origin, count, theme_id in session.execute(
        by_theme.group_by(Coding.theme_id, Stance.value, Stance.origin)
    ):
        rows[theme_id].append((value, origin, count))
    for theme_id, below in themes.items():
        if len(below) > 1:
            together = said.where(Coding.theme_id.in_(below)).group_by(Stance.value, Stance.origin)
            rows[theme_id] += [(value, origin, count) for value, origin, count in session.execute(together)]
    return {theme_id: _added_up(rows[theme_id]) for theme_id in themes}


def _added_up(rows: Sequence[tuple[str, str, int]]) -> tuple[dict[str, int], str]:
    values: Counter[str] = Counter()
    for value, _said_by, count in rows:
        values[value] += count
    return dict(sorted(values.items())), _origin({origin for _value, origin, _count in rows})


def _origin(origins: set[str]) -> str:
    if origins == {REVIEWER, MACHINE}:
        return BOTH
    return next(iter(origins), "")


def accepted_themes(session: Session, theme_ids: Sequence[int]) -> set[int]:
    """Which of these themes are accepted now."""
    return set(
        session.scalars(select(Theme.id).where(Theme.id.in_(list(theme_ids)), Theme.status == "accepted"))
    )
