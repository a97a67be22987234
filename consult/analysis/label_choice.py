"""From candidate phrases to labels: which one leads, which further ones are added, and none twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from consult.analysis.phrases import Phrase

LARGE = 60
"""From so many answers on a common word says more of a theme than one answer's clause."""
_LIKENESS = 0.8
# A further phrase: so good beside the first, and so many answers (share) that the label did not cover.
_FURTHER = 0.5
_VAGUE = 0.35
_ADDS = (0.08, 0.12)
# A theme of many matters: the parts so far reach so little of it.
_LOOSE = 0.4
_ADDS_LOOSE = 0.05
_MOST_PARTS = 3
_TOO_ALIKE = 0.7
_SINGLE = 0.7
_MEANT = 0.4
_ENOUGH_WORDS = 6
# A clause that reaches so much of the theme says it alone.
_CLAUSE = 4
_SAYS_ALL = 0.5
# This is good enough for a further phrase, however good the first is.
_GOOD = 1.6
# Below this a phrase belongs to the whole set; so good must be what is taken in its place.
_OWN = 0.6
_INSTEAD = 0.2
_LONGER = 0.5
_READS = 0.6
_LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Ranked:
    score: float
    phrase: Phrase
    vector: np.ndarray
    reach: np.ndarray

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self.phrase.stems)


@dataclass(slots=True)
class LanguageCandidates:
    """What is read of one language: per theme the rows, their words and the candidate phrases."""

    code: str
    rows: dict[int, list[int]] = field(default_factory=dict)
    phrases: dict[int, list[Phrase]] = field(default_factory=dict)
    ranked: dict[int, list[Ranked]] = field(default_factory=dict)


def choose_labels(
    languages: Sequence[LanguageCandidates], taboo: Mapping[str, set[str]], *, is_broad: bool
) -> dict[int, dict[str, str]]:
    """A label for each theme and language, none of `taboo`: first in its largest language, then what says
    the same in others. A broad theme is called by single words rather than by a phrase for one part of it."""
    labels: dict[int, dict[str, str]] = defaultdict(dict)
    anchors: dict[int, np.ndarray] = {}
    by_code = {own.code: own for own in languages}
    order = [(theme, -len(rows), own.code) for own in languages for theme, rows in own.rows.items()]
    leads: dict[tuple[int, str], Ranked] = {}
    taken: dict[str, set[frozenset[str]]] = defaultdict(set)
    for theme, _, code in sorted(order):
        own = by_code[code]
        if theme in anchors:
            own.ranked[theme] = _like(own.ranked.get(theme, []), anchors[theme])
        lead = _lead(own.ranked.get(theme, []), taken[code], is_broad=is_broad)
        if lead is not None:
            leads[theme, code] = lead
            taken[code].add(lead.stems)
            anchors.setdefault(theme, lead.vector)
    used: dict[str, set[str]] = defaultdict(set, {code: set(found) for code, found in taboo.items()})
    for theme, _, code in sorted(order):
        if (theme, code) in leads:
            others = [lead.stems for (t, c), lead in leads.items() if c == code and t != theme]
            label = _label(leads[theme, code], by_code[code], theme, others, used[code], is_broad=is_broad)
            used[code].add(label.casefold())
            labels[theme][code] = label
    return labels


def _like(found: Sequence[Ranked], anchor: np.ndarray) -> list[Ranked]:
    """The phrases ranked anew with their likeness to the label in the theme's largest language."""
    again = [
        Ranked(round(f.score + _LIKENESS * float(f.vector @ anchor), 5), f.phrase, f.vector, f.reach)
        for f in found
    ]
    return sorted(again, key=lambda item: (-item.score, item.phrase.shown))


def _lead(ranked: Sequence[Ranked], taken: set[frozenset[str]], *, is_broad: bool) -> Ranked | None:
    """The best phrase whose words no other theme has for its first phrase.

    What does not read as a name gives way to what does, what all themes speak of (the set's own subject) to
    a phrase of this theme alone, and a single word to a phrase that holds it and that several people used.
    """
    free = [item for item in ranked if item.stems not in taken] or list(ranked)
    if not free:
        return None
    best = free[0]
    if best.phrase.shape < _READS:
        best = next((i for i in free if _stands(i, best, _LONGER)), best)
    if best.phrase.own < _OWN:
        own = (i for i in free if i.phrase.own >= _OWN and not i.stems >= best.stems)
        most = len(best.phrase.within) / 8
        best = next((i for i in own if _stands(i, best, _INSTEAD) and len(i.phrase.within) >= most), best)
    if len(best.stems) == 1 and not is_broad:
        best = next((i for i in free if i.stems > best.stems and _stands(i, best, _LONGER)), best)
    return best


def _stands(item: Ranked, best: Ranked, part: float) -> bool:
    phrase = item.phrase
    return item.score >= part * best.score and _is_said(item) and phrase.shape >= _READS


def _is_said(item: Ranked) -> bool:
    """Whether several people used a phrase, or many mean it."""
    return item.phrase.texts > 1 or float(item.reach.mean()) >= _MEANT


def _label(
    lead: Ranked,
    own: LanguageCandidates,
    theme: int,
    others: Sequence[frozenset[str]],
    used: set[str],
    *,
    is_broad: bool,
) -> str:
    """The lead with what says further answers; more where another theme's first phrase holds the lead."""
    ranked = own.ranked[theme]
    parts = [lead]
    is_vague = is_broad or lead.phrase.own < _OWN or any(lead.stems <= other for other in others)
    if lead.phrase.words >= _CLAUSE and not is_vague and float(lead.reach.mean()) >= _SAYS_ALL:
        return _unused([lead.phrase.shown], ranked, own.code, used)
    for place in range(_MOST_PARTS - 1):
        is_loose = float(_reached(parts).mean()) < _LOOSE
        is_long = sum(part.phrase.words for part in parts) > _ENOUGH_WORDS
        if place and is_long and not is_broad and not (is_loose and len(lead.reach) >= LARGE):
            break
        needed = min((_VAGUE if is_loose or (is_vague and not place) else _FURTHER) * lead.score, _GOOD)
        found = _further(parts, ranked, needed, _ADDS_LOOSE if is_loose else _ADDS[place])
        if found is None or sum(len(part.phrase.shown) for part in (*parts, found)) > _LONGEST_LABEL:
            break
        parts.append(found)
    return _unused([part.phrase.shown for part in parts], ranked, own.code, used)


def _reached(parts: Sequence[Ranked]) -> np.ndarray:
    """How far the parts together say what each answer says, shape (answers,)."""
    reached: np.ndarray = np.max([part.reach for part in parts], axis=0)
    return reached


def _further(parts: Sequence[Ranked], ranked: Sequence[Ranked], needed: float, adds: float) -> Ranked | None:
    """Of the phrases that score `needed` and say something else the one that adds most: answers whose meaning or
    words the parts do not reach, at least the share `adds`."""
    covered = frozenset().union(*(part.phrase.within for part in parts))
    reached = _reached(parts)
    is_large = len(reached) >= LARGE
    takes_words = is_large and float(reached.mean()) < _LOOSE
    best: tuple[float, Ranked] | None = None
    for item in ranked:
        if item.score < needed:
            break
        if (is_large and not _is_said(item)) or not _says_else(item, parts):
            continue
        meant = float(np.maximum(item.reach - reached, 0.0).mean())
        said = len(item.phrase.within - covered) / len(reached)
        weight = _SINGLE if item.phrase.words == 1 and not takes_words else 1.0
        gain = round((meant + 0.5 * said) * item.score**0.5 * weight, 5)
        if meant + said >= adds and (best is None or gain > best[0]):
            best = gain, item
    return best[1] if best else None


def _says_else(item: Ranked, parts: Sequence[Ranked]) -> bool:
    """Whether a phrase reads as a name of this theme and says what none of the parts says."""
    if item.phrase.shape < _READS or item.phrase.own < _OWN:
        return False
    if item.stems <= frozenset().union(*(part.stems for part in parts)):
        return False
    if max(float(item.vector @ part.vector) for part in parts) > _TOO_ALIKE:
        return False
    return all(2 * len(item.stems & part.stems) < min(len(item.stems), len(part.stems)) for part in parts)


def _unused(parts: Sequence[str], ranked: Sequence[Ranked], language: str, used: set[str]) -> str:
    """The parts as a label that no other theme has: with a further phrase, or a number, if need be."""
    more = ([*parts, item.phrase.shown] for item in ranked if item.phrase.shown not in parts)
    numbered = ([*parts[:-1], f"{parts[-1]} {number}"] for number in range(2, len(used) + 3))
    return next(
        label
        for some in chain([list(parts)], more, numbered)
        if (label := joined(some, language)).casefold() not in used
    )


def joined(parts: Sequence[str], language: str) -> str:
    """Phrases as one label."""
    text = ("، " if language == "ar" else ", ").join(parts)
    return text[:1].upper() + text[1:]
