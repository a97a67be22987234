"""The encoder on all cores: the same bytes as on one, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from consult.analysis import embedding, processes
from consult.analysis.embedding import AnalysisCancelledError, embed_texts, use_embedder
from consult.analysis.processes import UseOnAllCores
from consult.analysis.threads import once

pytestmark = pytest.mark.slow
TEXTS = ["clean water in the village", "مياه نظيفة في القرية", "", "l’école du quartier", "la escuela"] * 2
HANGS = """
import sys
from consult.analysis import processes
if __name__ == "__main__":
    processes.FEWEST_CHUNKS = 2
    found = processes.UseOnAllCores(2).embed_each([["water"], ["school"]])
    next(found)
    import multiprocessing
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    sys.stdin.read()
"""


def test_several_processes_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "CHUNK", 2)
    monkeypatch.setattr(processes, "FEWEST_CHUNKS", 2)
    seen: list[tuple[int, int]] = []
    together = embed_texts(UseOnAllCores(2), TEXTS, progress=lambda *n: seen.append(n))
    assert together.tobytes() == embed_texts(use_embedder(), TEXTS).tobytes()
    assert np.array_equal(together[:5], together[5:])
    assert seen == [(2, 5), (4, 5), (5, 5)]
    with pytest.raises(AnalysisCancelledError):
        embed_texts(UseOnAllCores(2), TEXTS, cancelled=lambda: True)


def test_few_texts_start_no_process() -> None:
    found = list(UseOnAllCores(2).embed_each([["water"], ["school"]]))
    assert found[0].tobytes() == use_embedder().embed(["water"]).tobytes()


def test_several_threads_give_what_one_gives() -> None:
    texts = [
        f"{number}. {text}" for number, text in enumerate([*TEXTS, "water and schools for every village"] * 6)
    ]
    found = UseOnAllCores(3).embed(texts)
    assert found.tobytes() == use_embedder().embed(texts).tobytes()
    assert found.shape == (66, 512)


def test_what_is_asked_for_by_many_threads_at_once_is_made_once() -> None:
    made: list[int] = []
    all_here = threading.Barrier(4)

    @once
    def slow() -> object:
        made.append(1)
        time.sleep(0.05)
        return object()

    def ask(_: int) -> object:
        all_here.wait()
        return slow()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert made == [1]


def test_who_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "hangs.py"
    script.write_text(HANGS, encoding="utf-8")
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    ) as parent:
        assert parent.stdout is not None
        children = [int(number) for number in parent.stdout.readline().split()]
        assert len(children) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until = time.monotonic() + 30
    while any(_runs(child) for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(_runs(child) for child in children)


def _runs(process: int) -> bool:
    """Whether it runs; one that has ended and that nobody has asked about yet does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
