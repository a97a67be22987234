"""One group against another, or one wave against another: which themes differ by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.differences import (
    ALPHA,
    Difference,
    changed_orders,
    changed_shares,
    holm,
    two_distributions,
    two_orders,
    two_shares,
)
from consult.consultations.models import Access, Consultation, ConsultationSurvey, Privacy
from consult.evidence.models import GATHERED, Excerpt
from consult.evidence.services import free_text_questions
from consult.reading.breakdown import Read, columns_of, read_question
from consult.review.columns import is_by_response, members
from consult.review.dimensions import QUESTION, Dimension, closed_questions
from consult.review.incidence import NONE, Answers, Ids, id_lists
from consult.review.models import Theme
from consult.review.scope import Scope
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import RollPlace
from surveys.elements import Question


@dataclass(frozen=True, slots=True)
class Compared:
    """A theme or a question on both sides. `counts`: how many carry the theme, of `bases`; for a scale the answers on
    each side. `found` is None where nothing can be tested; `p`: adjusted for all comparisons of the page."""

    theme: Theme | None
    label: Mapping[str, str]
    counts: tuple[int, int]
    bases: tuple[int, int]
    found: Difference | None
    p: float | None = None

    @property
    def is_real(self) -> bool:
        """Whether chance is an unlikely explanation."""
        return self.p is not None and self.p < ALPHA


@dataclass(frozen=True, slots=True)
class Comparison:
    """Themes, then scales, then questions whose answers have no order (`choices`). `left_out`: answers that stand on
    both sides; `is_paired`: the same people on both; `in_both`: how many people answered both times, None where nobody
    can know."""

    themes: Sequence[Compared]
    scales: Sequence[Compared]
    bases: tuple[int, int]
    left_out: int = 0
    is_paired: bool = False
    in_both: int | None = None
    choices: Sequence[Compared] = ()


def compare_columns(
    session: Session, read: Read, dimension: Dimension, one: str, other: str
) -> Comparison | None:
    """Two columns of one dimension. Who stands in both is left out of both. None where a column has no answers."""
    columns = columns_of(session, read, dimension)
    first, second = columns.get(one, NONE), columns.get(other, NONE)
    shared = np.intersect1d(first, second, assume_unique=True)
    first, second = np.setdiff1d(first, shared), np.setdiff1d(second, shared)
    if not len(first) or not len(second) or one == other:
        return None
    themes = [
        _two(theme, _common(read, theme, first), len(first), _common(read, theme, second), len(second))
        for theme in read.themes
    ]
    scales: list[Compared] = []
    choices: list[Compared] = []
    if read.scope.question_id != GATHERED:
        for asked in _closed(session, read.scope.consultation_id):
            if asked.key == dimension.key:
                continue
            points = _points(session, asked, read.scope, read.answers)
            sides = _histogram(points, first), _histogram(points, second)
            (scales if asked.scale else choices).append(_two_answers(asked, *sides))
    bases = len(first), len(second)
    return _adjusted(Comparison(themes, scales, bases, len(shared), choices=choices))


def compare_waves(
    session: Session, read: Read, earlier: Scope, *, is_paired: bool | None = None
) -> Comparison | None:
    """This question now and as it was asked in another consultation; themes are the same by their names. `is_paired`:
    only the people who answered both, each compared with herself; without it so wherever there are any, as a test of
    different people would take them for two."""
    before = read_question(session, earlier)
    if not read.base or not before.base:
        return None
    pairs = _pairs(session, read, before) if _is_pairable(session, read.scope, earlier) else None
    if pairs is not None and (len(pairs) > 0 if is_paired is None else is_paired):
        return _adjusted(_same_people(session, read, before, pairs))
    themes = [
        _two(
            theme,
            len(read.of.get(theme.id, NONE)),
            read.base,
            len(before.of.get(match.id, NONE)),
            before.base,
        )
        for theme in read.themes
        if (match := _match(theme, before)) is not None
    ]
    scales: list[Compared] = []
    choices: list[Compared] = []
    known = {asked.question_id: asked for asked in _closed(session, earlier.consultation_id)}
    for asked in _closed(session, read.scope.consultation_id):
        old = known.get(asked.question_id)
        if old is not None and asked.is_nominal and sorted(old.order) == sorted(asked.order):
            old = replace(old, order=asked.order)
        if old is not None and old.order == asked.order:
            now = _histogram(_points(session, asked, read.scope, read.answers), np.arange(read.base))
            then = _histogram(_points(session, old, earlier, before.answers), np.arange(before.base))
            (scales if asked.scale else choices).append(_two_answers(asked, now, then))
    in_both = len(pairs) if pairs is not None else None
    return _adjusted(Comparison(themes, scales, (read.base, before.base), in_both=in_both, choices=choices))


def earlier_waves(session: Session, consultation: Consultation, asked: Question) -> list[Consultation]:
    """Other consultations that ask this very question."""
    others = select(Consultation).where(Consultation.id != consultation.id).order_by(Consultation.id.desc())
    return [
        other
        for other in session.scalars(others)
        if other.asks and matching_question(session, other, asked) is not None
    ]


def matching_question(session: Session, other: Consultation, asked: Question) -> str | None:
    """The id of the same question in another consultation: the one with its id, else the one with its name if it asks
    the same in any language. The builder gives names by number, so that a name alone says nothing."""
    questions = free_text_questions(session, other.survey_id)
    if any(question.id == asked.id for question in questions):
        return asked.id
    words = _words(asked.label)
    same = (q for q in questions if q.name == asked.name and _words(q.label) & words)
    return next((question.id for question in same), None)


def may_pair(one: Consultation, other: Consultation) -> bool:
    """Whether the server knows who answered, in both."""
    return all(c.privacy == Privacy.CONFIDENTIAL and c.access == Access.ROLL for c in (one, other))


def _is_pairable(session: Session, *scopes: Scope) -> bool:
    one, other = (session.get_one(Consultation, scope.consultation_id) for scope in scopes)
    return may_pair(one, other)


def _two(theme: Theme, a: int, n: int, b: int, m: int) -> Compared:
    return Compared(theme, theme.name, (a, b), (n, m), two_shares(a, n, b, m))


def _common(read: Read, theme: Theme, places: Ids) -> int:
    return len(np.intersect1d(read.of.get(theme.id, NONE), places, assume_unique=True))


def _scales(session: Session, consultation_id: int) -> list[Dimension]:
    return [asked for asked in _closed(session, consultation_id) if asked.scale]


def _closed(session: Session, consultation_id: int) -> list[Dimension]:
    """The questions with a scale, and those whose answers are options without an order."""
    survey = select(ConsultationSurvey.survey_id).where(ConsultationSurvey.consultation_id == consultation_id)
    ids = session.scalars(survey.order_by(ConsultationSurvey.position)).all()
    found = [asked for one in ids[:1] for asked in closed_questions(session, one)]
    return [asked for asked in found if asked.scale or asked.is_nominal]


def _points(session: Session, asked: Dimension, scope: Scope, answers: Answers) -> list[Ids]:
    """The answers that stand at each point of a scale, those outside the scale left out, or that gave each option."""
    assert asked.kind == QUESTION and is_by_response(asked, scope)
    lists = {str(key): ids for key, ids in id_lists(session, members(asked, scope)).items()}
    return [answers.places_of_responses(lists.get(key, NONE)) for key in asked.scale or asked.order]


def _histogram(points: Sequence[Ids], places: Ids) -> list[int]:
    return [len(np.intersect1d(ids, places, assume_unique=True)) for ids in points]


def _two_answers(asked: Dimension, first: Sequence[int], second: Sequence[int]) -> Compared:
    """A question with a scale by the order of its answers, another one by how often each was given."""
    found = two_orders(first, second) if asked.scale else two_distributions(first, second)
    sums = sum(first), sum(second)
    return Compared(None, asked.label, sums, sums, found)


def _adjusted(found: Comparison) -> Comparison:
    """With the p values of everything on the page adjusted together."""
    lines = [*found.themes, *found.scales, *found.choices]
    adjusted = iter(holm([line.found.p for line in lines if line.found]))
    made = [
        Compared(
            line.theme,
            line.label,
            line.counts,
            line.bases,
            line.found,
            next(adjusted) if line.found else None,
        )
        for line in lines
    ]
    one, two = len(found.themes), len(found.themes) + len(found.scales)
    return replace(found, themes=made[:one], scales=made[one:two], choices=made[two:])


def _words(texts: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """What is said in each language, case and spacing aside."""
    said = ((language, " ".join(text.split()).casefold()) for language, text in texts.items())
    return frozenset((language, text) for language, text in said if text)


def _name(theme: Theme) -> frozenset[str]:
    return frozenset(text for _language, text in _words(theme.name))


def _match(theme: Theme, read: Read) -> Theme | None:
    """The theme of another wave that has a name in common with this one."""
    names = _name(theme)
    return next((other for other in read.themes if _name(other) & names), None)


def _pairs(session: Session, read: Read, before: Read) -> list[tuple[int, int]]:
    """The places of both answers of everybody who answered both times."""
    now, then = _people(session, read), _people(session, before)
    return [(now[person], then[person]) for person in sorted(set(now) & set(then))]


def _same_people(session: Session, read: Read, before: Read, both: Sequence[tuple[int, int]]) -> Comparison:
    at_now = np.array([now for now, _then in both], dtype=np.int64)
    at_then = np.array([then for _now, then in both], dtype=np.int64)
    themes = []
    for theme in read.themes:
        match = _match(theme, before)
        if match is None or not both:
            continue
        says = np.isin(at_now, read.of.get(theme.id, NONE))
        said = np.isin(at_then, before.of.get(match.id, NONE))
        cells = [int((says == x) @ (said == y)) for x, y in ((1, 1), (1, 0), (0, 1), (0, 0))]
        counts = int(says.sum()), int(said.sum())
        themes.append(Compared(theme, theme.name, counts, (len(both),) * 2, changed_shares(*cells)))
    known = {asked.question_id: asked for asked in _scales(session, before.scope.consultation_id)}
    scales = []
    for asked in _scales(session, read.scope.consultation_id):
        old = known.get(asked.question_id)
        if old is None or old.order != asked.order:
            continue
        of_now = _by_place(_points(session, asked, read.scope, read.answers))
        of_then = _by_place(_points(session, old, before.scope, before.answers))
        pairs = [
            (of_now[x], of_then[y])
            for x, y in zip(at_now, at_then, strict=True)
            if x in of_now and y in of_then
        ]
        scales.append(
            Compared(None, asked.label, (len(pairs),) * 2, (len(pairs),) * 2, changed_orders(pairs))
        )
    return Comparison(themes, scales, (len(both),) * 2, is_paired=True, in_both=len(both))


def _by_place(points: Sequence[Ids]) -> dict[int, int]:
    return {int(place): n for n, ids in enumerate(points) for place in ids}


def _people(session: Session, read: Read) -> dict[int, int]:
    """Participant id → the place of her answer."""
    rows = session.execute(
        select(RollPlace.participant_id, Excerpt.id)
        .join(Participation, Participation.place_id == RollPlace.id)
        .join(Excerpt, Excerpt.response_id == Participation.response_id)
        .where(
            RollPlace.consultation_id == read.scope.consultation_id,
            read.scope.excerpts,
            Excerpt.part_of_id.is_(None),
        )
    ).all()
    ids = {int(excerpt): place for place, excerpt in enumerate(read.answers.ids.tolist())}
    return {person: ids[excerpt] for person, excerpt in rows if excerpt in ids}
