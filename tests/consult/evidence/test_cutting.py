"""How a text is cut: by its look, without losing a word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.evidence.cutting import WAYS, cut_text, likely_way
from consult.evidence.models import MOST_TEXT

TALK = "Before we begin\nMona: I came late.\nTwice.\nAli K.: Why?\nMona: The road.\nNote: recorded"


@pytest.mark.parametrize(
    ("text", "way", "pieces"),
    [
        ("a\nb\n \n\nc", "paragraph", [("a\nb", None), ("c", None)]),
        ("a\r\nb\r\n\r\nc", "paragraph", [("a\nb", None), ("c", None)]),
        ("a\n\n b \n", "line", [("a", None), ("b", None)]),
        ("Head\nx\ty\t\nz\t\tv\nend\n\nmore", "row",
         [("Head", None), ("x – y", None), ("z – v", None), ("end", None), ("more", None)]),
        ("a\n\nb", "whole", [("a\n\nb", None)]),
        (TALK, "turn",
         [("Before we begin", None), ("I came late.\nTwice.\nAli K.: Why?", 1), ("The road.\nNote: recorded", 1)]),
        ("س: متى؟\nج: أمس\nس: أين؟\nج: هنا", "turn", [("متى؟", 1), ("أمس", 2), ("أين؟", 1), ("هنا", 2)]),
        ("see https://a.org\nsee https://b.org", "turn", [("see https://a.org\nsee https://b.org", None)]),
        ("  \n ", "whole", []),
    ],
)  # fmt: skip
def test_a_text_is_cut_as_asked(text: str, way: str, pieces: list) -> None:
    assert [(cut.text, cut.speaker) for cut in cut_text(text, way)] == pieces


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("", "paragraph"),
        ("one\n\ntwo", "paragraph"),
        ("one\ntwo\nthree", "line"),
        ("a\tb\nc\td", "row"),
        ("س: متى؟\nج: أمس\nس: أين؟\nج: هنا", "turn"),
    ],
)
def test_the_look_of_a_text_says_how_to_cut_it(text: str, way: str) -> None:
    assert likely_way(text) == way


def test_what_is_too_long_for_an_excerpt_is_cut_between_words() -> None:
    text = "كلمة " * (MOST_TEXT // 2)
    pieces = [cut.text for cut in cut_text(text, "whole")]
    assert (max(map(len, pieces)) <= MOST_TEXT, " ".join(pieces)) == (True, text.strip())


def test_hidden_signs_are_left_out() -> None:
    assert [cut.text for cut in cut_text("a\u202eb\x00c\ud800", "whole")] == ["abc\ufffd"]


@given(st.text(max_size=400), st.sampled_from([way for way in WAYS if way != "turn"]))
def test_no_letter_is_lost(text: str, way: str) -> None:
    def letters(value: str) -> str:
        return "".join(re.findall(r"\w", value))

    whole = "".join(cut.text for cut in cut_text(text, "whole"))
    assert letters("".join(cut.text for cut in cut_text(text, way))) == letters(whole)
