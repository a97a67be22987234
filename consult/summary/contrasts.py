"""Where a theme comes up more, or less, often in one group than in all other answers, beyond chance.

Two proportions by the pooled z test, only where every expected count is at least 5; Holm's adjustment over all tests
of a summary (S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 1979).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from consult.summary.content import GroupFigure, SummaryTheme
from consult.summary.disclosed import may_show, shown_groups

LEVEL = 0.05
FEWEST_EXPECTED = 5


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


def contrasts(themes: Sequence[SummaryTheme], k: int) -> dict[int, list[Contrast]]:
    """Theme → the differences that hold, the largest first; only of figures that may be shown."""
    tried = []
    shown = shown_groups(themes, k)
    for theme in themes:
        for group in shown.get(theme.theme_id, ()):
            one = Contrast(group, theme.base - group.base, theme.count - group.count)
            if not may_show(one.rest_count, one.rest_base, k):
                continue
            p = _two_proportions(group.count, group.base, one.rest_count, one.rest_base)
            if p is not None:
                tried.append((p, theme.theme_id, one))
    tried.sort(key=lambda entry: entry[:2])
    found: dict[int, list[Contrast]] = defaultdict(list)
    for place, (p, theme_id, one) in enumerate(tried):
        if p * (len(tried) - place) > LEVEL:
            break
        found[theme_id].append(one)
    for some in found.values():
        some.sort(key=lambda one: (-abs(one.share - one.rest_share), sorted(one.group.name.items())))
    return dict(found)


def _two_proportions(count: int, base: int, rest_count: int, rest_base: int) -> float | None:
    """p of the pooled z test, two-sided; None where it does not apply."""
    if base <= 0 or rest_base <= 0 or rest_count < 0:
        return None
    pooled = (count + rest_count) / (base + rest_base)
    if min(pooled, 1 - pooled) * min(base, rest_base) < FEWEST_EXPECTED:
        return None
    spread = sqrt(pooled * (1 - pooled) * (1 / base + 1 / rest_base))
    return erfc(abs(count / base - rest_count / rest_base) / spread / sqrt(2))
