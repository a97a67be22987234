"""A new e-mail address that a participant gives herself counts when a mail to it was answered.

Nothing that she sees before tells whether anybody has the address; who reads the mail may know.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from consult import jobs, outbox
from consult.stakeholders.asking import Asking, Keyed
from consult.stakeholders.codes import new_address_code, new_address_hash
from consult.stakeholders.models import PendingAddress, RollPlace
from consult.stakeholders.people import correct_participant, new_ref
from consult.transaction import writing
from surveys.models import utc_now

LASTS = timedelta(days=2)


def ask_to_confirm(session: Session, asking: Asking, place: RollPlace, *, email: str, email_key: str) -> None:
    """Keep an address until it is confirmed, in place of one asked for before, and have a mail sent to it."""
    session.execute(delete(PendingAddress).where(PendingAddress.place_id == place.id))
    ref = new_ref()
    pending = PendingAddress(
        place_id=place.id,
        email=email,
        email_key=email_key,
        ref=ref,
        code_hash=new_address_hash(asking, new_address_code(asking, ref)),
    )
    session.add(pending)
    session.flush()
    outbox.emit(session, "address.given", {"pending_id": pending.id})


def confirmed(session: Session, asking: Asking, code: str, *, now: datetime | None = None) -> bool:
    """Let the address count that a mail with this code went to; False for any other code, and one too old.

    It counts for this roll. Raises DomainError when somebody else on this roll has it.
    """
    pending = pending_of_code(session, asking, code, now=now)
    if pending is None:
        return False
    values = {"email": pending.email, "email_key": pending.email_key}
    correct_participant(
        session, asking, pending.place.participant, values=values, group_ids=None, by_herself=True
    )
    session.execute(delete(PendingAddress).where(PendingAddress.id == pending.id))
    return True


def pending_of_code(
    session: Session, asking: Keyed, code: str, *, now: datetime | None = None
) -> PendingAddress | None:
    """The address that waits for this code, None for any other code."""
    wanted = new_address_hash(asking, code)
    found = session.scalar(
        select(PendingAddress)
        .join(RollPlace, RollPlace.id == PendingAddress.place_id)
        .where(PendingAddress.code_hash == wanted, RollPlace.consultation_id == asking.id)
        .options(joinedload(PendingAddress.place).joinedload(RollPlace.participant))
    )
    if found is None or not hmac.compare_digest(found.code_hash, wanted):
        return None
    return found if found.asked_at > (now or utc_now()) - LASTS else None


@jobs.job("addresses.forget", every_minutes=60)
def forget() -> None:
    """Addresses that nobody confirmed are not kept."""
    with writing() as session:
        session.execute(delete(PendingAddress).where(PendingAddress.asked_at < utc_now() - LASTS))
