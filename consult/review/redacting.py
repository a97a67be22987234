"""What a person decides about words that tell of somebody: they are masked, or they may stand. Every verb flushes and
leaves one entry in the log of changes; the entry names no words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.folding import folded_with_places
from consult.analysis.masking import KINDS
from consult.evidence.models import Excerpt
from consult.review import errors
from consult.review.changes import recorded
from consult.review.models import REVIEWER
from consult.review.redaction_models import FOUND, KEPT, MASKED, PersonalMark, Settlement
from surveys.models import utc_now

MOST_MARKS = 200
"""Of one excerpt; more places with the same words are refused."""


def marks_in(session: Session, excerpt_id: int) -> Sequence[PersonalMark]:
    """The marks of an excerpt, as they stand in the text."""
    mine = select(PersonalMark).where(PersonalMark.excerpt_id == excerpt_id)
    return session.scalars(mine.order_by(PersonalMark.start_offset, PersonalMark.id)).all()


def decide_mark(session: Session, excerpt: Excerpt, mark_id: int, *, status: str, by_id: int) -> None:
    """Mask the words of one mark, or let them stand. Raises ReviewError when the mark is gone."""
    mark = next((item for item in marks_in(session, excerpt.id) if item.id == mark_id), None)
    if mark is None:
        raise errors.mark_is_gone()
    with _change(session, excerpt, _KINDS[status], by_id, count=1):
        _decide(mark, status, by_id)


def decide_all(session: Session, excerpt: Excerpt, *, status: str, by_id: int) -> int:
    """The same for everything in an excerpt that nobody has decided about; returns how many."""
    waiting = [mark for mark in marks_in(session, excerpt.id) if mark.status == FOUND]
    with _change(session, excerpt, _KINDS[status], by_id, count=len(waiting)):
        for mark in waiting:
            _decide(mark, status, by_id)
    return len(waiting)


def mask_words(session: Session, excerpt: Excerpt, words: str, *, kind: str, by_id: int) -> int:
    """Mask words wherever they stand in an excerpt, whatever their case, spacing, accents and forms of Arabic letters;
    returns how many places.

    Raises ReviewError when they are not in it, and for a few letters that stand everywhere.
    """
    places = _places(excerpt.text, words)
    if not places:
        raise errors.words_not_there()
    if len(places) > MOST_MARKS:
        raise errors.words_everywhere()
    known = {(mark.start_offset, mark.end_offset): mark for mark in marks_in(session, excerpt.id)}
    with _change(session, excerpt, "mask", by_id, count=len(places)):
        for start, end in places:
            mark = known.get((start, end))
            if mark is None:
                mark = PersonalMark(
                    excerpt_id=excerpt.id, start_offset=start, end_offset=end, origin=REVIEWER,
                    kind=kind if kind in KINDS else "other",
                )  # fmt: skip
                session.add(mark)
            _decide(mark, MASKED, by_id)
        for mark in known.values():
            # What was found inside of what is masked now needs no decision of its own.
            inside = any(start <= mark.start_offset and mark.end_offset <= end for start, end in places)
            if mark.status == FOUND and inside:
                _decide(mark, MASKED, by_id)
    return len(places)


def settle(session: Session, excerpt: Excerpt, *, by_id: int) -> None:
    """Say that nothing more in an excerpt has to be masked: a flag no longer keeps it from being quoted."""
    if is_settled(session, excerpt.id):
        return
    with _change(session, excerpt, "settle_redaction", by_id):
        session.add(Settlement(excerpt_id=excerpt.id, settled_by_id=by_id))


def reopen(session: Session, excerpt: Excerpt, *, by_id: int) -> None:
    """Somebody has flagged a settled excerpt anew: it waits again."""
    settled = session.scalar(select(Settlement).where(Settlement.excerpt_id == excerpt.id))
    if settled is not None:
        with _change(session, excerpt, "reopen_redaction", by_id):
            session.delete(settled)


def is_settled(session: Session, excerpt_id: int) -> bool:
    """Whether a person has settled what was flagged."""
    return session.scalar(select(Settlement.id).where(Settlement.excerpt_id == excerpt_id)) is not None


_KINDS = {MASKED: "mask", KEPT: "keep"}


def _decide(mark: PersonalMark, status: str, by_id: int) -> None:
    if mark.status != status:
        mark.status, mark.decided_by_id, mark.decided_at = status, by_id, utc_now()


def _places(text: str, words: str) -> list[tuple[int, int]]:
    text, places = folded_with_places(text)
    words, _ = folded_with_places(words)
    parts = [re.escape(part) for part in words.split()]
    if not parts or len(words) > 1_000:
        return []
    first, last = words.split()[0][0], words.split()[-1][-1]
    # Whole words only; in Arabic particles may be attached in front.
    before = r"(?:(?<!\w)|(?<=(?<!\w)[وفبلك])|(?<=(?<!\w)[وف][بلك]))" if first.isalnum() else ""
    after = r"(?!\w)" if last.isalnum() else ""
    pattern = re.compile(before + r"\s+".join(parts) + after, re.IGNORECASE)
    # One sign of the original may be several here (… is three points): it is one place, and never an empty one.
    spans = [
        (places[found.start()], max(places[found.end()], places[found.end() - 1] + 1))
        for found in pattern.finditer(text)
    ]
    return list(dict.fromkeys(spans))


def _change(session: Session, excerpt: Excerpt, kind: str, by_id: int, **params: Any) -> Any:
    return recorded(
        session,
        consultation_id=excerpt.consultation_id,
        question_id=excerpt.question_id,
        kind=kind,
        by_id=by_id,
        params={"excerpt_id": excerpt.id, **params},
    )
