"""Events written inside a transaction and acted upon after it, so that lower rooms set work going in
higher ones without importing them.

A handler may run twice for one event (a crash between the work and its record), so it must be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import JSON, Executable, Index, String, Table, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from consult import jobs
from consult.extensions import db
from surveys.models import Base, UtcDateTime, utc_now

Handler = Callable[[dict[str, Any]], None]
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""How long an event whose handler failed waits for its next attempt; after the last it is left alone."""
_handlers: dict[str, list[Handler]] = {}


class OutboxEvent(Base):
    """Something that happened, waiting to be acted upon."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_waiting", "given_up_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)


_INSERT = insert(cast(Table, OutboxEvent.__table__)).values(attempts=0)


def on_event(kind: str) -> Callable[[Handler], Handler]:
    """Register a function to be called, in a job, with the payload of each event of this kind."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(kind, []).append(handler)
        return handler

    return register


def emit(session: Session, kind: str, payload: dict[str, Any], *, wake: bool = True) -> None:
    """Write an event into the running transaction; nothing is kept when nobody listens to its kind.

    With `wake` false it waits for the sweep, within a minute: for what happens often and is not urgent.
    """
    if kind in _handlers:
        session.connection().execute(_INSERT, {"kind": kind, "payload": payload, "created_at": utc_now()})
        session.info["emitted"] = session.info.get("emitted", False) or wake


def dispatch() -> None:
    """After the commit: wake the jobs if this transaction wrote an event. The sweep finds what a crash left."""
    if db.session().info.pop("emitted", False):
        try:
            jobs.enqueue("outbox.deliver")
        except Exception:  # what was asked for is stored; the sweep finds the event
            current_app.logger.exception("the job queue cannot be reached")


@jobs.job("outbox.deliver", every_minutes=1)
def deliver() -> None:
    """Act on every waiting event in order, each in a transaction of its own.

    An event whose handler fails is tried again after longer and longer pauses, then kept and left alone.
    """
    last = 0
    while True:
        event = db.session.scalar(
            select(OutboxEvent)
            .where(
                OutboxEvent.given_up_at.is_(None),
                or_(OutboxEvent.not_before.is_(None), OutboxEvent.not_before <= utc_now()),
                OutboxEvent.id > last,
            )
            .order_by(OutboxEvent.id)
            .limit(1)
        )
        if event is None:
            db.session.rollback()
            return
        kind, payload, last, attempts = event.kind, event.payload, event.id, event.attempts + 1
        db.session.rollback()
        outcomes = [_succeeds(handler, kind, payload) for handler in _handlers.get(kind, [])]  # every one
        if all(outcomes):
            done: Executable = delete(OutboxEvent).where(OutboxEvent.id == last)
        else:
            done = (
                update(OutboxEvent)
                .where(OutboxEvent.id == last)
                .values(attempts=attempts, **_after_failure(attempts))
            )
        db.session.connection(execution_options={"writes": True})
        db.session.execute(done)
        db.session.commit()


def _after_failure(attempts: int) -> dict[str, datetime]:
    now = utc_now()
    if attempts > len(PAUSES):
        return {"given_up_at": now}
    return {"not_before": now + PAUSES[attempts - 1]}


def _succeeds(handler: Handler, kind: str, payload: dict[str, Any]) -> bool:
    try:
        handler(payload)
    except Exception:
        current_app.logger.exception("a handler of the event %s failed", kind)
        return False
    finally:
        db.session.rollback()
    return True
