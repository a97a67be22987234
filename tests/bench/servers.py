"""Servers in processes of their own, and their CPU time."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    """User and system seconds of a process and its living descendants."""
    total = 0.0
    for process in [pid, *_children(pid)]:
        with contextlib.suppress(FileNotFoundError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):
            for child in task.read_text().split():
                found += [int(child), *_children(int(child))]
    return found


@contextlib.contextmanager
def running(
    command: list[str],
    *,
    port: int,
    environment: dict[str, str],
    path: str,
    patience: float = 30,
    python: str = sys.executable,
    folder: Path | None = None,
) -> Iterator[int]:
    """Start a server, wait `patience` seconds until `path` answers, give its process id, and stop it."""
    process = subprocess.Popen(
        [python, *command],
        cwd=folder,
        env=os.environ | environment,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process, patience)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        time.sleep(0.1)
    raise RuntimeError("the server did not answer")
