"""Keeping sources and their excerpts. Services flush, the caller commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from os.path import commonprefix
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from consult.access import audit
from consult.consultations import retention
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.evidence.drafts import ready_language
from consult.evidence.indexing import announce
from consult.evidence.models import (
    FEEDBACK,
    GATHERED_KINDS,
    MOST_LEAD,
    MOST_TEXT,
    SURVEY,
    EvidenceSource,
    Excerpt,
)
from consult.evidence.services import hash_of
from consult.stakeholders.models import StakeholderGroup
from surveys.i18n import N_


def save_source(
    session: Session,
    consultation: Consultation,
    source: EvidenceSource | None,
    values: Mapping[str, Any],
    group_ids: Sequence[int],
) -> EvidenceSource:
    """Make or change a source that the staff bring in; `values` are its columns. Whether it may be quoted holds for all
    of its excerpts. Raises DomainError once the answers are erased."""
    refuse_erased(consultation)
    is_new = source is None
    source = source or EvidenceSource(consultation_id=consultation.id, kind=GATHERED_KINDS[0], title="")
    for name, value in values.items():
        setattr(source, name, value)
    found = (
        select(StakeholderGroup).where(StakeholderGroup.id.in_(list(group_ids))).order_by(StakeholderGroup.id)
    )
    source.groups = list(session.scalars(found))
    session.add(source)
    session.flush()
    session.execute(
        update(Excerpt)
        .where(Excerpt.source_id == source.id, Excerpt.quote_consent != source.quote_consent)
        .values(quote_consent=source.quote_consent)
    )
    action = "evidence.source_made" if is_new else "evidence.source_changed"
    audit.record(session, action, consultation_slug=consultation.slug, source=source.id)
    return source


def remove_source(session: Session, consultation: Consultation, source: EvidenceSource) -> int:
    """Remove a source with its excerpts and what hangs on them; returns how many excerpts there were."""
    count = (
        session.scalar(select(func.count()).select_from(Excerpt).where(Excerpt.source_id == source.id)) or 0
    )
    audit.record(
        session, "evidence.source_removed", consultation_slug=consultation.slug, source=source.id,
        kind=source.kind, count=count,
    )  # fmt: skip
    session.execute(delete(EvidenceSource).where(EvidenceSource.id == source.id))
    session.expire_all()
    return count


def change_excerpt(
    session: Session,
    consultation: Consultation,
    excerpt: Excerpt,
    *,
    text: str,
    language: str,
    voice: str | None = None,
    station: str | None = None,
    lead: str | None = None,
) -> int:
    """Correct the words of an excerpt that the staff brought in; what it was coded as stays. Returns how many of its
    parts are gone, with what they were coded as, for their words no longer stand in it. An empty `language` is seen by
    the words; `voice`, `station` and
    `lead` stay where they are None. Raises DomainError for no text and for too much of it."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise DomainError("no_text", N_("Type the text, or remove the excerpt."))
    if len(text) > MOST_TEXT:
        raise too_long(text)
    if lead is not None:
        lead = lead.replace("\r\n", "\n").strip()
        if len(lead) > MOST_LEAD:
            raise too_long(lead, MOST_LEAD)
        excerpt.lead = lead
    before = excerpt.text
    excerpt.text, excerpt.text_hash, excerpt.end_offset = text, hash_of(text), len(text)
    excerpt.redacted_text = None
    lost = _keep_parts(session, excerpt, before)
    excerpt.language = language or ready_language(text, excerpt.language)
    said = {"voice": voice, "station": station}
    told = {name: " ".join(value.split()) for name, value in said.items() if value is not None}
    if told:
        one_of_it = or_(Excerpt.id == excerpt.id, Excerpt.part_of_id == excerpt.id)
        session.execute(update(Excerpt).where(one_of_it).values(**told))
    session.flush()
    audit.record(
        session, "evidence.excerpt_changed", consultation_slug=consultation.slug, source=excerpt.source_id,
        excerpt=excerpt.id, **({"lost_parts": lost} if lost else {}),
    )  # fmt: skip
    announce(session, gathered_for=excerpt.consultation_id)
    return lost


def _keep_parts(session: Session, whole: Excerpt, before: str) -> int:
    """Parts that are coded by themselves stay where their words still stand, nearest to where they stood in the text
    `before`; the others go with what they were coded as. Returns how many went."""
    behind = len(before) - len(commonprefix([before[::-1], whole.text[::-1]]))
    further = len(whole.text) - len(before)
    places: dict[Excerpt, tuple[int, int]] = {}
    mine = select(Excerpt).where(Excerpt.part_of_id == whole.id)
    parts = session.scalars(mine.order_by(Excerpt.start_offset, Excerpt.id)).all()
    for part in parts:
        # What stands behind the correction moves with it.
        is_behind = part.start_offset - whole.start_offset >= behind
        stood = part.start_offset + (further if is_behind else 0)
        starts = [found for found in _starts(whole.text, part.text) if part.text != whole.text]
        spans = [
            (whole.start_offset + start, whole.start_offset + start + len(part.text)) for start in starts
        ]
        free = [span for span in spans if span not in places.values()]
        if free:
            places[part] = min(free, key=lambda span: abs(span[0] - stood))  # noqa: B023 - used at once
        else:
            session.delete(part)
        # Aside first: one may come to stand where another one stood.
        part.start_offset = part.end_offset = -part.id
    session.flush()
    for part, span in places.items():
        part.start_offset, part.end_offset = span
    return len(parts) - len(places)


def _starts(text: str, words: str) -> Iterator[int]:
    """Every place at which words stand in a text."""
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def remove_excerpt(session: Session, consultation: Consultation, excerpt: Excerpt) -> None:
    """Remove an excerpt with its codings."""
    audit.record(
        session, "evidence.excerpt_removed", consultation_slug=consultation.slug, source=excerpt.source_id,
        excerpt=excerpt.id,
    )  # fmt: skip
    session.execute(delete(Excerpt).where(Excerpt.id == excerpt.id))
    session.expire_all()


def too_long(text: str, limit: int = MOST_TEXT) -> DomainError:
    """A text is longer than an excerpt may be."""
    return DomainError(
        "excerpt_too_long",
        N_("This text has %(length)s characters; at most %(limit)s fit into one excerpt."),
        length=len(text),
        limit=limit,
    )


def refuse_erased(consultation: Consultation) -> None:
    """Raises DomainError where the answers were erased: what was gathered beside them went with them."""
    if consultation.answers_erased_at is not None:
        raise DomainError(
            "erased", N_("The answers of this consultation were erased; nothing can be added to it any more.")
        )


@retention.erases
def erase_evidence(session: Session, consultation: Consultation, *, now: datetime) -> None:
    """Everything that was gathered goes with the answers."""
    if consultation.answers_erased_at is None:
        return
    of_it = EvidenceSource.consultation_id == consultation.id
    count = session.scalar(
        select(func.count()).select_from(Excerpt).where(Excerpt.consultation_id == consultation.id)
    )
    if session.scalar(select(EvidenceSource.id).where(of_it).limit(1)) is not None:
        session.execute(delete(EvidenceSource).where(of_it))
    if count:
        audit.record(session, "retention.evidence_erased", consultation_slug=consultation.slug, count=count)


def is_own(source: EvidenceSource) -> bool:
    """Whether the staff brought a source in, so that they may change it."""
    return source.kind not in (SURVEY, FEEDBACK)
