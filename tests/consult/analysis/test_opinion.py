import numpy as np
import pytest

from consult.analysis.opinion import VotesError, opinion_groups


def two_camps(size=30, statements=20, seed=0):
    """Two camps that differ on all statements but the last two, on which all agree; a third of votes missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(2 * size):
        side = 1 if person < size else -1
        for s in range(statements):
            if rng.random() < 0.3:
                continue
            vote = 1 if s >= statements - 2 else side * (1 if s % 2 else -1)
            rows.append((f"p{person}", f"s{s}", vote if rng.random() > 0.1 else -vote))
    return [list(column) for column in zip(*rows, strict=True)]


def test_two_camps_are_found():
    found = opinion_groups(*two_camps(), resamples=5)
    assert [g.size for g in found.groups] == [30, 30]
    sides = {name: int(name[1:]) < 30 for name in found.assignments}
    first = {sides[name] for name, group in found.assignments.items() if group == "A"}
    assert len(found.groups) == 2
    assert len(first) == 1
    assert {s.statement for s in found.consensus[:2]} == {"s18", "s19"}
    assert {s.statement for s in found.bridging[:2]} == {"s18", "s19"}
    assert all(s.statement not in ("s18", "s19") for g in found.groups for s in g.represented_by)
    assert found.sureness > 0.8


def test_who_voted_too_little_is_not_placed():
    people, statements, votes = two_camps()
    found = opinion_groups([*people, "new"], [*statements, "s1"], [*votes, 1])
    assert "new" not in found.assignments
    assert "new" not in found.projection
    assert found.participants == 61


def test_statements_moderated_out_say_nothing():
    found = opinion_groups(*two_camps(), moderated_out=frozenset({"s18"}))
    said = [s.statement for g in found.groups for s in g.represented_by] + [
        s.statement for s in found.consensus
    ]
    assert "s18" not in said


def test_the_last_vote_counts_and_the_result_is_the_same_each_time():
    people, statements, votes = two_camps()
    twice = opinion_groups(people + people, statements + statements, [-v for v in votes] + votes)
    assert twice == opinion_groups(people, statements, votes)


@pytest.mark.parametrize(
    ("people", "statements", "votes"),
    [([], [], []), (["a"], ["s"], [1]), (["a", "b"], ["s", "s"], [1, 5])],
)
def test_votes_from_which_nothing_follows(people, statements, votes):
    with pytest.raises(VotesError):
        opinion_groups(people, statements, votes)


def test_all_votes_alike():
    rows = [(f"p{i}", f"s{j}", 1) for i in range(10) for j in range(8)]
    found = opinion_groups(*[list(column) for column in zip(*rows, strict=True)])
    assert [g.size for g in found.groups] == [10]
