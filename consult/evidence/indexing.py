"""The index for searching: each word of an excerpt as a number, a row of its own that goes with the excerpt.

A number is a hash of the consultation and the word (in the one spelling of `consult.analysis.word_forms`): no list of
words is left behind when a text is erased. The index is derived and can be made anew at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Table, delete, event, func, insert, inspect, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from consult import jobs
from consult.analysis.word_forms import VERSION, words_to_keep
from consult.evidence.models import Excerpt, ExcerptTerm
from consult.extensions import current_session
from consult.outbox import emit, on_event
from consult.transaction import writing

WRITTEN = "evidence.written"
BATCH = 200
"""So many texts are read in one transaction: a tenth of a second, so that nobody waits."""
_UNTRACKED = {"synchronize_session": False}


def terms_of(consultation_id: int, words: Iterable[str]) -> set[int]:
    """Words of a consultation as the numbers of the index: 64 bits, signed."""
    start = f"{consultation_id}|".encode()
    return {
        int.from_bytes(hashlib.blake2b(start + word.encode(), digest_size=8).digest(), "big", signed=True)
        for word in words
    }


def shown_text(text: str, redacted_text: str | None) -> str:
    """What of an excerpt may be found and shown: the text without what was taken out of it."""
    return text if redacted_text is None else redacted_text


def announce(session: Session, *, gathered_for: int | None = None) -> None:
    """Say, inside the transaction that made or changed excerpts, that there is something to read; `gathered_for` is the
    id of the consultation where it is no answer to its survey: who gathers those looks after them."""
    emit(session, WRITTEN, {"gathered_for": gathered_for})


def is_unread() -> Any:
    """Condition: an excerpt that is not in the index, or by older rules."""
    return or_(Excerpt.search_version.is_(None), Excerpt.search_version != VERSION)


def unread_count(session: Session, consultation_id: int) -> int:
    """How many excerpts of a consultation cannot be found yet."""
    waiting = select(func.count()).select_from(Excerpt)
    return session.scalar(waiting.where(Excerpt.consultation_id == consultation_id, is_unread())) or 0


def read_some(session: Session, *, most: int = BATCH) -> int:
    """Read excerpts that wait into the index; returns how many. Several workers take different ones."""
    waiting = (
        select(Excerpt.id, Excerpt.consultation_id, Excerpt.text, Excerpt.redacted_text, Excerpt.language)
        .where(is_unread())
        .order_by(Excerpt.id)
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = session.execute(waiting).all()
    ids = [row.id for row in rows]
    session.execute(
        delete(ExcerptTerm).where(ExcerptTerm.excerpt_id.in_(ids)).execution_options(**_UNTRACKED)
    )
    terms = [
        {"excerpt_id": row.id, "term": term}
        for row in rows
        for term in sorted(terms_of(row.consultation_id, _words(row)))
    ]
    if terms:
        session.execute(insert(cast(Table, ExcerptTerm.__table__)), terms)
    session.execute(
        update(Excerpt)
        .where(Excerpt.id.in_(ids))
        .values(search_version=VERSION)
        .execution_options(**_UNTRACKED)
    )
    return len(rows)


def _words(row: Any) -> frozenset[str]:
    return words_to_keep(shown_text(row.text, row.redacted_text), row.language)


def wrongly_indexed(session: Session) -> int:
    """How many excerpts that count as read have other words in the index than in their text."""
    wrong = 0
    columns = (Excerpt.id, Excerpt.consultation_id, Excerpt.text, Excerpt.redacted_text, Excerpt.language)
    read = select(*columns).where(Excerpt.search_version == VERSION).order_by(Excerpt.id)
    rows = session.execute(read).all()
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        found: dict[int, set[int]] = {row.id: set() for row in some}
        for excerpt_id, term in session.execute(
            select(ExcerptTerm.excerpt_id, ExcerptTerm.term).where(ExcerptTerm.excerpt_id.in_(list(found)))
        ):
            found[excerpt_id].add(term)
        wrong += sum(found[row.id] != terms_of(row.consultation_id, _words(row)) for row in some)
    return wrong


@event.listens_for(Excerpt, "before_update")
def _forget_words(_mapper: Any, connection: Any, excerpt: Excerpt) -> None:
    """A text that was changed or had something taken out is not found by its old words, from this moment on."""
    changed = inspect(excerpt).attrs
    if any(changed[name].history.has_changes() for name in ("text", "redacted_text", "language")):
        connection.execute(delete(ExcerptTerm).where(ExcerptTerm.excerpt_id == excerpt.id))
        excerpt.search_version = None
        flag_modified(
            excerpt, "search_version"
        )  # also where it is read as None: another process may have read it since


@on_event(WRITTEN)
def read_what_was_written(_payload: dict[str, Any]) -> None:
    """Read what waits, in transactions of some texts each."""
    read_all()


@jobs.job("evidence.index", every_minutes=5)
def read_all() -> None:
    """What no event announced, and everything once after the rules have changed."""
    waiting = select(Excerpt.id).where(is_unread()).limit(1)
    while current_session().scalar(waiting) is not None:
        with writing() as session:
            if not read_some(session):
                return
    current_session().rollback()
