"""Keeping the order of answers out of the files of the database, while people answer and after closing.

SQLite overwrites slots in place, so that the file has no order in it; the write-ahead log has, and is emptied after
every answer. PostgreSQL never overwrites: each change is a new row version with the number of its transaction. There
all slots are written anew in random order, once a minute while answers come in, so that only the last minute shows;
what its own write-ahead log keeps is said in docs/decisions/0013.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from consult.database import BUSY_SECONDS

MOST_REWRITTEN = 256 * 1024 * 1024
"""Bytes of slots that are written anew each minute; larger ones are left to the closing, and the promise says so."""
MOST_IN_THE_WAY_MS = 50
"""While the log is truncated nobody can write: one that waits for those who read is given up after this long."""
PAUSE_SECONDS = 0.2
MOST_SEGMENTS = 128
"""Of PostgreSQL's log (16 MB each) that are written over after a closing."""
_WAITING_SEGMENTS = """
SELECT count(*) FROM pg_ls_waldir()
WHERE length(name) = 24 AND name > pg_walfile_name(pg_current_wal_insert_lsn())
"""
_STIR = """
WITH gone AS (DELETE FROM slot WHERE consultation_id = :id RETURNING rid, consultation_id, is_used, payload)
INSERT INTO slot (rid, consultation_id, is_used, payload)
SELECT rid, consultation_id, is_used, payload FROM gone ORDER BY random()
"""


class FilesBusyError(Exception):
    """Somebody reads or writes the database all the time; try again later."""


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def empty_log(engine: Engine, *, wait: bool) -> bool:
    """Truncate SQLite's write-ahead log; whether it is empty now. PostgreSQL: nothing to do.

    Without `wait` somebody who reads just now, or a full disk, keeps it from happening, and the next one does it: what
    was acknowledged is stored all the same.
    """
    if not is_sqlite(engine):
        return True
    until = time.monotonic() + (BUSY_SECONDS if wait else 0)
    with _plain(engine) as cursor:
        try:
            if wait:  # most of the work, in nobody's way
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.execute(f"PRAGMA busy_timeout={MOST_IN_THE_WAY_MS if wait else 0}")
            while True:
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    if cursor.fetchone()[0] == 0:
                        return True
                except engine.dialect.loaded_dbapi.OperationalError:
                    if wait and time.monotonic() > until:
                        raise
                if time.monotonic() > until:
                    return False
                time.sleep(PAUSE_SECONDS)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def wipe(engine: Engine) -> None:
    """Rewrite the files after slots were deleted, so that nothing of them is left. Safe to repeat.

    Raises FilesBusyError, or the database's own OperationalError, when somebody holds on to them.
    """
    with _plain(engine) as cursor:
        if is_sqlite(engine):
            cursor.execute("VACUUM")
        else:
            for table in ("slot", "slot_set"):
                cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
            _turn_over_log(cursor)
    if not empty_log(engine, wait=True):
        raise FilesBusyError()


def _turn_over_log(cursor: Any) -> None:
    """PostgreSQL: let old segments of the log go, and write over them: they are kept under new names for what is to
    come, with all that is in them. Needs rights that not every account has."""
    try:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT", _WAITING_SEGMENTS):
            cursor.execute(statement)
        for number in range(min(cursor.fetchone()[0], MOST_SEGMENTS)):
            cursor.execute("SELECT pg_logical_emit_message(false, 'mashura', '')")
            cursor.execute("SELECT pg_switch_wal()")  # fills the rest of the segment with zeros
            if (
                number % 2
            ):  # or the server would expect as much of every closing, and keep more segments each time
                cursor.execute("CHECKPOINT")
    except Exception as error:
        if getattr(error, "sqlstate", "") != "42501":  # insufficient privilege: said in the decision
            raise


def stir(session: Session, consultation_id: int) -> bool:
    """PostgreSQL: write all slots anew in random order, if any was written since the last time. Commits nothing."""
    versions = session.scalar(
        text("SELECT count(DISTINCT xmin::text) FROM slot WHERE consultation_id = :id"),
        {"id": consultation_id},
    )
    if (versions or 0) < 2:
        return False
    session.execute(text("LOCK TABLE slot IN EXCLUSIVE MODE"))
    session.execute(text(_STIR), {"id": consultation_id})
    return True


def settle(engine: Engine) -> None:
    """PostgreSQL: take the old row versions away after stirring."""
    with _plain(engine) as cursor:
        cursor.execute("VACUUM (FULL) slot")


@contextmanager
def _plain(engine: Engine) -> Iterator[Any]:
    """A cursor outside any transaction, on a connection of its own."""
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    is_postgres = not is_sqlite(engine)
    try:
        if is_postgres:
            driver.rollback()
            driver.autocommit = True
        cursor = connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()
    finally:
        if is_postgres and not driver.closed:
            driver.autocommit = False
        connection.close()
