"""What the builder remembers beside the survey itself: steps to undo, saved questions, translated wordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.models import Base, UtcDateTime, utc_now


class SurveyStep(Base):
    """One change of a survey in the making, so that it can be undone in any later session.

    `definition` is the state on the other side of the step: the one before it, and once the step is undone
    the one after it. `change` names what was done, `subject` the words of what it was done to.
    """

    __tablename__ = "survey_step"
    __table_args__ = (UniqueConstraint("survey_id", "position", name="one_step_per_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    position: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    change: Mapped[str] = mapped_column(String(40))
    subject: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    is_undone: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class SavedQuestion(Base):
    """A question that somebody keeps for other surveys of the organisation; `question` is its stored form."""

    __tablename__ = "saved_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_by: Mapped[str] = mapped_column(String(320), default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class TextSource(Base):
    """From which source a translation was made, where that is not the source as it stands.

    Both are kept as hashes of their words: a translation is stale while the source is another one than that
    it was made from, and is fresh again when either comes back, by hand or by undoing.
    """

    __tablename__ = "text_source"
    __table_args__ = (
        UniqueConstraint("survey_id", "key", "language", "words_hash", name="one_source_per_words"),
        Index("ix_text_source_survey_id", "survey_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(400))
    language: Mapped[str] = mapped_column(String(35))
    words_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64))
