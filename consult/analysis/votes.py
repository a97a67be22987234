"""Votes on statements as three columns of numbers: what tens of millions of votes fit in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse


class VotesError(ValueError):
    """Votes from which nothing can be computed."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Each vote once: participant `rows[i]` gave statement `columns[i]` the vote `values[i]` (1, -1, 0).

    Sorted by row, then column. Names are in order of their first appearance.
    """

    people: list[str]
    statements: list[str]
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.people), len(self.statements)

    def voted(self) -> np.ndarray:
        """Votes of each participant, shape (participants,)."""
        return np.bincount(self.rows, minlength=len(self.people))

    def matrix(self, values: np.ndarray) -> sparse.csr_matrix:
        """`values`, one a vote, as a sparse matrix (participants, statements)."""
        starts = np.zeros(len(self.people) + 1, dtype=np.int64)
        np.cumsum(self.voted(), out=starts[1:])
        return sparse.csr_matrix((values, self.columns, starts), shape=self.shape)

    def of(self, people: np.ndarray) -> Votes:
        """The votes of some participants alone; `people` are their numbers in order."""
        place = np.full(len(self.people), -1, dtype=np.int32)
        place[people] = np.arange(len(people), dtype=np.int32)
        kept = place[self.rows] >= 0
        names = [self.people[i] for i in people]
        return Votes(names, self.statements, place[self.rows[kept]], self.columns[kept], self.values[kept])


def votes_of(
    people: Sequence[str],
    statements: Sequence[str],
    rows: np.ndarray,
    columns: np.ndarray,
    values: np.ndarray,
) -> Votes:
    """Votes from columns in any order in which a pair may stand several times: its last vote counts."""
    key = rows.astype(np.int64) * max(len(statements), 1) + columns
    steps = np.diff(key)
    if (steps < 0).any():
        order = np.argsort(key, kind="stable")
        key, rows, columns, values = key[order], rows[order], columns[order], values[order]
        steps = np.diff(key)
    if (steps == 0).any():
        last = np.append(steps != 0, True)
        rows, columns, values = rows[last], columns[last], values[last]
    return Votes(
        list(people),
        list(statements),
        rows.astype(np.int32, copy=False),
        columns.astype(np.int32, copy=False),
        values.astype(np.int8, copy=False),
    )


def named_votes(participants: Sequence[str], statements: Sequence[str], votes: Sequence[int]) -> Votes:
    """Votes from one participant, statement and vote a row. Raises VotesError."""
    values = np.asarray(votes)
    if not len(values):
        raise VotesError("there are no votes")
    if not np.isin(values, (-1, 0, 1)).all():
        raise VotesError("a vote is 1, -1 or 0")
    people, rows = numbered(participants)
    asked, columns = numbered(statements)
    return votes_of(people, asked, rows, columns, values)


def numbered(names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The different names in order of their first appearance, and the number of each, shape (n,)."""
    different = list(dict.fromkeys(names))
    number = {name: i for i, name in enumerate(different)}
    return different, np.fromiter(map(number.__getitem__, names), dtype=np.int32, count=len(names))
