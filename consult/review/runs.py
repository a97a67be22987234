"""Runs of the machine: asking for one, its progress, stopping it, taking over one that died."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.review.models import PlacingChunk, PlacingModel, ThemeRun
from surveys.i18n import N_
from surveys.models import utc_now

ACTIVE = ("queued", "running")
THEN_FULL = "then_full"
STALE_AFTER = timedelta(minutes=3)
"""A running worker reports at least every few seconds; after this silence it is taken for dead."""

_UNTRACKED = {"synchronize_session": False}
FAILED = N_("Something went wrong. The answers are safe. Try again.")


def request_run(
    session: Session,
    *,
    consultation_id: int,
    question_id: str,
    kind: str,
    by_id: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[ThemeRun, bool]:
    """The active run of a question, or a new one; and whether a worker must be told of it.

    A full run asked for while a placing one waits takes its place, or follows it when it works already.
    """
    wanted = ThemeRun(
        consultation_id=consultation_id,
        question_id=question_id,
        kind=kind,
        requested_by_id=by_id,
        options=dict(options or {}),
    )
    run = active_run(session, consultation_id=consultation_id, question_id=question_id)
    if run is None:
        try:
            with session.begin_nested():
                session.add(wanted)
        except IntegrityError:  # somebody else asked in the same moment
            run = active_run(session, consultation_id=consultation_id, question_id=question_id)
        if run is None:
            return wanted, True
    if run.kind == "place" and kind == "full":
        _promote(run, by_id, dict(options or {}))
    died = is_stale(run)
    if died:
        requeue(session, run)
    session.flush()
    return run, died


def requeue(session: Session, run: ThemeRun) -> None:
    """Let a run whose worker died wait for another one."""
    run.status = "queued"
    run.worker = None
    run.created_at = utc_now()
    session.flush()


def _promote(run: ThemeRun, by_id: int | None, options: dict[str, Any]) -> None:
    """Make a waiting placing run a full one; let a working one be followed by a full one."""
    if run.status == "queued" or is_stale(run):
        run.kind = "full"
        run.options = options
        run.requested_by_id = by_id
    else:
        run.options = {**run.options, THEN_FULL: options}


def active_run(session: Session, *, consultation_id: int, question_id: str) -> ThemeRun | None:
    """The run of this question that waits or works, if any."""
    return session.scalar(
        select(ThemeRun).where(
            ThemeRun.consultation_id == consultation_id,
            ThemeRun.question_id == question_id,
            ThemeRun.status.in_(ACTIVE),
        )
    )


def latest_runs(session: Session, *, consultation_id: int) -> dict[str, ThemeRun]:
    """Question id → its newest run."""
    rows = session.scalars(
        select(ThemeRun).where(ThemeRun.consultation_id == consultation_id).order_by(ThemeRun.id)
    )
    return {run.question_id: run for run in rows}


def stale_runs(session: Session, *, now: datetime | None = None) -> list[ThemeRun]:
    """Runs that somebody must take up: their worker fell silent, or they were never begun."""
    limit = (now or utc_now()) - STALE_AFTER
    return list(
        session.scalars(
            select(ThemeRun)
            .where(
                or_(
                    (ThemeRun.status == "running") & (ThemeRun.heartbeat_at < limit),
                    (ThemeRun.status == "queued") & (ThemeRun.created_at < limit),
                )
            )
            .order_by(ThemeRun.id)
        )
    )


def is_stale(run: ThemeRun, *, now: datetime | None = None) -> bool:
    """Whether a run says that it works while nobody has heard of it for long."""
    silent_since = run.heartbeat_at or run.started_at
    if run.status != "running" or silent_since is None:
        return False
    return silent_since < (now or utc_now()) - STALE_AFTER


def begin_run(session: Session, run_id: int, *, worker: str, now: datetime | None = None) -> ThemeRun | None:
    """Take a run up as `worker`: one that waits, or one whose worker died. None when it is not to be had."""
    now = now or utc_now()
    taken = session.execute(
        update(ThemeRun)
        .where(
            ThemeRun.id == run_id,
            or_(
                ThemeRun.status == "queued",
                (ThemeRun.status == "running") & (ThemeRun.heartbeat_at < now - STALE_AFTER),
            ),
        )
        .values(
            status="running", worker=worker, started_at=now, heartbeat_at=now, done=0, total=0, message=""
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.get(ThemeRun, run_id, populate_existing=True)


def report(session: Session, run_id: int, *, worker: str, **values: Any) -> bool:
    """Write progress or the end of a run. False when it is no longer this worker's: stop then."""
    written = session.execute(
        update(ThemeRun)
        .where(ThemeRun.id == run_id, ThemeRun.worker == worker, ThemeRun.status == "running")
        .values(heartbeat_at=utc_now(), **values)
        .execution_options(synchronize_session=False)
    )
    return written.rowcount == 1  # type: ignore[attr-defined]


def cancel_run(session: Session, run: ThemeRun) -> None:
    """Stop a run; the worker notices at its next report. A run that has ended stays as it is."""
    if run.status in ACTIVE:
        run.status = "cancelled"
        run.finished_at = utc_now()
        session.flush()


def forget_chunks(session: Session, run_id: int) -> None:
    """Forget what a run has placed in chunks, and with what."""
    for model in (PlacingChunk, PlacingModel):
        session.execute(delete(model).where(model.run_id == run_id).execution_options(**_UNTRACKED))


def forget_ended_chunks(session: Session) -> None:
    """The same of runs that were stopped or failed."""
    ended = select(ThemeRun.id).where(ThemeRun.status.not_in(ACTIVE))
    for model in (PlacingChunk, PlacingModel):
        session.execute(delete(model).where(model.run_id.in_(ended)).execution_options(**_UNTRACKED))
