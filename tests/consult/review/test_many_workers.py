"""One worker and three, as real processes: the same themes and places, to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from consult import jobs
from consult.analysis import placing
from consult.application import build
from consult.config import Settings
from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import chunks, requests
from consult.review.models import CachedVector, ChangeLog, Coding, Stance, Theme, ThemeRun
from consult.transaction import commits
from tests.conftest import OVERRIDES, _settings
from tests.consult.review.answers import TOPICS, answer, make_consultation

pytestmark = pytest.mark.slow
ANSWERS = 240
# `consult worker` with small chunks and a note of which process computed each. These wait until all workers are there,
# so that a slow start of one does not leave all the work to another. With DIES, the first that places a chunk for
# another is killed at it.
WORKER = """
import os, sys, time
from pathlib import Path
from consult.analysis import placing
from consult.review import chunks, placing_chunks
here = Path(os.environ["PRESENT"])
(here / str(os.getpid())).touch()
chunks.CHUNK = placing.CHUNK = 10
placing.MOST_LISTENING = 50
def note(what):
    until = time.monotonic() + 60
    while len(list(here.iterdir())) < int(os.environ["WORKERS"]) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.1)
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{what}-{os.getpid()}\\n")
embed, place, place_chunk = chunks._embed, placing_chunks._place, placing_chunks.place_chunk
def noted_embed(texts, *rest):
    if texts:
        note("embed")
    embed(texts, *rest)
def noted_place(*rest, **more):
    note("place")
    place(*rest, **more)
def place_for_another(*rest):
    try:
        dies = os.open(here / "died", os.O_CREAT | os.O_EXCL) if os.environ.get("DIES") else None
    except FileExistsError:
        dies = None
    if dies is not None:
        note("died")
        os.kill(os.getpid(), 9)
    place_chunk(*rest)
chunks._embed, placing_chunks._place, placing_chunks.place_chunk = noted_embed, noted_place, place_for_another
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


def carry_out(
    settings: Settings, workers: int, *, one_dies: bool = False
) -> tuple[list, dict[str, set[str]]]:
    """What the workers made, and which processes embedded, placed and died."""
    notes = settings.instance / "notes"
    notes.write_text("")
    present = Path(tempfile.mkdtemp(dir=settings.instance))
    environment = {
        **os.environ,
        "CONSULT_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "CONSULT_JOBS_URL": settings.jobs_url,
        "NOTES": str(notes),
        "PRESENT": str(present),
        "WORKERS": str(workers),
        "DIES": "yes" * one_dies,
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
    noted: dict[str, set[str]] = {"embed": set(), "place": set(), "died": set()}
    for line in notes.read_text().split():
        what, number = line.split("-")
        noted[what].add(number)
    return made, noted


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


def within(settings: Settings, function: Callable[[], list | None]) -> list | None:
    """`function` in the application, all connections left."""
    app = build(settings, **OVERRIDES)
    with app.app_context():
        found = function()
        db.session.remove()
        db.engine.dispose()
        jobs.leave_connections(app)
    return found


@commits
def ask_again() -> None:
    """Forget all that was made, and ask for it once more."""
    for model in (Coding, Stance, Theme, CachedVector, ThemeRun, ChangeLog):
        db.session.execute(delete(model))
    requests.request_all(db.session(), db.session.scalars(select(Consultation)).one())


@commits
def ask_to_place() -> None:
    """Accept the themes, forget where the answers are, and ask for them to be placed."""
    for model in (Coding, Stance, CachedVector, ThemeRun):
        db.session.execute(delete(model))
    db.session.execute(update(Theme).values(status="accepted"))
    requests.request_placing(db.session(), db.session.scalars(select(Consultation)).one())


def place_here() -> list:
    ask_to_place()
    assert _is_done()
    return _made()


@pytest.fixture
def settings(instance: Path, database: str | None) -> Settings:
    jobs_url = database.replace("+psycopg", "") if database else f"sqlite:///{instance / 'jobs.sqlite3'}"
    return replace(_settings(instance, database), jobs_url=jobs_url)


def test_three_workers_make_what_one_makes(settings: Settings) -> None:
    prepare(settings)
    three, noted = carry_out(settings, 3)
    assert len(three[0]) >= 2 and len(three[3]) == ANSWERS
    assert len(noted["embed"]) > 1, "one process did all the work"
    within(settings, ask_again)
    one, noted = carry_out(settings, 1)
    assert len(noted["embed"]) == 1
    assert one == three


def test_three_workers_place_as_one_and_as_the_caller_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(settings)
    carry_out(settings, 1)
    within(settings, ask_to_place)
    three, noted = carry_out(settings, 3, one_dies=True)
    assert len({row[0] for row in three[1]}) == ANSWERS
    assert len({row[1] for row in three[1]}) >= 2, "all answers are in one theme"
    assert len(noted["died"]) == 1
    assert len(noted["place"]) > 1, "one process placed all"
    within(settings, ask_to_place)
    one, noted = carry_out(settings, 1)
    assert len(noted["place"]) == 1
    assert one == three
    for module in (chunks, placing):
        monkeypatch.setattr(module, "CHUNK", 10)
    monkeypatch.setattr(placing, "MOST_LISTENING", 50)
    assert within(replace(settings, jobs_url="memory://"), place_here) == three
