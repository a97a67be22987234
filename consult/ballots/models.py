"""Slots of anonymous consultations: made once, of one size, overwritten in place.

No member, no time and no sequence is ever stored here, and nothing that is written while people answer stands in any
other table.
"""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.models import Base


class SlotSet(Base):
    """The slots of one consultation: how many, of how many bytes, for which questions (`fingerprint`) and
    which people (`roll`, see `fingerprint_of_roll`; empty where it was not noted).

    `receipts` are those of the answers counted, sorted; None until it is closed. `is_wiped` when nothing in the files
    of the database shows the slots any more.
    """

    __tablename__ = "slot_set"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int]
    size: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    roll: Mapped[str] = mapped_column(String(64), default="")
    receipts: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    is_wiped: Mapped[bool] = mapped_column(default=False)


class Slot(Base):
    """Room for the answer to one code: eligibility, participation and answer at once.

    `rid` is a keyed hash of consultation and code. No index may hold what changes: an index is a list in the order of
    writing.
    """

    __tablename__ = "slot"

    rid: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    is_used: Mapped[bool] = mapped_column(default=False)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
