"""Tables of the survey engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    event,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from surveys.errors import FixedVersionError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one declarative base; the application's own tables subclass it too."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, stored without zone so that SQLite and PostgreSQL hold the same value."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def utc_now() -> datetime:
    """The present time, aware, UTC."""
    return datetime.now(UTC)


class Survey(Base):
    """A survey in the making: its draft, and the row that versions and responses hang on."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    draft_revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class SurveyVersion(Base):
    """A published definition. It never changes. Numbered from 1; below that are trials, for test mode only."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("survey_id", "number", name="one_number_per_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class DraftResponse(Base):
    """Answers that are not submitted yet. The token that opens them is kept by the person alone."""

    __tablename__ = "draft_response"
    __table_args__ = (
        UniqueConstraint("token_hash", name="one_draft_per_token"),
        UniqueConstraint("submission_key", name="one_draft_per_submission_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"))
    submission_key: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(35))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_test: Mapped[bool] = mapped_column(default=False)
    ended_by: Mapped[str | None] = mapped_column(
        String(64)
    )  # the screen-out that ended it, its answers forgotten
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)


class Response(Base):
    """A submitted response: one JSON document, question id → answer under stable option ids."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("submission_key", name="one_response_per_submission_key"),
        UniqueConstraint("public_id", name="one_response_per_public_id"),
        CheckConstraint("channel IN ('online', 'paper')", name="known_channel"),
        Index("ix_response_survey_id_is_test", "survey_id", "is_test"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"))
    submission_key: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(10), default="online")
    language: Mapped[str] = mapped_column(String(35))
    is_test: Mapped[bool] = mapped_column(default=False)
    quote_consent: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    receipt: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Answer(Base):
    """The projection that results are counted from; made anew from the responses at any time."""

    __tablename__ = "answer"
    __table_args__ = (
        Index("ix_answer_counting", "survey_id", "question_id", "option_id", "number"),
        Index("ix_answer_response_id", "response_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    question_id: Mapped[str] = mapped_column(String(64))
    option_id: Mapped[str | None] = mapped_column(String(64))
    number: Mapped[float | None] = mapped_column(Float)
    text: Mapped[str | None] = mapped_column(Text)


class EndingCount(Base):
    """How many responses a quota holds, or how many people a screen-out ended the questions for: numbers only.

    `key` is survey, kind and item in one, so that a row is made once whoever comes first.
    """

    __tablename__ = "ending_count"
    __table_args__ = (
        UniqueConstraint("key", name="one_count_per_ending"),
        CheckConstraint("kind IN ('quota', 'screen_out')", name="known_ending"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    item_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(default=0)


@event.listens_for(SurveyVersion, "before_update")
def _refuse_change(_mapper: Any, _connection: Any, _version: SurveyVersion) -> None:
    raise FixedVersionError()


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk_change(state: ORMExecuteState) -> None:
    if state.is_update and any(mapper.class_ is SurveyVersion for mapper in state.all_mappers):
        raise FixedVersionError()
