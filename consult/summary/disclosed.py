"""The figures of a summary as they may be shown to who may not read single answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consult.analysis import disclosure
from consult.analysis.crossing import suppress_crossing, suppress_parts
from consult.analysis.trees import Node, may_show, shown_in_tree
from consult.review.dimensions import GROUP
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme

__all__ = ["ShownTheme", "may_show", "shown_groups", "shown_themes"]


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme with its figures under control: `count` and `share` are None where withheld, `groups` and `stance` hold
    only what may be shown."""

    theme: SummaryTheme
    count: int | None
    share: float | None
    groups: tuple[GroupFigure, ...]
    stance: Mapping[str, int]


def shown_themes(content: SummaryContent, k: int = disclosure.PUBLIC) -> list[ShownTheme]:
    """The themes of a summary with no figure of 1 to k-1 in them, and none from which one follows."""
    nodes = [Node(one.theme_id, one.parent_id, one.count, one.base) for one in content.themes]
    shown = shown_in_tree(nodes, k)
    if k > 1:
        shown -= {theme.theme_id for theme in content.themes if theme.tells_below}
    broader = {theme.parent_id for theme in content.themes}
    found = []
    for theme in content.themes:
        is_shown = theme.theme_id in shown
        has_parts = is_shown and theme.theme_id not in broader
        found.append(
            ShownTheme(
                theme=theme,
                count=theme.count if is_shown else None,
                share=theme.share if is_shown else None,
                groups=shown_groups(theme, k) if has_parts else (),
                stance=_shown_stance(theme, k) if has_parts else {},
            )
        )
    return found


def shown_groups(theme: SummaryTheme, k: int) -> tuple[GroupFigure, ...]:
    """The groups whose figures may stand beside the theme's own, under the control of all tables of themes by column.

    Answers in none of the groups are a column that is not told; where groups overlap it cannot be worked out.
    """
    found: list[GroupFigure] = []
    for dimension in dict.fromkeys(group.dimension for group in theme.groups):
        groups = [one for one in theme.groups if one.dimension == dimension and _is_within(one, theme)]
        counts, bases = [group.count for group in groups], [group.base for group in groups]
        rest, rest_base = theme.count - sum(counts), theme.base - sum(bases)
        if dimension != GROUP and 0 <= rest <= rest_base:
            counts, bases = [*counts, rest], [*bases, rest_base]
        row = suppress_crossing([counts], [theme.count], bases, theme.base, k).rows[0]
        found += [group for group, cell in zip(groups, row, strict=False) if cell.shown is not None]
    return tuple(found)


def _is_within(group: GroupFigure, theme: SummaryTheme) -> bool:
    return (
        group.count <= min(group.base, theme.count) and group.base - group.count <= theme.base - theme.count
    )


def _shown_stance(theme: SummaryTheme, k: int) -> dict[str, int]:
    """The answers of each stance, beside those whose stance is not known; where one stands on two sides, beside one
    another."""
    rest = max(0, theme.count - sum(theme.stance.values()))
    cells = suppress_parts([*theme.stance.values(), rest], theme.count, k)
    return {
        value: cell.shown for value, cell in zip(theme.stance, cells, strict=False) if cell.shown is not None
    }
