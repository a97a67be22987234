"""Tables of redaction: words of an excerpt that tell of a person, who read it for them, and who settled it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.analysis.masking import KINDS
from consult.columns import one_of
from consult.review.models import MACHINE, ORIGINS, REVIEWER
from surveys.models import Base, UtcDateTime, utc_now

FOUND, MASKED, KEPT = "found", "masked", "kept"
STATUSES = (FOUND, MASKED, KEPT)


class PersonalMark(Base):
    """A span of an excerpt, in characters of its text, that tells of a person. The words themselves are not kept.

    `found`: it waits for a person to decide; `masked`: it is not published; `kept`: it may stand.
    """

    __tablename__ = "personal_mark"
    __table_args__ = (
        one_of("kind", KINDS, name="known_kind"),
        one_of("origin", ORIGINS, name="known_origin"),
        one_of("status", STATUSES, name="known_status"),
        CheckConstraint("start_offset >= 0 AND end_offset > start_offset", name="span_in_order"),
        CheckConstraint("(decided_by_id IS NULL) = (status = 'found')", name="who_decided_is_known"),
        UniqueConstraint("excerpt_id", "start_offset", "end_offset", name="one_mark_per_span"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"))
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default=FOUND, index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class PersonalReading(Base):
    """That the finder has read an excerpt: by which version of its rules and of the roll, and which words. Version 0:
    it has to read anew, for a change of marks was undone.

    `lost_marks`: the words were changed after somebody had masked some of them, so that a person has to look again.
    """

    __tablename__ = "personal_reading"

    excerpt_id: Mapped[int] = mapped_column(
        ForeignKey("excerpt.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    lost_marks: Mapped[bool] = mapped_column(default=False)


class Settlement(Base):
    """A person has looked at an excerpt that was flagged, and nothing more in it has to be masked."""

    __tablename__ = "redaction_settlement"
    __table_args__ = (
        UniqueConstraint("excerpt_id", name="one_settlement_per_excerpt"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpt.id", ondelete="CASCADE"))
    settled_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"), index=True)
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


__all__ = ["FOUND", "KEPT", "MACHINE", "MASKED", "REVIEWER", "PersonalMark", "PersonalReading", "Settlement"]
