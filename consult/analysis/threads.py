"""Linear algebra on one thread, so that sums are made in one order on one core or many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Holds the process's BLAS to one thread; a `with` block or a decorator."""
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        yield
