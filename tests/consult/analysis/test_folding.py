"""Folding keeps the places of the original."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.folding import folded_with_places


def test_writings_of_one_word_are_one() -> None:
    for words in (("محمد", "مُحمّد", "محـــمد", "مح\u200cمد"), ("Zdenek", "Zdeněk", "Zdene\u030ck", "ＺＤＥＮＥＫ"),
                  ("zdenek", "zde\u200bnek"),
                  ("أحمد", "احمد", "إحمد"), ("فاطمة", "فاطمه"), ("STRASSE", "straße")):  # fmt: skip
        assert len({folded_with_places(word)[0] for word in words}) == 1


@given(st.text(max_size=60))
def test_every_sign_has_a_place_in_order(text: str) -> None:
    folded, places = folded_with_places(text)
    assert len(places) == len(folded) + 1 and places[-1] == len(text)
    assert places == sorted(places)
    assert all(one in folded_with_places(text[place])[0] for one, place in zip(folded, places, strict=False))
