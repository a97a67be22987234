"""Which words name something, read from the function words around them.

Without a lexicon, word classes show in their neighbours (Schütze 1995): what follows an article or a
possessive is a noun, what follows a pronoun, a modal or a negation is a verb. A label should name a matter,
so it should not end in a verb; and some words name none by themselves (people, year, to agree).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from consult.analysis.arabic import fold_built_in
from consult.analysis.label_words import PARTICLES, Word
from consult.analysis.stopwords import LANGUAGES, read_words
from consult.analysis.text import normalise

_SIDES = (
    "noun-after",
    "verb-after",
    "noun-before",
    "verb-before",
    "inside",
    "copula",
    "infinitive",
    "person",
    "clause",
    "waits",
)
_ENDINGS = {
    "en": (re.compile("(?:tion|ment|ness|ity|ism|ship|ance|ence|age)s?$"), re.compile("(?:ly|ize|ise|ify)$")),
    "fr": (
        re.compile("(?:tion|ment|ité|isme|ance|ence|age|eur|ure)s?$"),
        re.compile("(?:er|ir|ait|aient|ons|ez|ant)$"),
    ),
    "es": (
        re.compile("(?:ción|ciones|miento|mientos|dad|dades|ismo|anza|ncia|ncias)$"),
        re.compile("(?:ar|er|ir|ando|iendo|emos|amos|rían?)$"),
    ),
    "ar": (
        re.compile("^(?:وال|بال|كال|فال|لل|ال)..|(?:يه|يات)$"),
        re.compile("^(?:س[يتن]|لن?[يت]).{3,}|وا$"),
    ),
}
_BOUND = 0.75
_NOUN = 0.6
_ELIDED = re.compile(r"^[ldLD]['’]")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Function words of a language by what they say of the words beside them, normalised."""

    sides: dict[str, frozenset[str]]
    weak: frozenset[str]


@cache
def neighbours_of(language: str) -> Neighbours:
    """The lists of `data/neighbours-*.txt` and `data/weak-*.txt`; empty for a language without."""
    if language not in LANGUAGES:
        return Neighbours(dict.fromkeys(_SIDES, frozenset()), frozenset())
    sides: dict[str, set[str]] = {side: set() for side in _SIDES}
    side = ""
    for word in read_words(f"neighbours-{language}"):
        if word.endswith(":"):
            side = word[:-1]
        else:
            sides[side].add(normalise(word, fold_built_in))
    weak = frozenset(normalise(word, fold_built_in) for word in read_words(f"weak-{language}"))
    return Neighbours({name: frozenset(found) for name, found in sides.items()}, weak)


class WordKinds:
    """How much each written form looks like a noun in these texts of one language."""

    def __init__(self, texts: Iterable[Sequence[Word]], language: str) -> None:
        self.language = language
        self.lists = neighbours_of(language)
        self._noun: Counter[str] = Counter()
        self._verb: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._bound: Counter[str] = Counter()
        for text in texts:
            self._read(text)
        self._nominal: dict[str, float] = {}

    def _read(self, text: Sequence[Word]) -> None:
        sides = self.lists.sides
        for place, word in enumerate(text):
            if word.is_stop:
                continue
            self._seen[word.plain] += 1
            self._bound[word.plain] += self._is_bound(text, place)
            if self.language == "fr" and _ELIDED.match(word.shown):
                self._noun[word.plain] += 1
            if place and word.joined:
                before = text[place - 1].plain
                self._noun[word.plain] += before in sides["noun-after"]
                self._verb[word.plain] += before in sides["verb-after"]
            if place + 1 < len(text) and text[place + 1].joined:
                after = text[place + 1].plain
                self._noun[word.plain] += after in sides["noun-before"]
                self._verb[word.plain] += after in sides["verb-before"]

    def _is_bound(self, text: Sequence[Word], place: int) -> bool:
        """Whether a word stands where an adjective does: before a noun in English, elsewhere after one."""
        if self.language == "en":
            return place + 1 < len(text) and text[place + 1].joined and not text[place + 1].is_stop
        return place > 0 and text[place].joined and not text[place - 1].is_stop

    def is_modifier(self, plain: str) -> bool:
        """Whether a word mostly stands beside the noun that it describes."""
        return self._bound[plain] > _BOUND * (self._seen[plain] + 1)

    def nominal(self, plain: str) -> float:
        """From 0 (a verb) to 1 (a noun or its adjective); about one half where nothing tells."""
        known = self._nominal.get(plain)
        if known is None:
            known = self._nominal[plain] = self._read_nominal(plain)
        return known

    def _read_nominal(self, plain: str) -> float:
        noun, verb = 1.0 + self._noun[plain], 1.0 + self._verb[plain]
        for like, pattern in zip((1, 0), _ENDINGS.get(self.language, ()), strict=False):
            if pattern.search(plain):
                noun, verb = (noun + 2 * like, verb + 1.5 * (1 - like))
        return noun / (noun + verb)

    def is_known(self, plain: str) -> bool:
        """Whether the texts have this written form as a word that carries matter."""
        return self._seen[plain] > 0

    def opens(self, word: Word) -> bool:
        """Whether a word at the beginning of a clause is none of its matter: a conjunction, an article."""
        sides = self.lists.sides
        return word.is_stop and (word.plain in sides["clause"] or self.is_article(word))

    def is_article(self, word: Word) -> bool:
        """Whether a word is an article or a possessive."""
        sides = self.lists.sides
        return word.is_stop and word.plain in sides["noun-after"] and word.plain in sides["verb-before"]

    def _is_named(self, word: Word) -> bool:
        return not word.is_stop and self.nominal(word.plain) >= _NOUN

    def is_asking(self, run: Sequence[Word]) -> bool:
        """Whether a clause begins as a question does: a conjunction before a word that carries no matter."""
        is_led = len(run) > 1 and run[0].plain in self.lists.sides["clause"]
        return is_led and (run[1].is_stop or self.is_weak(run[1].plain))

    def is_weak(self, plain: str) -> bool:
        """Whether a word says what people say of any matter."""
        return plain in self.lists.weak

    def shape(self, run: Sequence[Word], *, closes: bool = False) -> float:
        """How well a run of words reads as a name, from 0 to about 1.2. `closes`: it ends where its clause does."""
        first, last = run[0], run[-1]
        fit = max(self._end(run), 0.9 if closes and len(run) > 2 else 0.0)
        # "Physical" and "marriage is an important" wait for their noun.
        if self.is_modifier(last.plain) and (len(run) == 1 or self.language == "en"):
            fit *= 0.6
        inner = [word.plain for word in run[1:-1] if word.is_stop]
        sides = self.lists.sides
        if any(word in sides["person"] for word in inner):
            fit *= 0.55
        strange = [
            word for word in inner if not any(word in sides[s] for s in ("inside", "copula", "infinitive"))
        ]
        fit *= 0.6 if strange else 1.0
        # "The faith and should not": a second clause begins.
        if any(a.plain in sides["clause"] and b.is_stop for a, b in pairwise(run[1:])):
            fit *= 0.5
        # "Paid a cheque my balance": what follows is no part of it.
        if any(self._is_named(b) and self.is_article(c) for b, c in pairwise(run)):
            fit *= 0.6
        if any(word in sides["copula"] for word in inner):
            fit *= 0.85 if self.nominal(first.plain) >= 0.5 and not self.is_weak(first.plain) else 0.4
        carrying = [word for word in run if not word.is_stop and not self.is_weak(word.plain)]
        if not carrying:
            return 0.3 * fit
        if self.is_weak(last.plain) or self.is_weak(first.plain):
            fit *= 0.8 if not inner or not any(word in sides["copula"] for word in inner) else 0.4
        # A verb between two nouns makes a sentence, cut off where the run ends.
        if any(not word.is_stop and self.nominal(word.plain) < 0.4 for word in run[1:-1]):
            fit *= 0.6
        return fit

    def _end(self, run: Sequence[Word]) -> float:
        """A name ends in a noun, in an infinitive after a noun (right to die), in what something is."""
        last = run[-1]
        if last.plain in PARTICLES:
            return 0.6
        noun = self.nominal(last.plain)
        if noun < 0.5 and len(run) > 2:
            before = run[-2].plain
            if before in self.lists.sides["infinitive"] and self.nominal(run[0].plain) >= 0.5:
                return 0.9
            if before in self.lists.sides["copula"]:
                return 0.9
        return 0.3 + 0.7 * min(1.0, max(0.0, (noun - 0.2) / 0.3))
