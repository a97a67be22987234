"""The one permission table: every route names what it asks for, every role what it may.

A route that is not in the table is refused, so forgetting one shows at once; a test sweeps all of them.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_principal import Principal
from flask_security import current_user
from werkzeug.wrappers import Response


class Right(StrEnum):
    """What somebody may do. `PUBLIC` is everybody; the others belong to staff."""

    PUBLIC = "public"
    STAFF = "staff"
    CONSULTATION_CREATE = "consultation.create"
    CONSULTATION_EDIT = "consultation.edit"
    CONSULTATION_MANAGE = "consultation.manage"
    FIGURES_READ = "figures.read"
    RESPONSES_READ = "responses.read"
    RESPONSES_EXPORT = "responses.export"
    REVIEW_READ = "review.read"
    REVIEW_EDIT = "review.edit"
    EVIDENCE_EDIT = "evidence.edit"
    ROLL_MANAGE = "roll.manage"
    STAFF_MANAGE = "staff.manage"


ROLES: dict[str, frozenset[Right]] = {
    "admin": frozenset(Right),
    "facilitator": frozenset(
        {
            Right.STAFF,
            Right.CONSULTATION_CREATE,
            Right.CONSULTATION_EDIT,
            Right.CONSULTATION_MANAGE,
            Right.FIGURES_READ,
            Right.REVIEW_READ,
            Right.RESPONSES_EXPORT,
            Right.EVIDENCE_EDIT,
            Right.ROLL_MANAGE,
        }
    ),
    "reviewer": frozenset(
        {
            Right.STAFF,
            Right.FIGURES_READ,
            Right.RESPONSES_READ,
            Right.REVIEW_READ,
            Right.REVIEW_EDIT,
            Right.EVIDENCE_EDIT,
        }
    ),
}

PERMISSIONS: dict[str, Right] = {
    "static": Right.PUBLIC,
    "security.login": Right.PUBLIC,
    "security.logout": Right.PUBLIC,
    "security.verify": Right.STAFF,
    "security.change_password": Right.STAFF,
    "security.two_factor_setup": Right.STAFF,
    "security.two_factor_setup_validate": Right.STAFF,
    "security.two_factor_token_validation": Right.PUBLIC,
    "security.two_factor_rescue": Right.PUBLIC,
    "security.two_factor_select": Right.PUBLIC,
    "security.mf_recovery": Right.PUBLIC,
    "security.mf_recovery_codes": Right.STAFF,
}


def grant(endpoints: dict[str, Right]) -> None:
    """Add a room's routes to the table; refuses a second entry for one route."""
    for endpoint, right in endpoints.items():
        if PERMISSIONS.setdefault(endpoint, right) != right:
            raise ValueError(f"{endpoint} is in the permission table twice")


def rights_of(staff) -> frozenset[Right]:
    """All rights that the roles of this member of staff give."""
    return frozenset().union(*(ROLES.get(role.name, frozenset()) for role in staff.roles))


def has_right(right: Right) -> bool:
    """Whether whoever asks now has this right by role (a consultation may restrict or add, see its own check)."""
    if right is Right.PUBLIC:
        return True
    return bool(current_user.is_authenticated and current_user.active and right in rights_of(current_user))


def init_app(app: Flask) -> None:
    """Ask the table before every request."""
    _load_no_identities(app)

    @app.before_request
    def check() -> Response | None:
        endpoint = request.endpoint
        if endpoint is None:
            return None  # no such page: the 404 follows
        right = PERMISSIONS.get(endpoint)
        if right is None:
            current_app.logger.error("the route %s names no permission", endpoint)
            abort(403)
        if right is Right.PUBLIC:
            return None
        if not current_user.is_authenticated:
            if request.method not in ("GET", "HEAD"):
                abort(403)
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        # Who has a membership of one consultation may hold more there than the role gives: its own check decides.
        if not has_right(right) and "slug" not in (request.view_args or {}):
            abort(403)
        return None


def _load_no_identities(app: Flask) -> None:
    """Take away the hook by which Flask-Principal, a part of Flask-Security, works out before every request
    an identity that nothing here asks for: the table above asks the member of staff."""
    hooks = app.before_request_funcs[None]
    hooks[:] = [hook for hook in hooks if not isinstance(getattr(hook, "__self__", None), Principal)]
