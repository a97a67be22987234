"""Sends the letters that were asked for, one after the other, and goes on after a crash where it was.

Each letter is noted as attempted, in a transaction of its own, before it is handed to the mail server, and as sent
after it. What a crash leaves between the two is never sent again by itself.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult import jobs, outbox
from consult.consultations.models import Consultation
from consult.extensions import db, mail
from consult.i18n import format_moment
from consult.outreach.post import Sheet, hand_over, is_open
from consult.stakeholders import letter_words, letters
from consult.stakeholders.asking import has_codes
from consult.stakeholders.codes import code_of, grouped, personal_link
from consult.stakeholders.entitlement import AccessCode, Letter, LetterState, Mailing
from consult.stakeholders.models import Participant, RollPlace
from consult.transaction import writing

JOB = "letters.send"


def is_configured() -> bool:
    """Whether a mail server has been named for this installation."""
    return bool(current_app.config.get("MAIL_IS_CONFIGURED") or current_app.testing)


@outbox.on_event("letters.asked_for")
def wake(payload: dict) -> None:
    """The letters leave in a job, so that other events do not wait for them."""
    jobs.enqueue(JOB, mailing_id=payload["mailing_id"])


@jobs.job("letters.resume", every_minutes=1)
def resume() -> None:
    """What a crash or a mail server that could not be reached has left waiting."""
    waiting = letters.waiting_mailings(db.session())
    db.session.rollback()
    for mailing_id in waiting:
        send_mailing(mailing_id)


@jobs.job(JOB)
def send_mailing(mailing_id: int) -> None:
    """Send every waiting letter of a mailing. While the mail server cannot be reached, nothing counts as attempted."""
    if not is_configured():
        return
    connection = mail.get_connection()
    try:
        while is_open(connection) and _send_next(mailing_id, connection):
            pass
    finally:
        connection.close()


def _send_next(mailing_id: int, connection) -> bool:
    """Whether there may be another one."""
    with writing() as session:
        consultation = session.scalar(
            select(Consultation)
            .join(Mailing, Mailing.consultation_id == Consultation.id)
            .where(Mailing.id == mailing_id)
        )
        if consultation is None:
            return False
        if consultation.status != "open":
            letters.drop_waiting(session, mailing_id)
            return False
        letter_id = letters.claim(session, mailing_id)
        if letter_id is None:
            return False
        sheet = compose(consultation, letter_id)
    if sheet is None:
        state, reason = LetterState.DROPPED, "no address or code"
    else:
        state, reason = hand_over(sheet, connection)
    if state is LetterState.ATTEMPTED:
        return False
    with writing() as session:
        letters.note(session, letter_id, state, reason=reason)
    return True


def compose(consultation: Consultation, letter_id: int) -> Sheet | None:
    """The letter in its reader's language; None when it cannot be written any more."""
    session = db.session()
    letter = session.scalars(
        select(Letter)
        .where(Letter.id == letter_id)
        .options(joinedload(Letter.mailing), joinedload(Letter.place).joinedload(RollPlace.participant))
        .execution_options(populate_existing=True)
    ).one()
    person = letter.place.participant
    code = ""
    if has_codes(consultation):
        issue = session.scalar(select(AccessCode.issue).where(AccessCode.place_id == letter.place_id))
        if issue is None:
            return None
        code = code_of(consultation, letter.place.ref, issue)
    if not person.email:
        return None
    subject, body = written(consultation, letter.mailing.kind, person, code)
    return Sheet(person.email, subject, body, letter.ref)


def written(consultation: Consultation, kind: str, person: Participant, code: str) -> tuple[str, str]:
    """(subject, body) of a letter to this person."""
    language = person.language if person.language in consultation.languages else consultation.default_language
    subject, body, _own = letter_words.text_of(db.session(), consultation, kind, language)
    with force_locale(language):
        values = values_for(consultation, person, code, language)
    return letter_words.filled(subject, values).replace("\n", " "), letter_words.filled(body, values) + "\n"


def values_for(consultation: Consultation, person: Participant, code: str, language: str) -> dict[str, str]:
    """What the placeholders stand for."""
    slug = consultation.slug
    plain = f"{current_app.config['BASE_URL']}/c/{slug}"
    closes = letter_words.closing_words(format_moment(consultation.closes_at, consultation.timezone))
    return {
        "name": person.name,
        "organisation": person.organisation,
        "title": _in(consultation.title, language, consultation.default_language),
        "asker": _in(consultation.asker, language, consultation.default_language),
        "closes": closes,
        "link": personal_link(slug, code) if code else plain,
        "code": grouped(code) if code else "",
    }


def _in(text: dict[str, str], language: str, default: str) -> str:
    return text.get(language) or text.get(default) or next(iter(text.values()), "")
