"""Themes of free answers: from texts to themes with counts, labels and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from consult.analysis import arabic, beside, stance
from consult.analysis.clustering import cluster_texts
from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, use_embedder
from consult.analysis.graph import unit_rows
from consult.analysis.hierarchy import broader_themes
from consult.analysis.labels import LabelInput, ThemeWords, name_broader, name_themes
from consult.analysis.reading import Reading, read_texts
from consult.analysis.several import further_themes, scored
from consult.analysis.summary import Broader, summarise, theme_id
from consult.analysis.threads import one_thread
from consult.analysis.values import Assignment, ThemeResult, ThemeScore


@dataclass(frozen=True, slots=True)
class ThemeOptions:
    """How to look for themes.

    `themes`: how many are wanted (None: decided from the data). `resolution`: the slider, more than 1 gives
    more and smaller themes. `smallest`: answers a theme needs (None: from the number of answers).
    """

    themes: int | None = None
    resolution: float = 1.0
    smallest: int | None = None


@one_thread()
def find_themes(
    texts: Sequence[str],
    *,
    languages: Sequence[str | None] | None = None,
    weights: Sequence[float] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    options: ThemeOptions | None = None,
    embedder: Embedder | None = None,
    second: Embedder | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ThemeResult:
    """Themes of `texts`, one text a row, from one text to hundreds of thousands.

    `languages`: the page language of each row, a prior for short texts. `weights`: one a row, for shares.
    `groups`: column to one value a row. `second`: an encoder that reads the answers too, where they are neither few nor
    very many (`beside`). `vectors`: a cache of vectors, read and filled. `progress(done, all)`: texts embedded so far,
    by each encoder in turn. Raises AnalysisCancelledError when `cancelled()` becomes true.
    """
    options = options or ThemeOptions()
    embedder = embedder or use_embedder()
    reading = read_texts(
        texts, priors=languages, embedder=embedder, vectors=vectors, progress=progress, cancelled=cancelled
    )
    if second is not None and not beside.is_read_twice(reading):
        second = None
    numbers = cluster_texts(
        beside.read_twice(reading, second, vectors=vectors, progress=progress, cancelled=cancelled)
        if second
        else beside.with_words(reading),
        reading.raw,
        sizes=reading.sizes,
        themes=options.themes,
        resolution=options.resolution,
        smallest=options.smallest,
    )
    centres = theme_centres(reading.space, numbers, reading.sizes)
    # Of sentences both need the vectors.
    kept = {} if vectors is None else vectors
    further = further_themes(reading, numbers, centres, embedder=embedder, vectors=kept)
    stances = stance.stance_hints(reading.read, reading.codes, reading.raw, embedder=embedder, vectors=kept)
    place = _largest_first(numbers, further, reading)
    numbers = np.where(numbers >= 0, place[numbers], -1) if len(place) else numbers
    further = {i: [(int(place[theme]), cosine) for theme, cosine in found] for i, found in further.items()}
    centres = centres[np.argsort(place)]
    named = name_themes(
        LabelInput(reading.read, reading.codes, numbers, reading.space, centres),
        embedder=embedder,
        centre=reading.centre,
        vectors=vectors,
    )
    broader = _broader(reading, numbers, named, embedder=embedder, vectors=vectors)
    return summarise(
        reading,
        _assign(reading, numbers, centres, further, stances),
        named,
        centres,
        engine=engine_names(embedder, second),
        weights=weights,
        groups=groups,
        broader=broader,
    )


def engine_names(embedder: Embedder, second: Embedder | None = None) -> dict[str, str]:
    """Names and versions of what made a result."""
    names = {
        "mashura": version("mashura"),
        "embedding": embedder.name,
        "clustering": f"consensus-louvain/scikit-network-{version('scikit-network')}",
        "language": f"py3langid/{version('py3langid')}",
        "arabic": arabic.engine_name(),
    }
    hints = stance.engine_name(embedder)
    return names | ({"stance": hints} if hints else {}) | ({"second": second.name} if second else {})


def theme_centres(space: np.ndarray, numbers: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Unit mean of each theme's vectors, shape (themes, d); a text said often counts by its root."""
    count = int(numbers.max(initial=-1)) + 1
    out = np.zeros((count, space.shape[1]), dtype=np.float32)
    for number in range(count):
        rows = numbers == number
        out[number] = (space[rows] * np.sqrt(sizes[rows])[:, None]).sum(axis=0)
    return unit_rows(out)


def _broader(
    reading: Reading,
    numbers: np.ndarray,
    named: Sequence[ThemeWords],
    *,
    embedder: Embedder,
    vectors: VectorCache | None,
) -> list[Broader]:
    """The broader themes with their labels; themes that stand for themselves are only told apart from them."""
    groups = broader_themes(reading.space, numbers, reading.sizes)
    if not groups:
        return []
    alone = sorted(set(range(len(named))).difference(*groups))
    group_of = np.full(len(named) + 1, -1, dtype=np.int64)
    for place, members in enumerate([*groups, *([theme] for theme in alone)]):
        group_of[members] = place
    joined = group_of[numbers]
    centres = theme_centres(reading.space, joined, reading.sizes)
    data = LabelInput(reading.read, reading.codes, joined, reading.space, centres)
    labels = name_broader(data, named, groups, embedder=embedder, centre=reading.centre, vectors=vectors)
    return [Broader(label, members) for label, members in zip(labels, groups, strict=True)]


def _largest_first(
    numbers: np.ndarray, further: Mapping[int, list[tuple[int, float]]], reading: Reading
) -> np.ndarray:
    """The new number of each theme, by the answers it occurs in; ties by the first of them."""
    totals: Counter[int] = Counter()
    first: dict[int, int] = {}
    for index, (number, rows) in enumerate(zip(numbers.tolist(), reading.rows, strict=True)):
        for theme in (number, *(other for other, _ in further.get(index, ()))):
            if theme >= 0:
                totals[theme] += len(rows)
                first.setdefault(theme, rows[0])
    place = np.empty(len(totals), dtype=np.int64)
    place[sorted(totals, key=lambda number: (-totals[number], first[number]))] = np.arange(len(totals))
    return place


def _assign(
    reading: Reading,
    numbers: np.ndarray,
    centres: np.ndarray,
    further: Mapping[int, list[tuple[int, float]]],
    stances: Sequence[str | None],
) -> tuple[Assignment, ...]:
    themes: list[tuple[ThemeScore, ...]] = [()] * len(reading.shown)
    for index, rows in enumerate(reading.rows):
        number = int(numbers[index])
        if number < 0:
            continue
        found = [(number, float(reading.space[index] @ centres[number])), *further.get(index, ())]
        for row in rows:
            themes[row] = tuple(scored(theme_id(theme), cosine) for theme, cosine in found)
    said = reading.spread(stances)
    return tuple(Assignment(row, code, themes[row], said[row]) for row, code in enumerate(reading.languages))
