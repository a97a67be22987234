"""The production server: it starts with what it needs or says why not, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from consult import create_app, jobs
from consult.database import sound_sqlite
from consult.extensions import db
from tests.consult.test_cli import CONSULT, environment, refused

pytestmark = pytest.mark.slow


def test_what_few_requests_need_is_not_loaded_at_the_start() -> None:
    dear = (
        "pyxform",
        "openpyxl",
        "pandas",
        "pyreadstat",
        "scipy",
        "weasyprint",
        "pytest",
        "xlsxwriter",
        "markdown_it",
    )
    program = f"import sys, consult.application; print([name for name in {dear} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def until(condition: Callable[[], object], seconds: float = 120) -> bool:
    """Whether the condition holds before the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def answers(port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as page,
    ):
        return page.status == 200
    return False


def processes_of(instance: Path) -> dict[int, str]:
    """Process id → command line of every process that works on this instance folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"CONSULT_INSTANCE={instance}\0".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def names_of(instance: Path) -> list[str]:
    """What the system calls the processes that work on this instance folder."""
    names = []
    for number in processes_of(instance):
        with contextlib.suppress(OSError):
            names.append(Path(f"/proc/{number}/comm").read_text().strip())
    return names


def said_by(instance: Path) -> Path:
    """Where the server's words on standard error are kept."""
    return instance / "stderr.txt"


def execute(instance: Path, statement: str) -> list[tuple]:
    connection = sound_sqlite().connect(instance / "mashura.sqlite3", timeout=30)
    with contextlib.closing(connection):
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


def leave_event(instance: Path) -> None:
    """Write an event and ask for the job that acts on events; only the server's worker can do it."""
    values = "('unheard', '{}', 0, '2026-01-01 00:00:00')"
    execute(instance, f"INSERT INTO outbox_event (kind, payload, attempts, created_at) VALUES {values}")
    with mock.patch.dict(os.environ, environment(instance), clear=True):
        app = create_app()
    with app.app_context():
        jobs.enqueue("outbox.deliver")
        db.engine.dispose()
    app.extensions["jobs"].storage.close()


def events(instance: Path) -> int:
    return execute(instance, "SELECT count(*) FROM outbox_event")[0][0]


@pytest.fixture
def server(instance: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    """`consult serve` with its embedded worker, answering."""
    port = free_port()
    with said_by(instance).open("w") as words:
        process = subprocess.Popen(
            [str(CONSULT), "serve", "--port", str(port), "--workers", "1"],
            env=environment(instance),
            stderr=words,
        )
    try:
        assert until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, said_by(instance).read_text()
        assert until(lambda: "consult-jobs" in names_of(instance), 30)
        yield process, port
    finally:
        for number in processes_of(instance):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait(10)


def test_it_answers_runs_jobs_and_ends_cleanly(server, instance):
    process, port = server
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": "elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=30)
    assert refusal.value.code == 400  # links in what it sends must never be made from a stranger's name
    refusal.value.close()

    leave_event(instance)
    assert until(lambda: events(instance) == 0)

    process.terminate()
    assert process.wait(120) == 0
    assert processes_of(instance) == {}
    assert "Traceback" not in said_by(instance).read_text()
    assert not answers(port)


def test_kill_9_leaves_no_process_behind(server, instance):
    process, _port = server
    assert len(processes_of(instance)) == 3  # the master, one that answers, one for jobs
    process.kill()
    process.wait(10)
    assert until(lambda: processes_of(instance) == {}, seconds=120), processes_of(instance)


def test_a_port_in_use_is_one_clear_line(instance):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        port = taken.getsockname()[1]
        words = refused(instance, "serve", "--port", str(port))
    assert words == f"Cannot listen on 127.0.0.1:{port}: address already in use."
