"""Normalising, words and sentences. The original is kept by the caller for showing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from consult.analysis import arabic

# What is read of one answer; the rest is kept and shown, but does not steer the themes.
READ_CHARACTERS = 20_000

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINKS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")
_DIGITS = {ord(d): str(i) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for i, d in enumerate(row)}
_LONG_RUN = re.compile(r"(\w)\1{3,}")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ‑-][^\W\d_]+)*")
_ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟۔。！？])[\"'”’»)\]]*\s+|\n+|(?<=[؛;])\s+|\s[•●▪–—]\s")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|etc|e\.g|i\.e|vs|No|Sra?|Dra?|M|Mme|p\.ej|د)\.$"
)


def shown(text: str) -> str:
    """The text as a person wrote it, less what no writer means: NULs, lone surrogates, bidi controls."""
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text)).strip()


def for_reading(text: str) -> str:
    """The text given to the encoder: no links, no Arabic marks, no stretched letters, single spaces."""
    text = _LINKS.sub(" ", shown(text[:READ_CHARACTERS]))
    text = _LONG_RUN.sub(r"\1\1", arabic.drop_marks(text))
    return _SPACE.sub(" ", text).strip()


def normalise(text: str, fold: Callable[[str], str] = arabic.fold_letters) -> str:
    """The form in which two writings of the same words are equal: for comparing, never for showing."""
    text = unicodedata.normalize("NFKC", for_reading(text)).translate(_DIGITS)
    return fold(text).casefold()


def words(text: str) -> list[str]:
    """Words of letters, in the order written; digits, signs and emoji are none."""
    return _WORD.findall(text)


def same_words(text: str) -> str:
    """A key equal for texts that differ only in case, marks, punctuation and spacing."""
    return " ".join(words(normalise(text)))


def is_arabic(text: str) -> bool:
    """Whether most letters are Arabic script."""
    letters = sum(map(len, words(text)))
    return letters > 0 and 2 * len(_ARABIC_LETTER.findall(text)) > letters


@lru_cache(maxsize=20_000)
def is_arabic_word(word: str) -> bool:
    """The same of one word, as `words` gives it: they come again and again."""
    return 2 * len(_ARABIC_LETTER.findall(word)) > len(word)


def has_arabic(text: str) -> bool:
    """Whether a letter is Arabic script."""
    return _ARABIC_LETTER.search(text) is not None


def sentences(text: str, *, shortest: int = 3) -> list[str]:
    """Sentences in order; one of fewer than `shortest` words joins the one before it."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.end()]
        if _ABBREVIATION.search(piece.rstrip()):
            continue
        _append(found, piece, shortest)
        start = end.end()
    _append(found, text[start:], shortest)
    return found


def _append(found: list[str], piece: str, shortest: int) -> None:
    piece = _SPACE.sub(" ", piece).strip(" •●▪–—-")
    if not words(piece):
        return
    if found and len(words(piece)) < shortest:
        found[-1] = f"{found[-1]} {piece}"
    else:
        found.append(piece)
