"""The addresses of summaries, and who may use them."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from consult.access.permissions import Right
from consult.places import Place

blueprint = Blueprint("summary", __name__, url_prefix="/manage/<slug>/summary")
PERMISSIONS = {
    "summary.listing": Right.REVIEW_READ,
    "summary.begin": Right.REVIEW_EDIT,
    "summary.edit": Right.REVIEW_EDIT,
    "summary.save": Right.REVIEW_EDIT,
    "summary.quotes": Right.REVIEW_EDIT,
    "summary.add_quotes": Right.REVIEW_EDIT,
    "summary.signing": Right.REVIEW_EDIT,
    "summary.sign": Right.REVIEW_EDIT,
    "summary.take_figures": Right.REVIEW_EDIT,
    "summary.version": Right.REVIEW_READ,
    "summary.compare": Right.RESPONSES_READ,
}
PLACES = (
    Place(key="summary", label=_l("Summary"), endpoint="summary.listing", right=Right.REVIEW_READ, order=42),
)
WHOLE = "whole-consultation"
"""Stands for a question in addresses; no question has a hyphen in its id, but GATHERED."""
