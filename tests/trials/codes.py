"""One code, many browsers that send different answers at the same moment: one response."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.participant import RefusedError
from tests.trials.accounts import load
from tests.trials.installation import Installation, installation
from tests.trials.members import Member

CODES = 200
BROWSERS = 8
LINKS = ((2, 100), (20, 20))
"""(browsers on one personal link, links)"""


@dataclass
class Outcome:
    """Of one consultation: codes, responses stored, codes with more or less than one, answers to browsers by status
    (200 with a receipt, 409 with words), codes whose receipts do not fit what is stored, and codes of which nobody was
    told that an answer arrived."""

    mode: str
    browsers: int
    codes: int
    stored: int = 0
    not_once: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    misfits: int = 0
    untold: int = 0

    @property
    def is_right(self) -> bool:
        return (
            self.stored == self.codes
            and not (self.not_once or self.misfits or self.untold)
            and set(self.statuses) <= {200, 409}
        )


def race(house: Installation, mode: str, *, browsers: int, codes: int) -> Outcome:
    """Let as many browsers send different answers with each of as many codes, and close."""
    slug = f"{mode}-{browsers}"
    outcome = Outcome(mode, browsers, codes)
    given = house.open(mode, codes, slug)
    receipts: dict[int, set[str]] = {}
    with house.serving():
        for number, code in enumerate(given):
            crowd = [
                Member(house.port, mode, number, code, f"Answer {browser}", slug)
                for browser in range(browsers)
            ]
            receipts[number] = _at_once(crowd, outcome)
        house.consult("close", slug)
    exported = house.exported(slug)
    stored = house.receipts(slug)
    times = Counter(answers["number"] for answers in exported)
    outcome.stored = len(exported)
    outcome.not_once = sum(times[number] != 1 for number in range(codes))
    outcome.untold = sum(not told for told in receipts.values())
    for told in receipts.values():
        counting = len(told & set(stored))
        # In confidence there is one receipt; an anonymous answer is replaced by a later one, with another receipt.
        outcome.misfits += counting != 1 or (mode == "confidential" and len(told) != 1)
    return outcome


def _at_once(crowd: list[Member], outcome: Outcome) -> set[str]:
    """All enter, then all fill in and send at the same moment; the receipts that they got."""
    start, lock = threading.Barrier(len(crowd)), threading.Lock()
    receipts: set[str] = set()

    def answer(member: Member) -> None:
        page = member.enter()
        start.wait()
        try:
            member.fill_in(page)
            receipt, status = member.submit(), 200
        except RefusedError as refusal:
            receipt, status = "", refusal.status
        member.browser.connection.close()
        with lock:
            outcome.statuses[status] += 1
            receipts.update({receipt} - {""})

    threads = [threading.Thread(target=answer, args=(member,)) for member in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return receipts


def main(database: str, rounds: int) -> bool:
    outcomes = []
    with installation(database) as house:
        for mode in ("confidential", "anonymous"):
            for browsers, codes in ((BROWSERS, CODES), *LINKS):
                outcome = race(house, mode, browsers=browsers, codes=rounds or codes)
                outcomes.append(outcome)
                print(
                    f"codes ({database}, {mode}): {outcome.codes} codes, {browsers} browsers each with different "
                    f"answers at once: {outcome.stored} stored, {outcome.not_once} codes without exactly one response, "
                    f"{outcome.misfits} whose receipts do not fit it, {outcome.untold} of whom nobody got a receipt; "
                    f"replies {dict(sorted(outcome.statuses.items()))}; {load()}"
                )
    return all(outcome.is_right for outcome in outcomes)
