"""Jobs: every minute no order is left in the files, and what was closed is wiped, whatever was in the way before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from consult import jobs, outbox
from consult.ballots import closing, files
from consult.ballots.models import SlotSet
from consult.extensions import db
from consult.transaction import let_go, writing


@jobs.job("ballots.keep", every_minutes=1)
def keep() -> None:
    """Hide the order of answers that came in, and wipe what was closed."""
    session = db.session()
    waiting, is_open = closing.sets_to_wipe(session), closing.has_open_slots(session)
    session.rollback()
    if is_open:
        hide_order(db.engine)
    if waiting:
        finish_closing()


def finish_closing() -> None:
    """Rewrite the files of the database after a closing; when it returns nothing of the slots is left.

    Raises when somebody holds on to the files; the job tries again every minute.
    """
    session = db.session()
    waiting = closing.sets_to_wipe(session)
    session.rollback()
    if waiting:
        db.session.remove()  # an open transaction of our own would be in the way
        files.wipe(db.engine)
        with writing() as own:
            closing.mark_wiped(own, waiting)
        files.empty_log(db.engine, wait=True)


@outbox.on_event("consultation.closed")
def after_closing(_payload: dict[str, Any]) -> None:
    """As soon as the closing is committed."""
    finish_closing()


def leave_no_log() -> None:
    """After an answer was committed: empty the write-ahead log, unless somebody reads just now."""
    let_go()  # what we read ourselves would be in the way
    files.empty_log(db.engine, wait=False)


def hide_order(engine: Engine) -> None:
    """Once a minute while people answer."""
    if files.is_sqlite(engine):
        files.empty_log(engine, wait=True)
        return
    stirred = False
    for consultation_id in _open_sets(db.session()):
        with writing() as session:
            stirred = files.stir(session, consultation_id) or stirred
    db.session.remove()
    if stirred:
        files.settle(engine)


def _open_sets(session: Session) -> list[int]:
    rows = session.execute(
        select(SlotSet.consultation_id, SlotSet.number, SlotSet.size).where(SlotSet.receipts.is_(None))
    ).all()
    session.rollback()
    return [row[0] for row in rows if row.number * row.size <= files.MOST_REWRITTEN]
