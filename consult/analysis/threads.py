"""Linear algebra on one thread, so that sums are made in one order on one core or many; things made once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import TypeVar

from threadpoolctl import ThreadpoolController

T = TypeVar("T")
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


def once(make: Callable[[], T]) -> Callable[[], T]:
    """`make` called once a process: a thread that asks while another makes it waits for what that makes."""
    guard, made = threading.Lock(), cache(make)

    @wraps(make)
    def found() -> T:
        with guard:
            return made()

    return found


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
