"""Very many texts are placed in chunks, each text by itself, with what was learned from a sample."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from consult.analysis import placing
from consult.analysis.embedding import AnalysisCancelledError, use_embedder
from consult.analysis.placer import Placer
from consult.analysis.placing import place
from consult.analysis.references import ThemeReference
from consult.analysis.values import Assignment
from tests.consult.review.answers import WordEmbedder

PLACES = ("north", "south", "east", "west", "middle", "old town", "harbour", "valley")
SAID = (
    "the water of the well is dirty",
    "no teacher came to the school",
    "الماء في القرية ملوث",
    "المدرسة بعيدة جدا",
)
TEXTS = [f"{said} {here}" for here in PLACES for said in SAID] + ["", "!!", "the well is dry"]
THEMES = [
    ThemeReference("water", ("Water",), ("The water is dirty.", "the well is dry")),
    ThemeReference("school", ("School", "المدارس"), ("The school is far.",)),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "MOST_LISTENING", 10)
    monkeypatch.setattr(placing, "CHUNK", 8)


def test_each_chunk_is_placed_alike_by_whoever_has_the_bytes_of_the_model() -> None:
    models: list[bytes] = []

    def elsewhere(placer: Placer, chunks: Iterable[range]) -> list[list[Assignment]]:
        models.append(placer.to_bytes())
        found = []
        for rows in reversed(list(chunks)):
            again = Placer.from_bytes(models[0], embedder=use_embedder())
            own = slice(rows.start, rows.stop)
            found.append(again.place(TEXTS[own], LANGUAGES[own], embedder=use_embedder()))
        return found[::-1]

    assert place(TEXTS, THEMES, languages=LANGUAGES, carry=elsewhere) == place(
        TEXTS, THEMES, languages=LANGUAGES
    )
    assert Placer.from_bytes(models[0], embedder=use_embedder()).to_bytes() == models[0]


LANGUAGES = ["ar" if i % 4 > 1 else "en" for i in range(len(TEXTS))]


def test_answers_come_in_order_and_to_their_theme() -> None:
    found = place(TEXTS, THEMES, languages=LANGUAGES)
    assert [item.row for item in found] == list(range(len(TEXTS)))
    best = [item.themes[0].id if item.themes else "" for item in found]
    assert np.mean(np.array(best[:32]) == ["water", "school"] * 16) >= 0.9
    assert best[32:] == ["", "", "water"] and found[-1].themes[0].score == 1.0


def test_a_sample_is_enough_to_learn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "MOST_LEARNED", 20)
    assert len(placing.sample_of(21)) == 20 and placing.sample_of(20) == list(range(20))
    found = place(TEXTS, THEMES, languages=LANGUAGES)[:32]
    right = [
        item.themes[0].id == ("water", "school")[row % 2] for row, item in enumerate(found) if item.themes
    ]
    assert len(right) >= 24 and all(right)


def test_no_word_of_an_answer_is_in_the_model() -> None:
    models: list[bytes] = []

    def look(placer: Placer, chunks: Iterable[range]) -> list[list[Assignment]]:
        models.append(placer.to_bytes())
        return []

    place(TEXTS, THEMES, carry=look)
    content = models[0].lower()
    assert b"usual" in content
    said = {word for text in [*TEXTS, *THEMES[0].examples] for word in text.lower().split() if len(word) > 3}
    named = {theme.id for theme in THEMES} | {"means", "mean"}
    assert [word for word in said - named if word.encode() in content] == []


def test_it_tells_how_far_it_is_and_stops_between_two_chunks() -> None:
    told: list[tuple[int, int]] = []
    place(TEXTS, THEMES, progress=lambda done, of: told.append((done, of)))
    assert told == [(8, 35), (16, 35), (24, 35), (32, 35), (35, 35)]
    # Embedding what is learned from asks once.
    answers = iter([False, False, False, True])
    with pytest.raises(AnalysisCancelledError):
        place(TEXTS, THEMES, progress=lambda *_: None, cancelled=lambda: next(answers))


def test_a_model_is_only_for_the_encoder_that_it_learned_with() -> None:
    models: list[bytes] = []

    def kept(placer: Placer, chunks: Iterable[range]) -> list[list[Assignment]]:
        models.append(placer.to_bytes())
        return [placer.place([TEXTS[i] for i in rows], None, embedder=use_embedder()) for rows in chunks]

    place(TEXTS, THEMES, languages=LANGUAGES, carry=kept)
    with pytest.raises(ValueError, match="learned with use-multilingual-3/"):
        Placer.from_bytes(models[0], embedder=WordEmbedder())
