"""Whose rolls a member of staff may change."""

from __future__ import annotations

from collections.abc import Sequence

from flask_security import current_user

from consult.access.permissions import Right, has_right
from consult.consultations.access import may
from consult.consultations.models import Consultation
from consult.consultations.queries import consultations_for
from consult.extensions import current_session
from consult.stakeholders.asking import can_change_roll


def own_rolls() -> Sequence[Consultation]:
    """The consultations whose rolls whoever asks may keep."""
    sees_all = has_right(Right.STAFF_MANAGE)
    mine = consultations_for(current_session(), staff_id=current_user.id, sees_all=sees_all)
    return [consultation for consultation in mine if may(consultation, Right.ROLL_MANAGE)]


def reach() -> list[int]:
    """Ids of those among them whose roll can change: not over, and no anonymous one whose codes are made."""
    return [consultation.id for consultation in own_rolls() if can_change_roll(consultation)]
