"""Where stakeholder groups stand on the map, as numbers for a picture. The table beside it says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from consult.stakeholders.groups import quadrant_of
from consult.stakeholders.models import StakeholderGroup

STEP = 100
SPREAD = ((0, 0), (34, 0), (-34, 0), (0, 34), (34, 34), (-34, 34))


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered mark on a field of 500 × 500; the origin is at the upper reading edge."""

    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MapLine:
    """A group with its number on the map (None: not judged yet), its quadrant, and how many are on the roll."""

    group: StakeholderGroup
    number: int | None
    quadrant: str | None
    on_roll: int


def map_lines(groups: Sequence[StakeholderGroup], sizes: dict[int, int]) -> list[MapLine]:
    """The groups of the table: most influence first, then most interest; those not judged last."""
    ranked = sorted(groups, key=lambda g: (quadrant_of(g.influence, g.interest) is None,
                                           -(g.influence or 0), -(g.interest or 0), g.key))  # fmt: skip
    lines = []
    for number, group in enumerate(ranked, start=1):
        quadrant = quadrant_of(group.influence, group.interest)
        lines.append(MapLine(group, number if quadrant else None, quadrant, sizes.get(group.id, 0)))
    return lines


def map_marks(lines: Sequence[MapLine], *, from_right: bool) -> list[Mark]:
    """Where the numbers stand; groups of the same judgement are spread round one point."""
    taken: dict[tuple[int, int], int] = defaultdict(int)
    marks = []
    for line in lines:
        influence, interest = line.group.influence, line.group.interest
        if line.number is None or influence is None or interest is None:
            continue
        dx, dy = SPREAD[taken[influence, interest] % len(SPREAD)]
        taken[influence, interest] += 1
        x = (interest - 1) * STEP + STEP // 2 + dx
        marks.append(
            Mark(line.number, 5 * STEP - x if from_right else x, (5 - influence) * STEP + STEP // 2 + dy)
        )
    return marks
