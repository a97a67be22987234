"""Quotes: typical, different from each other, one a language first, spread over sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.text import shown
from consult.analysis.values import Quote

LONGEST_QUOTE = 600
_GOOD_LENGTH = (25, 320)
_TOO_ALIKE = 0.85
_MOST_QUOTES = 4
# No source has more than one part in so many of the quotes.
_FEWEST_SOURCES = 4
_TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Quotable:
    """The answers of a theme that may be quoted, all in the order of `rows`.

    `nearness`: how typical each is; `vectors` (n, d), unit rows; `sources`: who each is from, where known;
    `told`: places whose words the theme's description holds already.
    """

    rows: Sequence[int]
    texts: Sequence[str]
    languages: Sequence[str]
    nearness: np.ndarray
    vectors: np.ndarray
    sources: Sequence[str] | None = None
    told: frozenset[int] = frozenset()


def choose_quotes(answers: Quotable, spent: Counter[str] | None = None) -> tuple[Quote, ...]:
    """Up to four quotes of a theme.

    The most typical answer of each language comes first, languages by size, then further typical ones
    until there are two. No two say nearly the same; a source gives at most one while others have any.
    `spent`: quotes taken from each source so far in the whole result, added to: a source that has given a
    fourth of them waits while others have any.
    """
    spent = Counter() if spent is None else spent
    fit = answers.nearness - np.array([_misfit(text) for text in answers.texts])
    fit[sorted(answers.told)] -= _TOLD
    order = np.lexsort((np.asarray(answers.rows), -np.round(fit, 6))).tolist()
    sizes = Counter(answers.languages)
    wanted = sorted(sizes, key=lambda code: (-sizes[code], code))[:_MOST_QUOTES]
    picked: list[int] = []
    for language in wanted:
        _pick(picked, [i for i in order if answers.languages[i] == language], answers, spent)
    while len(picked) < min(2, len(answers.rows)) and _pick(picked, order, answers, spent):
        pass
    return tuple(Quote(answers.rows[i], _cut(shown(answers.texts[i])), answers.languages[i]) for i in picked)


def even_sources(
    chosen: Sequence[tuple[Quote, ...]], sources: Sequence[str] | None
) -> list[tuple[Quote, ...]]:
    """The quotes of all themes without those by which one source would have more than a fourth of them.

    Where there are fewer than four sources it cannot be helped. A theme keeps its first quote.
    """
    out = [list(quotes) for quotes in chosen]
    if sources is None or len({sources[quote.row] for quotes in out for quote in quotes}) < _FEWEST_SOURCES:
        return [tuple(quotes) for quotes in out]
    counted = Counter(sources[quote.row] for quotes in out for quote in quotes)
    for quotes in reversed(out):
        for quote in quotes[:0:-1]:
            if _FEWEST_SOURCES * counted[sources[quote.row]] > counted.total():
                quotes.remove(quote)
                counted[sources[quote.row]] -= 1
    return [tuple(quotes) for quotes in out]


def _misfit(text: str) -> float:
    return 0.0 if _GOOD_LENGTH[0] <= len(text) <= _GOOD_LENGTH[1] else 0.25


def _pick(picked: list[int], order: Sequence[int], answers: Quotable, spent: Counter[str]) -> bool:
    """Add the first of `order` that may be taken, from an unused source if there is one."""
    sources = answers.sources
    used = {sources[i] for i in picked} if sources else set()
    full = {source for source, n in spent.items() if _FEWEST_SOURCES * n > spent.total()}
    for shunned in (used | full, used, set()):
        for index in order:
            if index in picked or (sources and sources[index] in shunned):
                continue
            if picked and float((answers.vectors[picked] @ answers.vectors[index]).max()) > _TOO_ALIKE:
                continue
            picked.append(index)
            if sources:
                spent[sources[index]] += 1
            return True
    return False


def _cut(text: str) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rsplit(" ", 1)[0].rstrip() + " …"
