"""Tables of double coding: a sample of answers, and what each coder said of it without seeing the others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.models import Base, UtcDateTime, utc_now


class DoubleCoding(Base):
    """A round: the excerpts that two coders or more are to code blind, in the order in which they come."""

    __tablename__ = "double_coding"
    __table_args__ = (Index("ix_double_coding_reading", "consultation_id", "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(String(64))
    excerpt_ids: Mapped[list[int]] = mapped_column(JSON)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class BlindCoding(Base):
    """What one coder said of one excerpt before anybody talked about it. It stays as it was when themes are settled,
    because agreement is about this; `theme_ids` is empty where no theme fits."""

    __tablename__ = "blind_coding"
    __table_args__ = (
        UniqueConstraint("round_id", "excerpt_id", "coder_id", name="one_blind_coding_per_coder"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("double_coding.id", ondelete="CASCADE"))
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"), index=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    theme_ids: Mapped[list[int]] = mapped_column(JSON)
    coded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
