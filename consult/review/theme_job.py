"""The machine's work in the background: themes of one question, as a job that may die and be repeated.

Reading, computing and writing are apart: no transaction is open while the machine computes, what it found
appears at once or not at all, and a worker that lost its run (cancelled, taken over) writes nothing.
"""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from consult.analysis.embedding import AnalysisCancelledError, Embedder
from consult.analysis.themes import ThemeOptions
from consult.aside import Aside
from consult.consultations.models import Consultation
from consult.encoders.errors import EncoderError
from consult.extensions import db
from consult.review import machine, requests, runs
from consult.review.chunks import chunks_of, embed_together
from consult.review.encoder import encoder_of, second_encoder
from consult.review.material import Material, Proposal
from consult.review.models import ThemeRun
from consult.review.placing_chunks import place_together
from consult.review.scope import Scope
from consult.review.suggestions import Tools, place_new, suggest
from consult.review.vectors import KeptVectors, load_vectors, save_vectors
from consult.transaction import writing
from surveys.i18n import N_
from surveys.models import utc_now

REPORT_SECONDS = 1.0
ENCODER_FAILED = N_(
    "The encoder that this installation names does not work. Whoever runs it finds the reason in the log. "
    "The answers are safe."
)


def compute_themes(run_id: int) -> None:
    """Carry out a run. Does nothing when it is done, cancelled, or in another worker's hands."""
    worker = secrets.token_hex(8)
    run = _begin(run_id, worker)
    if run is None:
        return
    scope, kind, options = Scope(run.consultation_id, run.question_id), run.kind, dict(run.options)
    try:
        _carry_out(run_id, worker, scope, kind, options, _encoder(scope))
    except AnalysisCancelledError:
        return
    except EncoderError as error:
        current_app.logger.error("run %s of the themes: %s", run_id, error)
        _fail(run_id, worker, ENCODER_FAILED if error.params else error.message)
        return
    except Exception:
        current_app.logger.exception("run %s of the themes failed", run_id)
        _fail(run_id, worker, runs.FAILED)
        return
    _follow_up(run_id, scope)


def _encoder(scope: Scope) -> Embedder:
    consultation = db.session.get(Consultation, scope.consultation_id)
    if consultation is None:
        raise AnalysisCancelledError
    return encoder_of(consultation)


def _fail(run_id: int, worker: str, message: str) -> None:
    db.session.rollback()
    _report(run_id, worker, status="failed", message=message, finished_at=utc_now())


def _carry_out(
    run_id: int, worker: str, scope: Scope, kind: str, options: dict[str, Any], embedder: Embedder
) -> None:
    material = machine.material_for(db.session(), scope, kind=kind)
    texts = [text.text for text in material.texts]
    second = second_encoder() if kind == machine.FULL else None
    vectors = load_vectors(db.session(), embedder=embedder, second=second, texts=texts)
    db.session.rollback()
    # A placing run reads only what is new; a full one sees everything against the whole.
    total = len(texts) if kind == machine.FULL else len(texts) - len(material.held)
    _report(run_id, worker, total=total)
    teller = _Teller(run_id, worker, vectors, total=total)
    chunks = chunks_of(material.texts, vectors, embedder)
    if len(chunks) > 1:
        embed_together(
            run_id,
            chunks,
            vectors,
            embedder,
            done=lambda count: teller.progress(count, len(chunks)),
            cancelled=teller.cancelled,
        )
    aside = Aside()
    tools = Tools(
        embedder,
        vectors,
        progress=aside.asked(teller.progress),
        cancelled=aside.asked(teller.cancelled),
        carry=aside.asked(
            partial(place_together, run_id, worker, vectors, embedder, teller.lives, teller.cancelled)
        ),
        second=second,
    )
    proposal = aside.run(lambda: _propose(material, kind, options, tools))
    _finish(run_id, worker, scope, kind, proposal, vectors)


def _propose(material: Material, kind: str, options: dict[str, Any], tools: Tools) -> Proposal:
    if kind == machine.PLACE:
        return place_new(material, tools)
    chosen = {key: options[key] for key in ("themes", "resolution") if options.get(key)}
    return suggest(material, ThemeOptions(**chosen), tools)


class _Teller:
    """Writes progress and new vectors from time to time, and notices that the run was taken away."""

    def __init__(self, run_id: int, worker: str, vectors: KeptVectors, *, total: int) -> None:
        self.run_id = run_id
        self.worker = worker
        self.vectors = vectors
        self.total = total
        self.told_at = time.monotonic()

    def progress(self, done: int, of: int) -> None:
        if time.monotonic() - self.told_at < REPORT_SECONDS and done < of:
            return
        self.told_at = time.monotonic()
        # The analysis counts different texts, the reader answers.
        shown = self.total * done // max(of, 1)
        _report(self.run_id, self.worker, vectors=self.vectors, done=shown)

    def lives(self, _done: int) -> None:
        """That the worker is there, while something else is counted than what is shown."""
        if time.monotonic() - self.told_at >= REPORT_SECONDS:
            self.told_at = time.monotonic()
            _report(self.run_id, self.worker, vectors=self.vectors)

    def cancelled(self) -> bool:
        owner = db.session.execute(
            select(ThemeRun.worker, ThemeRun.status).where(ThemeRun.id == self.run_id)
        ).first()
        db.session.rollback()
        return owner is None or tuple(owner) != (self.worker, "running")


def _begin(run_id: int, worker: str) -> ThemeRun | None:
    with writing() as session:
        run = runs.begin_run(session, run_id, worker=worker)
        if run is not None:
            consultation = session.get(Consultation, run.consultation_id)
            if consultation is not None and requests.is_readable(consultation):
                requests.gather(session, consultation)
        return run


def _report(run_id: int, worker: str, *, vectors: KeptVectors | None = None, **values: Any) -> None:
    with writing() as session:
        if vectors is not None:
            save_vectors(session, vectors)
        if not runs.report(session, run_id, worker=worker, **values):
            raise AnalysisCancelledError


def _finish(
    run_id: int, worker: str, scope: Scope, kind: str, proposal: Proposal, vectors: KeptVectors
) -> None:
    with writing() as session:
        save_vectors(session, vectors)
        total = session.scalar(select(ThemeRun.total).where(ThemeRun.id == run_id))
        ended = {"status": "done", "done": total, "finished_at": utc_now(), "engine": dict(proposal.engine)}
        if not runs.report(session, run_id, worker=worker, **ended):
            raise AnalysisCancelledError
        machine.apply_theme_result(session, scope, proposal=proposal, kind=kind)
        runs.forget_chunks(session, run_id)


def _follow_up(run_id: int, scope: Scope) -> None:
    """What came in while the run worked: a wish for a full run, or new answers."""
    with writing() as session:
        run = session.get(ThemeRun, run_id)
        consultation = session.get(Consultation, scope.consultation_id)
        if run is not None and runs.THEN_FULL in run.options:
            options = run.options[runs.THEN_FULL]
            requests.request_full(session, scope, by_id=run.requested_by_id, options=options)
        elif consultation is not None:
            requests.request_placing(session, consultation)
