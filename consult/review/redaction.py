"""What of an excerpt may be published: the one place that every quote passes on its way out of the house.

A quote needs the consent of who wrote it. It waits while the finder has found something that nobody has decided about,
and while it is flagged and nobody has settled it. What was decided to be personal is masked.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from consult.analysis.masking import Span, masked
from consult.analysis.personal_data import VERSION, find_personal
from consult.consultations.models import Access, Consultation, Privacy
from consult.evidence.models import Excerpt
from consult.review.models import ExcerptNote
from consult.review.redaction_models import FOUND, KEPT, MASKED, PersonalMark, PersonalReading, Settlement
from consult.review.snapshots import batches
from consult.stakeholders.models import Participant, RollPlace

NO_CONSENT, WAITS = "no_consent", "waits"
_ROLL_BITS = 20


@dataclass(frozen=True, slots=True)
class Quotable:
    """An excerpt on its way out. `text`: as it may be published, None where it may not; `hindrance`: why not, one of
    `NO_CONSENT` and `WAITS`; `is_masked`: whether something was taken out of it."""

    text: str | None
    hindrance: str | None = None
    is_masked: bool = False


def quotable(session: Session, excerpt: Excerpt) -> str | None:
    """The text of an excerpt as it may be published; None without consent and while it waits for a person's eye."""
    return quotable_texts(session, [excerpt.id]).get(excerpt.id)


def quotable_texts(session: Session, excerpt_ids: Iterable[int]) -> dict[int, str]:
    """Excerpt id → its text as it may be published; who may not be quoted, or not yet, is absent."""
    found = quotables(session, excerpt_ids)
    return {number: item.text for number, item in found.items() if item.text is not None}


def quotables(session: Session, excerpt_ids: Iterable[int]) -> dict[int, Quotable]:
    """The same with what stands in the way, in a handful of queries for each 500; unknown ids are absent."""
    found: dict[int, Quotable] = {}
    names: dict[int, frozenset[str]] = {}
    versions: dict[int, int] = {}
    for some in batches(set(excerpt_ids)):
        excerpts = _texts(session, some)
        whole = {row.part_of_id or row.id for row in excerpts}
        roots = {row.id: row for row in _texts(session, whole)}
        known = _Known.of(session, whole)
        for row in excerpts:
            root = roots[row.part_of_id or row.id]
            if root.consultation_id not in names:
                names[root.consultation_id] = names_on_roll(session, root.consultation_id)
                versions[root.consultation_id] = reading_version(names[root.consultation_id])
            its_version = versions[root.consultation_id]
            found[row.id] = _quotable(row, root, known, names[root.consultation_id], its_version)
    return found


def names_on_roll(session: Session, consultation_id: int) -> frozenset[str]:
    """Who is on the roll of a confidential consultation: names that are found wherever they stand."""
    return names_on_rolls(session, consultation_id).get(consultation_id, frozenset())


def names_on_rolls(session: Session, consultation_id: int | None = None) -> dict[int, frozenset[str]]:
    """The same for every consultation that has such a roll, or for this one."""
    names = (
        select(RollPlace.consultation_id, Participant.name)
        .join(Participant, Participant.id == RollPlace.participant_id)
        .join(Consultation, Consultation.id == RollPlace.consultation_id)
        .where(Consultation.access == Access.ROLL, Consultation.privacy == Privacy.CONFIDENTIAL)
    )
    if consultation_id is not None:
        names = names.where(RollPlace.consultation_id == consultation_id)
    found: dict[int, set[str]] = defaultdict(set)
    for number, name in session.execute(names):
        found[number].add(name)
    return {number: frozenset(several) for number, several in found.items()}


def reading_version(names: frozenset[str]) -> int:
    """By what texts are read: the rules, and the names that are looked for. When either changes, they are read anew."""
    if not names:
        return VERSION
    return (VERSION << _ROLL_BITS) + zlib.crc32("\n".join(sorted(names)).encode()) % (1 << _ROLL_BITS)


def spans_of(marks: Iterable[PersonalMark]) -> list[Span]:
    """Marks as values."""
    return [Span(mark.start_offset, mark.end_offset, mark.kind) for mark in marks]


def is_waiting() -> ColumnElement[bool]:
    """Condition: a person has to look at an excerpt (a whole one) before anybody may quote it."""
    found = exists().where(PersonalMark.excerpt_id == Excerpt.id, PersonalMark.status == FOUND)
    return or_(found, and_(is_flagged(), ~is_settled()))


def is_flagged() -> ColumnElement[bool]:
    """Condition: a coder says that an excerpt tells of a person, or marks were lost when its words were changed."""
    flag = exists().where(ExcerptNote.excerpt_id == Excerpt.id, ExcerptNote.needs_redaction)
    lost = exists().where(PersonalReading.excerpt_id == Excerpt.id, PersonalReading.lost_marks)
    return or_(flag, lost)


def is_settled() -> ColumnElement[bool]:
    """Condition: a person has settled what was flagged."""
    return exists().where(Settlement.excerpt_id == Excerpt.id)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of whole excerpts: their marks, the words that the finder has read, and which of them wait."""

    marks: Mapping[int, Sequence[PersonalMark]]
    read: Mapping[int, tuple[int, str]]
    flagged: frozenset[int]

    @classmethod
    def of(cls, session: Session, ids: Iterable[int]) -> _Known:
        chosen = sorted(ids)
        marks: dict[int, list[PersonalMark]] = defaultdict(list)
        for mark in session.scalars(select(PersonalMark).where(PersonalMark.excerpt_id.in_(chosen))):
            marks[mark.excerpt_id].append(mark)
        readings = session.scalars(select(PersonalReading).where(PersonalReading.excerpt_id.in_(chosen)))
        flagged = select(Excerpt.id).where(Excerpt.id.in_(chosen), is_flagged(), ~is_settled())
        return cls(
            marks,
            {item.excerpt_id: (item.version, item.text_hash) for item in readings},
            frozenset(session.scalars(flagged)),
        )


def _texts(session: Session, ids: Iterable[int]) -> Sequence[Any]:
    columns = (
        Excerpt.id, Excerpt.consultation_id, Excerpt.part_of_id, Excerpt.start_offset, Excerpt.text,
        Excerpt.text_hash, Excerpt.language, Excerpt.quote_consent,
    )  # fmt: skip
    return session.execute(select(*columns).where(Excerpt.id.in_(sorted(ids))).order_by(Excerpt.id)).all()


def _quotable(row: Any, root: Any, known: _Known, names: frozenset[str], its_version: int) -> Quotable:
    if not (row.quote_consent and root.quote_consent):
        return Quotable(None, NO_CONSENT)
    marks = known.marks.get(root.id, ())
    version, text_hash = known.read.get(root.id, (its_version, root.text_hash if not marks else ""))
    is_stale = text_hash != root.text_hash and bool(marks)
    # What the finder has not read by the rules and the roll of today is read here; a person has to look at the finds.
    is_unread = root.id not in known.read or version != its_version or text_hash != root.text_hash
    new = list(_undecided(root, marks, names)) if is_unread else []
    if is_stale or new or root.id in known.flagged or any(mark.status == FOUND for mark in marks):
        return Quotable(None, WAITS)
    start = row.start_offset - root.start_offset if row.id != root.id else 0
    if root.text[start : start + len(row.text)] != row.text:
        return Quotable(None, WAITS)  # a part that is no longer in its whole: its marks cannot be told
    inside = [
        span
        for mark in spans_of(mark for mark in marks if mark.status == MASKED)
        if (span := mark.within(start, start + len(row.text)))
    ]
    return Quotable(masked(row.text, inside, row.language), is_masked=bool(inside))


def _undecided(row: Any, marks: Sequence[PersonalMark], names: frozenset[str]) -> Iterator[Span]:
    """What the finder finds and nobody has decided about."""
    decided = spans_of(mark for mark in marks if mark.status in (MASKED, KEPT))
    for span in find_personal(row.text, names=names):
        if not any(item.start <= span.start and span.end <= item.end for item in decided):
            yield span
