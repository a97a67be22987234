"""Which consultation a request is about, and whether the member of staff who asks may."""

from __future__ import annotations

from flask import abort, request
from flask_security import current_user

from consult.access.permissions import PERMISSIONS, Right, rights_of
from consult.consultations import queries
from consult.consultations.clock import close_if_due
from consult.consultations.models import Consultation
from consult.extensions import current_session


def rights_in(consultation: Consultation, staff) -> frozenset[Right]:
    """What this member of staff may do in this consultation: the role's rights (none in a restricted
    consultation without membership, except for an admin) and those that a membership adds."""
    by_role = rights_of(staff)
    membership = next((m for m in consultation.members if m.staff_id == staff.id), None)
    if membership is not None:
        return by_role | {Right(right) for right in membership.rights}
    if consultation.is_restricted and Right.STAFF_MANAGE not in by_role:
        return frozenset()
    return by_role


def may(consultation: Consultation, right: Right) -> bool:
    """Whether the signed-in member of staff has this right in this consultation."""
    return bool(current_user.is_authenticated) and right in rights_in(consultation, current_user)


def load_consultation(slug: str) -> Consultation:
    """The consultation of a staff page. 404 when there is none or it must not be seen, 403 without the
    right that the permission table names for this route."""
    consultation = queries.consultation_by_slug(current_session(), slug)
    if consultation is None:
        abort(404)
    rights = rights_in(consultation, current_user)
    if Right.STAFF not in rights:
        abort(404)
    if PERMISSIONS[request.endpoint or ""] not in rights:
        abort(403)
    if request.method in ("GET", "HEAD") and close_if_due(consultation):
        current_session().refresh(consultation)
    return consultation
