"""The mail by which a participant confirms a new e-mail address."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult import outbox
from consult.consultations.models import Consultation
from consult.extensions import db, mail
from consult.outreach.post import Sheet, message_of
from consult.outreach.sending import is_configured
from consult.stakeholders.codes import grouped, new_address_code
from consult.stakeholders.models import PendingAddress, RollPlace


@outbox.on_event("address.given")
def send_confirmation(payload: dict[str, Any]) -> None:
    """Send it. While the mail server cannot be reached the event waits and is tried again."""
    if not is_configured():
        return
    sheet = _compose(payload["pending_id"])
    db.session.rollback()
    if sheet is not None:
        with mail.get_connection() as connection:
            connection.send_messages([message_of(sheet)])


def _compose(pending_id: int) -> Sheet | None:
    """None when it was given up or confirmed meanwhile."""
    pending = db.session.scalar(
        select(PendingAddress)
        .where(PendingAddress.id == pending_id)
        .options(joinedload(PendingAddress.place).joinedload(RollPlace.participant))
        .execution_options(populate_existing=True)
    )
    if pending is None:
        return None
    consultation = db.session.get(Consultation, pending.place.consultation_id)
    assert consultation is not None
    person = pending.place.participant
    language = person.language if person.language in consultation.languages else consultation.default_language
    code = new_address_code(consultation, pending.ref)
    address = f"{current_app.config['BASE_URL']}/c/{consultation.slug}/me/confirm#{code}"
    title = consultation.title.get(language) or next(iter(consultation.title.values()), "")
    with force_locale(language):
        subject = _("Please confirm your e-mail address")
        body = _(
            "On the page of “%(title)s” this e-mail address was given as somebody's new one. If it was you, open this "
            "page within two days and press the button:\n\n%(address)s\n\nIf the page asks for a code, it is %(code)s. "
            "If it was not you, there is nothing to do: the address is forgotten.",
            title=title, address=address, code=grouped(code),
        )  # fmt: skip
    return Sheet(pending.email, subject, body + "\n", pending.ref)
