"""One worker and three, as real processes: the same themes, to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from consult import jobs
from consult.application import build
from consult.config import Settings
from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import requests
from consult.review.models import CachedVector, ChangeLog, Coding, Stance, Theme, ThemeRun
from consult.transaction import commits
from tests.conftest import OVERRIDES, _settings
from tests.consult.review.answers import TOPICS, answer, make_consultation

pytestmark = pytest.mark.slow
ANSWERS = 240
# `consult worker` with small chunks and a note of which process computed each. Vectors wait until all workers are
# there, so that a slow start of one does not leave all the work to another.
WORKER = """
import os, sys, time
from pathlib import Path
from consult.review import chunks
here = Path(os.environ["PRESENT"])
(here / str(os.getpid())).touch()
chunks.CHUNK = 10
embed = chunks._embed
def noted(texts, *rest):
    if texts:
        until = time.monotonic() + 60
        while len(list(here.iterdir())) < int(os.environ["WORKERS"]) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.1)
        with open(os.environ["NOTES"], "a") as notes:
            notes.write(f"{os.getpid()}\\n")
    embed(texts, *rest)
chunks._embed = noted
sys.argv = ["consult", "worker", "--threads", "1"]
from consult.cli import main
main()
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


def prepare(settings: Settings) -> None:
    app = build(settings, **OVERRIDES)

    @commits
    def fill() -> None:
        consultation = make_consultation(db.session())
        for i in range(ANSWERS):
            words = TOPICS[i % 3][i // 3 % 5]
            answer(
                db.session(), consultation, f"{words} in village number {i} ({i * 7919 % 1000})", key=str(i)
            )
        consultations.close_consultation(db.session(), consultation)

    with app.app_context():
        fill()
        db.session.remove()
        db.engine.dispose()
        jobs.leave_connections(app)


def carry_out(settings: Settings, workers: int) -> tuple[list, set[str]]:
    """What the workers made, and which processes computed vectors."""
    notes = settings.instance / "notes"
    notes.write_text("")
    present = settings.instance / f"present-{workers}"
    present.mkdir()
    environment = {
        **os.environ,
        "CONSULT_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "CONSULT_JOBS_URL": settings.jobs_url,
        "NOTES": str(notes),
        "PRESENT": str(present),
        "WORKERS": str(workers),
    }
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stderr=subprocess.DEVNULL)
        for _ in range(workers)
    ]
    app = build(settings, **OVERRIDES)
    try:
        with app.app_context():
            until = time.monotonic() + 240
            while time.monotonic() < until and not _is_done():
                time.sleep(0.3)
            made = _made()
            db.session.remove()
            db.engine.dispose()
            jobs.leave_connections(app)
    finally:
        for process in running:
            process.kill()
            process.wait()
    return made, set(notes.read_text().split())


def _is_done() -> bool:
    db.session.rollback()
    return set(db.session.scalars(select(ThemeRun.status))) == {"done"}


def _made() -> list:
    rows = (
        select(Theme.name, Theme.keywords, Theme.quotes, Theme.position).order_by(Theme.position),
        select(Coding.excerpt_id, Theme.position, Coding.score)
        .outerjoin(Theme, Theme.id == Coding.theme_id)
        .order_by(Coding.excerpt_id, Theme.position),
        select(Stance.excerpt_id, Stance.value).order_by(Stance.excerpt_id),
        select(CachedVector.key, CachedVector.vector).order_by(CachedVector.key),
    )
    return [[tuple(row) for row in db.session.execute(some)] for some in rows]


def ask_again(settings: Settings) -> None:
    """Forget all that was made, and ask for it once more."""
    app = build(settings, **OVERRIDES)

    @commits
    def ask() -> None:
        for model in (Coding, Stance, Theme, CachedVector, ThemeRun, ChangeLog):
            db.session.execute(delete(model))
        requests.request_all(db.session(), db.session.scalars(select(Consultation)).one())

    with app.app_context():
        ask()
        db.session.remove()
        db.engine.dispose()
        jobs.leave_connections(app)


@pytest.fixture
def settings(instance: Path, database: str | None) -> Settings:
    jobs_url = database.replace("+psycopg", "") if database else f"sqlite:///{instance / 'jobs.sqlite3'}"
    return replace(_settings(instance, database), jobs_url=jobs_url)


def test_three_workers_make_what_one_makes(settings: Settings) -> None:
    prepare(settings)
    three, several = carry_out(settings, 3)
    assert len(three[0]) >= 2 and len(three[3]) == ANSWERS
    assert len(several) > 1, "one process did all the work"
    ask_again(settings)
    one, single = carry_out(settings, 1)
    assert len(single) == 1
    assert one == three
