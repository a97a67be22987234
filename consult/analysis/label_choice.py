"""From candidate phrases to labels: which one leads, which further ones are added, and none twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from consult.analysis.phrases import Phrase

_LIKENESS = 0.8
# A further phrase: so good beside the first, and so many answers (share) that the label did not cover.
_FURTHER = (0.5, 0.55)
_ADDS = (0.04, 0.05)
_COVERED = 0.4
_TOO_ALIKE = 0.85
# This is good enough for a further phrase, however good the first is.
_GOOD = 1.6
_FAIR = 0.6
# Below this a phrase belongs to the whole set; so good must be what is taken in its place.
_OWN = 0.6
_INSTEAD = 0.2
_LONGER = 0.4
_READS = 0.6
_LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Ranked:
    score: float
    phrase: Phrase
    vector: np.ndarray

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
        Ranked(round(f.score + _LIKENESS * float(f.vector @ anchor), 5), f.phrase, f.vector) for f in found
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
    return item.score >= part * best.score and phrase.texts > 1 and phrase.shape >= _READS


def _label(
    lead: Ranked,
    own: LanguageCandidates,
    theme: int,
    others: Sequence[frozenset[str]],
    used: set[str],
    *,
    is_broad: bool,
) -> str:
    """The lead with what covers further answers; more where another theme's first phrase holds the lead."""
    size = len(own.rows[theme])
    ranked = own.ranked[theme]
    parts = [lead]
    is_vague = (
        is_broad
        or lead.phrase.own < _OWN
        or len(lead.stems) == 1
        or any(lead.stems <= other for other in others)
    )
    for needed, adds in ((0.3 if is_vague else _FURTHER[0], _ADDS[0]), (_FURTHER[1], _ADDS[1])):
        covered = frozenset().union(*(part.phrase.within for part in parts))
        if len(parts) == 2 and not is_broad and len(covered) >= _COVERED * size:
            break
        needed = min(needed * lead.score, _GOOD if lead.phrase.own >= _OWN else _FAIR)
        # Where even the lead is in few answers, a theme has many small matters: some of them are named.
        adds = max(2.0, min(adds * size, 0.7 * len(lead.phrase.within)))
        found = _further(parts, ranked, covered, needed, adds)
        if found is None or sum(len(part.phrase.shown) for part in (*parts, found)) > _LONGEST_LABEL:
            break
        parts.append(found)
    return _unused([part.phrase.shown for part in parts], ranked, own.code, used)


def _further(
    parts: Sequence[Ranked],
    ranked: Sequence[Ranked],
    covered: frozenset[int],
    needed: float,
    adds: float,
) -> Ranked | None:
    """The best phrase that scores `needed`, says something else, and is in `adds` answers not `covered`."""
    stems = frozenset().union(*(part.stems for part in parts))
    for item in ranked:
        if item.score < needed:
            return None
        is_new = len(item.stems - stems) > 0 and (len(item.stems) > 1 or not item.stems & stems)
        if not is_new or item.phrase.texts < 2 or item.phrase.shape < _READS or item.phrase.own < _OWN:
            continue
        if max(float(item.vector @ part.vector) for part in parts) > _TOO_ALIKE:
            continue
        if len(item.phrase.within - covered) >= adds:
            return item
    return None


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
