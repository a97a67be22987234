"""Tables of summaries: the working draft of each, its quotes, and the signed versions, which only grow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.models import Base, UtcDateTime, utc_now

MOST_TEXT = 10_000
"""Longest text in one language, in characters."""


class Summary(Base):
    """The summary of one question, or of the whole consultation (no question), as it is worked on.

    `draft` is `consult.summary.draft.Draft` without its quotes, which stand in a table of their own so that they go
    with their excerpts. `revision` counts the savings: who saves says on which one her page was made.
    """

    __tablename__ = "summary"
    __table_args__ = (
        UniqueConstraint("consultation_id", "question_id", name="one_summary_per_question"),
        # SQL takes two NULLs for different values.
        Index(
            "one_summary_of_the_whole",
            "consultation_id",
            unique=True,
            sqlite_where=text("question_id IS NULL"),
            postgresql_where=text("question_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str | None] = mapped_column(String(64))
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class ChosenQuote(Base):
    """An excerpt that the reviewer quotes in the working draft: with a theme, or among the grave voices (no theme).

    `text_hash` is that of the words that were translated, as they could be published then: translations of other words,
    in which something has been masked since, are not published.
    """

    __tablename__ = "summary_quote"
    __table_args__ = (Index("ix_summary_quote_summary_id", "summary_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    translations: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    text_hash: Mapped[str] = mapped_column(String(64), default="")


class SummaryVersion(Base):
    """What somebody signed. It never changes; a new version supersedes it.

    `content` is a SummaryContent whose quotes have no words: those are in SignedQuote and go with their excerpts.
    `signed_by` is the name as it stood when it was signed, whoever leaves the staff later.
    """

    __tablename__ = "summary_version"
    __table_args__ = (UniqueConstraint("summary_id", "number", name="one_version_per_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    signed_by: Mapped[str] = mapped_column(String(200))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    summary: Mapped[Summary] = relationship()


class SignedQuote(Base):
    """The words of one quote of a signed version. They are gone when the answer is erased; the version says so."""

    __tablename__ = "summary_version_quote"
    __table_args__ = (UniqueConstraint("version_id", "excerpt_id", name="one_quote_per_excerpt_and_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("summary_version.id", ondelete="CASCADE"))
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    translations: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
