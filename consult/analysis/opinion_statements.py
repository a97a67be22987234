"""What the groups say: the statements that set them apart, that bridge them, and that want more votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from consult.analysis.votes import Votes

AGREE, DISAGREE = "agree", "disagree"
_Z_90 = 1.2816
# Polis's bonus for statements that few have seen: a factor of 1 + 8 · 2^(-votes / 5).
_NOVELTY, _NOVELTY_VOTES = 8.0, 5.0


@dataclass(frozen=True, slots=True)
class StatementShare:
    """A statement, the direction meant, and the share of the `votes` on it in that direction (0–1).

    For a group's statement, the group's votes. `by_group`: the share in each group, where it is asked.
    """

    statement: str
    direction: str
    share: float
    votes: int = 0
    by_group: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WantedStatement:
    """A statement on which further votes would teach most, how many it has, and its priority."""

    statement: str
    votes: int
    priority: float


@dataclass(frozen=True, slots=True)
class Tables:
    """By group and statement: agreeing, disagreeing and all votes, each (groups, statements)."""

    agree: np.ndarray
    disagree: np.ndarray
    seen: np.ndarray

    @property
    def directions(self) -> tuple[tuple[str, np.ndarray], tuple[str, np.ndarray]]:
        return (AGREE, self.agree), (DISAGREE, self.disagree)


def vote_tables(votes: Votes, labels: np.ndarray) -> Tables:
    """Counts of the votes of those who are in a group; `labels` (participants,), -1 for none."""
    groups, m = int(labels.max()) + 1, votes.shape[1]
    of_vote = labels[votes.rows]
    cell = of_vote.astype(np.int64) * m + votes.columns

    def counted(which: np.ndarray) -> np.ndarray:
        return np.bincount(cell[which], minlength=groups * m).reshape(groups, m)

    placed = of_vote >= 0
    return Tables(
        counted(placed & (votes.values == 1)), counted(placed & (votes.values == -1)), counted(placed)
    )


def representative(
    tables: Tables, group: int, asked: Sequence[str], out: np.ndarray, most: int = 5
) -> tuple[StatementShare, ...]:
    """The statements on which a group differs most from all others and is clear itself."""
    seen = tables.seen[group]
    other_seen = tables.seen.sum(axis=0) - seen
    found: list[tuple[bool, float, int, str, float]] = []
    for direction, counts in tables.directions:
        own, other = counts[group], counts.sum(axis=0) - counts[group]
        share = (own + 1) / (seen + 2)
        ratio = share / ((other + 1) / (other_seen + 2))
        z_own, z_gap = _z_share(own, seen), _z_two(own, seen, other, other_seen)
        for i in np.flatnonzero(~out & (seen > 0) & (share > 0.5)):
            clear = bool(z_own[i] > _Z_90 and z_gap[i] > _Z_90)
            metric = float(share[i] * ratio[i] * max(z_own[i], 0) * max(z_gap[i], 0))
            found.append((clear, metric, int(i), direction, float(own[i] / seen[i])))
    found.sort(key=lambda item: (not item[0], -item[1], item[2], item[3]))
    chosen = [item for item in found if item[0]][:most] or found[:1]
    return tuple(
        StatementShare(asked[i], direction, round(part, 4), int(seen[i]))
        for _, _, i, direction, part in chosen
    )


def consensus(
    tables: Tables, asked: Sequence[str], out: np.ndarray, most: int = 5
) -> tuple[StatementShare, ...]:
    """Statements on which most of all who voted say the same, clearly more than half."""
    seen = tables.seen.sum(axis=0)
    found = []
    for direction, counts in tables.directions:
        own = counts.sum(axis=0)
        share, z = (own + 1) / (seen + 2), _z_share(own, seen)
        for i in np.flatnonzero(~out & (seen > 0) & (share > 0.5) & (z > _Z_90)):
            found.append((-float(share[i] * z[i]), int(i), direction, float(own[i] / seen[i])))
    found.sort()
    return tuple(
        StatementShare(asked[i], direction, round(part, 4), int(seen[i]))
        for _, i, direction, part in found[:most]
    )


def bridging(
    tables: Tables, asked: Sequence[str], out: np.ndarray, letters: Sequence[str], most: int = 5
) -> tuple[StatementShare, ...]:
    """Statements on which most of every group say the same, by group-informed consensus: the product over
    the groups of the share that says so (Small et al. 2021), so that no group's size counts."""
    every = tables.seen.sum(axis=0)
    found = []
    for direction, counts in tables.directions:
        shares = (counts + 1) / (tables.seen + 2)
        for i in np.flatnonzero(~out & (shares > 0.5).all(axis=0)):
            found.append((-float(shares[:, i].prod()), int(i), direction))
    found.sort()
    counts_of = dict(tables.directions)
    return tuple(
        StatementShare(
            asked[i],
            direction,
            round(float(counts_of[direction][:, i].sum() / every[i]), 4),
            int(every[i]),
            {
                letter: round(float(own / seen), 4)
                for letter, own, seen in zip(
                    letters, counts_of[direction][:, i], tables.seen[:, i], strict=True
                )
            },
        )
        for _, i, direction in found[:most]
    )


def worth_voting(
    votes: Votes, axes: np.ndarray, out: np.ndarray, most: int = 10
) -> tuple[WantedStatement, ...]:
    """The statements on which further votes would teach most, by Polis's priority (Small et al. 2021).

    It is high where a statement divides (it lies far from the middle of the plane), where people agree
    rather than pass, and above all where it has few votes yet. `axes`: the principal axes (2, statements).
    """
    m = votes.shape[1]
    seen, agreed, passed = (
        np.bincount(votes.columns[which], minlength=m)
        for which in (slice(None), votes.values == 1, votes.values == 0)
    )
    mean = np.bincount(votes.columns, weights=votes.values, minlength=m) / np.maximum(seen, 1)
    extremity = np.linalg.norm(axes * (1 - mean), axis=0) * np.sqrt(m)
    importance = (1 - (passed + 1) / (seen + 2)) * (extremity + 1) * (agreed + 1) / (seen + 2)
    priority = (importance * (1 + _NOVELTY * 2 ** (-seen / _NOVELTY_VOTES))) ** 2
    order = sorted(np.flatnonzero(~out).tolist(), key=lambda i: (-round(float(priority[i]), 6), i))
    return tuple(
        WantedStatement(votes.statements[i], int(seen[i]), round(float(priority[i]), 4)) for i in order[:most]
    )


def _z_share(count: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Whether more than half say so: a z value, with Polis's one added."""
    p = (count + 1) / (seen + 2)
    return 2 * np.sqrt(seen + 1) * (p - 0.5)


def _z_two(count: np.ndarray, seen: np.ndarray, other: np.ndarray, other_seen: np.ndarray) -> np.ndarray:
    """Two-proportion z value, one added to each."""
    p1, p2 = (count + 1) / (seen + 1), (other + 1) / (other_seen + 1)
    p = (count + other + 2) / (seen + other_seen + 2)
    spread = np.sqrt(np.maximum(p * (1 - p) * (1 / (seen + 1) + 1 / (other_seen + 1)), 1e-12))
    return np.where(p >= 1, 0, (p1 - p2) / spread)
