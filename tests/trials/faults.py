"""The disk is full, the database is locked, PostgreSQL is restarted, all while people answer: what was acknowledged is
there, who comes meanwhile is told to come again, and when it is over all goes on without a restart."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from consult.database import sound_sqlite
from tests.bench.participant import RefusedError
from tests.bench.servers import free_port
from tests.trials.accounts import Account, account, load, summed
from tests.trials.installation import MODES, Installation, installation
from tests.trials.members import Member, Persistent
from tests.trials.postgres import cluster

CLIENTS = 6
MEMBERS = 6_000
DISK = 64 * 2**20
RESTARTS = 20
PATIENCE = 60
AFTERWARDS = 30
"""Answers that have to be acknowledged after a fault is over."""


class Told(Persistent):
    """Notes what it was told while it did not get what it asked for."""

    told: Counter[str]

    def _ask(self, method: str, path: str, body: str | None) -> str:
        end = time.monotonic() + 3 * PATIENCE
        while True:
            try:
                return super(Persistent, self)._ask(method, path, body)
            except RefusedError as error:
                waits = error.headers.get("Retry-After") if error.headers else None
                self.told[f"{error.status}{' with Retry-After' if waits else ''}"] += 1
                if error.status != 503 or time.monotonic() > end:
                    raise
            except (OSError, HTTPException) as error:
                self.told[type(error).__name__] += 1
                if time.monotonic() > end:
                    raise
            self.connection.close()
            time.sleep(0.2)


@dataclass
class Crowd:
    """Members of all modes who answer one after the other until they are told to stop."""

    house: Installation
    done: list[Member] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    errors: list[Exception] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.codes = {mode: self.house.open(mode, MEMBERS // len(MODES)) for mode in MODES}

    def _come(self) -> None:
        while not self.is_over.is_set():
            with self.lock:
                number, self.number = self.number, self.number + 1
            mode = MODES[number % len(MODES)]
            member = Member(self.house.port, mode, number, self.codes[mode][number // len(MODES)])
            member.browser = Told(self.house.port)
            member.browser.told = self.told
            try:
                self.done.append(member.answer())
            except Exception as error:  # judged at the end
                self.errors.append(error)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._come) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> bool:
        """Until this many more were acknowledged; whether they were in time."""
        wanted, end = len(self.done) + more, time.monotonic() + PATIENCE
        while len(self.done) < wanted and time.monotonic() < end:
            time.sleep(0.02)
        return len(self.done) >= wanted

    def accounts(self) -> list[Account]:
        for mode in MODES:
            self.house.consult("close", mode)
        return [account(self.house, mode, [one for one in self.done if one.mode == mode]) for mode in MODES]


def health(house: Installation) -> str:
    """What /healthz says: a status, with what it says of when to come again."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=40) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return f"{error.code}{' with Retry-After' if error.headers.get('Retry-After') else ''}"
    except OSError as error:
        return type(error).__name__


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own that is soon full."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def fill_disk(folder: Path) -> Path:
    """Leave no byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(2**12))
    return ballast


def lock_database(house: Installation, seconds: float) -> None:
    """Hold the writer's lock, as another program might."""
    held = sound_sqlite().connect(house.folder / "mashura.sqlite3", isolation_level=None)
    try:
        held.execute("PRAGMA busy_timeout=20000")
        held.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        held.execute("ROLLBACK")
    finally:
        held.close()


def go_through(house: Installation, name: str, fault: Callable[[Crowd], str]) -> bool:
    """One fault under load, the figures of it, and whether all was as it has to be."""
    crowd = Crowd(house)
    with house.serving():
        with crowd.answering():
            came = crowd.wait_for(AFTERWARDS)
            during = fault(crowd)
            recovered = crowd.wait_for(AFTERWARDS)
        healthy = health(house)
    accounts = crowd.accounts()
    is_right = (
        came and recovered and healthy == "200" and not crowd.errors
        and all(one.is_right for one in accounts)
        and not [what for what in crowd.told if what[:3].isdigit() and what != "503 with Retry-After"]
    )  # fmt: skip
    print(
        f"faults, {name}: {summed(accounts)}; meanwhile {during}, clients were told {dict(crowd.told)}, "
        f"{len(crowd.errors)} gave up {set(map(str, crowd.errors)) or ''}; recovered without a restart: "
        f"{'yes' if recovered and healthy == '200' else 'no'}; {load()}"
    )
    return is_right


def disk_full(crowd: Crowd) -> str:
    ballast = fill_disk(crowd.house.folder.parent.parent)
    before = len(crowd.done)
    time.sleep(8)
    said = health(crowd.house)
    ballast.unlink()
    return f"{len(crowd.done) - before} acknowledged, /healthz {said}"


def locked(seconds: float) -> Callable[[Crowd], str]:
    def fault(crowd: Crowd) -> str:
        before = len(crowd.done)
        lock_database(crowd.house, seconds)
        return f"{len(crowd.done) - before} acknowledged"

    return fault


def main(database: str, rounds: int) -> bool:
    right = []
    if database == "sqlite":
        if os.geteuid() == 0:
            with small_disk() as disk, installation(folder=disk) as house:
                right.append(go_through(house, "disk full", disk_full))
        else:
            print("faults, disk full: left out, only root can mount a small file system")
        for seconds in (3, 30):
            with installation() as house:
                right.append(go_through(house, f"database locked for {seconds} s", locked(seconds)))
    with cluster() as server, tempfile.TemporaryDirectory() as name:
        house = Installation(Path(name) / "instance", free_port(), server.url)
        house.consult("init")

        def restarts(crowd: Crowd) -> str:
            for _ in range(rounds or RESTARTS):
                if not crowd.wait_for(AFTERWARDS // 2):
                    return "it did not recover"
                server.restart()
            return f"{rounds or RESTARTS} restarts (immediate)"

        right.append(go_through(house, "PostgreSQL restarted", restarts))
    return all(right)
