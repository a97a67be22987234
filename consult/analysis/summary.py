"""From assignments to themes with counts, shares by language and group, and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consult.analysis.copies import FEWEST_WORDS
from consult.analysis.labels import ThemeWords
from consult.analysis.language import UNKNOWN
from consult.analysis.quotes import Quotable, choose_quotes, even_sources
from consult.analysis.reading import Reading
from consult.analysis.text import words
from consult.analysis.values import Assignment, Count, Letter, Parent, Quote, Theme, ThemeResult

# So many copies of one text are a campaign letter.
_FEWEST_COPIES = 3
STANCES = ("support", "oppose", "mixed", "neutral")


@dataclass(frozen=True, slots=True)
class Broader:
    """A broader theme before it is counted: its label and the numbers of the themes below it."""

    label: Mapping[str, str]
    themes: Sequence[int]


def theme_id(number: int) -> str:
    """The name of theme `number` (from 0) in a result."""
    return f"t{number + 1}"


def summarise(
    reading: Reading,
    assignments: tuple[Assignment, ...],
    named: Sequence[ThemeWords],
    centres: np.ndarray,
    *,
    engine: Mapping[str, str],
    weights: Sequence[float] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    broader: Sequence[Broader] = (),
) -> ThemeResult:
    """The result of a run. Shares are of the analysed rows, weighted where weights are given."""
    groups = groups or {}
    analysed = reading.analysed
    weigh = np.ones(len(reading.shown)) if weights is None else np.asarray(weights, dtype=float)
    whole = float(weigh[analysed].sum())
    bases = {name: Counter(values[row] for row in analysed) for name, values in groups.items()}
    language_base = Counter(reading.languages[row] for row in analysed)
    rows_of = _rows_by_theme(assignments)
    quotes = _quotes(reading, rows_of, named, centres, groups)
    parents = _parents(broader, rows_of, weigh, whole)
    parent_of = {child: parent.id for parent in parents for child in parent.children}
    themes = []
    for number, name in enumerate(named):
        rows = rows_of.get(theme_id(number), [])
        themes.append(
            Theme(
                id=theme_id(number),
                parent=parent_of.get(theme_id(number)),
                label=name.label,
                description=name.description,
                keywords=name.keywords,
                count=len(rows),
                share=share(float(weigh[rows].sum()), whole),
                by_language=_counts([reading.languages[row] for row in rows], language_base),
                groups={
                    name: _counts([values[row] for row in rows], bases[name])
                    for name, values in groups.items()
                },
                stance=_stances(assignments, rows),
                quotes=quotes[number],
                repeated=_most_repeated(reading, set(rows)),
                centre=centres[number],
            )
        )
    return ThemeResult(
        rows=len(reading.shown),
        analysed=len(analysed),
        languages=dict(sorted(Counter(code for code in reading.languages if code != UNKNOWN).items())),
        engine=engine,
        themes=tuple(themes),
        assignments=assignments,
        bases={
            "": dict(sorted(language_base.items())),
            **{n: dict(sorted(b.items())) for n, b in bases.items()},
        },
        letters=_letters(reading),
        parents=parents,
    )


def _parents(
    broader: Sequence[Broader], rows_of: Mapping[str, Sequence[int]], weigh: np.ndarray, whole: float
) -> tuple[Parent, ...]:
    """Broader themes, the largest first. An answer in two of the themes below counts once."""
    found = []
    for item in broader:
        children = tuple(theme_id(number) for number in item.themes)
        rows = sorted({row for child in children for row in rows_of.get(child, ())})
        found.append((item.label, children, rows))
    found.sort(key=lambda item: (-len(item[2]), item[2][:1]))
    return tuple(
        Parent(f"p{place}", label, children, len(rows), share(float(weigh[rows].sum()), whole))
        for place, (label, children, rows) in enumerate(found, 1)
    )


def _letters(reading: Reading) -> tuple[Letter, ...]:
    """Texts of some length that came several times."""
    found = [
        tuple(rows)
        for rows, text in zip(reading.rows, reading.read, strict=True)
        if len(rows) >= _FEWEST_COPIES and len(words(text)) >= FEWEST_WORDS
    ]
    return tuple(Letter(rows) for rows in sorted(found, key=lambda rows: (-len(rows), rows[0])))


def share(part: float, whole: float) -> float:
    """A share to four places; 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def _rows_by_theme(assignments: Sequence[Assignment]) -> dict[str, list[int]]:
    out: dict[str, list[int]] = {}
    for item in assignments:
        for theme in item.themes:
            out.setdefault(theme.id, []).append(item.row)
    return out


def _counts(values: Sequence[str], base: Mapping[str, int]) -> dict[str, Count]:
    """Every value of the column with its count, zeros too, so that totals can be checked."""
    counted = Counter(values)
    return {value: Count(counted[value], share(counted[value], base[value])) for value in sorted(base)}


def _stances(assignments: Sequence[Assignment], rows: Sequence[int]) -> dict[str, int]:
    counted = Counter(assignments[row].stance for row in rows)
    return {stance: counted[stance] for stance in STANCES}


def _most_repeated(reading: Reading, rows: set[int]) -> int:
    return max((len(places) for places in reading.rows if places[0] in rows), default=0)


def _quotes(
    reading: Reading,
    rows_of: Mapping[str, Sequence[int]],
    named: Sequence[ThemeWords],
    centres: np.ndarray,
    groups: Mapping[str, Sequence[str]],
) -> list[tuple[Quote, ...]]:
    """The quotes of each theme; the first group column says who an answer is from."""
    sources = next(iter(groups.values()), None)
    places = {rows[0]: index for index, rows in enumerate(reading.rows)}
    spent: Counter[str] = Counter()
    chosen = []
    for number, words_of_theme in enumerate(named):
        firsts = [row for row in rows_of.get(theme_id(number), []) if row in places]
        indices = [places[row] for row in firsts]
        answers = Quotable(
            rows=firsts,
            texts=[reading.shown[row] for row in firsts],
            languages=[reading.languages[row] for row in firsts],
            nearness=reading.space[indices] @ centres[number],
            vectors=reading.space[indices],
            sources=[sources[row] for row in firsts] if sources else None,
            told=frozenset(i for i, index in enumerate(indices) if index in words_of_theme.described),
        )
        chosen.append(choose_quotes(answers, spent))
    return even_sources(chosen, sources)
