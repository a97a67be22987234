"""Where a theme comes up more, or less, often in one group than in all other answers, beyond chance.

Two proportions by the z test, only where every expected count is at least 5; Holm's adjustment over all tests of a
summary (`consult.analysis.differences`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from consult.analysis.differences import ALPHA, holm, two_shares
from consult.analysis.disclosure import may_show
from consult.summary.content import GroupFigure
from consult.summary.disclosed import ShownTheme


@dataclass(frozen=True, slots=True)
class Contrast:
    """A group against all answers outside it."""

    group: GroupFigure
    rest_base: int
    rest_count: int

    @property
    def is_more(self) -> bool:
        return self.share > self.rest_share

    @property
    def share(self) -> float:
        return self.group.count / self.group.base

    @property
    def rest_share(self) -> float:
        return self.rest_count / self.rest_base


def contrasts(lines: Sequence[ShownTheme], k: int) -> dict[int, list[Contrast]]:
    """Theme → the differences that hold, the largest first; only of figures that are shown."""
    tried = []
    for line in lines:
        theme = line.theme
        for group in line.groups:
            one = Contrast(group, theme.base - group.base, theme.count - group.count)
            if not 0 <= one.rest_count <= one.rest_base or not one.rest_base:
                continue
            if not may_show(one.rest_count, one.rest_base, k):
                continue
            test = two_shares(group.count, group.base, one.rest_count, one.rest_base)
            if test.test == "z":
                tried.append((test.p, theme.theme_id, one))
    tried.sort(key=lambda entry: entry[:2])
    found: dict[int, list[Contrast]] = defaultdict(list)
    for adjusted, (_p, theme_id, one) in zip(holm([p for p, *_rest in tried]), tried, strict=True):
        if adjusted <= ALPHA:
            found[theme_id].append(one)
    for some in found.values():
        some.sort(key=lambda one: (-abs(one.share - one.rest_share), sorted(one.group.name.items())))
    return dict(found)
