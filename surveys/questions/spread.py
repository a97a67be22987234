"""Pure figures of numeric answers: cells of equal width, mean and median."""

from __future__ import annotations

import math

from surveys.questions.base import Cell, Counts

MOST_CELLS = 10


def number_cells(counts: Counts) -> tuple[Cell, ...]:
    """Cells over the numbers in `counts`: one a value when there are few, else of equal round width.

    A cell's key is its range, ``"20–29"``; the last number of a cell of integers belongs to it.
    """
    numbers = {number: n for (_, number), n in counts.items() if number is not None and n}
    if not numbers:
        return ()
    if len(numbers) <= MOST_CELLS:
        return tuple(_cell(_shown(number), numbers[number]) for number in sorted(numbers))
    low, high = min(numbers), max(numbers)
    whole = all(float(number).is_integer() for number in numbers)
    width = _round_width((high - low + whole) / MOST_CELLS)
    start = math.floor(low / width) * width
    cells = []
    while start <= high:
        inside = sum(n for number, n in numbers.items() if start <= number < start + width)
        end = start + width - 1 if whole else start + width
        key = _shown(start) if end == start else f"{_shown(start)}–{_shown(end)}"
        cells.append(_cell(key, inside))
        start += width
    return tuple(cells)


def number_statistics(counts: Counts) -> dict[str, float]:
    """Mean and median over the numbers in `counts`; empty when there are none."""
    numbers = sorted((number, n) for (_, number), n in counts.items() if number is not None and n)
    total = sum(n for _, n in numbers)
    if not total:
        return {}
    mean = sum(number * n for number, n in numbers) / total
    return {"mean": mean, "median": (_nth(numbers, (total - 1) // 2) + _nth(numbers, total // 2)) / 2}


def _nth(numbers: list[tuple[float, int]], position: int) -> float:
    for number, n in numbers:
        if position < n:
            return number
        position -= n
    raise IndexError(position)


def _round_width(width: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 … at or above `width`."""
    power = 10.0 ** math.floor(math.log10(width))
    for step in (1, 2, 5, 10):
        if step * power >= width * (1 - 1e-9):
            return step * power
    return 10 * power


def _shown(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:.10g}"


def _cell(key: str, count: int) -> Cell:
    return Cell(key=key, label={}, count=count)
