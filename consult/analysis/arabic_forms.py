"""The forms of an Arabic word: with attached particles and pronouns, in the plain plurals and the dual.

Words are in the one spelling of `word_forms.folded` (bare alef, ya for alef maqsura, ha for ta marbuta, hamza as one
letter). Of broken plurals only those of `arabic_plurals` are found; the others and verb forms are other words here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from consult.analysis.arabic_plurals import broken_counterparts
from consult.analysis.stopwords import STOPWORDS, read_words

_ARTICLE = ("ال", "وال", "فال", "بال", "كال", "وبال", "فبال", "وكال", "فكال", "لل", "ولل", "فلل")
_PARTICLES = ("و", "ف", "ب", "ك", "ل", "وب", "ول", "وك", "فب", "فل", "فك")
_PRONOUNS = ("ها", "هم", "هن", "هما", "نا", "كم", "كن", "كما", "ه", "ك", "ي")
_ENDINGS = ("ات", "ون", "ين", "ان")
_DUAL_OF_TA = ("تان", "تين")
_SHORTEST = 3


@cache
def _own() -> frozenset[str]:
    """Words whose first letter looks like a particle and is none (لجنة is not ل and جنة)."""
    return frozenset(read_words("arabic-own-letters"))


def has_own_letter(word: str) -> bool:
    """Whether the first letter of a word (in one spelling) belongs to it, as far as is known."""
    own = _own()
    return any(
        base in own or f"{base}ه" in own for base in {word, *_without_pronoun(word), *_without_ending(word)}
    )


def arabic_forms(word: str) -> frozenset[str]:
    """The spellings in which the word may stand, with what may be attached to it; itself among them.

    A word in ta marbuta may be given with it: then its end is not taken for a pronoun.
    """
    has_ta = word.endswith("ة")
    word = word.replace("ة", "ه")
    found = {word}
    for base in sorted(_bases(word, has_ta)):
        particles = [prefix for prefix in _PARTICLES if not _belongs(prefix, base)]
        for stem, endings in _inflected(base):
            for ending in endings:
                form = stem + ending
                found.add(form)
                found.update([prefix + form for prefix in particles])
                if ending in _PLAIN:
                    found.update([prefix + form for prefix in _ARTICLE])
                    if form.startswith("ل"):  # the article after lam is not written before another lam: للجنة
                        found.add(f"ل{form}")
    return frozenset(found)


_PLAIN = frozenset({"", "ه", *_ENDINGS, *_DUAL_OF_TA})


def _bases(word: str, has_ta: bool) -> set[str]:
    """What the word may be once its particles, pronouns and endings are taken off, the word itself among them."""
    bases: set[str] = set()
    for rest, is_definite in _without_particles(word):
        bases.add(rest)
        for stem in {rest} if is_definite or has_ta else {rest, *_without_pronoun(rest)}:
            bases.add(stem)
            bases.update(_without_ending(stem))
    return bases.union(*map(broken_counterparts, bases))


def _without_particles(word: str) -> Iterator[tuple[str, bool]]:
    """(rest, whether an article was taken off) for each way of taking particles off that may be meant."""
    yield word, False
    for prefix in _ARTICLE:
        rest = word.removeprefix(prefix)
        shortest = 2 if prefix == "ال" and rest not in STOPWORDS["ar"] else _SHORTEST
        if rest != word and len(rest) >= shortest and not (prefix != "ال" and has_own_letter(word)):
            yield rest, True
    for prefix in _PARTICLES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) >= _SHORTEST and not _belongs(prefix, rest):
            yield rest, False


def _belongs(prefix: str, rest: str) -> bool:
    """Whether the last letter of what would be taken off (or put on) is a part of the word."""
    return has_own_letter(prefix[-1] + rest) or (len(prefix) > 1 and has_own_letter(prefix + rest))


def _without_pronoun(word: str) -> set[str]:
    """The word without the pronoun at its end; with ta marbuta where a ta had taken its place."""
    found = set()
    for pronoun in _PRONOUNS:
        rest = word.removesuffix(pronoun)
        if rest == word or len(rest) < _SHORTEST:
            continue
        found.add(rest)
        if rest.endswith("ت"):
            found.add(f"{rest[:-1]}ه")
        if rest.endswith("ا") and pronoun != "ي":
            found.add(f"{rest[:-1]}ي")
    return found


def _without_ending(word: str) -> set[str]:
    """The word in the singular; a word in -at may be of one in ta marbuta or of one without."""
    found = set()
    for ending in (*_ENDINGS, *_DUAL_OF_TA):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _SHORTEST:
            found.add(rest)
            if ending in ("ات", *_DUAL_OF_TA):
                found.add(f"{rest}ه")
    if word.endswith("ا") and len(word) > _SHORTEST:  # the accusative: كتابا
        found.add(word[:-1])
    return found


def _inflected(base: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Stems of a base, each with the endings that may follow it."""
    if base.endswith("ه"):
        stem = base[:-1]
        yield stem, ("ه", "ات", *_DUAL_OF_TA)
        if len(stem) >= 2:
            yield f"{stem}ت", _PRONOUNS
            yield f"{stem}ات", _PRONOUNS
        # The ha may be a letter of the word, as in وجه, or a pronoun.
        yield base, ("", *_PRONOUNS, *_ENDINGS, "ا")
        return
    yield base, ("", "ا", *_ENDINGS, *_PRONOUNS)
    yield f"{base}ات", _PRONOUNS
    yield f"{base}و", _PRONOUNS
    yield f"{base}ي", _PRONOUNS
    if base.endswith("ي"):
        yield f"{base[:-1]}ا", _PRONOUNS
