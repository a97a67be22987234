"""Computing beside the work of the house."""

from __future__ import annotations

import os
import threading

import pytest

from consult.aside import NICENESS, Aside


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_only_the_computing_steps_back_and_what_it_asks_for_is_done_by_who_waits() -> None:
    aside, here, before = Aside(), threading.get_ident(), niceness()
    ask = aside.asked(lambda number: (threading.get_ident(), niceness(), number))
    found, inner = aside.run(lambda: ([ask(1), ask(2)], (threading.get_ident(), niceness())))
    assert found == [(here, before, 1), (here, before, 2)]
    assert inner[0] != here and inner[1] == max(NICENESS, before)
    assert niceness() == before


def test_errors_of_both_sides_arrive() -> None:
    def refuse() -> None:
        raise LookupError("asked")

    aside = Aside()
    ask = aside.asked(refuse)
    with pytest.raises(LookupError, match="asked"):
        aside.run(ask)
    with pytest.raises(ZeroDivisionError):
        aside.run(lambda: 1 // 0)
    assert aside.run(lambda: 5) == 5
