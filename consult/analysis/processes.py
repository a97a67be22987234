"""The built-in encoder on all cores: a process for each, fixed chunks, the same bytes as with one. What is too
little for processes is shared out to threads: most of the work is done outside the interpreter.

For commands. The server does not use it: there large runs are jobs in chunks, which any worker takes.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from consult.analysis.embedding import UseEmbedder, use_embedder
from consult.analysis.threads import cores, one_thread

# With fewer chunks the processes would take longer to start than they save.
FEWEST_CHUNKS = 5
_LOOK_SECONDS = 2.0
# So many texts for each thread.
_FEWEST_TEXTS = 24


class UseOnAllCores:
    """The built-in encoder. Texts in several chunks are shared out to `processes` of them."""

    def __init__(self, processes: int | None = None) -> None:
        self._one: UseEmbedder = use_embedder()
        self.name = self._one.name
        self.dimensions = self._one.dimensions
        self.processes = processes or cores()

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """As `UseEmbedder.embed`, by threads of this process."""
        parts = min(self.processes, len(texts) // _FEWEST_TEXTS)
        if parts < 2:
            return self._one.embed(texts)
        size = -(-len(texts) // parts)
        with one_thread(), ThreadPoolExecutor(parts) as pool:
            some = [texts[start : start + size] for start in range(0, len(texts), size)]
            return np.concatenate(list(pool.map(self._one.embed, some)))

    def embed_each(self, chunks: Sequence[list[str]]) -> Iterator[np.ndarray]:
        """The vectors of each chunk, in order. Who stops asking ends the processes."""
        if self.processes < 2 or len(chunks) < FEWEST_CHUNKS:
            yield from map(self.embed, chunks)
            return
        # Forking would copy threads that hold locks; a new process has none.
        context = multiprocessing.get_context("spawn")
        with context.Pool(min(self.processes, len(chunks)), _begin, (os.getpid(),)) as pool:
            yield from pool.imap(_embed, chunks)


def _begin(parent: int) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    use_embedder()


def _end_with(parent: int) -> None:
    """A process whose parent was killed would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _embed(texts: list[str]) -> np.ndarray:
    with one_thread():
        return use_embedder().embed(texts)
