"""The line of those who mean to write."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from consult.writers import WritersQueue

FORKED = multiprocessing.get_context("fork")


def add(queue: WritersQueue, file: Path, times: int, served: list[int] | None = None) -> None:
    """Count up what the file says, not safe for two at once."""
    for _ in range(times):
        assert queue.enter(60)
        number = int(file.read_text())
        time.sleep(0.0002)
        file.write_text(str(number + 1))
        if served is not None:
            served.append(number)
        queue.leave()


def by_threads(queue: WritersQueue, file: Path, threads: int, times: int) -> None:
    running = [threading.Thread(target=add, args=(queue, file, times)) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_nobody_writes_at_the_same_time_in_any_thread_or_process(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text("0")
    queue = WritersQueue(tmp_path / "database")
    queue.enter(1)  # the files are open before the processes part
    queue.leave()
    others = [FORKED.Process(target=by_threads, args=(queue, file, 3, 30)) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert [other.exitcode for other in others] == [0, 0, 0]
    assert file.read_text() == str(3 * 3 * 30)


def test_a_process_with_many_who_wait_does_not_keep_another_one_out(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text("0")
    queue = WritersQueue(tmp_path / "database")
    crowd = FORKED.Process(target=by_threads, args=(queue, file, 8, 200))
    crowd.start()
    while int(file.read_text() or 0) < 20:
        time.sleep(0.001)
    served: list[int] = []
    add(queue, file, 50, served)
    crowd.join()
    between = sorted(after - before - 1 for before, after in zip(served, served[1:], strict=False))
    assert between[len(between) // 2] <= 8, "in turns, more or less: never the whole crowd first"
    assert served[-1] < 20 + 8 * 200 - 1, "it was through before the crowd was"


def test_the_line_is_in_the_order_in_which_they_came() -> None:
    queue, order = WritersQueue(None), list[int]()

    def come(number: int) -> None:
        assert queue.enter(60)
        order.append(number)
        queue.leave()

    assert queue.enter(1)
    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        while len(queue._waiting) <= number:
            time.sleep(0.0005)
    queue.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(10))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_waits_too_long_leaves_the_line_and_nobody_is_kept_up(tmp_path: Path, elsewhere: bool) -> None:
    database = tmp_path / "database"
    holder = WritersQueue(database)
    queue = WritersQueue(database) if elsewhere else holder
    assert holder.enter(1)
    assert not queue.enter(0.01)
    holder.leave()
    assert queue.enter(60)
    queue.leave()


def test_a_process_that_dies_lets_go(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "database")
    told = FORKED.Event()

    def hold() -> None:
        queue.enter(60)
        told.set()
        time.sleep(600)

    process = FORKED.Process(target=hold)
    process.start()
    assert told.wait(60)
    assert not queue.enter(0.01)
    process.kill()
    process.join()
    assert queue.enter(60)
    queue.leave()


def test_without_lock_files_the_line_of_the_process_remains(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "no such folder" / "database")
    assert queue.enter(1)
    assert not queue.enter(0.01)
    queue.leave()
    assert queue.enter(1)
    queue.leave()
