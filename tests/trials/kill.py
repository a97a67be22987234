"""kill -9 of the whole server, again and again, while clients answer in every mode."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.trials.accounts import Account, account, load, summed
from tests.trials.installation import MODES, Installation, installation
from tests.trials.members import Member, by_many

CLIENTS = 8
MOST_SECONDS = 3
LATE = 0.05
"""Seconds within which the kill follows the answer that it waits for."""


@dataclass(frozen=True)
class Outcome:
    """Of each mode its account; seconds from each kill until the server answered again; how often a client had to
    send once more; and how many of all receipts were another one when everything was sent again at the end."""

    accounts: list[Account]
    seconds: list[float]
    errors: int
    changed: int

    @property
    def is_right(self) -> bool:
        return all(one.is_right for one in self.accounts) and not self.changed


def kill(house: Installation, *, cycles: int, answers: int) -> Outcome:
    """Kill the server `cycles` times, each after about as many `answers`."""
    most = (cycles + 1) * answers * 2
    codes = {mode: house.open(mode, most // len(MODES) + 1) for mode in MODES}
    done: list[Member] = []
    is_over = threading.Event()

    def come() -> Iterator[Member]:
        for number in range(most):
            if is_over.is_set():
                return
            mode = MODES[number % len(MODES)]
            yield Member(house.port, mode, number, codes[mode][number // len(MODES)])

    def clients() -> None:
        by_many(lambda member: done.append(member.answer()), come(), CLIENTS)

    crowd = threading.Thread(target=clients, daemon=True)
    seconds = _kills(house, crowd, done, cycles=cycles, answers=answers)
    with house.serving():
        is_over.set()
        crowd.join()
        changed: list[Member] = []
        by_many(lambda member: member.submit() == member.receipt or changed.append(member), done, CLIENTS)
    accounts = []
    for mode in MODES:
        house.consult("close", mode)
        accounts.append(account(house, mode, [member for member in done if member.mode == mode]))
    return Outcome(accounts, seconds, sum(member.browser.errors for member in done), len(changed))


def _kills(
    house: Installation, crowd: threading.Thread, done: list[Member], *, cycles: int, answers: int
) -> list[float]:
    """Start and kill; seconds from each kill until the next server answered (the last is started by the caller)."""
    random, seconds, killed_at = Random(4), [], 0.0
    for _cycle in range(cycles):
        with house.serving() as group:
            if killed_at:
                seconds.append(time.perf_counter() - killed_at)
            else:
                crowd.start()
            enough = len(done) + random.randint(answers // 2, answers * 3 // 2)
            while len(done) < enough:
                if not crowd.is_alive():
                    raise RuntimeError("the clients gave up")
                time.sleep(0.005)
            time.sleep(random.uniform(0, LATE))
            os.killpg(group, signal.SIGKILL)
            killed_at = time.perf_counter()
    return seconds


def main(database: str, rounds: int) -> bool:
    with installation(database) as house:
        before = load()
        outcome = kill(house, cycles=rounds or 101, answers=52)
        seconds = outcome.seconds
        is_right = outcome.is_right and max(seconds) <= MOST_SECONDS
        print(
            f"kill -9 ({database}): {len(seconds) + 1} kills under {CLIENTS} clients in three modes: "
            f"{summed(outcome.accounts)}; {outcome.errors} requests sent once more after an error; all sent again at "
            f"the end, {outcome.changed} receipts changed; ready again in {statistics.median(seconds):.2f} s "
            f"(median), {max(seconds):.2f} s (worst), bar {MOST_SECONDS} s; {before} before, {load()} after"
        )
        return is_right
