"""Long computations beside the work of the house: a thread of low priority, so that analysis never slows an answer.

Only the computing is put aside. Who writes while holding the database's one writer's lock must not be the one who
gets the machine last, or all others wait with it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

NICENESS = 10
Found = TypeVar("Found")


class Aside:
    """Runs one computation. What it asks for through `asked` is done by the thread that waits for it."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def run(self, compute: Callable[[], Found]) -> Found:
        """What `compute` returns or raises; meanwhile the caller answers what it asks for."""
        found: Future[Found] = Future()

        def work() -> None:
            _step_back()
            _fulfil(found, compute)
            self._asked.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (request := self._asked.get()) is not None:
            request()
        return found.result()

    def asked(self, function: Callable[..., Found]) -> Callable[..., Found]:
        """`function`, to be called by the computation: it runs in the thread that waits."""

        def ask(*arguments: Any) -> Found:
            found: Future[Found] = Future()
            self._asked.put(lambda: _fulfil(found, lambda: function(*arguments)))
            return found.result()

        return ask


def _fulfil(future: Future[Found], function: Callable[[], Found]) -> None:
    try:
        future.set_result(function())
    except BaseException as error:
        future.set_exception(error)


def _step_back() -> None:
    """Linux gives each thread its own priority; those that it starts, as libraries do, take it over."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    except (AttributeError, OSError):  # another system: then it computes as fast as everybody
        return
