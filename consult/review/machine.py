"""What the machine may read and write: the material of a run, and its proposals as rows.

It never touches what a person decided. A person has decided about an excerpt that carries a coding of a
reviewer, and about a theme that is accepted, retired, edited, a reviewer's own, or holds such a coding.
Machine codings in those themes stay; only suggested themes that nobody touched are replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review.examples import lent_examples, reference_of
from consult.review.hints import write_hints
from consult.review.material import Material, Proposal, Text
from consult.review.models import MACHINE, REVIEWER, ChangeLog, Coding, Theme
from consult.review.queries import themes_in
from consult.review.scope import Scope
from consult.review.snapshots import batches

FULL = "full"
PLACE = "place"
_UNTRACKED = {"synchronize_session": False}
Row = tuple[int, int | None, float | None]
"""Excerpt id, theme id or None for "other", score."""


def decided_excerpts(session: Session, scope: Scope) -> set[int]:
    """Ids of the excerpts about which a person has decided."""
    return set(
        session.scalars(
            select(Coding.excerpt_id)
            .join(Excerpt, Excerpt.id == Coding.excerpt_id)
            .where(scope.excerpts, Coding.origin == REVIEWER, Coding.is_current)
        )
    )


def kept_themes(session: Session, scope: Scope) -> list[Theme]:
    """Themes that a run must leave alone, by position; what stands above a kept theme is kept too."""
    themes = themes_in(session, scope)
    coded = set(
        session.scalars(
            select(Coding.theme_id)
            .join(Theme, Theme.id == Coding.theme_id)
            .where(scope.themes, Coding.origin == REVIEWER)
            .distinct()
        )
    )
    kept = {
        theme.id
        for theme in themes
        if theme.status != "suggested" or theme.is_edited or theme.origin == REVIEWER or theme.id in coded
    }
    parents = {theme.id: theme.parent_id for theme in themes}
    for theme_id in list(kept):
        above = parents[theme_id]
        while above in parents and above not in kept:
            kept.add(above)
            above = parents[above]
    return [theme for theme in themes if theme.id in kept]


def material_for(session: Session, scope: Scope, *, kind: str) -> Material:
    """What a run may work on.

    A full run takes every answer that no person decided about and that is in no kept theme; a placing run
    the answers that nobody has looked at. Both first place into themes: the full run into kept ones only.
    """
    texts = {
        row.id: Text(row.id, row.text, row.language)
        for row in session.execute(
            select(Excerpt.id, Excerpt.text, Excerpt.language)
            .where(scope.excerpts, Excerpt.part_of_id.is_(None))
            .order_by(Excerpt.id)
        )
    }
    decided = decided_excerpts(session, scope)
    codings = _current(session, scope)
    every = themes_in(session, scope)
    candidates = kept_themes(session, scope) if kind == FULL else every
    themes = [theme for theme in candidates if theme.status != "retired"]
    broader = _only_broader(every, codings)
    retired = {theme.id for theme in candidates if theme.status == "retired"}
    held = _held(codings, {theme.id for theme in themes}, kind) | decided
    in_use = {theme.id for theme in themes}
    lent = lent_examples(session, themes)
    free: list[Text] = []
    placeable: list[Text] = []
    stays: list[tuple[Text, frozenset[int]]] = []
    for text in texts.values():
        carried = codings.get(text.id, set())
        if text.id in held:
            stays.append((text, frozenset(i for i in carried if i in in_use)))
        elif carried & retired:
            placeable.append(text)
        else:
            free.append(text)
    return Material(
        free=tuple(free),
        placeable=tuple(placeable),
        themes=tuple(reference_of(t, codings, texts, decided, lent) for t in themes if t.id not in broader),
        held=tuple(stays),
        under=_under(every, codings, in_use),
        empty=frozenset(in_use - set().union(*codings.values())),
    )


def _only_broader(themes: Sequence[Theme], codings: Mapping[int, set[int | None]]) -> set[int]:
    """The machine's broader themes: they stand over others, and no answer is put into them."""
    above = {theme.parent_id for theme in themes if theme.status != "retired"}
    coded = set().union(*codings.values())
    return {t.id for t in themes if t.id in above and t.id not in coded and t.origin == MACHINE}


def _under(themes: Sequence[Theme], codings: Mapping[int, set[int | None]], kept: set[int]) -> dict[int, int]:
    """Excerpt id → the first broader theme among `kept` that stands over one of its themes."""
    above = {t.id: t.parent_id for t in themes if t.status != "retired" and t.parent_id in kept}
    found: dict[int, int] = {}
    for excerpt_id, carried in codings.items():
        parents = sorted(above[i] for i in carried if i in above)
        if parents:
            found[excerpt_id] = parents[0]
    return found


def apply_theme_result(session: Session, scope: Scope, *, proposal: Proposal, kind: str) -> None:
    """Write what a run proposes. Safe to repeat; codings and themes of people stay to the byte.

    A full run first removes the suggested themes that nobody touched, with their codings. What a person
    decided while the run was computing is respected: it is looked up again here.
    """
    kept = kept_themes(session, scope)
    if kind == FULL:
        _remove_untouched(session, scope, {theme.id for theme in kept})
    in_use = {theme.id for theme in themes_in(session, scope) if theme.status != "retired"}
    held = _held(_current(session, scope), in_use, kind)
    alive = set(session.scalars(select(Excerpt.id).where(scope.excerpts)))
    rows: list[Row] = [
        (excerpt_id, theme_id, score)
        for excerpt_id, placed in proposal.placed.items()
        for theme_id, score in placed
        if theme_id in in_use
    ]
    if kind == FULL:
        rows += _add_themes(session, scope, proposal, start=len(kept))
    rows += [(excerpt_id, None, None) for excerpt_id in proposal.other]
    rows = [row for row in rows if row[0] in alive and row[0] not in held]
    _write_codings(session, rows, decided_excerpts(session, scope))
    write_hints(session, {i: value for i, value in proposal.stances.items() if i in alive})
    if kind == FULL:
        answers = len({excerpt_id for excerpt_id, _theme, _score in rows})
        session.add(
            ChangeLog(
                consultation_id=scope.consultation_id,
                question_id=scope.question_id,
                kind="machine",
                params={"themes": len(proposal.themes), "answers": answers},
            )
        )
    session.flush()


def has_themes(session: Session, scope: Scope) -> bool:
    """Whether the question has a theme in use."""
    return (
        session.scalar(select(Theme.id).where(scope.themes, Theme.status != "retired").limit(1)) is not None
    )


def unseen_count(session: Session, scope: Scope) -> int:
    """Answers that neither a person nor the machine has looked at."""
    seen = select(Coding.id).where(Coding.excerpt_id == Excerpt.id).exists()
    whole = select(func.count()).select_from(Excerpt).where(scope.excerpts, Excerpt.part_of_id.is_(None))
    return session.scalar(whole.where(~seen)) or 0


def _held(codings: dict[int, set[int | None]], themes: set[int], kind: str) -> set[int]:
    """Excerpts that the run must not place again: in one of `themes`, or (placing) looked at before."""
    if kind == PLACE:
        return set(codings)
    return {excerpt_id for excerpt_id, carried in codings.items() if carried & themes}


def _current(session: Session, scope: Scope) -> dict[int, set[int | None]]:
    """Excerpt id → themes of its current codings; excerpts that nobody has looked at are absent."""
    found: dict[int, set[int | None]] = defaultdict(set)
    for excerpt_id, theme_id in session.execute(
        select(Coding.excerpt_id, Coding.theme_id)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(scope.excerpts, Coding.is_current)
    ):
        found[excerpt_id].add(theme_id)
    return dict(found)


def _remove_untouched(session: Session, scope: Scope, kept: set[int]) -> None:
    """Drop untouched suggestions, and the machine's "other", which this run decides anew."""
    for theme in themes_in(session, scope):
        if theme.id not in kept:
            session.execute(delete(Coding).where(Coding.theme_id == theme.id).execution_options(**_UNTRACKED))
            session.delete(theme)
    session.execute(
        delete(Coding)
        .where(
            Coding.coder_id.is_(None),
            Coding.theme_id.is_(None),
            Coding.excerpt_id.in_(select(Excerpt.id).where(scope.excerpts)),
        )
        .execution_options(**_UNTRACKED)
    )
    session.flush()


def _add_themes(session: Session, scope: Scope, proposal: Proposal, *, start: int) -> list[Row]:
    in_use = {theme.id for theme in themes_in(session, scope) if theme.status != "retired"}
    after = start + len(proposal.themes)
    broader = [
        _add_theme(session, scope, name=dict(name), position=after + place)
        for place, name in enumerate(proposal.broader)
    ]
    rows: list[Row] = []
    for position, proposed in enumerate(proposal.themes, start):
        above = proposed.parent if proposed.parent in in_use else None
        theme = _add_theme(
            session,
            scope,
            name=dict(proposed.name),
            description=dict(proposed.description),
            keywords=list(proposed.keywords),
            quotes=list(proposed.quotes),
            position=position,
            parent_id=above if proposed.broader is None else broader[proposed.broader].id,
        )
        rows += [(excerpt_id, theme.id, score) for excerpt_id, score in proposed.codings]
    return rows


def _add_theme(session: Session, scope: Scope, **values: Any) -> Theme:
    theme = Theme(
        consultation_id=scope.consultation_id, question_id=scope.question_id, origin=MACHINE, **values
    )
    session.add(theme)
    session.flush()
    return theme


def _write_codings(session: Session, rows: list[Row], decided: set[int]) -> None:
    """Insert machine codings that are not there yet, uncounted where a person has decided."""
    wanted = {(excerpt_id, theme_id): score for excerpt_id, theme_id, score in rows}
    have: set[tuple[int, int | None]] = set()
    for some in batches({excerpt_id for excerpt_id, _theme in wanted}):
        mine = select(Coding.excerpt_id, Coding.theme_id)
        found = session.execute(mine.where(Coding.coder_id.is_(None), Coding.excerpt_id.in_(some)))
        have |= {(excerpt_id, theme_id) for excerpt_id, theme_id in found}
    new = [
        {
            "excerpt_id": excerpt_id,
            "theme_id": theme_id,
            "coder_id": None,
            "origin": MACHINE,
            "is_current": excerpt_id not in decided,
            "score": score,
        }
        for (excerpt_id, theme_id), score in wanted.items()
        if (excerpt_id, theme_id) not in have
    ]
    if new:
        session.execute(insert(Coding), new)
