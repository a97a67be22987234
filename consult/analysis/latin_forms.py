"""The forms of an English, French or Spanish word: number, gender and the commonest verb endings.

Words are without accents and in small letters. Whose word it is is not asked: people mix, and detection errs on
short texts; a form that no language has is found nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 3
# Ending of one form ↔ endings of its sisters, longest first; each row is one pattern of one language.
_PATTERNS: tuple[tuple[str, ...], ...] = (
    ("", "s", "es"),  # en, fr, es: nouns
    ("y", "ies", "ied", "ying"),  # en: policy
    ("", "ed", "ing", "s", "ings"),  # en: train
    ("e", "ed", "ing", "es", "ings"),  # en: decide
    ("fe", "ves"), ("f", "ves"),  # en: life, leaf
    ("", "e", "s", "es"),  # fr: grand
    ("al", "aux", "ale", "ales"),  # fr: social
    ("eau", "eaux"), ("eu", "eux"),  # fr: bureau, lieu
    ("eur", "euse", "eurs", "euses"), ("teur", "trice", "teurs", "trices"), ("if", "ive", "ifs", "ives"),
    ("eux", "euse", "euses"), ("ien", "ienne", "iens", "iennes"), ("el", "elle", "els", "elles"),
    ("er", "e", "ee", "es", "ees", "ent", "ez", "ant", "ons", "era", "eront"),  # fr: former
    ("ir", "i", "ie", "is", "it", "ies", "issent", "issant"),  # fr: finir
    ("o", "a", "os", "as"), ("or", "ora", "ores", "oras"), ("on", "ona", "ones", "onas"),  # es: gender
    ("z", "ces"),  # es: voz
    ("ar", "a", "an", "ado", "ada", "ados", "adas", "ando", "amos", "o", "as"),  # es: formar
    ("er", "e", "en", "ido", "ida", "idos", "idas", "iendo", "emos", "o", "es"),  # es: aprender
    ("ir", "e", "en", "ido", "ida", "idos", "idas", "iendo", "imos", "o", "es"),  # es: decidir
)  # fmt: skip
_LEAST = {
    "": 3,
    "s": 3,
    "e": 4,
    "es": 4,
    "o": 4,
    "a": 4,
    "i": 4,
    "an": 4,
    "en": 4,
    "as": 4,
    "os": 4,
    "is": 4,
    "it": 4,
    "z": 2,
    "ces": 2,
}
"""Shortest rest of a word for an ending to be taken off; four letters for what ends many words by itself."""
_VOWELS = "aeiou"


def latin_forms(word: str) -> frozenset[str]:
    """The spellings in which the word may stand; itself among them."""
    found = {word}
    for endings in _PATTERNS:
        for ending in endings:
            if not word.endswith(ending):
                continue
            stem = word[: len(word) - len(ending)]
            if len(stem) >= _LEAST.get(ending, _SHORTEST):
                found.update(stem + other for other in endings)
    found.update(_doubled(word))
    return frozenset(found)


def _doubled(word: str) -> Iterable[str]:
    """English doubles a last consonant before -ed and -ing: plan, planned."""
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > _SHORTEST and stem[-1] == stem[-2] not in _VOWELS:
            short = stem[:-1]
            return (short, f"{short}s", f"{stem}ed", f"{stem}ing")
    if len(word) >= _SHORTEST and word[-1] not in f"{_VOWELS}swxy" and word[-2:-1] in tuple(_VOWELS):
        return (f"{word}{word[-1]}ed", f"{word}{word[-1]}ing")
    return ()
