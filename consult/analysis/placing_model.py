"""What is known of the themes that answers are placed into, from people's examples and from the answers at hand.

With it any text is placed by itself; where there are few, they also listen to each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.graph import LanguageCentre, nearest, unit_rows
from consult.analysis.language import detect_languages
from consult.analysis.lexical import SharedWords, unit_sparse
from consult.analysis.references import ThemeReference
from consult.analysis.text import for_reading, same_words
from consult.analysis.values import ThemeScore

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
# How many neighbours a text listens to, how much, how often.
_NEIGHBOURS = 6
_LISTENS = 0.6
_HEARD = 10
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


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """The themes `ids` as `centres` (themes, d) and `words` (BUCKETS, themes), unit columns; `leaning` (themes,), the
    log of how common each is; `rarity` (BUCKETS,) of words; `known`: digests of the words of coded answers and
    the number of the theme that they are coded in."""

    ids: tuple[str, ...]
    centres: np.ndarray
    leaning: np.ndarray
    rarity: np.ndarray
    words: sparse.csc_matrix
    known: dict[str, int]
    options: PlacingOptions

    def place(
        self,
        space: np.ndarray,
        read: Sequence[str],
        fits: np.ndarray,
        *,
        shared: np.ndarray | None = None,
        examples: Sequence[np.ndarray] | None = None,
    ) -> list[tuple[ThemeScore, ...]]:
        """The themes of the texts `read` with the centred vectors `space` (n, d); none where `fits` is false.

        `shared`: `shared_words` where they are known. With `examples`, the vectors of each theme's, the texts
        listen to each other and to them.
        """
        coded = self.coded(read)
        free = fits & (coded < 0)
        if shared is None:
            shared = shared_words(SharedWords(rarity=self.rarity), self.words, read)
        cosines = space @ self.centres.T
        chances = _chances(cosines, self.leaning + shared)
        if examples is not None:
            chances[free] = _heard(space[free], chances[free], examples)
        out: list[tuple[ThemeScore, ...]] = []
        for row in range(len(space)):
            if coded[row] >= 0 and fits[row]:
                out.append((ThemeScore(self.ids[coded[row]], 1.0),))
            elif fits[row]:
                out.append(_choose(cosines[row], chances[row], self.ids, self.options))
            else:
                out.append(())
        return out

    def coded(self, read: Sequence[str]) -> np.ndarray:
        """For each text the number of the theme that its very words are coded in, or -1, shape (n,)."""
        return np.array([self.known.get(_digest(text), -1) for text in read], dtype=np.int64)


def learn_themes(
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
) -> tuple[ThemeModel, np.ndarray]:
    """What the texts to place (or a sample of them) and the examples say of the themes, and the words that each of
    these texts shares with each theme, (n, themes)."""
    sums = reference_sums(themes, embedder=embedder, centre=centre, vectors=vectors)
    words, by_theme = _words_of(read, themes, background)
    shared = shared_words(words, by_theme, read)
    known = {_digest(text): i for i, theme in enumerate(themes) for text in theme.examples}
    ids = tuple(theme.id for theme in themes)
    nothing = np.zeros(len(themes), dtype=np.float32)
    model = ThemeModel(ids, sums, nothing, words.rarity, by_theme, known, options or PlacingOptions())
    free = fits & (model.coded(read) < 0)
    centres, leaning = _fit(space[free], sums, shared[free])
    return replace(model, centres=centres, leaning=leaning), shared


def _digest(text: str) -> str:
    """Equal for texts of the same words."""
    return hashlib.blake2b(same_words(text).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


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


def _words_of(
    read: Sequence[str], themes: Sequence[ThemeReference], background: Sequence[str]
) -> tuple[SharedWords, sparse.csc_matrix]:
    """How rare words are, and the words of each theme as unit columns (BUCKETS, themes)."""
    said = [text for theme in themes for text in (*theme.words, *theme.examples)]
    shared = SharedWords([*read, *background, *said])
    sums = []
    for theme in themes:
        words, examples = shared.rows(theme.words), shared.rows(theme.examples)
        weight = _WORDS_WEIGHT / max(1, len(theme.words))
        sums.append(sparse.csr_matrix(weight * words.sum(axis=0) + examples.sum(axis=0)))
    return shared, unit_sparse(sparse.vstack(sums, format="csr")).T.tocsc()


def shared_words(words: SharedWords, by_theme: sparse.csc_matrix, read: Sequence[str]) -> np.ndarray:
    """What the words that each text shares with each theme count for it, (n, themes)."""
    out = np.empty((len(read), by_theme.shape[1]), dtype=np.float32)
    for start in range(0, len(read), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        out[rows] = _SHARED * (words.rows(read[rows]) @ by_theme).toarray()
    return out


def _heard(space: np.ndarray, chances: np.ndarray, examples: Sequence[np.ndarray]) -> np.ndarray:
    """The chances of each text (n, themes) after listening to its nearest neighbours among texts and examples."""
    n = len(space)
    everybody = np.concatenate([space, *examples])
    if n < _ENOUGH:
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
    cosines: np.ndarray, chances: np.ndarray, ids: Sequence[str], options: PlacingOptions
) -> tuple[ThemeScore, ...]:
    """The themes of one text: the most probable that is near enough, and others nearly as good."""
    order = sorted(range(len(ids)), key=lambda i: (-round(float(chances[i]), 6), i))
    near = [i for i in order if cosines[i] >= options.threshold]
    if not near:
        return ()
    first = near[0]
    kept = [first]
    for i in near[1 : options.at_most]:
        if chances[i] >= _FURTHER and cosines[i] >= _MARGIN * cosines[first]:
            kept.append(i)
    return tuple(ThemeScore(ids[i], round(float(chances[i]), 3)) for i in kept)
