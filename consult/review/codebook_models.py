"""Tables of the codebook as a whole: the versions that were fixed, and files on their way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.models import Base, UtcDateTime, utc_now


class CodebookVersion(Base):
    """The codebook of a question as somebody fixed it. It never changes; nothing refers to it, and it refers to no
    theme by a foreign key, so that changes and their undoing leave it alone.

    `content` is {"themes": [...]}, see `consult.review.codebook_versions`. Only examples and descriptions, which may be
    people's own words, go from it when the answers are erased, or when somebody takes them out; then it says "is_bare".
    `fixed_by` is the name as it stood then.
    """

    __tablename__ = "codebook_version"
    __table_args__ = (
        UniqueConstraint("consultation_id", "question_id", "number", name="one_codebook_version_per_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    fixed_by: Mapped[str] = mapped_column(String(200))
    fixed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    fixed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class CodebookDraft(Base):
    """A codebook that was sent as a file, between its preview and the taking over; deleted with either, or after a day.

    `content` is {"entries": [...]}, each an `Entry` as a mapping.
    """

    __tablename__ = "codebook_draft"
    __table_args__ = (Index("ix_codebook_draft_question", "consultation_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
