"""What sets the machine to work: a run that was asked for, a closing, new answers, and the sweep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from consult import jobs
from consult.consultations.models import Consultation, Status
from consult.evidence.indexing import WRITTEN
from consult.extensions import db
from consult.outbox import on_event
from consult.review import requests, runs
from consult.transaction import writing


@on_event(requests.REQUESTED)
def carry_out_run(payload: dict[str, Any]) -> None:
    """A run was asked for and committed: this worker takes it, if no other one has."""
    # Here, because the analysis takes a second to load and half of all the memory, and only a worker needs it.
    from consult.review.theme_job import compute_themes

    compute_themes(payload["run_id"])


@jobs.job("review.embed_chunk")
def embed_chunk(run_id: int, first: int, last: int) -> None:
    """A part of a large run that another worker carries out."""
    from consult.review.chunks import embed_chunk as embed

    embed(run_id, first, last)


@jobs.job("review.place_chunk")
def place_chunk(run_id: int, number: int) -> None:
    """A part of a large placing that another worker carries out."""
    from consult.review.placing_chunks import place_chunk as place

    place(run_id, number)


@on_event("consultation.closed")
def themes_at_closing(payload: dict[str, Any]) -> None:
    """All answers are there: look for the themes of all of them."""
    with writing() as session:
        consultation = session.get(Consultation, payload["consultation_id"])
        if consultation is not None:
            requests.request_all(session, consultation)


@on_event("response.submitted")
def place_new_answers(payload: dict[str, Any]) -> None:
    """Place new answers. Events come in bunches: the first takes all along, the others only look."""
    _place_what_waits(payload["consultation_id"])


@on_event(WRITTEN)
def place_new_evidence(payload: dict[str, Any]) -> None:
    """Place what was brought in or came through the feedback channel, in whatever state the consultation is."""
    # Absent in events of an earlier version: the sweep finds theirs.
    gathered_for = payload.get("gathered_for")
    if gathered_for is not None:
        _place_what_waits(gathered_for)


def _place_what_waits(consultation_id: int) -> None:
    session = db.session()
    consultation = session.get(Consultation, consultation_id)
    if consultation is not None and requests.has_work(session, consultation):
        with writing():
            requests.request_placing(session, consultation)
    session.rollback()


@jobs.job("review.sweep", every_minutes=5)
def sweep() -> None:
    """Take up runs whose worker died or that were never begun, and what no event announced: evidence comes in before
    the opening and after the publishing too."""
    with writing() as session:
        for run in runs.stale_runs(session):
            runs.requeue(session, run)
            requests.announce(session, run)
        runs.forget_ended_chunks(session)
    there = select(Consultation.id).where(Consultation.status != Status.ARCHIVED).order_by(Consultation.id)
    for consultation_id in db.session.scalars(there).all():
        _place_what_waits(consultation_id)
