"""Tables of evidence: where a text comes from, and the excerpts that are coded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.models import Base, UtcDateTime, utc_now

SOURCE_KINDS = (
    "online_consultation",
    "interview",
    "workshop",
    "document_review",
    "meeting",
    "feedback_channel",
)


class EvidenceSource(Base):
    """One survey, interview, workshop, document or meeting whose words are evidence."""

    __tablename__ = "evidence_source"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(SOURCE_KINDS) + "')", name="known_kind"),
        # The answers given to one survey come from one source, however often they are gathered.
        UniqueConstraint("consultation_id", "survey_id", name="one_source_per_survey"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(Text)
    date: Mapped[dt.date | None]
    place: Mapped[str | None] = mapped_column(Text)
    participants_count: Mapped[int | None]
    groups: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class Excerpt(Base):
    """A span of a text from any source: the thing that is coded, counted and quoted.

    A free-text answer is one excerpt over its whole length. A part of it that is coded by itself is an
    excerpt of its own, `part_of` the whole; answers are counted by wholes.
    """

    __tablename__ = "excerpt"
    __table_args__ = (
        UniqueConstraint(
            "response_id", "question_id", "start_offset", "end_offset", name="one_excerpt_per_span_of_answer"
        ),
        CheckConstraint("end_offset IS NULL OR end_offset >= start_offset", name="span_in_order"),
        Index("ix_excerpt_reading", "consultation_id", "question_id", "position", "id"),
        Index("ix_excerpt_counting", "consultation_id", "question_id", "part_of_id", "language"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("evidence_source.id", ondelete="CASCADE"), index=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    question_id: Mapped[str | None] = mapped_column(String(64))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"), index=True)
    start_offset: Mapped[int] = mapped_column(default=0)
    end_offset: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    redacted_text: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    quote_consent: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    source: Mapped[EvidenceSource] = relationship(lazy="raise")
