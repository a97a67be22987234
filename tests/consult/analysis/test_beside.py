"""What stands beside the meaning when themes are looked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from consult.analysis.beside import is_read_twice, read_twice, with_words
from consult.analysis.comparison import adjusted_rand
from consult.analysis.embedding import AnalysisCancelledError
from consult.analysis.lexical import SharedWords
from consult.analysis.reading import Reading, read_texts
from consult.analysis.themes import find_themes
from tests.consult.review.answers import WordEmbedder

THINGS = ["harbour", "orchard", "railway", "library"]


class Vague:
    """Finds all texts alike but for a little chance, as an encoder does with answers to one narrow question."""

    name = "vague/1"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        some = np.random.default_rng(5).normal(size=(len(texts), self.dimensions)).astype(np.float32)
        return some / np.linalg.norm(some, axis=1, keepdims=True)


def answers(many: int) -> list[str]:
    """Different texts, each about one of four things by turns."""
    names = ["".join(chr(ord("a") + int(digit)) for digit in str(number)) for number in range(many)]
    return [f"{name}x on the {THINGS[number % 4]} there" for number, name in enumerate(names)]


def reading_of(texts: list[str]) -> Reading:
    return read_texts(texts, priors=None, embedder=Vague())


def test_few_answers_have_their_words_in_common_beside_their_meaning() -> None:
    reading = reading_of(answers(40))
    rows = SharedWords(reading.read).rows(reading.read)
    found = with_words(reading)
    wanted = (reading.space @ reading.space.T + (rows @ rows.T).toarray()) / 2
    assert np.abs(found @ found.T - wanted).max() < 1e-5
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-5


def test_texts_without_a_word_to_share_keep_their_meaning() -> None:
    reading = reading_of([*answers(12), "the of and", "is it to be"])
    assert np.isfinite(with_words(reading)).all()
    assert np.abs(np.linalg.norm(with_words(reading), axis=1) - 1).max() < 1e-5


@pytest.mark.parametrize("many", [0, 200, 260])
def test_no_answers_and_many_have_their_meaning_alone(many: int) -> None:
    reading = reading_of(answers(many))
    assert with_words(reading) is reading.space


def test_a_second_encoder_is_asked_about_some_hundred_answers_and_named() -> None:
    second = WordEmbedder()
    found = find_themes(answers(240), embedder=Vague(), second=second)
    assert len(second.embedded) == 240
    assert found.engine["embedding"] == "vague/1" and found.engine["second"] == "words/1"
    placed = [item for item in found.assignments if item.themes]
    things = [THINGS[item.row % 4] for item in placed]
    themes = [item.themes[0].id for item in placed]
    assert len(placed) > 230
    assert adjusted_rand(things, themes) > 0.9, "what the first cannot tell apart, the second does"


def test_few_answers_are_read_once() -> None:
    second = WordEmbedder()
    found = find_themes(answers(40), embedder=Vague(), second=second)
    assert second.embedded == [] and "second" not in found.engine


def test_very_many_answers_are_read_once() -> None:
    assert is_read_twice(reading_of(answers(4_900)))
    assert not is_read_twice(reading_of(answers(5_100)))


def test_it_stops_when_told_to() -> None:
    reading = reading_of(answers(210))
    with pytest.raises(AnalysisCancelledError):
        read_twice(reading, WordEmbedder(), cancelled=lambda: True)
