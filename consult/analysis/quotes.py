"""Quotes: typical, different from each other, one a language first, spread over sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from consult.analysis.text import shown
from consult.analysis.values import Quote

LONGEST_QUOTE = 600
_GOOD_LENGTH = (25, 320)
_TOO_ALIKE = 0.85
_MOST_QUOTES = 4


def choose_quotes(
    rows: Sequence[int],
    texts: Sequence[str],
    languages: Sequence[str],
    nearness: np.ndarray,
    vectors: np.ndarray,
    sources: Sequence[str] | None = None,
) -> tuple[Quote, ...]:
    """Up to four quotes of `rows` (all other arguments are in the order of `rows`).

    The most typical answer of each language comes first, languages by size, then further typical ones
    until there are two. No two say nearly the same; a source gives at most one while others have any.
    """
    fit = nearness - np.array([0.0 if _GOOD_LENGTH[0] <= len(t) <= _GOOD_LENGTH[1] else 0.25 for t in texts])
    order = np.lexsort((np.asarray(rows), -np.round(fit, 6)))
    sizes = Counter(languages)
    wanted = sorted(sizes, key=lambda code: (-sizes[code], code))[:_MOST_QUOTES]
    picked: list[int] = []
    for language in wanted:
        _pick(picked, [i for i in order if languages[i] == language], vectors, sources)
    while len(picked) < min(2, len(rows)) and _pick(picked, list(order), vectors, sources):
        pass
    return tuple(Quote(rows[i], _cut(shown(texts[i])), languages[i]) for i in picked)


def _pick(picked: list[int], order: list[int], vectors: np.ndarray, sources: Sequence[str] | None) -> bool:
    used = {sources[i] for i in picked} if sources else set()
    for spread in (True, False):
        for index in order:
            if index in picked or (spread and sources and sources[index] in used):
                continue
            if picked and float((vectors[picked] @ vectors[index]).max()) > _TOO_ALIKE:
                continue
            picked.append(int(index))
            return True
    return False


def _cut(text: str) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rsplit(" ", 1)[0].rstrip() + " …"
