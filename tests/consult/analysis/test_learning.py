"""Learning from decisions: it helps where decisions say something, and leaves the machine's view where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from consult.analysis.graph import unit_rows
from consult.analysis.learning import FEWEST, learn, macro_f1, suggested, trial

THEMES = (11, 22, 33)


def answers(seed: int, number: int = 200, noise: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors about three directions, and which of them each is about."""
    chance = np.random.default_rng(seed)
    about = chance.integers(0, 3, number)
    vectors = np.eye(3, 24)[about] + noise * chance.normal(size=(number, 24)) / np.sqrt(24) * 3
    return unit_rows(vectors.astype(np.float32)), np.eye(3, dtype=bool)[about]


WRONG = np.eye(3, 24, dtype=np.float32)[[1, 2, 0]]  # the machine takes each theme for another


def test_without_decisions_the_machines_view_stays() -> None:
    vectors, decided = answers(1)
    few = learn(THEMES, WRONG, vectors[: FEWEST - 1], decided[: FEWEST - 1])
    none = learn(THEMES, WRONG, vectors[:0], decided[:0])
    assert np.array_equal(few.scores(vectors), none.scores(vectors))
    assert (none.scores(vectors).argmax(axis=1) == (vectors @ WRONG.T).argmax(axis=1)).all()


def test_decisions_set_a_wrong_view_right_and_more_of_them_more_so() -> None:
    vectors, decided = answers(2)
    found = []
    for number in (0, 30, 120):
        made = learn(THEMES, WRONG, vectors[:number], decided[:number])
        found.append(macro_f1(suggested(made.scores(vectors[120:])), decided[120:]))
    assert found[0] < 0.3 < 0.6 < found[1] <= found[2] + 0.05


def test_decisions_by_chance_do_not_turn_everything_over() -> None:
    vectors, decided = answers(3)
    right = np.eye(3, 24, dtype=np.float32)
    before = macro_f1(
        suggested(learn(THEMES, right, vectors[:0], decided[:0]).scores(vectors[60:])), decided[60:]
    )
    by_chance = np.eye(3, dtype=bool)[np.random.default_rng(4).integers(0, 3, 60)]
    made = learn(THEMES, right, vectors[:60], by_chance)
    assert macro_f1(suggested(made.scores(vectors[60:])), decided[60:]) > 0.75 * before


def test_a_theme_of_the_reviewers_own_is_learned_from_her_answers() -> None:
    vectors, decided = answers(5, noise=0.2)
    prototypes = np.eye(3, 24, dtype=np.float32)
    prototypes[2] = 0
    made = learn(THEMES, prototypes, vectors[:60], decided[:60])
    third = decided[60:, 2]
    assert (made.scores(vectors[60:]).argmax(axis=1)[third] == 2).mean() > 0.9


@pytest.mark.parametrize("number", [12, 60])
def test_more_dimensions_than_decisions_and_fewer_give_finite_scores(number: int) -> None:
    vectors, decided = answers(6)
    scores = learn(THEMES, WRONG, vectors[:number], decided[:number]).scores(vectors)
    assert scores.shape == (200, 3) and np.isfinite(scores).all() and ((scores >= 0) & (scores <= 1)).all()
    assert np.array_equal(scores, learn(THEMES, WRONG, vectors[:number], decided[:number]).scores(vectors))


def test_nothing_fits_can_be_learned() -> None:
    vectors, decided = answers(7, noise=0.2)
    decided = decided & ~np.eye(3, dtype=bool)[2]  # answers of the third kind fit nowhere
    made = learn(THEMES, np.eye(3, 24, dtype=np.float32), vectors[:120], decided[:120])
    chosen = suggested(made.scores(vectors[120:]))
    assert chosen[~decided[120:].any(axis=1)].any(axis=1).mean() < 0.3


def test_a_trial_says_what_unseen_decisions_would_have_met() -> None:
    vectors, decided = answers(8)
    found = trial(WRONG, vectors[:120], decided[:120])
    assert found is not None
    assert found.hits > 0.6 > 0.3 > found.hits_before and found.macro_f1 > found.macro_f1_before
    assert trial(WRONG, vectors[: 2 * FEWEST - 1], decided[: 2 * FEWEST - 1]) is None
    assert trial(WRONG, vectors[:50], np.zeros((50, 3), dtype=bool)) is None


def test_no_themes_and_no_vectors() -> None:
    made = learn((), np.zeros((0, 24)), np.zeros((0, 24)), np.zeros((0, 0), dtype=bool))
    assert made.scores(np.ones((2, 24))).shape == (2, 0)
    assert suggested(np.zeros((2, 0))).shape == (2, 0)
