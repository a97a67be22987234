"""Descriptions of themes: one or two whole sentences of the answers, the most typical in each language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.text import READ_CHARACTERS, for_reading, sentences, shown

_TEXTS = 12
_SENTENCES = 4
_GOOD_LENGTH = (40, 220)
_LONGEST = 300
# A second sentence is nearly as typical, and says something else.
_AS_TYPICAL = 0.7
_TOO_ALIKE = 0.75
_MARKS = {"ar": ("«", "»"), "es": ("«", "»"), "fr": ("«\u00a0", "\u00a0»")}
_HANDLE = re.compile(r"(?<!\w)@\w+[\s:,]*")
_OUTER = " \t\"'“”„«»‹›"


@dataclass(frozen=True, slots=True)
class Description:
    """Sentences in quotation marks, and the places of the texts they are from."""

    text: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    row: int
    text: str
    fit: float
    vector: np.ndarray


def describe_themes(
    rows: Mapping[tuple[int, str], Sequence[int]],
    texts: Sequence[str],
    centres: np.ndarray,
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> dict[int, dict[str, Description]]:
    """Theme → language → description. `rows`: (theme, language) → places in `texts`, the most typical first."""
    pool = [
        (theme, language, row, sentence)
        for (theme, language), own in sorted(rows.items())
        for row in own[:_TEXTS]
        for sentence in _sentences(texts[row])
    ]
    if not pool:
        return {}
    embedded = embed_texts(embedder, [for_reading(sentence) for *_, sentence in pool], vectors=vectors)
    embedded = centre.apply(embedded, [language for _, language, _, _ in pool])
    found: dict[tuple[int, str], list[_Sentence]] = defaultdict(list)
    for (theme, language, row, sentence), vector in zip(pool, embedded, strict=True):
        fit = float(vector @ centres[theme]) - _misfit(sentence)
        found[theme, language].append(_Sentence(row, sentence, round(fit, 6), vector))
    out: dict[int, dict[str, Description]] = defaultdict(dict)
    for (theme, language), some in found.items():
        out[theme][language] = _description(some, language)
    return dict(out)


def quoted(text: str, language: str) -> str:
    """A sentence in the quotation marks of its language."""
    opening, closing = _MARKS.get(language, ("“", "”"))
    return f"{opening}{text}{closing}"


def _description(found: list[_Sentence], language: str) -> Description:
    found.sort(key=lambda item: (-item.fit, item.row, item.text))
    best = found[0]
    chosen = [best]
    for item in found[1:]:
        if item.fit < _AS_TYPICAL * best.fit:
            break
        if item.row != best.row and float(item.vector @ best.vector) < _TOO_ALIKE:
            chosen.append(item)
            break
    return Description(
        " ".join(quoted(item.text, language) for item in chosen), tuple(item.row for item in chosen)
    )


def _sentences(text: str) -> list[str]:
    found = (_HANDLE.sub("", sentence) for sentence in sentences(shown(text[:READ_CHARACTERS]))[:_SENTENCES])
    cleaned = (sentence.strip(_OUTER) for sentence in found)
    return [_cut(mask_contacts(sentence)) for sentence in cleaned if sentence]


def _misfit(sentence: str) -> float:
    shortest, longest = _GOOD_LENGTH
    if len(sentence) > longest:
        return 0.25
    # A few words are rarely a sentence; the nearer to the good length the better.
    return 0.25 * max(0.0, (shortest - len(sentence)) / shortest)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0].rstrip() + "…"
