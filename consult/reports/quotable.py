"""The words of excerpts as they may leave the house."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.text import mask_contacts
from consult.evidence.models import Excerpt
from consult.review.models import ExcerptNote
from consult.review.snapshots import batches


def quotable_words(session: Session, excerpt_ids: Sequence[int]) -> dict[int, str]:
    """Excerpt id → its words, of those that may be quoted: with consent, and with nothing that waits to be masked."""
    found: dict[int, str] = {}
    for some in batches(excerpt_ids):
        flagged = select(ExcerptNote.id).where(
            ExcerptNote.excerpt_id == Excerpt.id, ExcerptNote.needs_redaction
        )
        for number, text, redacted in session.execute(
            select(Excerpt.id, Excerpt.text, Excerpt.redacted_text).where(
                Excerpt.id.in_(some), Excerpt.quote_consent, ~flagged.exists()
            )
        ):
            found[number] = redacted or mask_contacts(text)
    return found
