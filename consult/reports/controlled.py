"""Signed figures under the disclosure control of an edition. Pure: exact figures in, what may be shown out.

An answer may carry several themes, so a theme stands against the answers without it; a broader one against those below
it; the groups of one dimension against each other and against the whole; stances against the answers without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from consult.analysis.disclosure import Hidden, suppress, suppress_table, union_may_show
from consult.reports.consultation_report import Figure, GroupShare, Quote, ThemePart
from consult.review.models import STANCES
from consult.summary.content import GroupFigure, SummaryQuote, SummaryTheme

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


def controlled_themes(themes: Sequence[SummaryTheme], *, base: int, k: int) -> tuple[ThemePart, ...]:
    """The themes of a signed summary with the figures that may stand in it."""
    if 0 < base < k:
        return tuple(_without_figures(theme) for theme in themes)
    found = []
    for theme in themes:
        own = theme.base or base
        below = [other for other in themes if other.parent_id == theme.theme_id]
        figure = part(theme.count, own, k)
        if below and not union_may_show(theme.count, [other.count for other in below], k):
            figure = _UNKNOWN
        groups = () if figure.count is None or below else _groups(theme, own, k)
        stance = () if figure.count is None else _stance(theme, k)
        found.append(replace(_without_figures(theme), figure=figure, groups=groups, stance=stance))
    return tuple(found)


def _without_figures(theme: SummaryTheme) -> ThemePart:
    return ThemePart(
        name=dict(theme.name),
        text=dict(theme.text),
        figure=_UNKNOWN,
        depth=theme.depth,
        stance_origin=theme.stance_origin,
        quotes=tuple(quote_of(quote) for quote in theme.quotes),
    )


def quote_of(quote: SummaryQuote) -> Quote:
    """A quote as the report has it."""
    return Quote(quote.text, quote.language, dict(quote.translations), quote.is_erased)


def _groups(theme: SummaryTheme, base: int, k: int) -> tuple[GroupShare, ...]:
    found: list[GroupShare] = []
    ordered = sorted(enumerate(theme.groups), key=lambda item: (item[1].dimension, item[0]))
    for _dimension, some in groupby((group for _, group in ordered), key=lambda group: group.dimension):
        found += _one_dimension(list(some), theme.count, base, k)
    return tuple(found)


def _one_dimension(groups: Sequence[GroupFigure], count: int, base: int, k: int) -> list[GroupShare]:
    rest = (count - sum(group.count for group in groups), base - sum(group.base for group in groups))
    rows = [[group.count, group.base - group.count] for group in groups]
    overlap = rest[0] < 0 or rest[1] < rest[0]
    if overlap and not (
        union_may_show(count, [group.count for group in groups], k)
        and union_may_show(base, [group.base for group in groups], k)
    ):
        # How many are in two of the groups could be worked out.
        return [GroupShare(dict(group.name), group.dimension, _UNKNOWN, _UNKNOWN) for group in groups]
    if not overlap:
        rows.append([rest[0], rest[1] - rest[0]])
    table = suppress_table(rows, k, column_totals=not overlap)
    found = []
    for group, cells, of in zip(groups, table.cells, table.row_totals, strict=False):
        hidden = cells[0].reason or of.reason
        share = group.count / group.base if group.base else None
        found.append(
            GroupShare(
                dict(group.name),
                group.dimension,
                Figure(of.shown, None, of.reason or ""),
                Figure(None, None, hidden) if hidden else Figure(group.count, share),
            )
        )
    return found


def _stance(theme: SummaryTheme, k: int) -> tuple[tuple[str, Figure], ...]:
    counts = [theme.stance.get(stance, 0) for stance in STANCES]
    if not any(counts):
        return ()
    cells = suppress([*counts, max(0, theme.count - sum(counts))], k).cells
    known = sum(counts)
    return tuple(
        (stance, Figure(cell.shown, cell.shown / known if cell.shown is not None else None, cell.reason or ""))
        for stance, cell in zip(STANCES, cells, strict=False)
    )
