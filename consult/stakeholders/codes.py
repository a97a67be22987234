"""Personal codes for confidential consultations with a roll.

A code is drawn from a secret of the consultation (of the pepper, which lies outside the database, and a salt), the
place on the roll and the number of its issue;
what is stored is a keyed hash of it. So the database alone gives no code and confirms none, and yet a reminder, a
printed card and a list made later carry the same one. See docs/decisions.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session, joinedload

from consult.access import audit
from consult.errors import DomainError
from consult.stakeholders.asking import BEFORE_OPENING, CONFIDENTIAL, Asking, Keyed
from consult.stakeholders.entitlement import AccessCode, Participation
from consult.stakeholders.keys import keyed
from consult.stakeholders.models import Participant, RollPlace
from consult.stakeholders.people import REF_LENGTH
from surveys.i18n import N_
from surveys.ids import ALPHABET, normal_code
from surveys.numbers import western_digits

CODE_LENGTH = 12
PROOF_LENGTH = 24
_MARK = re.compile(r"([0-9]{1,6})-([0-9]{1,6})(S?)")


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Who a code belongs to. `ref` names the place on the roll, `issue` is the number of the code that she holds now;
    `has_answered` when a response was sent."""

    place_id: int
    participant_id: int
    ref: str
    language: str
    has_answered: bool
    issue: int


@dataclass(frozen=True, slots=True)
class Device:
    """What the device of a participant shows of itself: the place that it answers for, the issue of the code that was
    typed there, the issue with which the answers on it were begun, and whether they were sent from it."""

    ref: str
    issue: int
    begun: int
    has_sent: bool = False


def code_of(asking: Keyed, ref: str, issue: int) -> str:
    """The code of a place on a roll: 12 characters of Crockford's base 32 (60 bits)."""
    return _letters(keyed(asking, "code", ref, issue), CODE_LENGTH)


def hash_of(asking: Keyed, code: str) -> str:
    """What is stored of a code, and looked up by: the same for capitals, hyphens, look-alikes and other digits."""
    return keyed(asking, "lookup", asking.id, normal_code(western_digits(code[:200]))).hex()


def device_code(asking: Keyed, device: Device) -> str:
    """What a device holds in place of the personal code. It holds its own proof that it was made here."""
    mark = f"{device.issue}-{device.begun}{'S' if device.has_sent else ''}"
    return f"{device.ref.upper()}{_proof(asking, 'device', device.ref, mark)}{mark}"


def read_device(asking: Keyed, held: str) -> Device | None:
    """What a device's code says; None for what was not made here. Whether its code counts still, the roll says."""
    mark = _MARK.fullmatch(held[REF_LENGTH + PROOF_LENGTH :])
    if mark is None or not held.isascii():
        return None
    ref = held[:REF_LENGTH].lower()
    made = Device(ref, int(mark[1]), int(mark[2]), bool(mark[3]))
    return made if hmac.compare_digest(device_code(asking, made), held) else None


def draft_code(asking: Keyed, ref: str, begun: int) -> str:
    """What the answers that were begun with a code of this issue are known by. No device holds it."""
    return f"{ref.upper()}{_proof(asking, 'draft', ref, begun)}"


def _proof(asking: Keyed, *parts: object) -> str:
    return _letters(keyed(asking, *parts), PROOF_LENGTH)


def new_address_code(asking: Keyed, ref: str) -> str:
    """The code in a mail by which a new e-mail address is confirmed; `ref` names the request."""
    return _letters(keyed(asking, "address", ref), CODE_LENGTH)


def new_address_hash(asking: Keyed, code: str) -> str:
    """What is stored of it."""
    return keyed(asking, "address lookup", asking.id, normal_code(western_digits(code[:200]))).hex()


def _letters(drawn: bytes, number: int) -> str:
    bits = int.from_bytes(drawn[: -(-number * 5 // 8)], "big")
    return "".join(ALPHABET[bits >> (5 * place) & 31] for place in range(number))


def personal_link(slug: str, code: str) -> str:
    """The address with the code in its fragment, which browsers do not send to any server."""
    return f"{current_app.config['BASE_URL']}/c/{slug}#{code}"


def grouped(code: str) -> str:
    """A code as it is read and typed: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def check_has_codes(asking: Asking) -> None:
    """Raises DomainError unless this consultation is confidential with a roll and not over."""
    if asking.access != "roll":
        raise DomainError("no_roll", N_("Anyone may answer this consultation, so nobody needs a code."))
    if asking.privacy != CONFIDENTIAL:
        raise DomainError(
            "anonymous_codes",
            N_("The codes of an anonymous consultation belong to nobody; they are made all at once."),
        )
    if asking.status not in (*BEFORE_OPENING, "open"):
        raise DomainError("over", N_("This consultation is over."))


def make_codes(session: Session, asking: Asking) -> int:
    """Give a code to everybody on the roll who has none; how many were given. Safe to repeat.

    Raises DomainError for a consultation without personal codes, and for an empty roll.
    """
    check_has_codes(asking)
    without = session.execute(
        select(RollPlace.id, RollPlace.ref)
        .outerjoin(AccessCode, AccessCode.place_id == RollPlace.id)
        .where(RollPlace.consultation_id == asking.id, AccessCode.id.is_(None))
    ).all()
    rows = [
        {"place_id": row.id, "code_hash": hash_of(asking, code_of(asking, row.ref, 1)), "issue": 1}
        for row in without
    ]
    if rows:
        session.execute(insert(AccessCode), rows)
        audit.record(session, "codes.made", consultation_slug=asking.slug, count=len(rows))
    elif session.scalar(select(RollPlace.id).where(RollPlace.consultation_id == asking.id).limit(1)) is None:
        raise DomainError("empty_roll", N_("Nobody is on the roll yet. Bring in the roll first."))
    return len(rows)


def personal_codes(
    session: Session, asking: Asking, place_ids: Sequence[int] | None = None
) -> Iterator[tuple[RollPlace, str]]:
    """(place with its participant, code) of everybody who has one, by name; of some places only when given."""
    query = (
        select(RollPlace, AccessCode.issue)
        .join(AccessCode, AccessCode.place_id == RollPlace.id)
        .where(RollPlace.consultation_id == asking.id)
        .order_by(RollPlace.name_key, RollPlace.id)
        .options(joinedload(RollPlace.participant))
    )
    if place_ids is not None:
        query = query.where(RollPlace.id.in_(list(place_ids)))
    for place, issue in session.execute(query):
        yield place, code_of(asking, place.ref, issue)


def replace_code(session: Session, asking: Asking, place: RollPlace) -> str:
    """A new code for who lost hers. The old one opens nothing any more, and a device on which it was typed nothing
    either, until the new one is typed there: only then it goes on with what was begun."""
    check_has_codes(asking)
    held = session.scalar(select(AccessCode).where(AccessCode.place_id == place.id).with_for_update())
    if held is None:
        held = AccessCode(place_id=place.id, issue=0)
        session.add(held)
    held.issue += 1
    code = code_of(asking, place.ref, held.issue)
    held.code_hash = hash_of(asking, code)
    session.flush()
    audit.record(session, "code.replaced", consultation_slug=asking.slug, participant=place.participant_id)
    return code


def forget_codes(session: Session, asking: Asking) -> None:
    """No personal code of this consultation opens anything any more, nor is one known to have been."""
    places = select(RollPlace.id).where(RollPlace.consultation_id == asking.id)
    session.execute(delete(AccessCode).where(AccessCode.place_id.in_(places)))


_HOLDER = (
    select(
        RollPlace.id,
        RollPlace.participant_id,
        RollPlace.ref,
        RollPlace.consultation_id,
        Participant.language,
        Participation.response_id,
        AccessCode.code_hash,
        AccessCode.issue,
    )
    .join(AccessCode, AccessCode.place_id == RollPlace.id)
    .join(Participant, Participant.id == RollPlace.participant_id)
    .outerjoin(Participation, Participation.place_id == RollPlace.id)
)

_BY_CODE = _HOLDER.where(AccessCode.code_hash == bindparam("code_hash"))
_BY_PLACE = _HOLDER.where(
    RollPlace.ref == bindparam("ref"), RollPlace.consultation_id == bindparam("consultation")
)


def participant_of_code(session: Session, asking: Keyed, code: str) -> CodeHolder | None:
    """Who holds this code, None for one that nobody holds (any more).

    One look-up by a keyed hash whatever the code is: nothing that a guess could be compared with comes near the time
    that it takes. Failures are counted by the caller (`consult.access.brake`); who holds a code is never held
    up.
    """
    wanted = hash_of(asking, code)
    row = session.connection().execute(_BY_CODE, {"code_hash": wanted}).first()
    held = row.code_hash if row is not None else "0" * len(wanted)
    fits = hmac.compare_digest(held, wanted)
    if not fits or row is None or row.consultation_id != asking.id:
        return None
    return _holder(row)


def holder_of_place(session: Session, asking: Keyed, ref: str) -> CodeHolder | None:
    """Who stands at this place of the roll."""
    row = session.connection().execute(_BY_PLACE, {"ref": ref, "consultation": asking.id}).first()
    return None if row is None else _holder(row)


def issue_of(session: Session, place_id: int) -> int:
    """The number of the code that a participant holds now; 0 for none."""
    return session.scalar(select(AccessCode.issue).where(AccessCode.place_id == place_id)) or 0


def _holder(row: Any) -> CodeHolder:
    return CodeHolder(
        row.id, row.participant_id, row.ref, row.language, row.response_id is not None, row.issue
    )
