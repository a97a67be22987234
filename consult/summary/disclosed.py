"""The figures of a summary as they may be shown to who may not read single answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.analysis import disclosure
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme


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
    found = []
    for theme in content.themes:
        below = [other.count for other in content.themes if other.parent_id == theme.theme_id]
        is_shown = may_show(theme.count, theme.base, k)
        if below:
            is_shown = is_shown and disclosure.union_may_show(theme.count, below, k)
        found.append(
            ShownTheme(
                theme=theme,
                count=theme.count if is_shown else None,
                share=theme.share if is_shown else None,
                groups=shown_groups(theme, k) if is_shown and not below else (),
                stance=_shown_stance(theme, k) if is_shown and not below else {},
            )
        )
    return found


def may_show(count: int, base: int, k: int) -> bool:
    """Whether a count may be shown beside its base: neither it nor what is left of the base is 1 to k-1."""
    return not (0 < count < k or 0 < base - count < k or 0 < base < k)


def shown_groups(theme: SummaryTheme, k: int) -> tuple[GroupFigure, ...]:
    """The groups whose figures may stand beside the theme's own.

    Groups of one dimension may be parts of one whole, so each is protected twice: its answers with and without the
    theme beside one another, and what all that are shown leave of the theme and of the base.
    """
    found: list[GroupFigure] = []
    for dimension in dict.fromkeys(group.dimension for group in theme.groups):
        groups = [group for group in theme.groups if group.dimension == dimension]
        shown = [group for group in groups if may_show(group.count, group.base, k)]
        shown = [group for group in shown if _rest_may_show(theme, [group], k)]
        while shown and not _rest_may_show(theme, shown, k):
            shown.remove(min(shown, key=lambda group: (group.base, group.count)))
        found += shown
    return tuple(found)


def _rest_may_show(theme: SummaryTheme, groups: Sequence[GroupFigure], k: int) -> bool:
    base = theme.base - sum(group.base for group in groups)
    count = theme.count - sum(group.count for group in groups)
    if base < 0 or count < 0:
        return True  # groups that overlap: nothing is left over to be worked out
    return may_show(count, base, k) if base else True


def _shown_stance(theme: SummaryTheme, k: int) -> dict[str, int]:
    rest = theme.count - sum(theme.stance.values())
    cells = disclosure.suppress([*theme.stance.values(), max(0, rest)], k).cells
    return {
        value: cell.shown for value, cell in zip(theme.stance, cells, strict=False) if cell.shown is not None
    }
