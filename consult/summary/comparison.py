"""What differs between two states of a summary: figures before and after, words removed and added. Plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from consult.summary.content import TEXTS, SummaryContent, SummaryQuote, SummaryTheme
from surveys.diff import Span, compared_words


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A count before and after; None where there was, or is, none. No `name`: the base of all shares.

    `is_within`: the count is the same, but groups, stance or who placed the answers differ.
    """

    name: Mapping[str, str]
    before: int | None
    after: int | None
    is_within: bool = False


@dataclass(frozen=True, slots=True)
class WordChange:
    """A text that reads differently in one language. `key` is one of TEXTS, or "theme", then `name` is its name."""

    key: str
    name: Mapping[str, str]
    language: str
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class QuoteChange:
    """A quote that came in or was taken out, or one of whose translations changed. `name`: its theme's, or none for the
    grave voices. `kind`: "added", "removed", "translated"."""

    kind: str
    name: Mapping[str, str]
    quote: SummaryQuote


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs. `is_reordered`: the themes that are in both stand in another order."""

    figures: Sequence[FigureChange]
    words: Sequence[WordChange]
    quotes: Sequence[QuoteChange]
    is_reordered: bool

    @property
    def is_empty(self) -> bool:
        return not (self.figures or self.words or self.quotes or self.is_reordered)


def compare(old: SummaryContent, new: SummaryContent) -> Comparison:
    """From one state of a summary to another; of a state with itself nothing."""
    before, after = _by_id(old), _by_id(new)
    return Comparison(
        figures=figure_changes(old, new),
        words=list(_word_changes(old, new)),
        quotes=list(_quote_changes(old, new)),
        is_reordered=[i for i in before if i in after] != [i for i in after if i in before],
    )


def figure_changes(old: SummaryContent, new: SummaryContent) -> list[FigureChange]:
    """The base first, then themes in the new order, then those that are gone."""
    found = []
    if old.base != new.base or old.reviewed != new.reviewed:
        found.append(FigureChange({}, old.base, new.base, old.base == new.base))
    before, after = _by_id(old), _by_id(new)
    for theme_id in [*after, *(i for i in before if i not in after)]:
        was, now = before.get(theme_id), after.get(theme_id)
        if was is not None and now is not None and _figures(was) == _figures(now):
            continue
        name = (now or was).name  # type: ignore[union-attr]
        counts = (was.count if was else None, now.count if now else None)
        found.append(FigureChange(name, *counts, counts[0] == counts[1]))
    return found


def _by_id(content: SummaryContent) -> dict[int, SummaryTheme]:
    return {theme.theme_id: theme for theme in content.themes}


def _figures(theme: SummaryTheme) -> tuple:
    return theme.count, theme.base, theme.groups, dict(theme.stance), theme.stance_origin, dict(theme.name)


def _word_changes(old: SummaryContent, new: SummaryContent) -> Iterator[WordChange]:
    none: Mapping[str, str] = {}
    yield from _texts("introduction", none, old.introduction, new.introduction)
    before, after = _by_id(old), _by_id(new)
    for theme_id in [*after, *(i for i in before if i not in after)]:
        was, now = before.get(theme_id), after.get(theme_id)
        name = (now or was).name  # type: ignore[union-attr]
        yield from _texts("theme", name, was.text if was else none, now.text if now else none)
    for key in TEXTS[1:]:
        yield from _texts(key, none, getattr(old, key), getattr(new, key))


def _texts(
    key: str, name: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[WordChange]:
    for code in dict.fromkeys([*after, *before]):
        was, now = before.get(code, ""), after.get(code, "")
        if was != now:
            yield WordChange(key, name, code, tuple(compared_words(was, now)))


def _quote_changes(old: SummaryContent, new: SummaryContent) -> Iterator[QuoteChange]:
    before, after = _by_id(old), _by_id(new)
    for theme_id in [*after, *(i for i in before if i not in after)]:
        was, now = before.get(theme_id), after.get(theme_id)
        name = (now or was).name  # type: ignore[union-attr]
        yield from _quotes(name, was.quotes if was else (), now.quotes if now else ())
    yield from _quotes({}, old.grave, new.grave)


def _quotes(
    name: Mapping[str, str], before: Sequence[SummaryQuote], after: Sequence[SummaryQuote]
) -> Iterator[QuoteChange]:
    had = {quote.excerpt_id: quote for quote in before}
    has = {quote.excerpt_id: quote for quote in after}
    for quote in has.values():
        earlier = had.get(quote.excerpt_id)
        if earlier is None:
            yield QuoteChange("added", name, quote)
        elif earlier != quote:
            yield QuoteChange("translated", name, quote)
    for quote in had.values():
        if quote.excerpt_id not in has:
            yield QuoteChange("removed", name, quote)
