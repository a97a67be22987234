"""Opinion groups from votes on statements, after Polis (Small et al. 2021).

The vote matrix is filled with each statement's mean, centred and projected on two principal components; a
participant who voted little is drawn out again by the root of statements over votes. k-means groups the
points, k by silhouette. Statements that were moderated out say nothing (their column is zero) but count as
votes in that scaling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.comparison import adjusted_rand, contingency
from consult.analysis.opinion_space import VoteSpace, group_points, k_means
from consult.analysis.opinion_statements import (
    StatementShare,
    WantedStatement,
    bridging,
    consensus,
    representative,
    vote_tables,
    worth_voting,
)
from consult.analysis.threads import one_thread
from consult.analysis.votes import Votes, VotesError, named_votes

__all__ = ["OpinionGroup", "OpinionResult", "StatementShare", "VotesError", "groups_of", "opinion_groups"]

# Who voted on fewer statements than this (or on fewer than all, where there are fewer) is not placed.
LEAST_VOTES = 7
# Resampling takes at most so many participants, drawn once.
_RESAMPLED = 2_000


@dataclass(frozen=True, slots=True)
class OpinionGroup:
    """A group by the letter of its size rank, and the statements that set it apart.

    `sureness`: how much of the group comes together again when the groups are found anew from resampled
    statements (mean of the best Jaccard index, Hennig 2007; above .75 a group is stable, below .6 it is
    not to be trusted), None where nothing was resampled.
    """

    id: str
    size: int
    represented_by: tuple[StatementShare, ...]
    sureness: float | None = None


@dataclass(frozen=True, slots=True)
class OpinionResult:
    """Groups of participants by how they voted. `projection`: two coordinates for each placed participant.

    `bridging`: statements on which most of every group say the same; `worth_voting`: those on which further
    votes would teach most; `sureness`: how alike the groups are to those found anew from resampled
    statements (mean adjusted Rand index: 1 the same, 0 as by chance).
    """

    participants: int
    statements: int
    groups: tuple[OpinionGroup, ...]
    assignments: Mapping[str, str]
    consensus: tuple[StatementShare, ...]
    bridging: tuple[StatementShare, ...]
    worth_voting: tuple[WantedStatement, ...]
    projection: Mapping[str, tuple[float, float]]
    sureness: float | None


def opinion_groups(
    participants: Sequence[str],
    statements: Sequence[str],
    votes: Sequence[int],
    *,
    moderated_out: frozenset[str] = frozenset(),
    most_groups: int | None = None,
    resamples: int = 0,
) -> OpinionResult:
    """Groups from votes: one participant, statement and vote (1, -1, 0) a row; the last of a pair counts.

    Raises VotesError where nobody voted enough, or a vote is none of the three.
    """
    return groups_of(
        named_votes(participants, statements, votes),
        moderated_out=moderated_out,
        most_groups=most_groups,
        resamples=resamples,
    )


@one_thread()
def groups_of(
    votes: Votes,
    *,
    moderated_out: frozenset[str] = frozenset(),
    most_groups: int | None = None,
    resamples: int = 0,
) -> OpinionResult:
    """The same from votes in columns. `most_groups`: at most so many; `resamples`: for the sureness."""
    asked = votes.statements
    out = np.array([name in moderated_out for name in asked], dtype=bool)
    rows = np.flatnonzero(votes.voted() >= min(LEAST_VOTES, int((~out).sum())))
    if len(rows) < 2:
        raise VotesError("fewer than two participants voted on enough statements")
    space = VoteSpace(votes, out)
    axes = space.axes()
    points = space.project(axes)[rows]
    labels = group_points(points, most_groups)
    assigned = np.full(len(votes.people), -1)
    assigned[rows] = labels
    tables = vote_tables(votes, assigned)
    letters = [_letter(g) for g in range(int(labels.max()) + 1)]
    sureness, each = _sureness(votes, out, rows, labels, resamples) if resamples else (None, {})
    names = [votes.people[i] for i in rows.tolist()]
    return OpinionResult(
        participants=len(votes.people),
        statements=len(asked),
        groups=tuple(
            OpinionGroup(letter, int(size), representative(tables, g, asked, out), each.get(g))
            for g, (letter, size) in enumerate(zip(letters, np.bincount(labels), strict=True))
        ),
        assignments=dict(zip(names, [letters[g] for g in labels.tolist()], strict=True)),
        consensus=consensus(tables, asked, out),
        bridging=bridging(tables, asked, out, letters),
        worth_voting=worth_voting(votes, axes, out),
        projection=dict(zip(names, map(tuple, np.round(points, 4).tolist()), strict=True)),
        sureness=sureness,
    )


def _sureness(
    votes: Votes, out: np.ndarray, rows: np.ndarray, labels: np.ndarray, resamples: int
) -> tuple[float, dict[int, float]]:
    """How alike groups found from statements drawn with replacement are: adjusted Rand index, and for each
    group the Jaccard index with the group that is most like it; means over the resamples."""
    drawn = np.arange(len(rows))
    if len(rows) > _RESAMPLED:
        drawn = np.sort(np.random.default_rng(0).permutation(len(rows))[:_RESAMPLED])
    some, labels = votes.of(rows[drawn]), labels[drawn]
    space = VoteSpace(some, out)
    m, k = votes.shape[1], int(labels.max()) + 1
    rand, jaccard = [], []
    for seed in range(resamples):
        times = np.bincount(np.random.default_rng(seed).integers(0, m, m), minlength=m).astype(float)
        again = k_means(space.project(space.axes(times), times), k)
        rand.append(adjusted_rand(labels, again))
        table = contingency(labels, again)
        either = table.sum(axis=1)[:, None] + table.sum(axis=0)[None] - table
        jaccard.append((table / either).max(axis=1))
    found = np.unique(labels)
    means = np.mean(jaccard, axis=0)
    each = {int(g): round(float(value), 3) for g, value in zip(found, means, strict=True)}
    return round(float(np.mean(rand)), 3), each


def _letter(number: int) -> str:
    """A, B, … Z, AA, AB …"""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
