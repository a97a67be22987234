"""Stakeholder groups, participants, and who is on the roll of which consultation.

Nothing here says whether or when somebody answered: see `consult.stakeholders.participation` for confidential
consultations; for anonymous ones nothing does.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.columns import one_of
from surveys.models import Base, UtcDateTime, utc_now


class Category(StrEnum):
    """What kind of stakeholder a group is."""

    GOVERNMENT = "government"
    INTERNATIONAL = "international_organisation"
    ACADEMIA = "academia"
    WOMEN = "women"
    YOUTH = "youth"
    LOCAL_COMMUNITY = "local_community"
    DECISION_MAKER = "decision_maker"
    MEDIA = "media"
    MEMBERS = "members"
    STAFF = "staff"
    BOARD = "board"
    PARTNER = "partner"
    DONOR = "donor"
    OTHER = "other"


participant_groups = Table(
    "participant_group",
    Base.metadata,
    Column("participant_id", ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class StakeholderGroup(Base):
    """A group of people with something at stake. Influence and interest run from 1 to 5 and place it on the
    map; None where nobody has judged them yet."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        UniqueConstraint("key", name="one_group_per_name"),
        one_of("category", Category, name="category_known"),
        CheckConstraint("influence BETWEEN 1 AND 5", name="influence_in_range"),
        CheckConstraint("interest BETWEEN 1 AND 5", name="interest_in_range"),
        CheckConstraint("expected_size >= 0", name="expected_size_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    category: Mapped[str] = mapped_column(String(40), default=Category.OTHER)
    influence: Mapped[int | None]
    interest: Mapped[int | None]
    expected_size: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Participant(Base):
    """A person who may be asked. The `_key` columns hold what is compared and searched, never shown."""

    __tablename__ = "participant"
    __table_args__ = (
        Index("ix_participant_email_key", "email_key"),
        Index("ix_participant_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    region: Mapped[str] = mapped_column(String(200), default="")
    has_vote: Mapped[bool] = mapped_column(default=True)
    search_key: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    groups: Mapped[list[StakeholderGroup]] = relationship(
        secondary=participant_groups, order_by=StakeholderGroup.id
    )


class RollPlace(Base):
    """A participant is entitled to answer a consultation. `ref` names the place in letters and in what mail
    servers send back, so that no address and no code has to."""

    __tablename__ = "roll_place"
    __table_args__ = (
        UniqueConstraint("consultation_id", "participant_id", name="one_place_per_participant"),
        UniqueConstraint("consultation_id", "email_key", name="one_place_per_email"),
        UniqueConstraint("ref", name="one_place_per_ref"),
        Index("ix_roll_place_reading", "consultation_id", "name_key", "id"),
        Index("ix_roll_place_participant_id", "participant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    ref: Mapped[str] = mapped_column(String(20))
    name_key: Mapped[str] = mapped_column(String(200))
    email_key: Mapped[str | None] = mapped_column(String(320))

    participant: Mapped[Participant] = relationship()


class PendingAddress(Base):
    """A new e-mail address that a participant has given and not confirmed yet; `ref` names the request, of its code a
    keyed hash is kept."""

    __tablename__ = "pending_address"
    __table_args__ = (
        UniqueConstraint("place_id", name="one_pending_address_per_place"),
        UniqueConstraint("code_hash", name="one_pending_address_per_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("roll_place.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    ref: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    place: Mapped[RollPlace] = relationship()


class RollUpload(Base):
    """A roll file between its preview and the confirmation; deleted with either, or after an hour."""

    __tablename__ = "roll_upload"
    __table_args__ = (Index("ix_roll_upload_consultation_id", "consultation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2), default="")
    table: Mapped[dict[str, Any]] = mapped_column("content", JSON, deferred=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
