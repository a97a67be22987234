"""The production server and its background worker."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from consult import create_app, jobs
from consult.commands.running import UserMistake
from consult.commands.server_log import QuietLogger
from consult.config import Settings
from consult.extensions import db
from consult.installation import is_ready

THREADS = 32
JOBS_AT_ONCE = 2
STOPPING_SECONDS = 10
NOT_READY = "This installation is not ready. Run `consult init` first."


class Server(BaseApplication):
    """Gunicorn with threads, configured here."""

    def __init__(self, options: dict[str, object], settings: Settings) -> None:
        self.options = options
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self):
        return create_app(self.settings)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that answer requests."
)
@click.option("--jobs/--no-jobs", "with_jobs", default=True, help="Run background jobs here too.")
def serve(port: int, host: str, workers: int, with_jobs: bool) -> None:
    """Serve plain HTTP; put a web server with HTTPS in front of it."""
    gc.disable()  # until `_settle`: all that is loaded now stays
    os.environ.setdefault("CONSULT_BASE_URL", f"http://127.0.0.1:{port}")
    settings = Settings.load(port=port)
    if not is_ready(settings):
        raise UserMistake(NOT_READY)
    _check_address(host, port)
    server, helpers = os.getpid(), list[int]()

    def begin(arbiter: Arbiter) -> None:
        """When all is loaded, and before any process is forked."""
        jobs.leave_connections(arbiter.app.wsgi())
        _settle()
        if with_jobs:
            helpers.append(_start_worker(arbiter))

    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "worker_connections": 1000,
        "backlog": 2048,
        "keepalive": 5,
        "timeout": 120,
        "graceful_timeout": 10,
        "accesslog": None,  # no address of a participant is written anywhere
        "logger_class": QuietLogger,
        "loglevel": "warning",
        "preload_app": True,  # read the program once, not once a process
        "control_socket_disable": True,
        "when_ready": begin,
        "post_fork": _leave_connections,
    }
    try:
        Server(options, settings).run()
    finally:
        if os.getpid() == server:  # processes that answer leave by this way too
            for helper in helpers:
                _stop_worker(helper)


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1),
    default=JOBS_AT_ONCE,
    show_default=True,
    help="Jobs that run at the same time.",
)
def worker(threads: int) -> None:
    """Run background jobs until stopped."""
    if not is_ready(Settings.load()):
        raise UserMistake(NOT_READY)
    jobs.work(create_app(), workers=threads)


def _check_address(host: str, port: int) -> None:
    """Say in one line that the address cannot be had, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            reason = str(error.strerror or error).lower()
            raise UserMistake(f"Cannot listen on {host}:{port}: {reason}.") from error


def _settle() -> None:
    """Spare the collector what was loaded at start and lives as long as the process. To look through it once would take
    a tenth of the start, and there is next to nothing to be found."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)


def _leave_connections(arbiter: Arbiter, _worker: object) -> None:
    """A connection to a database must not be used by two processes; each worker makes its own."""
    with arbiter.app.wsgi().app_context():
        db.engine.dispose(close=False)


def _start_worker(arbiter: Arbiter) -> int:
    """The embedded worker: a process of its own, so that analysis does not hold up answers; its number.

    It goes on with what the server has loaded, instead of loading it once more while the first answers come.
    """
    server = os.getpid()
    helper = os.fork()
    if helper:
        return helper
    status = 1
    try:
        for number in (*Arbiter.SIGNALS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for listener in arbiter.LISTENERS:
            listener.close()  # the next server must find the port free, however this one ended
        _leave_connections(arbiter, None)
        with suppress(OSError):  # what `ps` shows
            Path("/proc/self/comm").write_text("consult-jobs")
        _end_with(server)
        jobs.work(arbiter.app.wsgi(), workers=JOBS_AT_ONCE)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # never back into the server's own code


def _stop_worker(helper: int) -> None:
    """Ask it to stop; a job that does not let go is ended, and repeated at the next start."""
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(helper, signal.SIGTERM)
        until = time.monotonic() + STOPPING_SECONDS
        while os.waitpid(helper, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                os.kill(helper, signal.SIGKILL)
            time.sleep(0.05)


def _end_with(parent: int) -> None:
    """Stop when the server that started this worker is gone, however it went."""

    def watch() -> None:
        ticker = threading.Event()
        while os.getppid() == parent:
            ticker.wait(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
