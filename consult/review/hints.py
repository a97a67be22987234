"""The machine's hints of stance in the database. A person's stance wins and is never touched."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consult.review.models import MACHINE, Stance
from consult.review.snapshots import batches

_UNTRACKED = {"synchronize_session": False}


def write_hints(session: Session, hints: Mapping[int, str | None]) -> None:
    """Keep what the machine says of each excerpt, None where it says nothing, in place of what it said before.

    Where a person has said how an excerpt stands, the machine's earlier word stays beside it as it was.
    """
    earlier, decided = _known(session, set(hints))
    changed = {i: value for i, value in hints.items() if i not in decided and earlier.get(i) != value}
    for value in sorted({value for value in changed.values() if value is not None}):
        mine = {i for i, said in changed.items() if said == value}
        for some in batches(mine & earlier.keys()):
            _apply(session, update(Stance).values(value=value), some)
        new = [
            {"excerpt_id": i, "value": value, "coder_id": None, "origin": MACHINE, "is_current": True}
            for i in sorted(mine - earlier.keys())
        ]
        if new:
            session.execute(insert(Stance), new)
    for some in batches(i for i, value in changed.items() if value is None):
        _apply(session, delete(Stance), some)


def _apply(session: Session, statement, excerpts: list[int]) -> None:
    theirs = (Stance.coder_id.is_(None), Stance.excerpt_id.in_(excerpts))
    session.execute(statement.where(*theirs).execution_options(**_UNTRACKED))


def _known(session: Session, excerpts: set[int]) -> tuple[dict[int, str], set[int]]:
    """What the machine said before, by excerpt, and the excerpts about which a person has spoken."""
    earlier: dict[int, str] = {}
    decided: set[int] = set()
    for some in batches(excerpts):
        for excerpt_id, value, coder_id in session.execute(
            select(Stance.excerpt_id, Stance.value, Stance.coder_id).where(Stance.excerpt_id.in_(some))
        ):
            if coder_id is None:
                earlier[excerpt_id] = value
            else:
                decided.add(excerpt_id)
    return earlier, decided
