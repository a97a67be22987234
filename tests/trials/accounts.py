"""What was acknowledged against what is stored."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.trials.installation import Installation
from tests.trials.members import Member


@dataclass(frozen=True)
class Account:
    """Of one consultation: how many answers were acknowledged and are stored, which numbers or receipts of them are
    lost, which are there twice, and which are there that nobody was told of."""

    acknowledged: int
    stored: int
    lost: frozenset[object]
    doubled: frozenset[object]
    unknown: frozenset[object]

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.doubled or self.unknown)


def account(installation: Installation, slug: str, acknowledged: Sequence[Member]) -> Account:
    """Compare numbers and receipts with the export and the stored receipts of a closed consultation."""
    exported = [answers["number"] for answers in installation.exported(slug)]
    receipts = installation.receipts(slug)
    stored: list[object] = [*exported, *receipts]
    told = {member.number for member in acknowledged} | {member.receipt for member in acknowledged}
    return Account(
        acknowledged=len(acknowledged),
        stored=len(exported),
        lost=frozenset(told - set(stored)),
        doubled=frozenset(one for one, times in Counter(stored).items() if times > 1),
        unknown=frozenset(set(stored) - told),
    )


def summed(accounts: Iterable[Account]) -> str:
    """The figures of several accounts in words."""
    accounts = list(accounts)
    return (
        f"{sum(one.acknowledged for one in accounts)} acknowledged, {sum(one.stored for one in accounts)} stored, "
        f"{sum(len(one.lost) for one in accounts)} lost, {sum(len(one.doubled) for one in accounts)} doubled, "
        f"{sum(len(one.unknown) for one in accounts)} unknown"
    )


def load() -> str:
    """How busy the machine is with whatever else runs on it, for whoever reads a time."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
