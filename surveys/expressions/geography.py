"""Distances and areas on the globe, from points as OpenRosa writes them: ``31.52 35.09 0 0; 31.53 35.10 0 0``."""

from __future__ import annotations

import math
from collections.abc import Iterable

from surveys.expressions.values import Scalar, to_text

RADIUS = 6_378_100.0
"""Of the earth, in metres, as the ODK XForms specification has it."""
Point = tuple[float, float]


def points(values: Iterable[Scalar]) -> list[Point]:
    """(latitude, longitude) in degrees of every point in the texts; what is no point is left out."""
    found = []
    for value in values:
        for written in to_text(value).replace(",", " ").split(";"):
            parts = written.split()
            try:
                latitude, longitude = float(parts[0]), float(parts[1])
            except (ValueError, IndexError):
                continue
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                found.append((latitude, longitude))
    return found


def length(path: list[Point]) -> float:
    """Metres along the path (haversine)."""
    return math.fsum(_between(a, b) for a, b in zip(path, path[1:], strict=False))


def _between(a: Point, b: Point) -> float:
    latitude_a, latitude_b = math.radians(a[0]), math.radians(b[0])
    half = math.sin((latitude_b - latitude_a) / 2) ** 2
    half += math.cos(latitude_a) * math.cos(latitude_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))


def area(corners: list[Point]) -> float:
    """Square metres inside the corners, on a sphere; 0 for fewer than three."""
    if len(corners) < 3:
        return 0.0
    total = 0.0
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        turn = math.radians(b[1] - a[1])
        total += turn * (2 + math.sin(math.radians(a[0])) + math.sin(math.radians(b[0])))
    return abs(total * RADIUS * RADIUS / 2)
