"""Where in a text a phrase may begin and end without breaking off, read from the words beside it.

A phrase that ends where its clause ends, or before a function word that begins something new, is whole; one that
ends before the rest of a compound ("capital | punishment"), before its complement ("right | to die") or between a
verb and its object is not. The words that begin clauses or wait for a complement are closed classes of a language
(`data/neighbours-*.txt`); nouns and verbs are told apart as `word_kinds.py` learns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from consult.analysis.label_words import Word
from consult.analysis.word_kinds import WordKinds

_VERB = 0.45
_NO_VERB = 0.5
# The Arabic "and" is written onto the word it joins to what stands before.
_AND = "و"
_SHORTEST_JOINED = 5


class Edges(NamedTuple):
    """For each word of a text: how well a phrase begins with it and ends with it, from 0 to 1; whether it ends a
    clause; whether it is the first of its clause that carries matter."""

    begins: list[float]
    ends: list[float]
    closes: list[bool]
    leads: list[bool]


def edges_of(text: Sequence[Word], kinds: WordKinds) -> Edges:
    """The edges of a text's words."""
    edges = Edges([], [], [], [])
    last = len(text) - 1
    is_fresh = True
    for place, word in enumerate(text):
        before = text[place - 1] if place and word.joined else None
        after = text[place + 1] if place < last and text[place + 1].joined else None
        opens = before is None or _begins_clause(word, kinds)
        is_fresh = is_fresh or opens
        edges.begins.append(1.0 if opens or before is None else _begin(before, kinds))
        edges.leads.append(is_fresh)
        is_fresh = is_fresh and word.is_stop
        closed = after is None or (_begins_clause(after, kinds) and not _joins(after, kinds))
        if after is not None and after.plain in kinds.lists.sides["waits"]:
            # "Voting ensures | that …": the clause is what the verb says.
            closed = closed and kinds.nominal(word.plain) >= _NO_VERB
        edges.ends.append(1.0 if closed or after is None else _end(word, after, kinds))
        edges.closes.append(closed)
    return edges


def _begins_clause(word: Word, kinds: WordKinds) -> bool:
    return word.plain in kinds.lists.sides["clause"] or _has_and(word, kinds)


def _joins(word: Word, kinds: WordKinds) -> bool:
    """Whether a word joins clauses or only two nouns of one: "and"."""
    return (word.is_stop and word.plain in kinds.lists.sides["inside"]) or _has_and(word, kinds)


def _has_and(word: Word, kinds: WordKinds) -> bool:
    is_joined = kinds.language == "ar" and word.plain.startswith(_AND) and len(word.plain) >= _SHORTEST_JOINED
    return is_joined and kinds.is_known(word.plain[1:])


def _begin(before: Word, kinds: WordKinds) -> float:
    if before.is_stop:
        return 1.0
    # What stands after a verb is its object; after a noun it may be the rest of a compound.
    return 0.9 if kinds.nominal(before.plain) < _VERB else 0.55


def _end(word: Word, after: Word, kinds: WordKinds) -> float:
    sides = kinds.lists.sides
    is_verb = kinds.nominal(word.plain) < _VERB
    if _joins(after, kinds) and after.plain in sides["clause"]:
        return 0.6 if is_verb else 0.85
    if not after.is_stop:
        return 0.9 if not is_verb and kinds.nominal(after.plain) < _VERB else 0.5
    if after.plain in sides["waits"]:
        return 0.55
    if is_verb:
        return 0.4 if after.plain in sides["noun-after"] else 0.7
    return 1.0
