"""The append-only record of what staff did."""

from __future__ import annotations

from flask import has_request_context
from flask_security import current_user
from sqlalchemy.orm import Session

from consult.access.models import AuditEntry

COMMAND_LINE = "command line"


def record(session: Session, action: str, *, consultation_slug: str | None = None, **details: object) -> None:
    """Write what the signed-in member of staff (or the command line) does, inside the running transaction.

    `details` must hold no answer, code or address of a participant.
    """
    actor = COMMAND_LINE
    if has_request_context() and current_user and current_user.is_authenticated:
        actor = current_user.email
    session.add(
        AuditEntry(actor=actor, action=action, consultation_slug=consultation_slug, details=dict(details))
    )
