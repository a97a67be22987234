"""The addresses of the reading pages, and who may use them."""

from __future__ import annotations

from flask import Blueprint

from consult.access.permissions import Right
from consult.places import Place

blueprint = Blueprint("reading", __name__, url_prefix="/manage/<slug>/review")
# Many tables of the same answers, each with cells withheld, would give one another's away: so they are all for who may
# read the answers themselves, and show exact counts. Others see the theme table, the signed summary and the report.
PERMISSIONS = {
    "reading.heat_map": Right.RESPONSES_READ,
    "reading.together": Right.RESPONSES_READ,
    "reading.compare": Right.RESPONSES_READ,
    "reading.weighted": Right.RESPONSES_READ,
    "reading.sources": Right.RESPONSES_READ,
}
PLACES: tuple[Place, ...] = ()
