"""Staff accounts and roles, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.models import Base, UtcDateTime, utc_now

staff_roles = Table(
    "staff_roles",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A set of rights by name; which rights, `consult.access.permissions` says."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))


class Staff(Base, UserMixin):
    """A person who works with the platform: never a participant. No address they come from is kept."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # Second factor, names as Flask-Security expects them.
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the mixin's own hint is narrower
        secondary=staff_roles, lazy="selectin"
    )


class Attempts(Base):
    """How often something was tried of late under a name (a keyed hash), since when, and the last time: see
    `consult.access.brake`."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_last_at", "last_at"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """What a member of staff did. The database refuses to change or delete a row (triggers in the migration)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_consultation", "consultation_slug", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(80))
    consultation_slug: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
