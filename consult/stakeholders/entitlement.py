"""Tables of what confidential consultations know: personal codes, who has answered, and letters sent.

For an anonymous consultation `access_code` and `participation` stay empty for ever.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.columns import one_of
from consult.stakeholders.models import RollPlace
from surveys.models import Base, UtcDateTime, utc_now


class LetterKind(StrEnum):
    """What a letter is for."""

    INVITATION = "invitation"
    REMINDER = "reminder"


class LetterState(StrEnum):
    """Where a letter stands. `ATTEMPTED` without an end is doubtful: a person decides."""

    WAITING = "waiting"
    ATTEMPTED = "attempted"
    SENT = "sent"
    REFUSED = "refused"
    BOUNCED = "bounced"
    DROPPED = "dropped"


class AccessCode(Base):
    """A participant's personal code, as a keyed hash. A lost one is replaced: `issue` counts."""

    __tablename__ = "access_code"
    __table_args__ = (
        UniqueConstraint("place_id", name="one_code_per_participant"),
        UniqueConstraint("code_hash", name="one_participant_per_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("roll_place.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    issue: Mapped[int] = mapped_column(default=1)


class Participation(Base):
    """A participant of a confidential consultation has begun (no response yet) or has answered."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("place_id", name="one_response_per_participant"),
        UniqueConstraint("response_id", name="one_participant_per_response"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("roll_place.id", ondelete="CASCADE"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))


class SpentEntitlement(Base):
    """Somebody has answered and left the roll since; `mark` is a keyed hash of what she is known by."""

    __tablename__ = "spent_entitlement"
    __table_args__ = (UniqueConstraint("consultation_id", "mark", name="one_mark_per_consultation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(64))


class KeptFigures(Base):
    """What was last released of the participation in a consultation: see `consult.stakeholders.kept_figures`."""

    __tablename__ = "kept_figures"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    complete: Mapped[int]
    begun: Mapped[int]
    is_final: Mapped[bool]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class LetterText(Base):
    """The words of a letter in one language, written for one consultation."""

    __tablename__ = "letter_text"
    __table_args__ = (
        UniqueConstraint("consultation_id", "kind", "language", name="one_text_per_letter"),
        one_of("kind", LetterKind, name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


class Mailing(Base):
    """Letters of one kind that were asked for together."""

    __tablename__ = "mailing"
    __table_args__ = (
        one_of("kind", LetterKind, name="kind_known"),
        Index("ix_mailing_consultation_id", "consultation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    made_by: Mapped[str] = mapped_column(String(255))


class Letter(Base):
    """One letter to one participant: never its text, its address or a code."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("mailing_id", "place_id", name="one_letter_per_participant"),
        UniqueConstraint("ref", name="one_letter_per_ref"),
        one_of("state", LetterState, name="state_known"),
        Index("ix_letter_mailing_id_state", "mailing_id", "state"),
        Index("ix_letter_place_id", "place_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    place_id: Mapped[int] = mapped_column(ForeignKey("roll_place.id", ondelete="CASCADE"))
    ref: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=LetterState.WAITING)
    reason: Mapped[str] = mapped_column(String(80), default="")
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    mailing: Mapped[Mailing] = relationship()
    place: Mapped[RollPlace] = relationship()
