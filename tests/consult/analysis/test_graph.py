"""Nearest neighbours: found without sorting through all, the same as by sorting."""

from __future__ import annotations

import numpy as np
import pytest

from consult.analysis import graph


@pytest.mark.parametrize(("rows", "columns", "k"), [(7, 1000, 5), (3, 1031, 8), (2, 64, 30), (4, 9, 9)])
def test_the_largest_of_each_row_are_those_that_sorting_finds(rows: int, columns: int, k: int) -> None:
    block = np.random.default_rng(0).integers(0, 400, (rows, columns)).astype(np.float32)
    found, values = graph._largest(block, k)
    sorted_values = -np.sort(-block, axis=1)[:, :k]
    assert np.array_equal(values, sorted_values)
    assert np.array_equal(np.take_along_axis(block, found, axis=1), values)
    assert all(len(set(own)) == k for own in found.tolist())


def test_of_equal_ones_among_many_the_first_columns_are_taken() -> None:
    block = np.zeros((2, 4_000), dtype=np.float32)
    block[1, 3_000] = 1
    found, _ = graph._largest(block, 4)
    assert found.tolist() == [[0, 1, 2, 3], [3_000, 0, 1, 2]]


def test_neighbours_are_the_same_in_one_thread_and_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = graph.unit_rows(np.random.default_rng(1).standard_normal((3_000, 16)).astype(np.float32))
    several = graph.nearest(vectors, 10)
    monkeypatch.setattr(graph, "cores", lambda: 1)
    one = graph.nearest(vectors, 10)
    assert all(np.array_equal(a, b) for a, b in zip(several, one, strict=True))
    assert (several[0] != np.arange(3_000)[:, None]).all()
