"""Light stems, only to count forms of one word together; never shown."""

from __future__ import annotations

import re

_AR_PREFIX = re.compile("^(?:وال|بال|كال|فال|ولل|لل|ال|و(?=.{4})|ب(?=.{4})|ل(?=.{4})|ف(?=.{4}))")
_AR_SUFFIX = re.compile("(?:تهم|تها|تنا|ياتها|هما|كما|يات|ات|ون|ين|ان|ها|هم|هن|نا|كم|يه|ته|ه|ي)$")
_ROMANCE_SUFFIX = re.compile(
    "(?:amientos?|imientos?|aciones|acion|ations?|ements?|iones|ments?|euses?|idades|idad|ites?|ales|"
    "adas?|ados?|idas?|idos?|ees?|aux|es|os|as|s|e|a|o)$"
)
_EN_SUFFIX = re.compile("(?:ations?|ments?|ings?|ers|ies|ied|ed|es|ly|s|y|e)$")
_ACCENTS = str.maketrans("áàâäéèêëíîïóôöúùûüñç", "aaaaeeeeiiiooouuuunc")


def stem(word: str, language: str) -> str:
    """A stem of a normalised word, of at least three letters."""
    if language == "ar":
        word = _AR_PREFIX.sub("", word, count=1) if len(word) > 4 else word
        return _cut(_AR_SUFFIX, word, 3)
    if language == "en":
        return _cut(_EN_SUFFIX, word.removesuffix("'s").removesuffix("’s"), 3)
    if language in ("fr", "es"):
        word = word.translate(_ACCENTS)
        word = word.split("'")[-1].split("’")[-1]
        return _cut(_ROMANCE_SUFFIX, word, 4)
    return word


def _cut(pattern: re.Pattern[str], word: str, shortest: int) -> str:
    found = pattern.search(word)
    return word[: found.start()] if found and found.start() >= shortest else word
