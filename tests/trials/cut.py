"""Submissions whose connection is cut as soon as they are sent, and which are sent again."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from tests.trials.accounts import Account, account, load, summed
from tests.trials.installation import MODES, Installation, installation
from tests.trials.members import Member, by_many

SUBMISSIONS = 1000
CLIENTS = 8
MOST_RESENT = 5
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: the connection ends with a reset, as when a network goes away, not with an orderly end."""


@dataclass
class Outcome:
    """Accounts by mode, how often submissions were sent again, and members who got more than one receipt."""

    accounts: list[Account] = field(default_factory=list)
    resent: int = 0
    differing: int = 0


def cut(house: Installation, *, number: int) -> Outcome:
    """Each member sends, is cut off, and sends once to `MOST_RESENT` times again, at the same moment or afterwards."""
    codes = {mode: house.open(mode, number // len(MODES) + 1) for mode in MODES}
    members = [
        Member(house.port, mode, n, codes[mode][n // len(MODES)])
        for n, mode in ((n, MODES[n % len(MODES)]) for n in range(number))
    ]
    outcome, lock = Outcome(), threading.Lock()

    def answer(member: Member) -> None:
        random = Random(member.number)
        member.to_check()
        for _again in range(random.randint(0, 2)):
            _send_and_cut(member, is_reset=True)
        _send_and_cut(member, is_reset=random.random() < 0.5)
        times = random.randint(1, MOST_RESENT)
        receipts = {member.submit() for _again in range(times)}
        member.receipt = receipts.pop()
        with lock:
            outcome.resent += times
            outcome.differing += bool(receipts)

    with house.serving():
        by_many(answer, members, CLIENTS)
        for mode in MODES:
            house.consult("close", mode)
            outcome.accounts.append(account(house, mode, [one for one in members if one.mode == mode]))
    return outcome


def _send_and_cut(member: Member, *, is_reset: bool) -> None:
    """The submission as it goes over the wire, and nobody there for the answer."""
    address, fields = member.form
    body = urlencode(fields)
    headers = member.browser.headers_for(body) | {"Host": "127.0.0.1", "Content-Length": str(len(body))}
    lines = [f"POST {address} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    with socket.create_connection(("127.0.0.1", member.port), timeout=30) as connection:
        if is_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.sendall("\r\n".join(lines).encode())


def main(database: str, rounds: int) -> bool:
    number = rounds or SUBMISSIONS
    with installation(database) as house:
        outcome = cut(house, number=number)
    print(
        f"cut ({database}): {number} submissions in three modes cut after sending, each sent again 1 to {MOST_RESENT} "
        f"times ({outcome.resent} in all): {summed(outcome.accounts)}; {outcome.differing} members with more than one "
        f"receipt; {load()}"
    )
    return all(one.is_right for one in outcome.accounts) and not outcome.differing
