"""Matrix products in which a row's result depends on that row alone, to the last bit.

A matrix library works through the rows of a product in strips, and not all strips are summed in the same
order. OpenBLAS's kernel for processors with AVX2 ("Haswell", also taken for Zen) works on twelve rows at a
time, as six and six, and the two halves round differently; a strip at the end is different again. So the
same row gives up to three results in one product, by where it stands, and a text's vector would depend on
the texts beside it.

Two things prevent it. All products have one height, a multiple of every strip in use (zero rows fill
them). And a row never stands in a strip of another kind: `Layout` finds by trying which places of a product
round alike, and gives each row a place by its `kind`, 0 or 1, which must follow from what the row is (a
token's number, its place in its text) and never from what else is in the product. On a kernel that rounds
everywhere alike (those for AVX-512 and for older processors) kinds do not matter. Should a kernel round in
some other way, only the places that round like the commonest are used: slower, but right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Layout:
    """Where rows stand in products of `height` rows with each of `weights`, matrices of shape (k, n)."""

    def __init__(self, height: int, weights: Sequence[np.ndarray]) -> None:
        self.height = height
        self._places = _places(_rounding(height, weights))

    @property
    def capacity(self) -> tuple[int, int]:
        """How many rows one product takes of kind 0 and of kind 1; the sum where kinds do not matter."""
        sizes = [len(places) for places in self._places]
        return (sizes[0], sizes[-1])

    @property
    def is_uniform(self) -> bool:
        """Whether kinds do not matter."""
        return len(self._places) == 1

    def arrange(self, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For rows of `kinds` (n,): `rows` (a multiple of height,), the row that stands at each place, n
        where none does; and `places` (n,), where each row stands."""
        count = len(kinds)
        places = np.empty(count, dtype=np.int64)
        for number, own in enumerate(self._places):
            some = np.arange(count) if self.is_uniform else np.flatnonzero(kinds == number)
            block, inside = np.divmod(np.arange(len(some)), len(own))
            places[some] = block * self.height + own[inside]
        blocks = int(places.max(initial=-1)) // self.height + 1
        rows = np.full(blocks * self.height, count, dtype=np.int64)
        rows[places] = np.arange(count)
        return rows, places

    def product(self, arranged: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """`arranged @ weights`, one product of `height` rows after the other."""
        out = np.empty((len(arranged), weights.shape[1]), dtype=np.float32)
        for start in range(0, len(arranged), self.height):
            stop = start + self.height
            np.matmul(arranged[start:stop], weights, out=out[start:stop])
        return out


def _rounding(height: int, weights: Sequence[np.ndarray]) -> np.ndarray:
    """A number for each place of a product, equal where all the products round alike, shape (height,)."""
    random = np.random.default_rng(0)
    found = [b""] * height
    for matrix in {matrix.shape: matrix for matrix in weights}.values():
        row = random.standard_normal((1, matrix.shape[0])).astype(np.float32)
        rounded = np.matmul(np.tile(row, (height, 1)), matrix)
        found = [before + own.tobytes() for before, own in zip(found, rounded, strict=True)]
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(own, len(numbers)) for own in found])


def _places(kinds: np.ndarray) -> tuple[np.ndarray, ...]:
    """The places for rows of kind 0 and kind 1, or one array for all rows."""
    counts = np.bincount(kinds)
    if len(counts) == 2 and counts[0] == counts[1]:
        first = int(kinds[0])
        return np.flatnonzero(kinds == first), np.flatnonzero(kinds != first)
    return (np.flatnonzero(kinds == counts.argmax()),)
