"""Tables of the workshop: themes, codings, stances, the runs that suggest them, and what was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from consult.columns import one_of
from surveys.models import Base, UtcDateTime, utc_now

MACHINE = "machine"
REVIEWER = "reviewer"
ORIGINS = (MACHINE, REVIEWER)
THEME_STATUSES = ("suggested", "accepted", "retired")
STANCES = ("support", "oppose", "mixed", "neutral")
RUN_KINDS = ("full", "place")
TEXTS = ("definition", "include", "exclude", "example")
"""The texts of a codebook's entry beside its names, as the columns of Theme and of files are called."""
MOST_NAME, MOST_TEXT = 200, 4000
"""Longest name and longest other text of a theme, in characters."""
MOST_MARK = 3
"""Letters and digits of a mark, signs above and below them not counted."""
MARK_COLUMN = 16
RUN_STATUSES = ("queued", "running", "done", "failed", "cancelled")


def _unique_where(name: str, *columns: str, where: str) -> Index:
    """A unique index over part of a table: SQL takes two NULLs for different values."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Theme(Base):
    """A theme (a code of the codebook) of one question, or of the whole consultation.

    `name` and `description` are language → text, `quotes` ids of excerpts. `is_edited` says that a person
    has worked on it, so that a new run of the machine leaves it alone even while it is only suggested.
    """

    __tablename__ = "theme"
    __table_args__ = (
        one_of("origin", ORIGINS, name="known_origin"),
        one_of("status", THEME_STATUSES, name="known_status"),
        Index("ix_theme_scope", "consultation_id", "question_id", "status"),
        # Ids are never used twice, so that an undone deletion finds its place free.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str | None] = mapped_column(String(64))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("theme.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    mark: Mapped[str] = mapped_column(String(MARK_COLUMN), default="")
    """A short sign that tells it from the others without colour; empty: its number (`consult.review.marks`)."""
    definition: Mapped[str] = mapped_column(Text, default="")
    include: Mapped[str] = mapped_column(Text, default="")
    exclude: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    quotes: Mapped[list[int]] = mapped_column(JSON, default=list)
    origin: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default="suggested")
    is_edited: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    copied_from_id: Mapped[int | None]
    """The theme that it was taken over from, of another question or wave: what people put there shows the machine what
    belongs here. No foreign key: a copy stays when its origin goes, and an undone deletion finds nothing in its way."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Coding(Base):
    """An excerpt carries a theme, says a coder. No theme: the coder looked and found none.

    No coder: the machine. `is_current` marks the codings that count: a person's where there are any,
    else the machine's, which stay beside them to be compared.
    """

    __tablename__ = "coding"
    __table_args__ = (
        one_of("origin", ORIGINS, name="known_origin"),
        CheckConstraint("(coder_id IS NULL) = (origin = 'machine')", name="only_the_machine_has_no_coder"),
        _unique_where(
            "one_coding_per_excerpt_theme_and_coder",
            "excerpt_id",
            "theme_id",
            "coder_id",
            where="theme_id IS NOT NULL AND coder_id IS NOT NULL",
        ),
        _unique_where(
            "one_machine_coding_per_excerpt_and_theme",
            "excerpt_id",
            "theme_id",
            where="theme_id IS NOT NULL AND coder_id IS NULL",
        ),
        _unique_where(
            "one_empty_coding_per_excerpt_and_coder",
            "excerpt_id",
            "coder_id",
            where="theme_id IS NULL AND coder_id IS NOT NULL",
        ),
        _unique_where(
            "one_empty_machine_coding_per_excerpt",
            "excerpt_id",
            where="theme_id IS NULL AND coder_id IS NULL",
        ),
        # With all that a theme's figures and its most typical answers are read from.
        Index("ix_coding_of_theme", "theme_id", "is_current", "score", "excerpt_id", "origin"),
        Index("ix_coding_of_excerpt", "excerpt_id", "is_current", "theme_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"))
    coder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    is_current: Mapped[bool] = mapped_column(default=True)
    score: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Stance(Base):
    """What an excerpt says to its question: for, against, both, neither. Apart from its themes."""

    __tablename__ = "stance"
    __table_args__ = (
        one_of("origin", ORIGINS, name="known_origin"),
        one_of("value", STANCES, name="known_value"),
        CheckConstraint("(coder_id IS NULL) = (origin = 'machine')", name="only_the_machine_has_no_coder"),
        _unique_where(
            "one_stance_per_excerpt_and_coder", "excerpt_id", "coder_id", where="coder_id IS NOT NULL"
        ),
        _unique_where("one_machine_stance_per_excerpt", "excerpt_id", where="coder_id IS NULL"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"), index=True)
    value: Mapped[str] = mapped_column(String(10))
    coder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    is_current: Mapped[bool] = mapped_column(default=True)
    score: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class ExcerptNote(Base):
    """What a coder keeps in mind about an excerpt: a memo, and whether something in it tells of a person and has to be
    masked before anybody quotes it."""

    __tablename__ = "excerpt_note"
    __table_args__ = (UniqueConstraint("excerpt_id", "coder_id", name="one_note_per_excerpt_and_coder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"))
    coder_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    memo: Mapped[str] = mapped_column(Text, default="")
    needs_redaction: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)


class ThemeRun(Base):
    """One run of the machine over the answers to one question, with its progress."""

    __tablename__ = "theme_run"
    __table_args__ = (
        one_of("kind", RUN_KINDS, name="known_kind"),
        one_of("status", RUN_STATUSES, name="known_status"),
        _unique_where(
            "one_active_run_per_question",
            "consultation_id",
            "question_id",
            where="status IN ('queued', 'running')",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10), default="full")
    status: Mapped[str] = mapped_column(String(10), default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    engine: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    worker: Mapped[str | None] = mapped_column(String(64))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlacingModel(Base):
    """What the chunks of a run are placed with (`consult.analysis.placer.Placer`): numbers, no words of an answer."""

    __tablename__ = "placing_model"

    run_id: Mapped[int] = mapped_column(ForeignKey("theme_run.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PlacingChunk(Base):
    """Answers that are placed together, by ids of their excerpts, and what was `found`: for each [excerpt id, language,
    [[theme id, score], ...], stance]. Gone when the run has ended."""

    __tablename__ = "placing_chunk"

    run_id: Mapped[int] = mapped_column(ForeignKey("theme_run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    excerpts: Mapped[list[int]] = mapped_column(JSON)
    found: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class ChangeLog(Base):
    """One change that can be undone: who, when, what, and the rows before and after.

    `before` and `after` are {table: {"columns": [...], "rows": [[...], ...]}}; a row that is in one of
    them only was made or removed. A change without rows (a run of the machine) is told, not undone.
    """

    __tablename__ = "change_log"
    __table_args__ = (
        Index("ix_change_log_reading", "consultation_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    question_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(30))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("change_log.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))


class CachedVector(Base):
    """The embedding of one text: float32, kept under `consult.analysis.embedding.content_key`."""

    __tablename__ = "embedding_cache"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
