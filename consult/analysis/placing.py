"""Placing texts in themes that people defined.

Each theme is a centre: its words and the answers that people coded. Beside nearness in meaning counts which words
a text shares with a theme. The texts to place then say how common each theme is and draw the centres a little (a
mixture fitted by expectation and maximisation, Nigam et al. 2000), and each takes something from its nearest
neighbours, coded or not (Zhou et al. 2004), so that a handful of coded answers go a long way. What people coded is
never moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, embed_texts, use_embedder
from consult.analysis.graph import LanguageCentre, nearest, projection_for, unit_rows
from consult.analysis.language import detect_languages
from consult.analysis.lexical import SharedWords, unit_sparse
from consult.analysis.reading import has_matter
from consult.analysis.references import ThemeReference
from consult.analysis.stance import stance_hints
from consult.analysis.text import for_reading, same_words
from consult.analysis.threads import one_thread
from consult.analysis.values import Assignment, ThemeScore

# Below this cosine to every centre a text fits nowhere.
THRESHOLD = 0.1
# How many coded answers a theme's own words are worth.
_WORDS_WEIGHT = 2.0
_SHARPNESS = 5.0
_PRIOR = 0.75
_PULL = 0.1
_ROUNDS = 8
# What sharing words counts beside the cosine of meaning (times `_SHARPNESS`).
_SHARED = 8.0
# How many neighbours a text listens to, how much, how often; with more texts nobody listens.
_NEIGHBOURS = 6
_LISTENS = 0.6
_HEARD = 10
_MOST_LISTENING = 10_000
_AT_ONCE = 5_000
# With fewer texts than this nothing is learned from how they fall.
_ENOUGH = 20
# A further theme needs this share of the probability, and this part of the first one's cosine.
_FURTHER = 0.25
_MARGIN = 0.75


@dataclass(frozen=True, slots=True)
class PlacingOptions:
    """`threshold`: the least cosine for a place. `at_most`: themes a text may have."""

    threshold: float = THRESHOLD
    at_most: int = 3


@one_thread()
def place(
    texts: Sequence[str],
    themes: Sequence[ThemeReference],
    *,
    languages: Sequence[str | None] | None = None,
    background: Sequence[str] = (),
    options: PlacingOptions | None = None,
    embedder: Embedder | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[Assignment, ...]:
    """The themes of each text, best first, none where nothing fits; never forced.

    `background`: other answers to the same question (already placed), so that a few new texts are
    compared with the usual answer and not with each other. Themes without any word or example get nothing.
    """
    embedder = embedder or use_embedder()
    read = [for_reading(text) for text in texts]
    codes = detect_languages(read, priors=languages)
    others = [for_reading(text) for text in background]
    embedded = embed_texts(
        embedder, [*read, *others], vectors=vectors, progress=progress, cancelled=cancelled
    )
    centre = LanguageCentre(embedded, [*codes, *detect_languages(others)], projection_for(embedder.name))
    space = centre.apply(embedded[: len(read)], codes)
    fits = np.array([has_matter(text, code) for text, code in zip(read, codes, strict=True)], dtype=bool)
    placed = place_vectors(
        space,
        read,
        fits,
        themes,
        embedder=embedder,
        centre=centre,
        background=others,
        options=options,
        vectors=vectors,
    )
    said = stance_hints(read, codes, embedded[: len(read)], embedder=embedder, vectors=vectors)
    return tuple(
        Assignment(row, code, placed[row], said[row] if fits[row] else None) for row, code in enumerate(codes)
    )


def place_vectors(
    space: np.ndarray,
    read: Sequence[str],
    fits: np.ndarray,
    themes: Sequence[ThemeReference],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    background: Sequence[str] = (),
    options: PlacingOptions | None = None,
    vectors: VectorCache | None = None,
) -> list[tuple[ThemeScore, ...]]:
    """The same from centred vectors (n, d) of the texts `read`; `fits[i]` is false for what is never placed.

    A text with the very words of a theme's example has that theme.
    """
    options = options or PlacingOptions()
    if not themes or not len(space):
        return [()] * len(space)
    sums = reference_sums(themes, embedder=embedder, centre=centre, vectors=vectors)
    examples = [
        reference_vectors(t.examples, embedder=embedder, centre=centre, vectors=vectors) for t in themes
    ]
    known = {same_words(text): i for i, theme in enumerate(themes) for text in theme.examples}
    coded = np.array([known.get(same_words(text), -1) for text in read], dtype=np.int64)
    free = fits & (coded < 0)
    shared = _shared_words(read, themes, background)
    centres, leaning = _fit(space[free], sums, shared[free])
    cosines = space @ centres.T
    chances = _chances(cosines, leaning + shared)
    chances[free] = _heard(space[free], chances[free], examples)
    out: list[tuple[ThemeScore, ...]] = []
    for row in range(len(space)):
        if coded[row] >= 0 and fits[row]:
            out.append((ThemeScore(themes[coded[row]].id, 1.0),))
        elif fits[row]:
            out.append(_choose(cosines[row], chances[row], themes, options))
        else:
            out.append(())
    return out


def reference_sums(
    themes: Sequence[ThemeReference],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> np.ndarray:
    """What is known of each theme, not scaled, (themes, d); a zero row for a theme with nothing to go by."""
    out = np.zeros((len(themes), embedder.dimensions), dtype=np.float32)
    for number, theme in enumerate(themes):
        for texts, weight in ((theme.words, _WORDS_WEIGHT), (theme.examples, float(len(theme.examples)))):
            found = reference_vectors(texts, embedder=embedder, centre=centre, vectors=vectors)
            if len(found):
                out[number] += weight * found.mean(axis=0)
    return out


def reference_vectors(
    texts: Sequence[str],
    *,
    embedder: Embedder,
    centre: LanguageCentre,
    vectors: VectorCache | None = None,
) -> np.ndarray:
    """Centred vectors of a theme's words or examples, empty ones left out, (n, d)."""
    read = [text for text in map(for_reading, texts) if text]
    if not read:
        return np.zeros((0, embedder.dimensions), dtype=np.float32)
    return centre.apply(embed_texts(embedder, read, vectors=vectors), detect_languages(read))


def _shared_words(
    read: Sequence[str], themes: Sequence[ThemeReference], background: Sequence[str]
) -> np.ndarray:
    """What the words that each text shares with each theme count for it, (n, themes)."""
    said = [text for theme in themes for text in (*theme.words, *theme.examples)]
    shared = SharedWords([*read, *background, *said])
    sums = []
    for theme in themes:
        words, examples = shared.rows(theme.words), shared.rows(theme.examples)
        weight = _WORDS_WEIGHT / max(1, len(theme.words))
        sums.append(sparse.csr_matrix(weight * words.sum(axis=0) + examples.sum(axis=0)))
    centres = unit_sparse(sparse.vstack(sums, format="csr")).T.tocsc()
    out = np.empty((len(read), len(themes)), dtype=np.float32)
    for start in range(0, len(read), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        out[rows] = _SHARED * (shared.rows(read[rows]) @ centres).toarray()
    return out


def _heard(space: np.ndarray, chances: np.ndarray, examples: Sequence[np.ndarray]) -> np.ndarray:
    """The chances of each text (n, themes) after listening to its nearest neighbours among texts and examples."""
    n = len(space)
    everybody = np.concatenate([space, *examples])
    if n < _ENOUGH or len(everybody) > _MOST_LISTENING:
        return chances
    owner = np.repeat(np.arange(len(examples)), [len(own) for own in examples])
    first = np.concatenate([chances, np.eye(len(examples), dtype=chances.dtype)[owner]])
    indices, values = nearest(everybody, _NEIGHBOURS)
    rows = np.repeat(np.arange(len(everybody)), indices.shape[1])
    links = sparse.csr_matrix(
        (np.maximum(values, 0).ravel(), (rows, indices.ravel())), shape=(len(everybody),) * 2
    )
    links = links.maximum(links.T)
    total = np.asarray(links.sum(axis=1)).ravel()
    alone = total < 1e-9
    links = sparse.diags_array(1 / np.where(alone, 1, total)) @ links
    heard = first
    for _ in range(_HEARD):
        heard = _LISTENS * (links @ heard) + (1 - _LISTENS) * first
        heard[n:] = first[n:]
        heard[alone] = first[alone]
    return heard[:n]


def _fit(space: np.ndarray, sums: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit centres and the log of how common each theme is (0 where there is too little to learn from)."""
    centres, leaning = unit_rows(sums), np.zeros(len(sums), dtype=np.float32)
    if len(space) < _ENOUGH or len(sums) < 2:
        return centres, leaning
    for _ in range(_ROUNDS):
        chances = _chances(space @ centres.T, leaning + shared)
        chances[(space @ centres.T).max(axis=1) < THRESHOLD] = 0
        centres = unit_rows(sums + _PULL * chances.T @ space)
        common = chances.sum(axis=0) + 1
        leaning = (_PRIOR * np.log(common / common.sum())).astype(np.float32)
    return centres, leaning


def _chances(cosines: np.ndarray, leaning: np.ndarray) -> np.ndarray:
    """How probable each theme is for each text, rows summing to 1."""
    logits = _SHARPNESS * cosines + leaning
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits)
    return chances / chances.sum(axis=1, keepdims=True)


def _choose(
    cosines: np.ndarray, chances: np.ndarray, themes: Sequence[ThemeReference], options: PlacingOptions
) -> tuple[ThemeScore, ...]:
    """The themes of one text: the most probable that is near enough, and others nearly as good."""
    order = sorted(range(len(themes)), key=lambda i: (-round(float(chances[i]), 6), i))
    near = [i for i in order if cosines[i] >= options.threshold]
    if not near:
        return ()
    first = near[0]
    kept = [first]
    for i in near[1 : options.at_most]:
        if chances[i] >= _FURTHER and cosines[i] >= _MARGIN * cosines[first]:
            kept.append(i)
    return tuple(ThemeScore(themes[i].id, round(float(chances[i]), 3)) for i in kept)
