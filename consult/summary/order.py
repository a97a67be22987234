"""The reviewer's order of themes: those below a theme stay right after it, and places are counted among its like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from consult.summary.content import SummaryTheme


def places(themes: Sequence[SummaryTheme]) -> dict[int, tuple[int, int]]:
    """Theme → (its place among the themes under the same broader one, from 1; how many there are)."""
    return {
        theme.theme_id: (place, len(group))
        for group in _families(themes).values()
        for place, theme in enumerate(group, start=1)
    }


def moved(themes: Sequence[SummaryTheme], wanted: Mapping[int, int]) -> tuple[SummaryTheme, ...]:
    """The themes with those of `wanted` at the place that is wanted among their like; others keep their order.

    A place beyond the last is the last. The themes below one go with it.
    """
    families = _families(themes)
    for parent_id, group in families.items():
        going = [theme for theme in group if theme.theme_id in wanted]
        stays = [theme for theme in group if theme.theme_id not in wanted]
        for theme in sorted(going, key=lambda theme: wanted[theme.theme_id]):
            stays.insert(max(0, wanted[theme.theme_id] - 1), theme)
        families[parent_id] = stays
    return _flat(families)


def in_tree(themes: Sequence[SummaryTheme]) -> tuple[SummaryTheme, ...]:
    """The themes with parents and depths as they are among these: without its broader theme one stands for itself."""
    here = {theme.theme_id: theme for theme in themes}
    parents = {theme.theme_id: theme.parent_id if theme.parent_id in here else None for theme in themes}
    found = []
    for theme in _flat(_families(themes)):
        depth, above = 0, parents[theme.theme_id]
        while above is not None and depth < len(themes):
            depth, above = depth + 1, parents[above]
        found.append(replace(theme, depth=depth, parent_id=parents[theme.theme_id]))
    return tuple(found)


def _families(themes: Sequence[SummaryTheme]) -> dict[int | None, list[SummaryTheme]]:
    here = {theme.theme_id for theme in themes}
    families: dict[int | None, list[SummaryTheme]] = defaultdict(list)
    for theme in themes:
        families[theme.parent_id if theme.parent_id in here else None].append(theme)
    return dict(families)


def _flat(families: Mapping[int | None, Sequence[SummaryTheme]]) -> tuple[SummaryTheme, ...]:
    found: list[SummaryTheme] = []
    waiting = list(reversed(families.get(None, ())))
    while waiting:
        theme = waiting.pop()
        found.append(theme)
        waiting += reversed(families.get(theme.theme_id, ()))
    return tuple(found)
