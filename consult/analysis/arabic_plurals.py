"""Broken plurals by their pattern: from a singular to the plural that its consonants may have, and back.

Only four patterns, in which a wrong guess is seldom a word: تفاعيل (تقرير تقارير, مشروع مشاريع, قانون قوانين), فعائل
(وسيلة وسائل, رسالة رسائل), فواعل (عامل عوامل, قاعدة قواعد) and فعلاء (خبير خبراء). Others (أفعال, فعول, أفعلة, مفاعل)
are left out: in one spelling أفعال is إفعال too (أعلام and إعلام), and مفاعل are participles as well. Words are in the
spelling of `word_forms.folded`.
"""

from __future__ import annotations

from collections.abc import Iterator


def broken_counterparts(word: str) -> frozenset[str]:
    """What may be the broken plural of a word, or its singular."""
    return frozenset({*_plurals(word), *_singulars(word)}) - {word}


def _plurals(word: str) -> Iterator[str]:
    letters = len(word)
    if letters == 5 and word[1] == "ا" and word[3] in "وي":
        yield f"{word[0]}وا{word[2]}ي{word[4]}"
    if letters == 5 and word[3] in "ويا" and "ا" not in word[:3] and word[4] not in "هيا":
        yield f"{word[:2]}ا{word[2]}ي{word[4]}"
    if letters == 5 and word[2] in "يا" and word[4] == "ه" and word[3] not in "يء" and word[0] not in "اتو":
        yield f"{word[:2]}اء{word[3]}"
    if letters in (4, 5) and word[1] == "ا" and word[4:] in ("", "ه") and _may_be_fawail(word[0], word[2:4]):
        yield f"{word[0]}وا{word[2:4]}"
    if letters == 4 and word[2] == "ي" and word[0] not in "اوبي" and word[3] not in "هيا":
        yield f"{word[:2]}{word[3]}اء"


def _singulars(word: str) -> Iterator[str]:
    letters = len(word)
    if (
        letters == 6
        and word[2] == "ا"
        and word[4] == "ي"
        and word[5] not in "هنياء"
        and not word.startswith("ا")
    ):
        yield from (f"{word[:2]}{word[3]}{vowel}{word[5]}" for vowel in "يوا")
        if word[1] == "و":
            yield from (f"{word[0]}ا{word[3]}{vowel}{word[5]}" for vowel in "وي")
    if letters == 6 and word[1:3] == "وا" and word[4:] == "ين":  # قوانين, whose nun belongs to it
        yield f"{word[0]}ا{word[3]}ون"
    if letters == 5 and word[2:4] == "اء" and word[0] not in "اتو" and word[4] not in "يه":
        yield from (f"{word[:2]}{vowel}{word[4]}ه" for vowel in "يا")
    if letters == 5 and word[1:3] == "وا" and _may_be_fawail(word[0], word[3:]):
        yield from (f"{word[0]}ا{word[3:]}", f"{word[0]}ا{word[3:]}ه")
    if letters == 5 and word.endswith("اء") and word[0] not in "اوبي" and word[2] not in "هيا":
        yield f"{word[:2]}ي{word[2]}"


def _may_be_fawail(first: str, rest: str) -> bool:
    """Whether these consonants are no participle of another form, no particle and a verb, and no weak ending."""
    return first not in "اوبيتم" and rest[1] not in "هيا"
