"""Whose turn it is to write, where the database has one writer at a time and no queue for it.

SQLite lets those who wait ask again and again, after longer and longer pauses: among some hundred people who send
within seconds, the pauses of a few grow to seconds. Here they stand in a line, and it goes on the moment the one
before is done. The line is a help, not the lock: whoever does not stand in it, such as another program, is kept
apart by SQLite itself.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

PAUSE = 0.0005
"""Seconds between two looks at whether another process is done."""


class WritersQueue:
    """A line of threads in the order in which they came, and of processes in turns.

    Between processes it is a turnstile: whoever is next holds the file `…-next` while it waits for `…-turn`, so that
    a process that was just served cannot step in before it. A process that dies lets go of both.
    """

    def __init__(self, database: Path | None) -> None:
        """`database` is the file that is written; None where no other process has it."""
        self._database = database
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()
        self._files: tuple[int, int] | None = None
        self._files_of = 0

    def enter(self, timeout: float) -> bool:
        """Wait for the turn for at most `timeout` seconds; whether it came. Then `leave` must follow."""
        until = time.monotonic() + timeout
        with self._guard:
            mine = threading.Event() if self._is_taken else None
            if mine is None:
                self._is_taken = True
            else:
                self._waiting.append(mine)
        if mine is not None and not mine.wait(timeout):
            with self._guard:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    return False
        if self._is_ours(until):
            return True
        self._pass_on()
        return False

    def leave(self) -> None:
        """Let the next one write."""
        if self._files is not None:
            with suppress(OSError):
                fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def _is_ours(self, until: float) -> bool:
        """Wait for the other processes. Only one thread of a process gets here."""
        if self._database is None:
            return True
        try:
            following, turn = self._open(self._database)
            if not _locked(following, until):
                return False
            try:
                return _locked(turn, until)
            finally:
                fcntl.flock(following, fcntl.LOCK_UN)
        except OSError:  # a full disk, a file system without locks: then as SQLite alone does it
            return True

    def _open(self, database: Path) -> tuple[int, int]:
        # A process that was forked would share the locks of files that were opened before.
        if self._files is None or self._files_of != os.getpid():
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            following, turn = (os.open(f"{database}-{name}", flags, 0o600) for name in ("next", "turn"))
            self._files, self._files_of = (following, turn), os.getpid()
        return self._files


def _locked(file: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        else:
            return True
