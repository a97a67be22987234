import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.analysis.products import Layout
from consult.analysis.threads import one_thread

SHAPES = ((512, 768), (256, 512), (1280, 256), (320, 512))
WEIGHTS = {shape: np.random.default_rng(1).standard_normal(shape).astype(np.float32) for shape in SHAPES}
with one_thread():
    LAYOUTS = {height: Layout(height, list(WEIGHTS.values())) for height in (480, 48, 20)}


def result_of(layout, rows, kinds, weights):
    arranged, places = layout.arrange(kinds)
    with one_thread():
        return layout.product(np.vstack([rows, np.zeros_like(rows[:1])])[arranged], weights)[places]


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SHAPES), st.sampled_from(sorted(LAYOUTS)), st.integers(1, 700), st.integers(0, 99))
def test_a_row_gives_the_same_in_any_company(shape, height, count, seed):
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, shape[0])).astype(np.float32)
    kinds = random.integers(0, 2, count)
    together = result_of(LAYOUTS[height], rows, kinds, WEIGHTS[shape])
    assert np.abs(together - rows @ WEIGHTS[shape]).max() < 1e-3
    for row in random.integers(0, count, 3):
        alone = result_of(LAYOUTS[height], rows[row : row + 1], kinds[row : row + 1], WEIGHTS[shape])
        assert np.array_equal(alone[0], together[row])


def test_every_row_has_a_place_and_the_rest_is_empty():
    layout = LAYOUTS[48]
    kinds = np.array([0] * 60 + [1] * 5)
    rows, places = layout.arrange(kinds)
    assert len(rows) % 48 == 0
    assert sorted(places) == sorted(set(places))
    assert np.array_equal(rows[places], np.arange(65))
    assert (np.delete(rows, places) == 65).all()


# The other kernels that this processor can run, chosen when the library is loaded.
@pytest.mark.parametrize("kernel", ["Haswell", "Sandybridge", "Nehalem"])
def test_on_other_kernels(kernel):
    code = (
        "import numpy as np\n"
        "from consult.analysis.embedding import use_embedder\n"
        "texts = [f'water {i} ' * (1 + i % 40) for i in range(60)]\n"
        "every = use_embedder().embed(texts)\n"
        "assert all(np.array_equal(use_embedder().embed([t])[0], v) for t, v in zip(texts, every))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "OPENBLAS_CORETYPE": kernel},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
