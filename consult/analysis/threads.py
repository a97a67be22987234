"""Linear algebra on one thread, so that sums are made in one order on one core or many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController

_guard = threading.Lock()
_inside = 0
_limiter = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Holds the process's BLAS to one thread; a `with` block or a decorator.

    The limit is the whole process's: of several computations at once, the last one to end lifts it.
    """
    global _inside, _limiter
    with _guard:
        _inside += 1
        if _inside == 1:
            _limiter = ThreadpoolController().limit(limits=1, user_api="blas")
            _limiter.__enter__()
    try:
        yield
    finally:
        with _guard:
            _inside -= 1
            if _inside == 0 and _limiter is not None:
                _limiter.__exit__(None, None, None)
                _limiter = None
