"""The finder at work: it reads what was written, in small transactions, and leaves marks for people to decide about.

It only proposes. What a person decided stays; words that were changed afterwards are looked at by a person again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from consult import jobs
from consult.analysis.personal_data import VERSION, find_personal
from consult.evidence.indexing import WRITTEN
from consult.evidence.models import Excerpt
from consult.extensions import current_session
from consult.outbox import on_event
from consult.review.models import MACHINE
from consult.review.redaction import names_on_rolls, reading_version
from consult.review.redaction_models import FOUND, MASKED, PersonalMark, PersonalReading, Settlement
from consult.transaction import writing

BATCH = 100
_UNTRACKED = {"synchronize_session": False}


def is_unread(names: Mapping[int, frozenset[str]]) -> ColumnElement[bool]:
    """Condition on excerpts joined with their readings: the finder has not read the words by the rules of today and the
    `names` on the rolls (consultation id → names)."""
    versions = {number: reading_version(several) for number, several in sorted(names.items())}
    of_today = case(versions, value=Excerpt.consultation_id, else_=VERSION) if versions else literal(VERSION)
    return or_(
        PersonalReading.excerpt_id.is_(None),
        PersonalReading.version != of_today,
        PersonalReading.text_hash != Excerpt.text_hash,
    )


def unread_count(session: Session, consultation_id: int) -> int:
    """How many whole excerpts of a consultation wait for the finder."""
    waiting = select(func.count(Excerpt.id)).select_from(Excerpt).outerjoin(PersonalReading)
    names = names_on_rolls(session, consultation_id)
    mine = (Excerpt.consultation_id == consultation_id, Excerpt.part_of_id.is_(None), is_unread(names))
    return session.scalar(waiting.where(*mine)) or 0


def read_some(session: Session, *, most: int = BATCH) -> int:
    """Read excerpts that wait; returns how many. Safe to repeat, and for several workers at a time."""
    names = names_on_rolls(session)
    waiting = (
        select(
            Excerpt.id, Excerpt.consultation_id, Excerpt.text, Excerpt.text_hash, PersonalReading.text_hash
        )
        .outerjoin(PersonalReading, PersonalReading.excerpt_id == Excerpt.id)
        .where(Excerpt.part_of_id.is_(None), is_unread(names))
        .order_by(Excerpt.id)
        .limit(most)
        .with_for_update(of=Excerpt, key_share=True, skip_locked=True)
    )
    rows = session.execute(waiting).all()
    ids = [row.id for row in rows]
    known = _marks(session, ids)
    changed = {row.id for row in rows if row[4] not in (None, row.text_hash)}
    lost = {i for i in changed if any(mark.status == MASKED for mark in known[i])} | _lost(session, ids)
    # The finder's own proposals are made anew; all marks of words that were changed go, their places are gone.
    drop = or_(
        and_(PersonalMark.status == FOUND, PersonalMark.origin == MACHINE),
        PersonalMark.excerpt_id.in_(changed),
    )
    _delete(session, PersonalMark, PersonalMark.excerpt_id.in_(ids), drop)
    _delete(session, Settlement, Settlement.excerpt_id.in_(changed))
    _delete(session, PersonalReading, PersonalReading.excerpt_id.in_(ids))
    new = [
        values
        for row in rows
        for values in _new_marks(
            row, [] if row.id in changed else known[row.id], names.get(row.consultation_id, frozenset())
        )
    ]
    if new:
        session.execute(insert(PersonalMark), new)
    if rows:
        session.execute(
            insert(PersonalReading),
            [
                {
                    "excerpt_id": row.id,
                    "version": reading_version(names.get(row.consultation_id, frozenset())),
                    "text_hash": row.text_hash,
                    "lost_marks": row.id in lost,
                }
                for row in rows
            ],
        )
    return len(rows)


@on_event(WRITTEN)
def read_what_was_written(_payload: dict[str, Any]) -> None:
    """Read what waits."""
    read_all()


@jobs.job("review.personal_data", every_minutes=5)
def read_all() -> None:
    """What no event announced, and everything once after the rules or a roll have changed."""
    waiting = select(Excerpt.id).outerjoin(PersonalReading, PersonalReading.excerpt_id == Excerpt.id)
    unread = is_unread(names_on_rolls(current_session()))
    waiting = waiting.where(Excerpt.part_of_id.is_(None), unread).limit(1)
    while current_session().scalar(waiting) is not None:
        with writing() as session:
            if not read_some(session):
                return
    current_session().rollback()


def _marks(session: Session, ids: Iterable[int]) -> dict[int, list[PersonalMark]]:
    found: dict[int, list[PersonalMark]] = defaultdict(list)
    for mark in session.scalars(select(PersonalMark).where(PersonalMark.excerpt_id.in_(list(ids)))):
        found[mark.excerpt_id].append(mark)
    return found


def _lost(session: Session, ids: list[int]) -> set[int]:
    lost = select(PersonalReading.excerpt_id).where(PersonalReading.lost_marks)
    return set(session.scalars(lost.where(PersonalReading.excerpt_id.in_(ids))))


def _new_marks(row: Any, kept: Sequence[PersonalMark], names: frozenset[str]) -> list[dict[str, Any]]:
    """What is found and not inside anything that a person has marked or decided about."""
    decided = [mark for mark in kept if mark.origin != MACHINE or mark.status != FOUND]
    return [
        {"excerpt_id": row.id, "start_offset": span.start, "end_offset": span.end, "kind": span.kind,
         "origin": MACHINE, "status": FOUND}
        for span in find_personal(row.text, names=names)
        if not any(mark.start_offset <= span.start and span.end <= mark.end_offset for mark in decided)
    ]  # fmt: skip


def _delete(session: Session, table: type[Any], *conditions: Any) -> None:
    session.execute(delete(table).where(*conditions).execution_options(**_UNTRACKED))
    session.expire_all()
