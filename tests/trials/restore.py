"""A backup of 10,000 responses while people answer, and what a clean folder has after it."""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import text

from consult.application import build
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.transaction import writing
from surveys.queries import latest_version
from surveys.services import submit_response
from tests.bench.servers import free_port
from tests.trials.accounts import load
from tests.trials.installation import Installation, database_of, installation
from tests.trials.members import Member, by_many
from tests.trials.staff import settings

RESPONSES = 10_000
CLIENTS = 4
COMING = 4_000
MOST_SECONDS = 60.0
MODES = ("open", "anonymous")


def fill(house: Installation, number: int) -> set[str]:
    """Responses to the open consultation, by the function that the server calls; their receipts."""
    app = build(settings(house))
    receipts = set()
    with app.app_context():
        for start in range(0, number, 1000):
            with writing() as session:
                consultation = consultation_by_slug(session, "open")
                assert consultation is not None
                version = latest_version(session, consultation.survey_id)
                assert version is not None
                for at in range(start, min(start + 1000, number)):
                    stored = submit_response(
                        session,
                        version=version,
                        submission_key=secrets.token_hex(32),
                        answers={"i1": at, "t1": f"مزيد من الاجتماعات، يقول رقم {at}"},
                        language="en",
                    )
                    receipts.add(stored.receipt)
        db.session.remove()
        db.engine.dispose()
    return receipts


def save_under_load(house: Installation, codes: list[str], backup: Path) -> tuple[list[Member], int, float]:
    """Back up while members answer: those who had a receipt before it began, how many in all, and its seconds."""
    done: list[Member] = []
    is_over = threading.Event()

    def come():
        for number in range(COMING):
            if is_over.is_set():
                return
            mode = MODES[number % 2]
            yield Member(house.port, mode, 10**5 + number, codes[number] if mode == "anonymous" else "")

    crowd = threading.Thread(
        target=lambda: by_many(lambda member: done.append(member.answer()), come(), CLIENTS)
    )
    with house.serving():
        crowd.start()
        while len(done) < 40:
            time.sleep(0.01)
        before = list(done)
        began = time.perf_counter()
        house.consult("backup", str(backup))
        seconds = time.perf_counter() - began
        while len(done) < len(before) + 80:
            time.sleep(0.01)
        is_over.set()
        crowd.join()
    return before, len(done), seconds


def bring_back(house: Installation, new: Installation, backup: Path) -> float:
    """Restore into a folder with nothing in it but the keys; seconds."""
    began = time.perf_counter()
    new.consult("restore", str(backup))
    seconds = time.perf_counter() - began
    for key in (
        house.folder / "keys"
    ).iterdir():  # those lie apart, and without them no receipt can be signed
        (new.folder / "keys" / key.name).write_bytes(key.read_bytes())
    return seconds


def stored_in(new: Installation) -> tuple[set[str], int]:
    """Receipts of both consultations once they are closed, and how many responses are in the export."""
    for mode in MODES:
        new.consult("close", mode)
    with new.engine() as engine, engine.connect() as connection:
        number = connection.execute(text("SELECT count(*) FROM response")).scalar_one()
    return set(new.receipts("open")) | set(new.receipts("anonymous")), number


def main(database: str, rounds: int) -> bool:
    number = rounds or RESPONSES
    with installation(database) as house, tempfile.TemporaryDirectory() as name, database_of(database) as url:
        house.open("open", 0)
        codes = house.open("anonymous", COMING)
        receipts = fill(house, number)
        backup = Path(name) / "backup.zip"
        before, coming, saving = save_under_load(house, codes, backup)
        new = Installation(Path(name) / "clean", free_port(), url)
        restoring = bring_back(house, new, backup)
        said = new.consult("verify").strip().splitlines()[-1]
        found, stored = stored_in(new)
        lost = (receipts | {member.receipt for member in before}) - found
        print(
            f"restore ({database}): {number} responses and {len(before)} acknowledged to {CLIENTS} clients before the "
            f"backup began ({coming} in all); saved in {saving:.1f} s, {backup.stat().st_size / 2**20:.1f} MB; "
            f"restored into a clean folder in {restoring:.1f} s (bar {MOST_SECONDS:.0f} s); {stored} responses there, "
            f"{len(lost)} lost; verify: {said}; {load()}"
        )
        return not lost and restoring <= MOST_SECONDS
