"""Closing while everybody sends: by hand, and by the closing time with its real grace of 60 seconds.

For the second the closing time is written into the table of the consultation, so far back that its grace ends in the
middle of the posts; the clock and the program are as they always are.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from sqlalchemy import Table, select, update

from consult.consultations.models import Consultation, Status
from consult.consultations.services import GRACE
from tests.bench.participant import Participant, RefusedError, token
from tests.trials.accounts import Account, account, load, summed
from tests.trials.installation import MODES, Installation, installation
from tests.trials.members import Member, by_many
from tests.trials.staff import signed_in

ROUNDS = 20
POSTS = 400
AROUND = 1.0
"""Seconds before and after the closing within which they are sent."""
LEAD = 3.0
CLIENTS = 8
GONE = 410
_CONSULTATION = cast(Table, Consultation.__table__)


@dataclass
class Outcome:
    """Of all rounds of one way: accounts, answers to the posts by status (200 with a receipt), how many were
    acknowledged that were sent after it was closed, and rounds in which something changed afterwards."""

    accounts: list[Account] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    late: int = 0
    changed: int = 0

    @property
    def is_right(self) -> bool:
        return (
            all(one.is_right for one in self.accounts)
            and set(self.statuses) == {200, GONE}
            and not (self.late or self.changed)
        )


def close(house: Installation, mode: str, slug: str, outcome: Outcome, staff: Participant | None) -> None:
    """One round: by hand where there is a member of `staff`, else by the closing time."""
    codes = house.open(mode, POSTS, slug)
    members = [Member(house.port, mode, n, code, slug=slug) for n, code in enumerate(codes)]
    by_many(_ready, members, CLIENTS)
    overview = ""
    if staff:
        staff.connection.close()  # the server has given up the one of the last round
        overview = staff.get(f"/manage/{slug}/")
    moment = datetime.now(UTC) + timedelta(seconds=LEAD)
    if not staff:
        _set_closing_time(house, slug, moment - GRACE)
    threads = _send_around(members, moment, outcome)
    if staff:
        _sleep_until(moment)
        staff.post(f"/manage/{slug}/status", [*token(overview), ("action", "close")])
        moment = datetime.now(UTC)
    for thread in threads:
        thread.join()
    told = [member for member in members if member.receipt]
    outcome.late += sum(member.browser.headers["X-Sent"] > moment.isoformat() for member in told)
    if _status(house, slug) != Status.CLOSED:
        raise RuntimeError(f"{slug} is not closed")
    outcome.accounts.append(account(house, slug, told))
    before = house.export(slug), house.receipts(slug)
    by_many(_try_again, members, CLIENTS)
    outcome.changed += (house.export(slug), house.receipts(slug)) != before


def _ready(member: Member) -> None:
    member.to_check().browser.connection.close()


def _send_around(members: list[Member], moment: datetime, outcome: Outcome) -> list[threading.Thread]:
    """Each member at a moment of its own, in a thread of its own."""
    random, lock = Random(members[0].slug), threading.Lock()

    def send(member: Member, at: datetime) -> None:
        _sleep_until(at)
        member.browser.headers["X-Sent"] = datetime.now(UTC).isoformat()
        try:
            member.receipt, status = member.submit(), 200
        except RefusedError as refusal:
            status = refusal.status
        with lock:
            outcome.statuses[status] += 1

    moments = [moment + timedelta(seconds=random.uniform(-AROUND, AROUND)) for _ in members]
    threads = [threading.Thread(target=send, args=both) for both in zip(members, moments, strict=True)]
    for thread in threads:
        thread.start()
    return threads


def _sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _try_again(member: Member) -> None:
    """Send everything once more, and try to begin anew, after closing."""
    try:
        if member.submit() != member.receipt:
            raise RuntimeError(f"number {member.number} has another receipt than before")
    except RefusedError as refusal:
        if refusal.status != GONE or (member.receipt and member.mode != "anonymous"):
            raise
    if member.mode == "open":
        stranger = Participant(member.port)
        stranger.get(f"/c/{member.slug}/1?action=continue")
        if stranger.url != f"/c/{member.slug}":
            raise RuntimeError("somebody could begin after closing")
        stranger.connection.close()


def _set_closing_time(house: Installation, slug: str, closes_at: datetime) -> None:
    with house.engine() as engine, engine.begin() as connection:
        change = update(_CONSULTATION).where(_CONSULTATION.c.slug == slug).values(closes_at=closes_at)
        connection.execute(change)


def _status(house: Installation, slug: str) -> str:
    with house.engine() as engine, engine.connect() as connection:
        query = select(_CONSULTATION.c.status).where(_CONSULTATION.c.slug == slug)
        return connection.execute(query).scalar_one()


def main(database: str, rounds: int) -> bool:
    outcomes = []
    with installation(database) as house:
        staff = signed_in(house)
        for way in ("by hand", "by time"):
            outcome = Outcome()
            with house.serving():
                for number in range(rounds or ROUNDS):
                    slug = f"{way.replace(' ', '-')}-{number}"
                    mode = MODES[number % len(MODES)]
                    close(house, mode, slug, outcome, staff if way == "by hand" else None)
            outcomes.append(outcome)
            print(
                f"closing {way} ({database}): {rounds or ROUNDS} times in turn in three modes, {POSTS} posts within "
                f"{AROUND:.0f} s before and after: {summed(outcome.accounts)}; "
                f"replies {dict(sorted(outcome.statuses.items()))}; {outcome.late} acknowledged that were sent after "
                f"the closing; changed afterwards in {outcome.changed} rounds; {load()}"
            )
    return all(outcome.is_right for outcome in outcomes)
