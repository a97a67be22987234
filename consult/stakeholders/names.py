"""Names of people and groups in the forms in which they are compared: never for showing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from consult.analysis.arabic import drop_marks, fold_letters
from surveys.numbers import western_digits

_HAMZA = str.maketrans({"ؤ": "و", "ئ": "ي", "ء": None, "ی": "ي", "ک": "ك", "ۀ": "ه", "ە": "ه", "ھ": "ه"})
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_JOINERS = re.compile("[\u200b-\u200d\u2060\u00ad'’ʼ`´]")
_APART = re.compile(r"[^\w]+|_+")
_LINKS = frozenset({"بن", "ابن", "بنت", "ال", "bin", "ben", "ibn", "bint", "al", "el", "de", "del", "la"})
_TITLES = frozenset(
    {"د", "دكتور", "دكتوره", "الدكتور", "الدكتوره", "ا", "م", "السيد", "السيده", "الاستاذ", "الاستاذه", "استاذ",
     "استاذه", "المهندس", "المهندسه", "dr", "mr", "mrs", "ms", "prof", "eng", "mme", "sr", "sra"}
)  # fmt: skip
_JOINED_FIRST = frozenset({"عبد", "ابو", "ابي", "ابا", "ام", "abd", "abu", "abou", "abdul", "abdel", "abdal"})
_LONG_VOWELS = re.compile("[اويaeiouyh]")


def match_key(text: str, *, limit: int = 200) -> str:
    """A text in one form: Arabic letters folded (alef, ya, ta marbuta, hamza, tatweel, short vowels), Latin
    letters without marks and case, western digits, one space between words, at most `limit` characters.

    Two writings of the same words get the same key; it is what is searched and sorted.
    """
    plain = unicodedata.normalize("NFKC", drop_marks(western_digits(text)))
    plain = fold_letters(_JOINERS.sub("", plain)).translate(_HAMZA).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", plain)))
    return _APART.sub(" ", plain).strip()[:limit]


@lru_cache(maxsize=2048)
def group_key(name: str) -> str:
    """What two writings of a group's name have in common; never empty."""
    return match_key(name) or name.strip()[:200]


def name_words(name: str) -> tuple[str, ...]:
    """The words that tell people apart: titles and «bin» left out, «Abd al-Rahman» as one word, no article.

    عبد الرحمن and عبدالرحمن, الحسن and حسن, Abdul Rahman and Abdulrahman come out alike. Never empty for a
    name with letters.
    """
    words = match_key(name).split()
    kept = [word for word in words if word not in _TITLES and word not in _LINKS] or words
    found: list[str] = []
    opening = ""
    for word in kept:
        if word in _JOINED_FIRST and not opening:
            opening = word
            continue
        found.append(_without_article(_joined(opening, word) if opening else word))
        opening = ""
    if opening:
        found.append(opening)
    return tuple(found)


def skeleton(words: tuple[str, ...]) -> str:
    """The consonants of a name in a fixed order of its words, for putting similar spellings side by side."""
    bare = (_LONG_VOWELS.sub("", word) or word for word in words)
    return " ".join(sorted(_undoubled(word) for word in bare))


def _joined(opening: str, word: str) -> str:
    if opening.startswith("abd"):
        return "abd" + word
    return opening + word.removeprefix("ال")


def _without_article(word: str) -> str:
    if word.startswith("عبدال"):
        return "عبد" + word[5:]
    if word.startswith("ال") and len(word) > 4:
        return word[2:]
    if word.startswith(("abdul", "abdel", "abdal")) and len(word) > 7:
        return "abd" + word[5:]
    return word


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)
