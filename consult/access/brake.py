"""The one brake on guessing: passwords, second factors, codes, and whatever else must not be tried without end.

Never by address: two hundred people at a meeting share one. What is counted stands in the database, so that all
processes and machines share it, under a keyed hash, so that nobody's name stands there. It is counted before what was
typed is looked at, in a transaction of its own: a hundred guesses at the same moment are a hundred guesses, whatever
becomes of their requests.

`Waiting` is for secrets of one account. The first few mistakes are free; each further one makes the account wait,
twice as long as the one before and at most a minute: a person who mistyped hardly notices, a program gets a thousand
guesses a day. A right password is not looked at while the account waits, or the waiting would tell it from a wrong one.

`Window` is for what many share, such as the codes of a consultation: so many in a minute. A right code never meets it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from consult import jobs
from consult.access.models import Attempts
from consult.extensions import db
from surveys.i18n import N_
from surveys.models import utc_now

MUST_WAIT = N_("Too many wrong passwords for this account. Wait a minute, then try again.")
FREE = 5
LONGEST = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(minutes=15)
FAILURES_PER_CONSULTATION = 60
FAILURES_IN_ALL = 300
ADDRESS_MAILS = 3
FEEDBACK_PER_CONSULTATION = 300
FEEDBACK_IN_ALL = 1_000
"""In ten minutes: a hall of two hundred can write at the same moment, a program cannot fill the disk."""
_TABLE = cast(Table, Attempts.__table__)


def now() -> datetime:
    """The present time; tests put another in its place."""
    return utc_now()


class Waiting:
    """Failures by account."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def attempt(self, name: str) -> timedelta:
        """Count an attempt, unless `name` must wait before it is looked at again: how long it must, zero when not."""
        moment = now()
        with _counted(self._kind, name, moment) as (connection, key, count, _since, last):
            passed = abs(moment - last)  # a clock that was set back keeps nobody out
            if passed > FORGOTTEN_AFTER:
                count = 0
            left = _waiting(count) - passed
            if count and left > timedelta():
                return left
            _write(connection, key, count=count + 1, since=moment, last=moment)
        return timedelta()

    def succeeded(self, name: str) -> None:
        """Forget the mistakes."""
        with _apart() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.name == _key(self._kind, name)))

    def not_tried(self, name: str) -> None:
        """Take an attempt back that came to nothing: what was typed could not be looked at."""
        with _apart() as connection:
            key = _key(self._kind, name)
            connection.execute(
                update(_TABLE)
                .where(_TABLE.c.name == key, _TABLE.c.count > 0)
                .values(count=_TABLE.c.count - 1)
            )


class Window:
    """Failures in a minute (or another time) under any number of names, each with its limit."""

    def __init__(self, kind: str, period: timedelta = timedelta(minutes=1)) -> None:
        self._kind = kind
        self._period = period
        self._lock = threading.Lock()

    def fails(self, **limits: int) -> bool:
        """Count a failure under each name; whether there have been too many under one of them.

        A process that knows a name to be over its limit counts no further: who guesses costs the database nothing.
        """
        moment = now()
        over = [self._is_over(name, limit, moment) for name, limit in limits.items()]
        return any(over)

    def _is_over(self, name: str, limit: int, moment: datetime) -> bool:
        known = current_app.extensions.setdefault("brakes", {})
        with self._lock:
            if known.get((self._kind, name), moment) > moment:
                return True
        with _counted(self._kind, name, moment) as (connection, key, count, since, _last):
            if not since <= moment < since + self._period:
                count, since = 0, moment
            _write(connection, key, count=count + 1, since=since, last=moment)
        if count < limit:
            return False
        with self._lock:
            for gone in [one for one, until in known.items() if until <= moment]:
                del known[gone]
            known[self._kind, name] = since + self._period
        return True


sign_in = Waiting("sign-in")
own_password = Waiting("own password")
second_factor = Waiting("second factor")
_codes = Window("code")
_address_mails = Window("address mail", timedelta(hours=1))
_feedback = Window("feedback", timedelta(minutes=10))


def too_many_wrong_codes(consultation_id: int) -> bool:
    """Count a wrong code, for its consultation and in all; whether there have been too many in the last minute.

    60 random bits make guessing hopeless; this keeps it cheap for the house and visible to it.
    """
    return _codes.fails(**{str(consultation_id): FAILURES_PER_CONSULTATION, "all": FAILURES_IN_ALL})


def too_many_address_mails(ref: str) -> bool:
    """Count a mail that somebody on a roll has sent to an address she names; whether there were too many this hour."""
    return _address_mails.fails(**{ref: ADDRESS_MAILS})


def too_much_feedback(consultation_id: int) -> bool:
    """Count a message to a feedback channel; whether there were too many in the last ten minutes."""
    limits = {str(consultation_id): FEEDBACK_PER_CONSULTATION, "all": FEEDBACK_IN_ALL}
    return _feedback.fails(**limits)


@jobs.job("brake.forget", every_minutes=30)
def forget() -> None:
    """What was counted is not kept longer than it counts; a day, the longest window, is enough for all."""
    with _apart() as connection:
        connection.execute(delete(_TABLE).where(_TABLE.c.last_at < now() - timedelta(days=1)))


def _waiting(count: int) -> timedelta:
    return min(LONGEST, timedelta(seconds=2.0 ** min(count - FREE, 30))) if count >= FREE else timedelta()


@contextmanager
def _counted(
    kind: str, name: str, moment: datetime
) -> Iterator[tuple[Connection, str, int, datetime, datetime]]:
    """A transaction that holds the row of a name: its key, count, since when and the last time. Others wait."""
    key = _key(kind, name)
    with _apart() as connection:
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"name": key, "count": 0, "since": moment, "last_at": moment}
        connection.execute(make(_TABLE).values(row).on_conflict_do_nothing(index_elements=["name"]))
        query = select(_TABLE.c.count, _TABLE.c.since, _TABLE.c.last_at).where(_TABLE.c.name == key)
        count, since, last = connection.execute(query.with_for_update()).one()
        yield connection, key, count, since, last


def _write(connection: Connection, key: str, *, count: int, since: datetime, last: datetime) -> None:
    values = {"count": count, "since": since, "last_at": last}
    connection.execute(update(_TABLE).where(_TABLE.c.name == key).values(values))


@contextmanager
def _apart() -> Iterator[Connection]:
    """A transaction of its own. Not to be asked for by whoever holds the writer's lock of SQLite already; what the
    session has read is read anew afterwards, or it could not turn writer any more."""
    session = db.session()
    if session.dirty:  # such as a password that was hashed anew
        session.commit()
    else:
        session.rollback()
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def _key(kind: str, name: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()[:64]
    return hashlib.blake2b(
        f"{kind}|{name}".encode("utf-8", "replace"), key=secret, digest_size=24
    ).hexdigest()
