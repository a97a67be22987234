"""Descriptions of themes: one to three whole sentences of the answers in each language.

The first is the most typical one that says what the label says; a further one is nearly as typical and says what most
other answers say that the ones before do not: greedy facility location, as summaries are made (Lin and Bilmes 2011).
"""

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
# A text begins to say, and says, what an answer says: parts of the mean cosine of answers and centre.
_SAYS = (0.2, 0.9)
_LOOSEST = 0.3
# Of so many of the typical answers those are read too that together reach most of the others.
_AMONG = 150
_SPREAD = 4
# A further sentence is typical, says something else, and reaches further answers; a third one only of a loose theme.
_AS_TYPICAL = 0.65
_TOO_ALIKE = 0.75
_ADDS = 0.04
# What being near the label counts beside being near the centre: label and sentences are read together.
_LABEL = 0.5
_SAID = 0.65
_MOST = 3
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
    labels: Mapping[int, Mapping[str, str]],
    texts: Sequence[str],
    space: np.ndarray,
    centres: np.ndarray,
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> dict[int, dict[str, Description]]:
    """Theme → language → description. `rows`: (theme, language) → places in `texts`, the most typical first; `labels`:
    theme → language → label; `space` (n, d): the vectors of the texts."""
    answers = {key: space[list(own[:_AMONG])] for key, own in rows.items()}
    pool = [
        (theme, language, own[place], sentence)
        for (theme, language), own in sorted(rows.items())
        for place in _places(answers[theme, language], centres[theme])
        for sentence in _sentences(texts[own[place]])
    ]
    if not pool:
        return {}
    keys = sorted(rows)
    named = [labels.get(theme, {}).get(language, "") for theme, language in keys]
    said = [*named, *(sentence for *_, sentence in pool)]
    embedded = embed_texts(embedder, [for_reading(text) for text in said], vectors=vectors)
    languages = [*(language for _, language in keys), *(language for _, language, _, _ in pool)]
    embedded = centre.apply(embedded, languages)
    called = {
        key: vector if name else 0 * vector for key, name, vector in zip(keys, named, embedded, strict=False)
    }
    embedded = embedded[len(keys) :]
    found: dict[tuple[int, str], list[_Sentence]] = defaultdict(list)
    for (theme, language, row, sentence), vector in zip(pool, embedded, strict=True):
        fit = float(vector @ (centres[theme] + _LABEL * called[theme, language])) - _misfit(sentence)
        found[theme, language].append(_Sentence(row, sentence, round(fit, 6), vector))
    out: dict[int, dict[str, Description]] = defaultdict(dict)
    for (theme, language), some in found.items():
        reach = reach_of(np.array([item.vector for item in some]), answers[theme, language], centres[theme])
        out[theme][language] = _description(some, reach, language)
    return dict(out)


def quoted(text: str, language: str) -> str:
    """A sentence in the quotation marks of its language."""
    opening, closing = _MARKS.get(language, ("“", "”"))
    return f"{opening}{text}{closing}"


def reach_of(said: np.ndarray, answers: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """How far each text of `said` says what each answer says, from 0 to 1, shape (said, answers): it does where they
    are as near as the answers are to the theme's centre, and not at all at a fifth of that."""
    near = max(_LOOSEST, float(np.round((answers @ centre).mean(), 4)))
    low, high = (part * near for part in _SAYS)
    return np.clip((np.round(said @ answers.T, 6) - low) / (high - low), 0.0, 1.0)


def _places(answers: np.ndarray, centre: np.ndarray) -> list[int]:
    """The most typical answers, and those that with the first of them reach most of the others."""
    reach = reach_of(answers, answers, centre)
    said = reach[0]
    spread: list[int] = []
    for _ in range(min(_SPREAD, len(answers))):
        gains = np.round(np.maximum(reach - said, 0.0).mean(axis=1), 6)
        spread.append(int(gains.argmax()))
        said = np.maximum(said, reach[spread[-1]])
    return list(dict.fromkeys([*range(min(_TEXTS, len(answers))), *spread]))


def _description(found: Sequence[_Sentence], reach: np.ndarray, language: str) -> Description:
    order = sorted(range(len(found)), key=lambda i: (-found[i].fit, found[i].row, found[i].text))
    chosen = order[:1]
    best = found[chosen[0]].fit
    said = reach[chosen[0]]
    while len(chosen) < (2 if said.mean() >= _SAID else _MOST):
        gains = {
            i: round(float(np.maximum(reach[i] - said, 0.0).mean()) * found[i].fit / best, 6)
            for i in order
            if found[i].fit >= _AS_TYPICAL * best and _is_new(found[i], [found[k] for k in chosen])
        }
        further = max(gains, key=lambda i: gains[i], default=None)
        if further is None or gains[further] < _ADDS:
            break
        chosen.append(further)
        said = np.maximum(said, reach[further])
    return Description(
        " ".join(quoted(found[i].text, language) for i in chosen), tuple(found[i].row for i in chosen)
    )


def _is_new(item: _Sentence, chosen: Sequence[_Sentence]) -> bool:
    return all(item.row != other.row and float(item.vector @ other.vector) < _TOO_ALIKE for other in chosen)


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
