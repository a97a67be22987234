"""Handing one letter to the mail server, and what its answer means."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from flask import current_app
from flask_mailman import EmailMessage
from flask_mailman.backends.base import BaseEmailBackend

from consult.stakeholders.entitlement import LetterState

_FAREWELL = "SMTPSenderRefused 421"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter as it leaves."""

    to: str
    subject: str
    body: str
    ref: str


def is_open(connection: BaseEmailBackend) -> bool:
    """Whether letters can be handed over now."""
    try:
        connection.open()
    except OSError as error:
        current_app.logger.warning("the mail server cannot be reached: %s", type(error).__name__)
        return False
    return True


def hand_over(sheet: Sheet, connection: BaseEmailBackend) -> tuple[LetterState, str]:
    """What became of it: SENT; REFUSED for good; WAITING when the server asks to come again later (a code of 400 to
    499: greylisting, too many at once); ATTEMPTED where nobody can know. And the kind of error, never an address."""
    state, reason = _hand_over(sheet, connection)
    if reason == _FAREWELL:  # enough letters for one connection: the next one takes it
        connection.close()
        if is_open(connection):
            return _hand_over(sheet, connection)
    return state, reason


def _hand_over(sheet: Sheet, connection: BaseEmailBackend) -> tuple[LetterState, str]:
    try:
        connection.send_messages([message_of(sheet)])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        codes = _codes(error)
        is_for_now = bool(codes) and all(400 <= code < 500 for code in codes)
        reason = f"{type(error).__name__} {' '.join(map(str, codes))}".strip()
        return LetterState.WAITING if is_for_now else LetterState.REFUSED, reason
    except (
        ValueError,
        UnicodeError,
    ) as error:  # an address or a header that no mail can carry: it never left
        return LetterState.REFUSED, type(error).__name__
    except OSError as error:  # smtplib's errors are such
        current_app.logger.warning("a letter is doubtful: %s", type(error).__name__)
        return LetterState.ATTEMPTED, ""
    return LetterState.SENT, ""


def _codes(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _words in error.recipients.values()})
    return [error.smtp_code]


def message_of(sheet: Sheet) -> EmailMessage:
    """The mail. What comes back is told by the ref in the sender's address, where a mailbox for that was named."""
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    box = current_app.config.get("MAIL_BOUNCES") or ""
    local, _, domain = box.partition("@")
    return_to = f"{local}+{sheet.ref}@{domain}" if domain else sender
    host = sender.rpartition("@")[2].rstrip(">") or "localhost"
    return EmailMessage(
        sheet.subject,
        sheet.body,
        return_to,
        [sheet.to],
        headers={"From": sender, "Message-ID": f"<{sheet.ref}@{host}>", "Auto-Submitted": "auto-generated"},
    )
