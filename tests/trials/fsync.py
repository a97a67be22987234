"""SQLite: every acknowledgement waits for the disk. Shown by strace; and the files that a power cut would leave at the
moment of the acknowledgement are put together from its log and opened."""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from consult.ballots.files import empty_log
from consult.ballots.payload import unpacked
from consult.database import sound_sqlite
from tests.bench.servers import running
from tests.trials import strace
from tests.trials.accounts import load
from tests.trials.installation import MODES, Installation, installation
from tests.trials.members import Member, by_many

ANSWERS = 200
CLIENTS = 4
FILES = ("mashura.sqlite3", "mashura.sqlite3-wal")
HEADER = "X-Trial"
EXECUTE = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


@dataclass
class Outcome:
    """Of how many replies there was a sync of the log before, in the same thread, after the request had come; how many
    answers a power cut at the moment of the reply leaves, and how many one at the moment of the request."""

    replies: int = 0
    synced: int = 0
    kept: int = 0
    there_before: int = 0
    damaged: int = 0


def invited(house: Installation, number: int) -> dict[int, Member]:
    """Number → member, a third of them in each mode; and nothing left to do in the database."""
    codes = {mode: house.open(mode, number // len(MODES) + 1) for mode in MODES}
    with house.engine() as engine:
        empty_log(engine, wait=True)
    members = {}
    for n in range(number):
        mode = MODES[n % len(MODES)]
        members[n] = Member(house.port, mode, n, codes[mode][n // len(MODES)])
    return members


def answer_watched(house: Installation, log: Path, members: dict[int, Member]) -> None:
    """Let all of them answer a server that strace watches."""
    serve = [sys.executable, "-m", "consult.cli", "serve", "--port", str(house.port)]
    command = ["-c", EXECUTE, *strace.command(log), *serve]

    def answer(member: Member) -> None:
        member.to_check().browser.headers[HEADER] = str(member.number)
        member.receipt = member.submit()

    with running(command, port=house.port, environment=house.environment, path="/healthz", patience=300):
        by_many(answer, members.values(), CLIENTS)


def judge(disk: strace.Disk, log: Path, members: dict[int, Member]) -> Outcome:
    """Go through the log."""
    outcome = Outcome()
    asking: dict[tuple[int, str], int] = {}  # thread and socket → number of the member
    synced: set[int] = set()
    with log.open() as lines, tempfile.TemporaryDirectory() as name:
        found = Path(name)
        for call in strace.calls(lines):
            if call.name == "recvfrom":
                number = _number_in(call.data) if call.is_end else None
                if number is not None:
                    asking[call.thread, call.place] = number
                    synced.discard(call.thread)
                    disk.after_power_cut(found)
                    outcome.there_before += members[number].receipt in _receipts(found)
            elif call.name == "sendto":
                number = asking.pop((call.thread, call.place), None)
                if number is not None:
                    outcome.replies += 1
                    outcome.synced += call.thread in synced
                    disk.after_power_cut(found)
                    receipts = _receipts(found)
                    outcome.damaged += "" in receipts
                    outcome.kept += members[number].receipt in receipts
            elif disk.see(call) and call.place.endswith("-wal"):
                synced.add(call.thread)
    return outcome


def _number_in(request: bytes) -> int | None:
    """The member who submits by this request."""
    match = re.match(rb"POST .*?\r\n%b: (\d+)\r\n" % HEADER.encode(), request, re.DOTALL)
    return int(match[1]) if match else None


def _receipts(folder: Path) -> set[str]:
    """All receipts in a database; "" among them if it is damaged."""
    with closing(sound_sqlite().connect(folder / FILES[0])) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        given = {receipt for (receipt,) in connection.execute("SELECT receipt FROM response")}
        slots = connection.execute("SELECT payload FROM slot WHERE is_used").fetchall()
    return given | {unpacked(payload).receipt for (payload,) in slots} | (set() if sound else {""})


def main(database: str, rounds: int) -> bool:
    if database != "sqlite":
        print(
            "fsync: a trial of SQLite alone; PostgreSQL keeps its own promise (fsync and synchronous_commit on)"
        )
        return True
    strace.provide()
    number = rounds or ANSWERS
    with installation() as house, tempfile.TemporaryDirectory() as name:
        log = Path(name) / "strace.log"
        members = invited(house, number)
        disk = strace.Disk(house.folder, FILES)
        answer_watched(house, log, members)
        outcome = judge(disk, log, members)
    print(
        f"fsync: {outcome.replies} acknowledgements of {number} submissions by {CLIENTS} clients in three modes; "
        f"the log synchronised between request and reply in the same thread: {outcome.synced}; kept by a power cut at "
        f"the reply: {outcome.kept} (at the request: {outcome.there_before}); databases damaged: {outcome.damaged}; "
        f"{load()}"
    )
    return (
        outcome.replies == outcome.synced == outcome.kept == number
        and not outcome.damaged
        and not outcome.there_before
    )
