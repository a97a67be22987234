"""How the database is opened: a safe SQLite, or PostgreSQL; and what a writing transaction is."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from consult.errors import DomainError
from consult.writers import WritersQueue
from surveys.i18n import N_

BUSY_SECONDS = 10
# Write-ahead logs of these versions can lose a commit when two connections reset the log
# (sqlite.org/wal.html, "the WAL-reset bug").
FIRST_SOUND_SQLITE = (3, 51, 3)


def sound_sqlite() -> Any:
    """The DB-API module of a SQLite without the WAL-reset bug: the standard one, else `pysqlite3`.

    Raises DomainError when neither is recent enough.
    """
    for name in ("sqlite3", "pysqlite3"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if module.sqlite_version_info >= FIRST_SOUND_SQLITE:
            return importlib.import_module(f"{name}.dbapi2")
    raise DomainError(
        "sqlite_too_old",
        N_("The SQLite library on this machine can lose data. Install pysqlite3, or use PostgreSQL."),
    )


def engine_options(url: str) -> dict[str, Any]:
    """Keyword arguments for `create_engine` that fit the database behind `url`."""
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "hide_parameters": True,  # an answer or an address must not reach a log by way of an error
            "module": sound_sqlite(),
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
            "pool_size": 40,
            "pool_use_lifo": True,  # the connection used last has the pages in its cache
            "max_overflow": 200,
        }
    return {"hide_parameters": True, "pool_size": 10, "max_overflow": 40, "pool_pre_ping": True}


def prepare_engine(engine: Engine) -> None:
    """Attach what every connection needs. For SQLite: WAL, full synchronisation, foreign keys, explicit BEGIN."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(connection, _record) -> None:
        connection.isolation_level = None  # the driver must not begin transactions on its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten in the file
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()

    name = engine.url.database
    queue = WritersQueue(Path(name) if name and name != ":memory:" else None)

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:
        # A reader that turns writer in mid-transaction fails at once when somebody else has written
        # since (SQLITE_BUSY_SNAPSHOT, no waiting); who means to write says so at the start.
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN")
            return
        if queue.enter(BUSY_SECONDS):
            connection.info["is_queued"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def leave_queue(_connection, record) -> None:
        if record.info.pop("is_queued", False):
            queue.leave()
