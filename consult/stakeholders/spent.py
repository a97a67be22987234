"""Who has answered a consultation and left its roll since: her answers may stay, and nobody answers twice.

What is kept is a keyed hash of her address, or of what an import would know her by without one. It says that somebody
has answered, never which answers are hers, and goes with the roll.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.errors import DomainError
from consult.stakeholders.asking import Keyed
from consult.stakeholders.entitlement import SpentEntitlement
from consult.stakeholders.keys import keyed
from consult.stakeholders.names import match_key
from surveys.i18n import N_
from surveys.statements import insert_once


class Known(Protocol):
    """Whatever tells who somebody is, as far as rolls compare people."""

    @property
    def name_key(self) -> str: ...
    @property
    def email_key(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def organisation(self) -> str | None: ...


def remember(session: Session, asking: Keyed, person: Known) -> None:
    """Keep in mind that this person has answered. Safe to repeat."""
    for mark in _marks(asking, person):
        insert_once(session, SpentEntitlement, {"consultation_id": asking.id, "mark": mark})


def spent_among(session: Session, asking: Keyed, people: Iterable[Known]) -> list[bool]:
    """Of each of these people, whether she has answered this consultation and left its roll since."""
    spent = set(
        session.scalars(select(SpentEntitlement.mark).where(SpentEntitlement.consultation_id == asking.id))
    )
    return [bool(spent) and not spent.isdisjoint(_marks(asking, person)) for person in people]


def check_unspent(session: Session, asking: Keyed, person: Known) -> None:
    """Raises DomainError for somebody who has answered and left the roll since."""
    if any(spent_among(session, asking, [person])):
        raise DomainError(
            "answered_and_left",
            N_(
                "This person has answered and was taken off this roll since. What was answered counts, so she "
                "cannot come onto it again: nobody answers twice."
            ),
        )


def forget(session: Session, asking: Keyed) -> None:
    """Forget everybody who has left."""
    session.execute(delete(SpentEntitlement).where(SpentEntitlement.consultation_id == asking.id))


def _marks(asking: Keyed, person: Known) -> list[str]:
    """What she is known by, as an import recognises people: the address, and the telephone with the name; without both
    name and organisation."""
    known: list[tuple[str, ...]] = []
    if person.email_key:
        known.append(("email", person.email_key))
    if person.phone:
        known.append(("phone", person.phone, person.name_key))
    if not known:
        known.append(("name", person.name_key, match_key(person.organisation or "")))
    return [keyed(asking, "spent", asking.id, *one).hex() for one in known]
