"""What the machine has learned from the decisions about one question, at once and without a new run.

Nothing is stored: it is computed from codings and kept vectors, and remembered in the process until somebody decides
something more or the machine has run again. So several processes say the same, and undoing a decision unlearns it.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.analysis.embedding import content_key
from consult.analysis.text import for_reading
from consult.evidence.models import Excerpt
from consult.review.models import REVIEWER, ChangeLog, Coding, Theme, ThemeRun
from consult.review.scope import Scope
from consult.review.vectors import KeptVectors, refresh

if TYPE_CHECKING:
    from consult.analysis.graph import LanguageCentre
    from consult.analysis.learning import Suggester, Trial

MOST_DECISIONS = 500
"""The newest ones are learned from."""
MOST_TRIED = 300
"""The newest ones are met in folds."""
EACH = 40
"""So many answers of the machine's, the surest, say what a theme was before any decision."""
SAMPLE = 1_000
_REMEMBERED = 8
_kept: OrderedDict[tuple[Any, ...], Learned | None] = OrderedDict()
_spaces: OrderedDict[tuple[Any, ...], tuple[LanguageCentre, np.ndarray]] = OrderedDict()
_lock = Lock()


@dataclass(slots=True)
class Learned:
    """A suggester for the answers to one question, and the space it works in."""

    engine: str
    centre: LanguageCentre
    suggester: Suggester
    prototypes: np.ndarray
    space: np.ndarray
    given: np.ndarray
    _trial: tuple[Trial | None] | None = None

    @property
    def decisions(self) -> int:
        return self.suggester.decisions

    def trial(self) -> Trial | None:
        """How it would have met the newest decisions, had it not seen them; None: too few to say."""
        from consult.analysis.learning import trial

        if self._trial is None:
            self._trial = (trial(self.prototypes, self.space[:MOST_TRIED], self.given[:MOST_TRIED]),)
        return self._trial[0]


def learned_from(session: Session, scope: Scope) -> Learned | None:
    """What was learned from the decisions about a question; None while there are too few, or no vectors are kept."""
    key = _state(session, scope)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _learn(session, scope)
    with _lock:
        _kept[key] = made
        while len(_kept) > _REMEMBERED:
            _kept.popitem(last=False)
    return made


def suggestions_for(
    session: Session, scope: Scope, excerpt: Excerpt
) -> tuple[dict[int, float], set[int]] | None:
    """Theme id → how well it fits an answer, and the themes that are suggested; None where nothing was learned."""
    from consult.analysis.learning import suggested  # loads SciPy, which pages without suggestions do without

    known = learned_from(session, scope)
    if known is None:
        return None
    row = (excerpt.id, excerpt.text, excerpt.language)
    vectors = _vectors(session, known.engine, [row])
    if excerpt.id not in vectors:
        return None
    space = known.centre.apply(vectors[excerpt.id][None, :], [excerpt.language])
    scores = known.suggester.scores(space)
    chosen = suggested(scores)[0]
    named = known.suggester.themes
    return (
        {theme: round(float(score), 3) for theme, score in zip(named, scores[0], strict=True)},
        {theme for theme, is_chosen in zip(named, chosen, strict=True) if is_chosen},
    )


def _state(session: Session, scope: Scope) -> tuple[Any, ...]:
    """What the learning rests on: it changes with every decision, undoing, run, and erasure."""
    mine = (ChangeLog.consultation_id == scope.consultation_id, ChangeLog.question_id == scope.question_id)
    coded = select(func.max(Coding.id), func.count()).join(Excerpt, Excerpt.id == Coding.excerpt_id)
    return (
        str(session.get_bind().engine.url),
        scope,
        session.scalar(select(func.max(ChangeLog.id)).where(*mine)),
        *session.execute(coded.where(scope.excerpts, Coding.origin == REVIEWER)).one(),
        _last_run(session, scope),
    )


def _last_run(session: Session, scope: Scope) -> int | None:
    runs = select(func.max(ThemeRun.id)).where(ThemeRun.status == "done")
    mine = (ThemeRun.consultation_id == scope.consultation_id, ThemeRun.question_id == scope.question_id)
    return session.scalar(runs.where(*mine))


def _learn(session: Session, scope: Scope) -> Learned | None:
    from consult.analysis.learning import FEWEST, learn

    run = session.get(ThemeRun, _last_run(session, scope) or 0)
    engine = (run.engine or {}).get("embedding", "") if run else ""
    decided = _decided(session, scope)
    if not engine or len(decided) < FEWEST:
        return None
    themes = session.scalars(
        select(Theme.id).where(scope.themes, Theme.status != "retired").order_by(Theme.id)
    ).all()
    if not themes:
        return None
    rows = {row.id: row for row in _rows_with(session, scope, sorted(decided))}
    vectors = _vectors(session, engine, [(row.id, row.text, row.language) for row in rows.values()])
    known = [number for number in decided if number in vectors]
    if len(known) < FEWEST:
        return None
    centre, prototypes = _before_decisions(session, scope, engine, themes)
    space = _placed(centre, vectors, rows, known)
    given = np.array([[theme in decided[number] for theme in themes] for number in known], dtype=bool)
    return Learned(engine, centre, learn(themes, prototypes, space, given), prototypes, space, given)


def _before_decisions(
    session: Session, scope: Scope, engine: str, themes: Sequence[int]
) -> tuple[LanguageCentre, np.ndarray]:
    """The space of the answers, from a sample, and what the machine put into each theme; the same until it
    runs again."""
    from consult.analysis.graph import LanguageCentre, projection_for

    key = (str(session.get_bind().engine.url), scope, engine, tuple(themes), _last_run(session, scope))
    with _lock:
        if key in _spaces:
            return _spaces[key]
    typical = _typical(session, scope, themes)
    sample = session.execute(_rows(scope).order_by(Excerpt.text_hash, Excerpt.id).limit(SAMPLE)).all()
    wanted = sorted({number for several in typical.values() for number in several})
    rows = {row.id: row for row in [*sample, *_rows_with(session, scope, wanted)]}
    vectors = _vectors(session, engine, [(row.id, row.text, row.language) for row in rows.values()])
    order = [row.id for row in sample if row.id in vectors] or sorted(vectors)
    centre = LanguageCentre(
        np.stack([vectors[i] for i in order]), [rows[i].language for i in order], projection_for(engine)
    )
    prototypes = np.zeros((len(themes), len(centre.mean)), dtype=np.float32)
    for place, theme_id in enumerate(themes):
        members = [number for number in typical.get(theme_id, ()) if number in vectors]
        if members:
            prototypes[place] = _placed(centre, vectors, rows, members).sum(axis=0)
    with _lock:
        _spaces[key] = centre, prototypes
        while len(_spaces) > _REMEMBERED:
            _spaces.popitem(last=False)
    return centre, prototypes


def _decided(session: Session, scope: Scope) -> dict[int, set[int | None]]:
    """Excerpt id → the themes that people gave it, the newest decisions first."""
    found: dict[int, set[int | None]] = defaultdict(set)
    mine = (scope.excerpts, Excerpt.part_of_id.is_(None), Coding.is_current, Coding.origin == REVIEWER)
    newest = (
        select(Coding.excerpt_id)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(*mine)
        .group_by(Coding.excerpt_id)
        .order_by(func.max(Coding.id).desc())
        .limit(MOST_DECISIONS)
    )
    order = session.scalars(newest).all()
    for excerpt_id, theme_id in session.execute(
        select(Coding.excerpt_id, Coding.theme_id)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(*mine, Coding.excerpt_id.in_(order))
    ):
        found[excerpt_id].add(theme_id)
    return {number: found[number] for number in order}


def _typical(session: Session, scope: Scope, themes: Sequence[int]) -> Mapping[int, list[int]]:
    """Theme id → the answers of which the machine was surest, whatever people said since."""
    place = func.row_number().over(
        partition_by=Coding.theme_id, order_by=(Coding.score.desc().nulls_last(), Coding.excerpt_id)
    )
    ranked = (
        select(Coding.theme_id, Coding.excerpt_id, place.label("place"))
        .where(Coding.theme_id.in_(themes), Coding.coder_id.is_(None))
        .subquery()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for theme_id, excerpt_id in session.execute(
        select(ranked.c.theme_id, ranked.c.excerpt_id).where(ranked.c.place <= EACH).order_by(ranked.c.place)
    ):
        found[theme_id].append(excerpt_id)
    return found


def _rows(scope: Scope) -> Any:
    return select(Excerpt.id, Excerpt.text, Excerpt.language).where(
        scope.excerpts, Excerpt.part_of_id.is_(None)
    )


def _rows_with(session: Session, scope: Scope, ids: list[int]) -> Sequence[Any]:
    found: list[Any] = []
    for start in range(0, len(ids), 500):
        found += session.execute(_rows(scope).where(Excerpt.id.in_(ids[start : start + 500]))).all()
    return found


def _vectors(session: Session, engine: str, rows: Sequence[tuple[int, str, str]]) -> dict[int, np.ndarray]:
    """Excerpt id → its kept vector; texts that no run has read are absent."""
    keys = {number: content_key(engine, for_reading(text)) for number, text, _language in rows}
    kept = KeptVectors()
    refresh(session, kept, sorted(set(keys.values())))
    return {number: kept[key] for number, key in keys.items() if key in kept}


def _placed(
    centre: LanguageCentre, vectors: Mapping[int, np.ndarray], rows: Mapping[int, Any], ids: Sequence[int]
) -> np.ndarray:
    return centre.apply(np.stack([vectors[i] for i in ids]), [rows[i].language for i in ids])
