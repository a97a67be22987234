"""Names given as such in Arabic: after an introduction, a title, a kinship, at the end of a letter, or well known ones.

Arabic has no capitals, so that a name is told by what stands before it and by lists of given names. Words are compared
without short vowels and tatweel and with alef, ya and ta marbuta in one form; places are those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from consult.analysis.arabic import fold_built_in
from consult.analysis.masking import Span
from consult.analysis.stopwords import STOPWORDS, read_words

_WORD = re.compile("[\u0621-\u065f\u0670-\u06d3]+")
_MARKS = re.compile("[\u0653-\u065f\u06d6-\u06dc]")
_HAMZA = str.maketrans({"ؤ": "و", "ئ": "ي", "ٱ": "ا"})
_LONGEST = 5
"""So many words a name has at most, without what joins them."""

_PARTICLES = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فل", "")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word: where it stands, its one spelling, whether a break (a full stop, a comma, a line) stands before it, and
    whether a colon does."""

    start: int
    end: int
    word: str
    is_apart: bool
    has_colon: bool


def find_arabic_names(text: str) -> Iterator[Span]:
    """Names of people in the Arabic parts of a text."""
    words = _words(text)
    place = 0
    while place < len(words):
        first = _start_of_name(words, place)
        last = first
        if first is not None:
            last = _end_of_name(words, first)
            start = (
                words[first].start + _attached(words[first].word) if first == place else words[first].start
            )
            yield Span(start, words[last].end, "name")
        place = last + 1 if last is not None else place + 1


def _words(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for item in _WORD.finditer(text):
        between = text[end : item.start()]
        is_apart = bool(found) and (
            any(sign in between for sign in '.,،؛:;!?؟\n()«»"-–—/') or len(between) > 3
        )
        found.append(_Token(item.start(), item.end(), _folded(item[0]), is_apart, ":" in between))
        end = item.end()
    return found


def _start_of_name(words: Sequence[_Token], place: int) -> int | None:
    """Where a name begins that is announced, or begins, at this word; None where there is none."""
    word = words[place]
    bare = _without_particle(word.word)
    following = words[place + 1] if place + 1 < len(words) else None
    if following is not None:
        before = words[place - 1].word if place else ""
        if bare in _signs("introductions") and before not in ("ما", "في", "علي"):
            return _introduced(words, place + 1)
        if bare in _signs("labels") and following.has_colon and _is_name_like(following.word):
            return place + 1
        if bare in _signs("greetings") and _is_given(following.word, sure=False):
            return place + 1
        if bare in _signs("i-am") and not following.is_apart and _is_name_here(words, place + 1):
            return place + 1
        if bare in ("ابو", "ام") and not following.is_apart and _is_given(following.word, sure=False):
            return place + 1
        titled = _after_title(words, place)
        if titled is not None:
            return titled
        if bare in _signs("kin") and not following.is_apart and _is_given(following.word, sure=False):
            return place + 1
        if bare in _signs("sayings") and _is_said_by(words, place + 1):
            return place + 1
    return place if _is_bare_name(words, place) else None


def _is_said_by(words: Sequence[_Token], place: int) -> bool:
    """After "said": a given name, also one that is a word of every day, before "that" or a colon."""
    following = words[place + 1] if place + 1 < len(words) else None
    if words[place].is_apart or words[place].word not in _given() | _words_too():
        return False
    return following is not None and (following.word == "ان" or following.has_colon)


def _introduced(words: Sequence[_Token], place: int) -> int | None:
    """After "my name is": whatever can be a name; "in full" and "is" are passed over."""
    while place < len(words) and words[place].word in ("الكامل", "هو", "هي", "ب", "بالكامل"):
        place += 1
    if place >= len(words) or not _is_name_like(words[place].word) or words[place].word.endswith("وا"):
        return None
    return place


def _after_title(words: Sequence[_Token], place: int) -> int | None:
    word, following = words[place], words[place + 1]
    title, has_article = _title(word.word)
    is_short = word.word in _signs("short-titles") and following.is_apart and following.start - word.end <= 2
    if not title and not is_short:
        return None
    if title and following.is_apart and not (following.has_colon and _is_name_like(following.word)):
        return None
    if _title(following.word)[0]:
        return None  # two titles: the second one is asked for itself
    if _is_given(following.word, sure=False) or following.word in _signs("joints"):
        return place + 1
    if title in _signs("roles"):
        return None
    if following.word.startswith("و") and len(following.word) > 3:
        return None  # and
    is_family = following.word.startswith("ال") and len(following.word) > 4
    if not _is_name_like(following.word) or (is_family and following.word in _not_names()):
        return None
    return place + 1 if has_article or is_short or is_family else None


def _title(word: str) -> tuple[str, bool]:
    """The title that a word is, whatever is attached (empty: none), and whether it has the article."""
    titles = _signs("titles") | _signs("roles")
    if word in titles:
        return word, False
    for particle in _PARTICLES:
        for article in ("ال", "لل") if particle in ("", "و", "ف") else ("ال",):
            if word.startswith(particle + article) and (stem := word[len(particle + article) :]) in titles:
                return stem, True
    return "", False


def _is_name_here(words: Sequence[_Token], place: int) -> bool:
    """After "I am": a known given name, and where it is a word of its own (سعيد) a second word of a name after it."""
    word = words[place].word
    if _is_given(word, sure=True):
        return True
    following = words[place + 1] if place + 1 < len(words) else None
    if following is None or following.is_apart:
        return _is_given(word, sure=False) and following is not None
    return _is_given(word, sure=False) and _continues(words, place + 1)


def _is_bare_name(words: Sequence[_Token], place: int) -> bool:
    """A given name that is no other word, with what may be attached to it, where no prophet, street or school is named
    so; or two words that only together are a name."""
    word = words[place].word
    before = _without_article(_without_particle(words[place - 1].word)) if place else ""
    if before in _signs("not-after") or (place and words[place - 1].word in ("ال", "سوره")):
        return False
    following = words[place + 1].word if place + 1 < len(words) and not words[place + 1].is_apart else ""
    if _without_particle(word) in _not_names() or word in _not_names() or following in _signs("blessings"):
        return False
    plain = word[_attached(word) :]
    if plain == "عبد":
        return following.startswith("ال") or following == "الله"
    if plain not in _given():
        return False
    if plain not in _words_too():
        return True
    is_family = following.startswith("ال") and following.endswith("ي") and len(following) > 4
    return plain == word and (is_family or (following in _given() and following not in _words_too()))


def _end_of_name(words: Sequence[_Token], first: int) -> int:
    last, count = first, 0 if words[first].word in _signs("joints") else 1
    while last + 1 < len(words) and count < _LONGEST:
        following = words[last + 1]
        if following.is_apart or not (words[last].word in _signs("joints") or _continues(words, last + 1)):
            break
        last += 1
        count += following.word not in _signs("joints")
    return last


def _continues(words: Sequence[_Token], place: int) -> bool:
    """Whether a word can be a further part of a name: a joint, a given name, or one that could be a family's."""
    word = words[place].word
    if word in _signs("joints") or _is_given(word, sure=False):
        return True
    if not _is_name_like(word) or word in _weak():
        return False
    if word.startswith("ال"):
        return len(word) > 4
    if (
        word.startswith(("و", "ب", "ل", "ف", "ي", "ت", "س"))
        and len(word) > 3
        and word.removeprefix("بو") == word
    ):
        return False  # and, in, to; or a verb
    return not word.endswith(("ها", "هم", "نا", "ني", "وا", "كم", "تم"))


def _is_name_like(word: str) -> bool:
    is_that = word.startswith("ان") and len(word) < 5
    return len(word) > 2 and not is_that and word not in _not_names() and word not in STOPWORDS["ar"]


def _is_given(word: str, *, sure: bool) -> bool:
    return word in _given() and not (sure and word in _words_too())


def _attached(word: str) -> int:
    """How many letters of particles stand before a given name."""
    if word in _given() or word == "عبد":
        return 0
    for particle in ("و", "ب", "ل", "ف", "ك", "ول", "وب"):
        if word.startswith(particle) and (
            word[len(particle) :] in _given() or word[len(particle) :] == "عبد"
        ):
            return len(particle)
    return 0


def _without_particle(word: str) -> str:
    return word[1:] if word[:1] in ("و", "ف") and len(word) > 3 else word


def _without_article(word: str) -> str:
    for article in ("بال", "لل", "ال"):
        if word.startswith(article) and len(word) > len(article) + 1:
            return word[len(article) :]
    return word[1:] if word[:1] in ("ب", "ل") and len(word) > 3 else word


def _folded(word: str) -> str:
    plain = fold_built_in(_MARKS.sub("", word))
    # The only name that would be one with a particle: علي and على.
    return "على" if word.endswith("ى") and plain == "علي" else plain.translate(_HAMZA)


@cache
def _signs(name: str) -> frozenset[str]:
    """Words by which a name is known: `titles` stand before one, `roles` only before a well known given name; `joints`
    join its parts; after `not-after` it is the name of a place or a prophet. In one spelling."""
    lines = (
        (files("consult.analysis") / "data" / "arabic-name-signs.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    found = dict(line.split(": ") for line in lines)
    return frozenset(map(_folded, found[name].split()))


@cache
def _given() -> frozenset[str]:
    """Given names in one spelling."""
    return frozenset(_folded(part) for name in read_words("given-names-arabic") for part in name.split("_"))


@cache
def _words_too() -> frozenset[str]:
    """Given names that are words of every day too."""
    return frozenset(map(_folded, read_words("given-names-arabic-words")))


@cache
def _not_names() -> frozenset[str]:
    return frozenset(map(_folded, read_words("arabic-not-names")))


@cache
def _weak() -> frozenset[str]:
    return frozenset(map(_folded, read_words("weak-ar")))
