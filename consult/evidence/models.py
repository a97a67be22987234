"""Tables of evidence: where a text comes from, and the excerpts that are coded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.stakeholders.models import StakeholderGroup
from surveys.models import Base, UtcDateTime, utc_now

SOURCE_KINDS = (
    "online_consultation",
    "interview",
    "workshop",
    "document_review",
    "meeting",
    "feedback_channel",
)
GATHERED = "gathered-evidence"
"""Stands for a question in excerpts that answer none, so that they are read, coded and counted together; no question of
a survey has a hyphen in its id."""
SURVEY, FEEDBACK = "online_consultation", "feedback_channel"
GATHERED_KINDS = ("interview", "workshop", "meeting", "document_review")
"""What the staff bring in; the other two come from the people themselves."""
MOST_TITLE, MOST_TEXT = 200, 10_000
"""Longest title and longest excerpt that is brought in, in characters."""
MOST_VOICE, MOST_STATION, MOST_LEAD = 200, 80, 10_000
"""Longest words for who spoke, for a table or flip chart, and for what stood before, in characters."""

source_groups = Table(
    "evidence_source_group",
    Base.metadata,
    Column("source_id", ForeignKey("evidence_source.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)
excerpt_groups = Table(
    "excerpt_group",
    Base.metadata,
    Column("excerpt_id", ForeignKey("excerpt.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class EvidenceSource(Base):
    """One survey, interview, workshop, document or meeting whose words are evidence, or the feedback channel.

    `informant` says of what kind whoever spoke is, never who. `quote_consent` is what was agreed for all of its
    excerpts that the staff bring in; `is_open` belongs to the feedback channel alone.
    """

    __tablename__ = "evidence_source"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(SOURCE_KINDS) + "')", name="known_kind"),
        # The answers given to one survey come from one source, however often they are gathered.
        UniqueConstraint("consultation_id", "survey_id", name="one_source_per_survey"),
        Index(
            "one_feedback_channel",
            "consultation_id",
            unique=True,
            sqlite_where=text("kind = 'feedback_channel'"),
            postgresql_where=text("kind = 'feedback_channel'"),
        ),
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
    informant: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str | None] = mapped_column(String(16))
    quote_consent: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    groups: Mapped[list[StakeholderGroup]] = relationship(
        secondary=source_groups, order_by=StakeholderGroup.id
    )


class Excerpt(Base):
    """A span of a text from any source: the thing that is coded, counted and quoted.

    A free-text answer is one excerpt over its whole length. A part of it that is coded by itself is an
    excerpt of its own, `part_of` the whole; answers are counted by wholes.

    `speaker` numbers the voices of a conversation from 1; `voice` says of what kind whoever spoke is, where it is not
    what the source says. `station` is the table or flip chart of a workshop. `lead` is the heading or the question that
    stood before it: not evidence, only read beside it. `said_on` is told where it is not the source's date.
    `search_version` is the version of the rules by which it was read for searching, None before that.
    """

    __tablename__ = "excerpt"
    __table_args__ = (
        UniqueConstraint(
            "response_id", "question_id", "start_offset", "end_offset", name="one_excerpt_per_span_of_answer"
        ),
        CheckConstraint("end_offset IS NULL OR end_offset >= start_offset", name="span_in_order"),
        Index(
            "one_part_per_span",
            "part_of_id",
            "start_offset",
            "end_offset",
            unique=True,
            sqlite_where=text("part_of_id IS NOT NULL"),
            postgresql_where=text("part_of_id IS NOT NULL"),
        ),
        Index("ix_excerpt_reading", "consultation_id", "question_id", "position", "id"),
        # The queue of what was gathered goes from source to source.
        Index("ix_excerpt_source", "consultation_id", "question_id", "source_id", "position", "id"),
        Index(
            "ix_excerpt_counting", "consultation_id", "question_id", "part_of_id", "language", "response_id"
        ),
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
    said_on: Mapped[dt.date | None]
    speaker: Mapped[int | None]
    voice: Mapped[str] = mapped_column(String(200), default="")
    station: Mapped[str] = mapped_column(String(80), default="")
    lead: Mapped[str] = mapped_column(Text, default="")
    search_version: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    source: Mapped[EvidenceSource] = relationship(lazy="raise")


class ExcerptTerm(Base):
    """A word of an excerpt, as a number: see `consult.evidence.indexing`. It goes with its excerpt."""

    __tablename__ = "excerpt_term"
    __table_args__ = (
        Index("ix_excerpt_term_finding", "term", "excerpt_id"),
        {"sqlite_with_rowid": False},
    )

    excerpt_id: Mapped[int] = mapped_column(
        ForeignKey("excerpt.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class EvidenceDraft(Base):
    """Material between its preview and the saving; deleted with either, or after a day.

    `content` holds the table or the text as it came, and the pieces as they are to be kept. `revision` counts the
    changes, so that a button pressed twice acts once.
    """

    __tablename__ = "evidence_draft"
    __table_args__ = (Index("ix_evidence_draft_source_id", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("evidence_source.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    revision: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class SentForm(Base):
    """The hash of a form's key that has done its work, so that it works once. Forgotten after two days."""

    __tablename__ = "evidence_sent_form"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sent_on: Mapped[dt.date]
