"""Words that carry no matter of their own, by language, in their normalised form."""

from __future__ import annotations

from importlib.resources import files

from consult.analysis.arabic import fold_built_in
from consult.analysis.text import normalise

LANGUAGES = ("ar", "en", "fr", "es")


def read_words(name: str) -> list[str]:
    """The words of a list in `consult/analysis/data`."""
    return (files("consult.analysis") / "data" / f"{name}.txt").read_text(encoding="utf-8").split()


STOPWORDS: dict[str, frozenset[str]] = {
    code: frozenset(normalise(word, fold_built_in) for word in read_words(f"stopwords-{code}"))
    for code in LANGUAGES
}
ALL_STOPWORDS: frozenset[str] = frozenset().union(*STOPWORDS.values())
ARABIZI_WORDS = frozenset(read_words("arabizi"))


def stopwords_of(language: str) -> frozenset[str]:
    """The stop words of a language; of all four for a language without a list."""
    return STOPWORDS.get(language, ALL_STOPWORDS)
