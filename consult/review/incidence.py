"""Which answers carry which themes, as numbers alone: what every table of a question is counted from.

The database gives one list of ids a theme and a column, read from its indexes; what is in both is counted here. A join
of codings, answers, people and groups for every pair of a theme and a column takes it several times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, String, cast, func, null, select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review.columns import is_by_response, members
from consult.review.dimensions import Dimension
from consult.review.lineage import Lineage
from consult.review.models import REVIEWER, Coding, Theme
from consult.review.scope import Scope

Ids = np.ndarray
"""Places of answers in `Answers.ids`, each once, in order."""
NONE: Ids = np.empty(0, dtype=np.int64)


def distinct(places: np.ndarray) -> Ids:
    """Each place once, in order: by marking them, which is many times as quick as sorting or hashing."""
    if not len(places):
        return NONE
    stands = np.zeros(int(places.max()) + 1, dtype=bool)
    stands[places] = True
    return np.flatnonzero(stands)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a question: `ids` of whole excerpts in order, of which of them other excerpts are `parts`, and in
    which responses they stand (0: in none), these in order with the place of the answer."""

    ids: np.ndarray
    parts: np.ndarray
    wholes: np.ndarray
    responses: np.ndarray
    of_response: np.ndarray

    def places_of_responses(self, response_ids: np.ndarray) -> Ids:
        """Where the answers of responses stand; a response without one is left out."""
        if not len(self.responses) or not len(response_ids):
            return NONE
        at = np.minimum(np.searchsorted(self.responses, response_ids), len(self.responses) - 1)
        return distinct(self.of_response[at[self.responses[at] == response_ids]])

    def places(self, excerpt_ids: np.ndarray) -> Ids:
        """Where answers stand, given by their own ids or those of their parts; what is none of them is left out."""
        if not len(self.ids) or not len(excerpt_ids):
            return NONE
        if len(self.parts):
            at = np.minimum(np.searchsorted(self.parts, excerpt_ids), len(self.parts) - 1)
            excerpt_ids = np.where(self.parts[at] == excerpt_ids, self.wholes[at], excerpt_ids)
        at = np.minimum(np.searchsorted(self.ids, excerpt_ids), len(self.ids) - 1)
        return distinct(at[self.ids[at] == excerpt_ids])


@dataclass(frozen=True, slots=True)
class Codings:
    """Theme id → the answers that carry it (`of`), and those where a person says so (`by_person`). The key None:
    somebody looked and found no theme. A broader theme has those of the themes below it."""

    of: Mapping[int | None, Ids]
    by_person: Mapping[int | None, Ids]


def answers_by_language(session: Session, scope: Scope) -> tuple[Answers, dict[str, Ids]]:
    """All answers to a question, and those of each language, the commonest first."""
    rows = session.execute(
        select(
            Excerpt.language,
            listed(session, Excerpt.id),
            listed(session, func.coalesce(Excerpt.response_id, 0)),
        )
        .where(scope.excerpts, Excerpt.part_of_id.is_(None))
        .group_by(Excerpt.language)
    ).all()
    parts = session.execute(
        select(Excerpt.id, Excerpt.part_of_id)
        .where(scope.excerpts, Excerpt.part_of_id.is_not(None))
        .order_by(Excerpt.id)
    ).all()
    lists = {str(language): numbers(ids) for language, ids, _responses in rows}
    ids = np.concatenate([NONE, *lists.values()])
    responses = np.concatenate([NONE, *(numbers(row[2]) for row in rows)])
    in_order = np.argsort(ids, kind="stable")
    ids, responses = ids[in_order], responses[in_order]
    of_response = np.argsort(responses, kind="stable")
    pairs = np.array([tuple(row) for row in parts], dtype=np.int64).reshape(-1, 2)
    answers = Answers(ids, pairs[:, 0], pairs[:, 1], responses[of_response], of_response)
    order = sorted(lists, key=lambda code: (-len(lists[code]), code))
    return answers, {code: answers.places(lists[code]) for code in order}


def codings_of(
    session: Session, scope: Scope, answers: Answers, themes: Sequence[Theme], *, has_people: bool = True
) -> Codings:
    """Which answers carry each of the themes of this question; codings that count, as they stand now. Without
    `has_people` nobody asks where a person says so: `by_person` stays empty."""
    by_a_person = Coding.origin == REVIEWER
    lists = (
        listed(session, Coding.excerpt_id),
        listed(session, Coding.excerpt_id, where=by_a_person) if has_people else null(),
    )
    rows = [
        *session.execute(
            select(Coding.theme_id, *lists)
            .where(Coding.theme_id.in_([theme.id for theme in themes]), Coding.is_current)
            .group_by(Coding.theme_id)
        ).all(),
        *session.execute(
            select(Coding.theme_id, *lists)
            .join(Excerpt, Excerpt.id == Coding.excerpt_id)
            .where(Coding.theme_id.is_(None), Coding.is_current, scope.excerpts)
            .group_by(Coding.theme_id)
        ).all(),
    ]
    of: dict[int | None, Ids] = {row[0]: answers.places(numbers(row[1])) for row in rows}
    by_person: dict[int | None, Ids] = {row[0]: answers.places(numbers(row[2])) for row in rows}
    lineage = Lineage([theme for theme in themes if theme.status != "retired"])
    for found in (of, by_person):
        unions: dict[int | None, Ids] = {
            theme.id: together(found, lineage.with_below(theme)) for theme in lineage.broader
        }
        found |= unions
    return Codings(of, by_person)


def together(found: Mapping[int | None, Ids], theme_ids: Iterable[int | None]) -> Ids:
    """The answers that carry any of these themes."""
    return distinct(np.concatenate([NONE, *(found.get(theme_id, NONE) for theme_id in theme_ids)]))


def column_places(session: Session, dimension: Dimension, scope: Scope, answers: Answers) -> dict[str, Ids]:
    """Column key → the answers in it."""
    places = answers.places_of_responses if is_by_response(dimension, scope) else answers.places
    found = {str(key): places(ids) for key, ids in id_lists(session, members(dimension, scope)).items()}
    return {key: ids for key, ids in found.items() if len(ids)}


def counted(rows: Sequence[Ids], columns: Sequence[Ids], size: int) -> np.ndarray:
    """How many of the `size` answers are in each row and in each column at once; shape (rows, columns)."""
    stands = np.zeros((size, len(columns)), dtype=bool)
    for number, places in enumerate(columns):
        stands[places, number] = True
    return np.array([stands[places].sum(axis=0) for places in rows], dtype=np.int64).reshape(
        len(rows), len(columns)
    )


def id_lists(session: Session, statement: Select) -> dict[Any, np.ndarray]:
    """Key → ids, of a statement of (key, id); only numbers leave the database, a text a key."""
    key, excerpt_id = statement.selected_columns
    grouped = statement.with_only_columns(key, listed(session, excerpt_id)).group_by(key)
    return {row[0]: numbers(row[1]) for row in session.execute(grouped)}


def listed(
    session: Session, expression: Any, *, where: ColumnElement[bool] | None = None
) -> ColumnElement[Any]:
    """The numbers of a group as one text, in either database."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    found = func.array_agg(expression) if is_postgres else func.group_concat(expression)
    kept = found.filter(where) if where is not None else found
    return cast(kept, String) if is_postgres else kept


def numbers(text: str | None) -> np.ndarray:
    """The numbers of such a text."""
    return np.fromstring(text.strip("{}"), dtype=np.int64, sep=",") if text else NONE
