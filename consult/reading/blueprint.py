"""The addresses of the reading pages, and who may use them."""

from __future__ import annotations

from flask import Blueprint

from consult.access.permissions import Right
from consult.places import Place

blueprint = Blueprint("reading", __name__, url_prefix="/manage/<slug>/review")
# A test of two groups and a weighted share say more than single counts do: they are for who may read the answers.
PERMISSIONS = {
    "reading.heat_map": Right.REVIEW_READ,
    "reading.together": Right.REVIEW_READ,
    "reading.compare": Right.RESPONSES_READ,
    "reading.weighted": Right.RESPONSES_READ,
    "reading.sources": Right.REVIEW_READ,
}
PLACES: tuple[Place, ...] = ()
