"""A consultation, who of the staff works on it, and the surveys it asks."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.access.models import Staff
from consult.columns import one_of
from surveys.models import Base, Survey, UtcDateTime, utc_now


class Status(StrEnum):
    """Where a consultation stands; it only moves forward."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Access(StrEnum):
    """Who may answer."""

    OPEN = "open"
    ROLL = "roll"


class Privacy(StrEnum):
    """What is promised to who answers."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Iap2Level(StrEnum):
    """The spectrum of public participation (International Association for Public Participation)."""

    INFORM = "inform"
    CONSULT = "consult"
    INVOLVE = "involve"
    COLLABORATE = "collaborate"
    EMPOWER = "empower"


class Consultation(Base):
    """Something that people are asked. Texts for people are mappings from language to text."""

    __tablename__ = "consultation"
    __table_args__ = (
        one_of("status", Status, name="status_known"),
        one_of("access", Access, name="access_known"),
        one_of("privacy", Privacy, name="privacy_known"),
        one_of("iap2_level", Iap2Level, name="iap2_level_known"),
        CheckConstraint("access = 'roll' OR privacy = 'confidential'", name="anonymous_needs_roll"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    purpose: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    asker: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    use_of_answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    background: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    iap2_level: Mapped[str] = mapped_column(String(20), default=Iap2Level.CONSULT)
    languages: Mapped[list[str]] = mapped_column(JSON)
    default_language: Mapped[str] = mapped_column(String(10))
    access: Mapped[str] = mapped_column(String(20), default=Access.OPEN)
    privacy: Mapped[str] = mapped_column(String(20), default=Privacy.CONFIDENTIAL)
    status: Mapped[str] = mapped_column(String(20), default=Status.DRAFT)
    is_restricted: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unfinished_at_closing: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    salt: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(16))
    is_roll_fixed: Mapped[bool] = mapped_column(default=False)
    keep_roll_months: Mapped[int | None] = mapped_column(default=12)
    keep_answers_months: Mapped[int | None] = mapped_column(default=36)
    roll_erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answers_erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asks: Mapped[list[ConsultationSurvey]] = relationship(
        order_by="ConsultationSurvey.position", back_populates="consultation", cascade="all, delete-orphan"
    )
    members: Mapped[list[ConsultationStaff]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan"
    )

    @property
    def survey(self) -> Survey:
        """The survey that a participant answers (the first; more may follow)."""
        return self.asks[0].survey

    @property
    def survey_id(self) -> int:
        return self.asks[0].survey_id


class ConsultationSurvey(Base):
    """A survey asked by a consultation; a survey belongs to one."""

    __tablename__ = "consultation_survey"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True, unique=True)
    position: Mapped[int] = mapped_column(default=0)

    consultation: Mapped[Consultation] = relationship(back_populates="asks")
    survey: Mapped[Survey] = relationship()


class ConsultationStaff(Base):
    """A member of staff working on one consultation, with rights beyond (never below) those of the role."""

    __tablename__ = "consultation_staff"
    __table_args__ = (UniqueConstraint("consultation_id", "staff_id", name="one_membership_per_staff"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    rights: Mapped[list[str]] = mapped_column(JSON, default=list)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    consultation: Mapped[Consultation] = relationship(back_populates="members")
    staff: Mapped[Staff] = relationship()
