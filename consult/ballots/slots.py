"""Making slots and codes, and storing answers in slots. Services flush, the caller commits."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from consult.ballots import payload
from consult.ballots.models import Slot, SlotSet
from consult.ballots.payload import Ballot
from consult.ballots.structure import check_fits, check_same_structure, structure_of
from consult.errors import DomainError
from consult.stakeholders.asking import BEFORE_OPENING, Asking, Keyed, is_anonymous
from consult.stakeholders.codes import CODE_LENGTH
from consult.stakeholders.keys import secret_of
from consult.stakeholders.queries import fingerprint_of_roll, roll_size
from surveys.definition import Definition
from surveys.i18n import N_
from surveys.ids import normal_code, random_code
from surveys.numbers import western_digits
from surveys.rules.room import room_for, without_worked_out

STEP = 5
"""While a consultation is open, the number of answers is shown in steps of this."""
MOST_CODES = 100_000
_BATCH = 500
_SLOTS = cast(Table, Slot.__table__)
_chance = random.SystemRandom()

_THERE = select(_SLOTS.c.rid).where(
    _SLOTS.c.rid == bindparam("rid"), _SLOTS.c.consultation_id == bindparam("consultation_id")
)
_READ = select(_SLOTS.c.payload).where(_SLOTS.c.rid == bindparam("rid")).with_for_update()
_WRITE = (
    update(_SLOTS)
    .where(_SLOTS.c.rid == bindparam("of_rid"))
    .values(is_used=bindparam("used"), payload=bindparam("content"))
)


class Outcome(StrEnum):
    """What storing an answer came to."""

    STORED = "stored"
    SAME = "same"  # this very form was sent before
    REPLACED = "replaced"  # the code had an answer, which is gone
    SPENT = "spent"  # the answer was changed so often that it stays as it is
    LATE = "late"  # a newer form was sent with the code since; this one changes nothing


def rid_of(asking: Keyed, code: str) -> bytes:
    """The key of a code's slot: the same for capitals, hyphens, look-alikes and other digits."""
    typed = normal_code(western_digits(code[:200]))
    words = f"{asking.id}|{typed}".encode("utf-8", "replace")
    return hmac.new(secret_of(asking), words, hashlib.sha256).digest()


def slot_set_of(session: Session, consultation_id: int) -> SlotSet | None:
    """The slots of a consultation as a whole; None before its codes are made."""
    return session.get(SlotSet, consultation_id)


def make_slots(session: Session, asking: Asking, *, definition: Definition, number: int) -> list[str]:
    """Make `number` slots and as many codes, in one transaction, once; returns the codes in random order.

    They are nowhere else: whoever calls hands them on and forgets them. Raises DomainError when codes were made
    before, when it is too late, and when the survey cannot be answered anonymously.
    """
    if not is_anonymous(asking):
        raise DomainError("not_anonymous", N_("This consultation is not anonymous."))
    check_none_made(session, asking)
    if asking.status not in BEFORE_OPENING:
        raise DomainError(
            "not_a_draft", N_("This consultation was opened before; it cannot be opened again.")
        )
    if not 1 <= number <= MOST_CODES:
        raise DomainError(
            "bad_number",
            N_("Codes are made for 1 to %(most)s people. Bring in the roll first."),
            most=MOST_CODES,
        )
    check_fits(definition, number)
    size = payload.size_for(room_for(definition))
    slot_set = SlotSet(
        consultation_id=asking.id,
        number=number,
        size=size,
        fingerprint=structure_of(definition),
        roll=fingerprint_of_roll(session, asking.id),
    )
    session.add(slot_set)
    asking.is_roll_fixed = True
    session.flush()
    codes = _distinct_codes(number)
    rids = [rid_of(asking, code) for code in codes]
    _chance.shuffle(rids)
    for start in range(0, number, _BATCH):
        rows = [
            {"rid": rid, "consultation_id": asking.id, "is_used": False, "payload": payload.empty(size)}
            for rid in rids[start : start + _BATCH]
        ]
        session.connection().execute(insert(_SLOTS), rows)
    _chance.shuffle(codes)
    return codes


def check_none_made(session: Session, asking: Asking) -> None:
    """Raises DomainError once the codes of an anonymous consultation are made."""
    if slot_set_of(session, asking.id) is not None:
        raise DomainError(
            "codes_made",
            N_(
                "The codes were made before. They are made once and kept nowhere, so they cannot be made again."
            ),
        )


def check_ready(session: Session, asking: Asking, definition: Definition) -> None:
    """Raises DomainError when an anonymous consultation cannot open: no codes, or other questions or people than they
    are for."""
    slot_set = slot_set_of(session, asking.id)
    if slot_set is None:
        raise DomainError(
            "codes_missing",
            N_("Codes for the members of the roll must be made before this consultation opens."),
        )
    check_same_structure(definition, slot_set.fingerprint)
    _check_same_roll(session, asking, slot_set)


def _check_same_roll(session: Session, asking: Asking, slot_set: SlotSet) -> None:
    size = roll_size(session, asking.id)
    if size and size != slot_set.number:
        raise DomainError(
            "roll_changed",
            N_(
                "Codes were made for %(made)s people, and %(size)s are on the roll now. Throw the codes away, make new "
                "ones and hand them out; then open."
            ),
            made=slot_set.number,
            size=size,
        )
    if slot_set.roll and slot_set.roll != fingerprint_of_roll(session, asking.id):
        raise DomainError(
            "roll_changed",
            N_(
                "Others are on the roll now than when the codes were made. Throw the codes away, make new ones and "
                "hand them out; then open."
            ),
        )


def _distinct_codes(number: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < number:
        codes.add(random_code(CODE_LENGTH))
    return list(codes)


def slot_for(session: Session, asking: Keyed, code: str) -> bytes | None:
    """The key of the slot that a typed code opens, None for a code that opens none.

    The same look-up by a keyed hash whether the code was never made or was used: time tells nothing.
    """
    rid = rid_of(asking, code)
    found = session.connection().execute(_THERE, {"rid": rid, "consultation_id": asking.id}).scalar()
    return rid if hmac.compare_digest(bytes(found or bytes(32)), rid) else None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an answer that was sent, and its receipt (``""`` where it came too late)."""

    outcome: Outcome
    receipt: str


def store_answer(
    session: Session,
    *,
    slot_set: SlotSet,
    rid: bytes,
    definition: Definition,
    answers: Mapping[str, Any],
    language: str,
    quote_consent: bool,
    key: str,
    nonce: bytes,
) -> Stored:
    """Put an answer into its slot, over what is there.

    `key` names the form that was sent: the same one again gives the same receipt, one that was overtaken by another
    form with this code changes nothing, and neither does any further one after very many. Two at the same moment wait
    for each other.
    """
    before = _read(session, rid)
    hashed = payload.key_hash(key)
    if hashed == before.key:
        return Stored(Outcome.SAME, before.receipt)
    if hashed in before.old_keys:
        return Stored(Outcome.LATE, "")
    old_keys = _older(before)
    if len(old_keys) >= payload.MOST_OLD_KEYS:
        return Stored(Outcome.SPENT, "")
    document = _fitting(definition, answers, slot_set.size)
    ballot = Ballot(
        answers=document,
        language=language,
        quote_consent=quote_consent,
        receipt=payload.receipt_of(document, language, quote_consent, nonce),
        key=hashed,
        old_keys=old_keys,
    )
    _write(session, rid, payload.packed(ballot, slot_set.size), used=True)
    return Stored(Outcome.REPLACED if before.key else Outcome.STORED, ballot.receipt)


def withdraw_answer(session: Session, *, slot_set: SlotSet, rid: bytes) -> None:
    """Empty a slot. Forms that were sent before do not fill it again; a new one does. Safe to repeat."""
    before = _read(session, rid)
    _write(
        session, rid, payload.packed(Ballot(old_keys=_older(before)), slot_set.size), used=False
    )  # also where nothing was there: it takes as long


def _read(session: Session, rid: bytes) -> Ballot:
    for _ in range(2):  # PostgreSQL: a second look, if the slots were written anew while this one waited
        found = session.connection().execute(_READ, {"rid": rid}).scalar()
        if found is not None:
            return payload.unpacked(bytes(found))
    raise DomainError("no_slot", N_("This code opens nothing."))


def _write(session: Session, rid: bytes, content: bytes, *, used: bool) -> None:
    session.connection().execute(_WRITE, {"of_rid": rid, "used": used, "content": content})


def _older(before: Ballot) -> tuple[str, ...]:
    return (*before.old_keys, *((before.key,) if before.key else ()))


def _fitting(definition: Definition, answers: Mapping[str, Any], size: int) -> Mapping[str, Any]:
    """The answers; without what can be worked out again, where they do not fit with it."""
    try:
        payload.packed(Ballot(answers), size - payload.OVERHEAD)
    except ValueError:
        return without_worked_out(definition, answers)
    return answers


def shown_number(session: Session, consultation_id: int) -> int:
    """How many answers there are, rounded down to a step: all that anybody sees while it is open."""
    return numbers_used(session, [consultation_id]).get(consultation_id, 0) // STEP * STEP


def numbers_used(session: Session, consultation_ids: list[int]) -> dict[int, int]:
    """Consultation id → slots used. For services; what is shown is rounded (`shown_number`)."""
    rows = session.execute(
        select(_SLOTS.c.consultation_id, func.count())
        .where(_SLOTS.c.consultation_id.in_(consultation_ids), _SLOTS.c.is_used.is_(True))
        .group_by(_SLOTS.c.consultation_id)
    )
    return {row[0]: row[1] for row in rows}


def used_slots(session: Session, consultation_id: int) -> Iterator[Ballot]:
    """Every answer, in random order, a portion of them in memory at a time."""
    rids = list(
        session.scalars(
            select(_SLOTS.c.rid).where(
                _SLOTS.c.consultation_id == consultation_id, _SLOTS.c.is_used.is_(True)
            )
        )
    )
    _chance.shuffle(rids)
    for start in range(0, len(rids), _BATCH):
        portion = rids[start : start + _BATCH]
        found = session.execute(select(_SLOTS.c.rid, _SLOTS.c.payload).where(_SLOTS.c.rid.in_(portion)))
        by_rid = {bytes(row.rid): bytes(row.payload) for row in found}
        for rid in portion:
            yield payload.unpacked(by_rid[bytes(rid)])
