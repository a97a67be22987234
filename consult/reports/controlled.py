"""Signed figures as a report shows them, under the disclosure control of its edition (`consult.summary.disclosed`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from consult.analysis.disclosure import Hidden
from consult.reports.consultation_report import Figure, GroupShare, Quote, Text, ThemePart
from consult.review.models import STANCES
from consult.summary.content import GroupFigure, SummaryContent, SummaryQuote
from consult.summary.disclosed import ShownTheme, shown_themes

_UNKNOWN = Figure(None, None, Hidden.WITHHELD)


def total(count: int, k: int) -> Figure:
    """A total by itself."""
    return Figure(None, None, Hidden.SMALL) if 0 < count < k else Figure(count)


def part(count: int, base: int, k: int) -> Figure:
    """A part of a known base: neither it nor the rest may be small."""
    if 0 < count < k:
        return Figure(None, None, Hidden.SMALL)
    if 0 < base - count < k:
        return _UNKNOWN
    return Figure(count, count / base if base else None)


def controlled_themes(content: SummaryContent, k: int) -> tuple[ThemePart, ...]:
    """The themes of a summary with the figures that may stand in it."""
    return theme_parts(shown_themes(content, k), k)


def theme_parts(themes: Sequence[ShownTheme], k: int) -> tuple[ThemePart, ...]:
    """Themes under disclosure control as a report has them."""
    return tuple(_theme(shown, k) for shown in themes)


def _theme(shown: ShownTheme, k: int) -> ThemePart:
    theme = shown.theme
    figure = Figure(shown.count, shown.share)
    if shown.count is None:
        is_small = 0 < theme.count < k and not shown.is_broader
        figure = Figure(None, None, Hidden.SMALL if is_small else Hidden.WITHHELD)
    known = sum(shown.stance.values())
    return ThemePart(
        name=dict(theme.name),
        text=dict(theme.text),
        figure=figure,
        depth=theme.depth,
        groups=tuple(
            _group(group)
            if group in shown.groups and group.base
            else GroupShare(dict(group.name), group.dimension, _UNKNOWN, _UNKNOWN)
            for group in _in_open_order(shown)
            if shown.groups
        ),
        stance=tuple((name, _stance(shown, name, known)) for name in STANCES if shown.stance),
        stance_origin=theme.stance_origin,
        quotes=tuple(quote_of(quote) for quote in theme.quotes),
    )  # fmt: skip


def _in_open_order(shown: ShownTheme) -> list[GroupFigure]:
    """The groups that are shown, then the others by name: an order by size would tell of these."""
    hidden = [group for group in shown.theme.groups if group not in shown.groups]
    return [*shown.groups, *sorted(hidden, key=lambda group: (group.dimension, sorted(group.name.items())))]


def _group(group: GroupFigure) -> GroupShare:
    own = Figure(group.count, group.count / group.base)
    return GroupShare(dict(group.name), group.dimension, Figure(group.base), own)


def _stance(shown: ShownTheme, name: str, known: int) -> Figure:
    if name in shown.stance:
        return Figure(shown.stance[name], shown.stance[name] / known if known else None)
    return _UNKNOWN if shown.theme.stance.get(name) else Figure(0, 0.0)


def named_apart(parts: Sequence[ThemePart], asked: Mapping[str, Text]) -> tuple[ThemePart, ...]:
    """Themes whose groups by the answer to another question are called by the answer alone, with the question beside
    it. `asked`: dimension → the words of the question. What was asked in other words when it was signed stays whole."""
    return tuple(
        replace(
            part, groups=tuple(_named_apart(group, asked.get(group.dimension, {})) for group in part.groups)
        )
        for part in parts
    )


def _named_apart(group: GroupShare, asked: Text) -> GroupShare:
    found = {
        code: words.removeprefix(f"{asked[code]} ")
        for code, words in group.name.items()
        if asked.get(code) and words.startswith(f"{asked[code]} ")
    }
    if not found or set(found) != set(group.name):
        return group
    return replace(group, name=found, asked={code: asked[code] for code in found})


def quote_of(quote: SummaryQuote) -> Quote:
    """A quote as the report has it."""
    return Quote(quote.text, quote.language, dict(quote.translations), quote.is_erased)
