"""The addresses of the workshop, and who may use them."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from consult.access.permissions import Right
from consult.places import Place

blueprint = Blueprint("review", __name__, url_prefix="/manage/<slug>/review")
PERMISSIONS = {
    "review.overview": Right.REVIEW_READ,
    "review.question": Right.REVIEW_READ,
    "review.progress": Right.REVIEW_READ,
    "review.theme": Right.RESPONSES_READ,
    "review.answers": Right.RESPONSES_READ,
    "review.search": Right.RESPONSES_READ,
    "review.changes": Right.REVIEW_READ,
    "review.redaction": Right.RESPONSES_READ,
    "review.redact": Right.REVIEW_EDIT,
    "review.coding_queue": Right.REVIEW_EDIT,
    "review.save_coding": Right.REVIEW_EDIT,
    "review.passages": Right.REVIEW_EDIT,
    "review.code_passage": Right.REVIEW_EDIT,
    "review.drop_passage": Right.REVIEW_EDIT,
    "review.double_coding": Right.REVIEW_EDIT,
    "review.begin_double": Right.REVIEW_EDIT,
    "review.blind": Right.REVIEW_EDIT,
    "review.save_blind": Right.REVIEW_EDIT,
    "review.agreement": Right.REVIEW_EDIT,
    "review.blind_codings": Right.REVIEW_EDIT,
    "review.settle": Right.REVIEW_EDIT,
    "review.codebook": Right.RESPONSES_READ,
    "review.take_codebook": Right.REVIEW_EDIT,
    "review.codebook_preview": Right.REVIEW_EDIT,
    "review.confirm_codebook": Right.REVIEW_EDIT,
    "review.codebook_version_list": Right.RESPONSES_READ,
    "review.fix_codebook": Right.REVIEW_EDIT,
    "review.codebook_version": Right.RESPONSES_READ,
    "review.bare_version": Right.REVIEW_EDIT,
    "review.compare_codebooks": Right.RESPONSES_READ,
    "review.codebook_beginnings": Right.REVIEW_EDIT,
    "review.start_codebook": Right.REVIEW_EDIT,
    "review.run": Right.REVIEW_EDIT,
    "review.add_theme": Right.REVIEW_EDIT,
    "review.change_themes": Right.REVIEW_EDIT,
    "review.decide": Right.REVIEW_EDIT,
    "review.name_theme": Right.REVIEW_EDIT,
    "review.merge_theme": Right.REVIEW_EDIT,
    "review.split_theme": Right.REVIEW_EDIT,
    "review.code": Right.REVIEW_EDIT,
    "review.undo": Right.REVIEW_EDIT,
}
PLACES = (
    Place(key="review", label=_l("Review"), endpoint="review.overview", right=Right.REVIEW_READ, order=40),
)
