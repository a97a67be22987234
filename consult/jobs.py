"""Background jobs over huey: a SQLite file by default, Redis or PostgreSQL when several machines work.

A job is a plain function registered by name, so that no module needs the queue to be imported.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer

LONGEST_PAUSE = 2.0
_jobs: dict[str, Callable[..., None]] = {}
_periodic: dict[str, int] = {}


def job(
    name: str, *, every_minutes: int | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the job `name`; with `every_minutes` it also runs by itself."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if name in _jobs:
            raise ValueError(f"two jobs are named {name}")
        _jobs[name] = function
        if every_minutes:
            _periodic[name] = every_minutes
        return function

    return register


def init_app(app: Flask, url: str) -> None:
    """Connect the application to its queue. `memory://` runs each job at once, in the caller (for tests)."""
    huey = _open(url)
    app.extensions["jobs"] = huey

    def run(name: str, arguments: dict[str, Any]) -> None:
        with app.app_context():
            _jobs[name](**arguments)

    app.extensions["run-job"] = huey.task()(run)
    for name, minutes in _periodic.items():
        huey.periodic_task(crontab(minute=f"*/{minutes}"), name=f"every-{name}")(_closure(run, name))


def enqueue(name: str, **arguments: Any) -> None:
    """Ask for a job to run soon. Call it after the commit that it depends on."""
    if name not in _jobs:
        raise KeyError(name)
    current_app.extensions["run-job"](name, arguments)


def is_immediate() -> bool:
    """Whether a job runs at once, in the caller, so that nobody else could take it."""
    return bool(current_app.extensions["jobs"].immediate)


def finish_waiting() -> None:
    """Do what waits in the queue now, in this process; for commands that return when all is done."""
    if "outbox.deliver" in _jobs:
        _jobs["outbox.deliver"]()


def work(app: Flask, *, workers: int = 1) -> None:
    """Run jobs until told to stop."""
    # Who finds nothing to do looks again after at most so long.
    consumer = Consumer(
        app.extensions["jobs"], workers=workers, periodic=True, worker_type="thread", max_delay=LONGEST_PAUSE
    )
    consumer.run()


def leave_connections(app: Flask) -> None:
    """Before a process is forked: a connection must not be used by two. Each makes its own when it needs one."""
    app.extensions["jobs"].storage.close()


def _closure(run: Callable[..., None], name: str) -> Callable[[], None]:
    def tick() -> None:
        run(name, {})

    tick.__name__ = f"tick_{name.replace('.', '_')}"
    return tick


def _open(url: str) -> Huey:
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        return MemoryHuey("mashura", immediate=True)
    if scheme in ("redis", "rediss"):
        return RedisHuey("mashura", url=url)
    if scheme.startswith("postgres"):
        return PostgresHuey("mashura", dsn=url.replace("postgresql+psycopg://", "postgresql://"))
    path = Path("/" + rest.lstrip("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("mashura", filename=str(path), fsync=False)
