"""Sends the codes of an anonymous consultation by e-mail: from memory, once, to nobody known.

The codes are in this process alone, paired with addresses at random. That a letter is tried is written down before it
leaves, without its code; a crash leaves some doubtful and others untried, and their codes are gone. As this happens
before the consultation opens, all codes can then be thrown away and others sent.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app
from flask_mailman.backends.base import BaseEmailBackend
from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from consult.ballots.slots import slot_for
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.extensions import db, mail
from consult.outreach.post import Sheet, hand_over, is_open
from consult.outreach.sending import written
from consult.stakeholders import letters
from consult.stakeholders.entitlement import Letter, LetterKind, LetterState, Mailing
from consult.stakeholders.models import Participant, RollPlace
from consult.stakeholders.people import new_ref
from consult.transaction import writing
from surveys.i18n import N_
from surveys.models import utc_now

PAUSES = (1, 5, 20, 60)
"""Seconds before a mail server that went away is tried again."""
AGAIN = (60, 600, 1800)
"""Seconds before letters are tried again that it did not want yet."""
_chance = random.SystemRandom()


@dataclass(slots=True)
class _Undelivered:
    """A code on its way to a place on the roll."""

    place_id: int
    code: str
    ref: str = field(default_factory=new_ref)
    letter_id: int | None = None
    reason: str = ""


def check_mail_server() -> None:
    """Raises DomainError when no letter could leave now: codes that are made stay in no other place."""
    connection = mail.get_connection()
    try:
        connection.open()
        connection.close()
    except OSError as error:
        raise DomainError(
            "no_mail_server", N_("The mail server cannot be reached, so no codes were made. Try again later.")
        ) from error


def send_codes(consultation: Consultation, codes: Sequence[str], *, made_by: str) -> list[str]:
    """Begin to send one code to everybody on the roll who has an address; the codes that are left for the others.

    Called after the codes were committed. The letters leave in a thread of their own.
    """
    places = list(
        db.session.scalars(
            select(RollPlace.id)
            .join(Participant, Participant.id == RollPlace.participant_id)
            .where(RollPlace.consultation_id == consultation.id, Participant.email.is_not(None))
        )
    )
    _chance.shuffle(places)
    pairs = list(zip(places, codes, strict=False))
    consultation_id = consultation.id
    with writing() as session:
        mailing = Mailing(consultation_id=consultation_id, kind=LetterKind.INVITATION, made_by=made_by)
        session.add(mailing)
        session.flush()
        mailing_id = mailing.id
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.testing:
        _send(app, consultation_id, mailing_id, pairs)
    else:
        threading.Thread(target=_send, args=(app, consultation_id, mailing_id, pairs), daemon=True).start()
    return list(codes[len(pairs) :])


def _send(app: Flask, consultation_id: int, mailing_id: int, pairs: list[tuple[int, str]]) -> None:
    with app.app_context():
        connection = mail.get_connection()
        left = [_Undelivered(place_id, code) for place_id, code in pairs]
        try:
            for pause in (*AGAIN, None):
                left = _send_all(consultation_id, mailing_id, left, connection)
                if not left:
                    break
                if pause is not None:
                    connection.close()
                    time.sleep(pause)
            _give_up(left)
        finally:
            connection.close()
            db.session.remove()


def _send_all(
    consultation_id: int, mailing_id: int, left: list[_Undelivered], connection: BaseEmailBackend
) -> list[_Undelivered]:
    """Try each of them once; those that the mail server wants later."""
    later = []
    while left and _is_reached(connection):
        one = left.pop()
        if not _send_one(consultation_id, mailing_id, one, connection):
            later.append(one)
    return left + later


def _is_reached(connection: BaseEmailBackend) -> bool:
    for pause in PAUSES:
        if is_open(connection):
            return True
        time.sleep(pause)
    return is_open(connection)


def _give_up(left: Sequence[_Undelivered]) -> None:
    if left:
        current_app.logger.error("%s codes of an anonymous consultation could not be sent", len(left))
    with writing() as session:
        for one in left:
            if one.letter_id is not None:
                letters.note(session, one.letter_id, LetterState.REFUSED, reason=one.reason)


def _send_one(consultation_id: int, mailing_id: int, one: _Undelivered, connection: BaseEmailBackend) -> bool:
    """False when the mail server wants it later."""
    with writing() as session:
        place = session.scalar(
            select(RollPlace).where(RollPlace.id == one.place_id).options(joinedload(RollPlace.participant))
        )
        consultation = session.get(Consultation, consultation_id)
        if place is None or consultation is None or not place.participant.email:
            return True
        if slot_for(session, consultation, one.code) is None:  # thrown away since: it would open nothing
            return True
        if one.letter_id is None:
            values = {
                "mailing_id": mailing_id, "place_id": one.place_id, "ref": one.ref, "reason": "",
                "state": LetterState.ATTEMPTED, "attempted_at": utc_now(),
            }  # fmt: skip
            inserted = session.execute(insert(Letter).values(values).returning(Letter.id))
            one.letter_id = inserted.scalar_one()
        subject, body = written(consultation, LetterKind.INVITATION, place.participant, one.code)
        sheet = Sheet(place.participant.email, subject, body, one.ref)
    state, one.reason = hand_over(sheet, connection)
    if state is LetterState.WAITING:
        return False
    if state is not LetterState.ATTEMPTED:
        with writing() as session:
            letters.note(session, one.letter_id, state, reason=one.reason)
    return True
