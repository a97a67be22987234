"""The table of public reports that are made already, so that nobody makes the server work by asking again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.models import Base, UtcDateTime, utc_now


class MadeReport(Base):
    """A public report as a file. `stamp` tells what it was made from: where that has changed, it is made anew."""

    __tablename__ = "made_report"
    __table_args__ = (
        UniqueConstraint("consultation_id", "language", "kind", name="one_report_per_language_and_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(10))
    stamp: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
