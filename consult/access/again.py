"""The password asked for once more before something that must not happen on an unattended screen."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_security import current_user
from wtforms import PasswordField

from consult.access import audit, brake
from consult.transaction import writing

REFUSED = "export.password_refused"


def is_own_password(field: PasswordField) -> bool:
    """Whether the field holds the password of who is signed in; every attempt is counted before it is looked at, and
    what is wrong stands in the field's errors. What was read before in this request's session is rolled back then."""
    person = current_user._get_current_object()
    if not field.data:
        field.errors = [_("Type your password.")]
        return False
    if brake.own_password.attempt(person.fs_uniquifier):
        field.errors = [_(brake.MUST_WAIT)]
        return False
    if person.password and person.verify_and_update_password(field.data):
        brake.own_password.succeeded(person.fs_uniquifier)
        return True
    with writing() as session:
        audit.record(session, REFUSED, consultation_slug=(request.view_args or {}).get("slug"))
    field.errors = [_("This is not your password. Type it again.")]
    return False
