"""What one complete response costs the server, and whether a full hall is served."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from consult.config import Settings
from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.installation import initialise
from surveys.definition import Definition, Option, Question, Section
from surveys.queries import count_responses
from surveys.questions import question_types
from tests.bench.participant import Participant, token
from tests.bench.servers import cpu_seconds, free_port, running

SLUG = "bench"
ROUNDS = 200
HALL = 200


def ten_questions() -> Definition:
    """One page of ten questions of the usual kinds."""

    def text(words: str) -> dict[str, str]:
        return {"en": words, "ar": words}

    def options(count: int) -> tuple[Option, ...]:
        return tuple(Option(id=f"o{n}", name=f"o{n}", label=text(f"Answer number {n}")) for n in range(count))

    def question(number: int, kind: str, **config: object) -> Question:
        settings = question_types[kind].Config(**config)
        label = text(f"What do you think of matter number {number}, all in all?")
        return Question(id=f"q{number}", name=f"q{number}", type=kind, label=label, config=settings)

    questions = (
        *(question(n, "select_one", options=options(5)) for n in (1, 2, 3)),
        *(question(n, "select_multiple", options=options(6)) for n in (4, 5)),
        *(question(n, "agreement", points=options(5)) for n in (6, 7)),
        question(8, "integer"),
        question(9, "short_text"),
        question(10, "long_text"),
    )
    section = Section(id="s1", name="s1", title=text("All of it"), questions=questions)
    return Definition(title=text("Bench"), languages=("en", "ar"), default_language="en", sections=(section,))


def answers(number: int) -> list[tuple[str, str]]:
    """The form of one participant."""
    return [
        *((f"q{n}", f"o{(number + n) % 5}") for n in (1, 2, 3)),
        ("q4", "o1"), ("q4", "o3"), ("q5", "o2"), ("q8", str(number)),
        ("q9", "A few words"),
        ("q10", f"What should change first is the way that we decide, says number {number}. " * 3),
    ]  # fmt: skip


def prepare(folder: Path) -> Settings:
    """An installation with the bench survey open."""
    os.environ["CONSULT_INSTANCE"] = str(folder)
    settings = Settings.load()
    app = initialise(settings)
    with app.app_context():
        consultation = services.create_consultation(
            db.session(), slug=SLUG, title={"en": "Bench"}, languages=["en", "ar"], definition=ten_questions()
        )
        services.open_consultation(db.session(), consultation)
        db.session.commit()
    return settings


def one_response(folder: Path) -> tuple[float, int]:
    """(CPU milliseconds of the server for one complete response, requests it took)."""
    port = free_port()
    command = ["-m", "consult.cli", "serve", "--port", str(port), "--workers", "1", "--no-jobs"]
    with running(command, port=port, environment={"CONSULT_INSTANCE": str(folder)}, path="/healthz") as pid:
        for number in range(20):
            Participant(port).answer(SLUG, answers(number))
        before = cpu_seconds(pid)
        requests = 0
        for number in range(ROUNDS):
            participant = Participant(port)
            participant.answer(SLUG, answers(number))
            requests += participant.requests
        return (cpu_seconds(pid) - before) / ROUNDS * 1000, requests // ROUNDS


def reference(folder: Path, requests: int) -> float:
    """CPU milliseconds of a bare Flask application for as many requests, one of them with a FULL commit."""
    port = free_port()
    command = [
        "-m",
        "gunicorn",
        "-k",
        "gthread",
        "--threads",
        "32",
        "-b",
        f"127.0.0.1:{port}",
        "--no-control-socket",
        "tests.bench.reference:app",
    ]
    environment = {"REFERENCE_FILE": str(folder / "reference.sqlite3")}
    with running(command, port=port, environment=environment, path="/") as pid:
        for _ in range(20):
            Participant(port).post("/", [])
        before = cpu_seconds(pid)
        for _ in range(ROUNDS):
            participant = Participant(port)
            for _ in range(requests - 1):
                participant.get("/")
            participant.post("/", [("a", "b")])
        return (cpu_seconds(pid) - before) / ROUNDS * 1000


def full_hall(folder: Path) -> tuple[float, int, int]:
    """(seconds until the last of HALL participants who submit at once has the receipt, receipts, stored)."""
    app = initialise(Settings.load())
    with app.app_context():
        survey_id = _survey_id()
        stored_before = count_responses(db.session(), survey_id)
    port = free_port()
    command = ["-m", "consult.cli", "serve", "--port", str(port), "--workers", "2", "--no-jobs"]
    receipts: list[str] = []
    with running(command, port=port, environment={"CONSULT_INSTANCE": str(folder)}, path="/healthz"):
        hall = []
        for number in range(HALL):
            participant = Participant(port)
            page = participant.get(f"/c/{SLUG}/1?action=continue")
            page = participant.post(f"/c/{SLUG}/1", [*token(page), *answers(number), ("action", "continue")])
            participant.connection.close()
            hall.append((participant, page))
        start = threading.Barrier(HALL + 1)

        def send(participant: Participant, page: str) -> None:
            start.wait()
            done = participant.post(f"/c/{SLUG}/check", [*token(page), ("action", "submit")])
            receipts.append(done.split('id="receipt">')[1].split("<")[0])

        threads = [threading.Thread(target=send, args=one) for one in hall]
        for thread in threads:
            thread.start()
        start.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
    with app.app_context():
        stored = count_responses(db.session(), survey_id) - stored_before
    return seconds, len(set(receipts)), stored


def _survey_id() -> int:
    consultation = consultation_by_slug(db.session(), SLUG)
    assert consultation is not None
    return consultation.survey_id


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        cost, requests = one_response(folder)
        bare = reference(folder, requests)
        print(
            f"one complete response (10 questions, {requests} requests): {cost:.1f} ms of server CPU; "
            f"bare Flask and one FULL commit: {bare:.1f} ms; ratio {cost / bare:.2f}"
        )
        seconds, receipts, stored = full_hall(folder)
        print(
            f"{HALL} participants submit at the same moment: all answered in {seconds:.2f} s, "
            f"{receipts} receipts, {stored} responses stored"
        )
        sys.exit(0 if receipts == stored == HALL else 1)
