"""The addresses of evidence, and who may use them."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from consult.access.permissions import Right
from consult.places import Place

blueprint = Blueprint("evidence", __name__, url_prefix="/manage/<slug>/evidence")
PERMISSIONS = {
    f"evidence.{name}": Right.EVIDENCE_EDIT
    for name in (
        "listing", "new", "make", "source", "edit", "save", "remove", "excerpt", "change_excerpt", "remove_excerpt",
        "bring", "send", "columns", "choose_columns", "preview", "adjust", "channel", "call", "take_call",
    )
}  # fmt: skip
PLACES = (
    Place(
        key="evidence", label=_l("Evidence"), endpoint="evidence.listing", right=Right.EVIDENCE_EDIT, order=38
    ),
)
