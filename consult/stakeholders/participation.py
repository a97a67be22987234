"""Which participants of a confidential consultation have begun and which have answered: one response each.

An anonymous consultation has nothing of this.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from consult.errors import DomainError
from consult.stakeholders.entitlement import Participation
from surveys.i18n import N_
from surveys.statements import insert_once

_TABLE = cast(Table, Participation.__table__)
_TIE = (
    update(_TABLE)
    .where(_TABLE.c.place_id == bindparam("place"), _TABLE.c.response_id.is_(None))
    .values(response_id=bindparam("response"))
)
_TIED = select(_TABLE.c.response_id).where(_TABLE.c.place_id == bindparam("place"))


def begin(session: Session, place_id: int) -> None:
    """Note that somebody's first answers are kept. Safe to repeat."""
    insert_once(session, Participation, {"place_id": place_id})


def tie_response(session: Session, place_id: int, response_id: int) -> None:
    """Note that this response is hers. The constraint `one_response_per_participant` decides between two.

    Raises DomainError `answered_already` when another response is.
    """
    begin(session, place_id)
    connection = session.connection()
    if connection.execute(_TIE, {"place": place_id, "response": response_id}).rowcount:
        return
    if connection.execute(_TIED, {"place": place_id}).scalar_one_or_none() != response_id:
        raise DomainError("answered_already", N_("Answers were sent with this code already."))


def response_of(session: Session, place_id: int) -> int | None:
    """The response that a participant sent."""
    return session.connection().execute(_TIED, {"place": place_id}).scalar_one_or_none()


def unlink(session: Session, place_id: int) -> None:
    """Her answers stay; nobody can tell any more that they are hers."""
    session.execute(delete(Participation).where(Participation.place_id == place_id))
