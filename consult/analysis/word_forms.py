"""Words for searching: one spelling of each word, and the forms in which a word that is looked for may stand.

The texts are kept as they were written, word by word; it is the query that is spread out into forms. So the rules
can be bettered without reading all texts anew, and two databases answer alike. Arabic after the light stemming of
Larkey, Ballesteros and Connell (2007), turned round: what a light stemmer takes off is put on here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from consult.analysis.arabic_forms import arabic_forms
from consult.analysis.latin_forms import latin_forms
from consult.analysis.stopwords import ALL_STOPWORDS, STOPWORDS
from consult.analysis.text import normalise

VERSION = 2
"""Of `folded` and `tokens`: with another one, the texts must be read anew."""
LONGEST_WORD = 40
MOST_WORDS = 8
"""Of a query; what follows is not looked for."""

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
_JOINERS = "\u0640\u200c\u200d"
_TOKEN = re.compile(f"[^\\W_](?:[^\\W_]|[{_MARKS}{_JOINERS}])*")
_DROPPED = re.compile(f"[{_MARKS}{_JOINERS}]")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_LETTERS = str.maketrans(
    {**dict.fromkeys("أإآٱ", "ا"), **dict.fromkeys("ىیے", "ي"), **dict.fromkeys("ؤئ", "ء")}
    | {"ک": "ك", "ة": "ه", "œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"}
)


class Token(NamedTuple):
    """A word of a text: where it stands, and its one spelling."""

    start: int
    end: int
    word: str


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order: letters and digits, of at least two signs, and single digits."""
    for found in _TOKEN.finditer(text):
        word = folded(found[0])
        if len(word) > 1 or word.isdecimal():
            yield Token(found.start(), found.end(), word)


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """The one spelling of a word: short vowels, tatweel, accents and case dropped, forms of alef, ya, ta marbuta and
    hamza each as one letter, digits as 0-9."""
    word = _DROPPED.sub("", unicodedata.normalize("NFKC", word).translate(_LETTERS))
    word = unicodedata.normalize("NFKD", word).casefold()
    plain = (_digit(sign) for sign in word if not unicodedata.combining(sign))
    return "".join(plain)[:LONGEST_WORD]


def _digit(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if not sign.isascii() and sign.isdecimal() else sign


def words_to_keep(text: str, language: str) -> frozenset[str]:
    """The words under which a text is found: all but the function words of its language."""
    return frozenset(token.word for token in tokens(text)) - _function_words(language)


@lru_cache
def _function_words(language: str) -> frozenset[str]:
    return frozenset(map(folded, STOPWORDS.get(language, ())))


def query_words(query: str) -> list[str]:
    """The words to look for, each once: function words only where there is nothing else."""
    found = list(dict.fromkeys(_as_typed(query, token) for token in tokens(query)))
    meant = [
        word for word in found if normalise(word) not in ALL_STOPWORDS and word not in _every_function_word()
    ]
    return (meant or found)[:MOST_WORDS]


def _as_typed(query: str, token: Token) -> str:
    """A word of a query; ta marbuta stays where it was typed, as it says more than a ha."""
    typed = _DROPPED.sub("", query[token.start : token.end])
    return f"{token.word[:-1]}ة" if typed.endswith("ة") and token.word.endswith("ه") else token.word


@lru_cache(maxsize=1)
def _every_function_word() -> frozenset[str]:
    return frozenset().union(*map(_function_words, STOPWORDS))


@lru_cache(maxsize=1_000)
def forms_of(word: str) -> frozenset[str]:
    """The spellings (`folded`) in which a word of `query_words` may stand in a text, its own among them."""
    if _ARABIC.search(word):
        return arabic_forms(word)
    return latin_forms(word) if word.isalpha() else frozenset({word})


class Piece(NamedTuple):
    """A stretch of a text; `is_found` where it is a word that was looked for."""

    text: str
    is_found: bool


def pieces(text: str, forms: frozenset[str]) -> list[Piece]:
    """A text cut at the words that were found; put together they are the text."""
    cut: list[Piece] = []
    last = 0
    for token in tokens(text):
        if token.word in forms:
            if token.start > last:
                cut.append(Piece(text[last : token.start], False))
            cut.append(Piece(text[token.start : token.end], True))
            last = token.end
    if last < len(text):
        cut.append(Piece(text[last:], False))
    return cut
