"""After an anonymous consultation has closed: the list of receipts, signed, for everybody to check."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.ballots.manifest import make_manifest, signed_text, signing_key
from consult.ballots.slots import slot_set_of
from consult.consultations import queries
from consult.consultations.clock import close_if_due
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.extensions import current_session
from consult.i18n import offer_languages
from surveys.i18n import N_

MOST_ON_A_PAGE = 1000
blueprint = Blueprint("receipts", __name__, url_prefix="/c/<slug>")
PERMISSIONS = {f"receipts.{name}": Right.PUBLIC for name in ("listing", "as_json", "as_text")}


def manifest_of(consultation: Consultation) -> dict[str, Any]:
    """The signed manifest. Raises DomainError for a consultation that is not anonymous or not closed."""
    slot_set = slot_set_of(current_session(), consultation.id)
    if slot_set is None or slot_set.receipts is None or consultation.closed_at is None:
        raise DomainError(
            "no_manifest",
            N_("Only an anonymous consultation has a list of receipts, and only after it is closed."),
        )
    return make_manifest(
        signing_key(current_app.config["RECEIPTS_KEY"]),
        consultation=consultation.slug,
        closed_on=consultation.closed_at.date(),
        receipts=slot_set.receipts,
    )


def manifest_bytes(consultation: Consultation) -> bytes:
    """The manifest as it is written to a file: the same bytes each time."""
    return (json.dumps(manifest_of(consultation), ensure_ascii=False, indent=2) + "\n").encode()


def _consultation(slug: str) -> Consultation:
    """404 for one without a list."""
    consultation = queries.consultation_by_slug(current_session(), slug)
    if consultation is None:
        abort(404)
    if close_if_due(consultation):
        current_session().expire_all()
    slot_set = slot_set_of(current_session(), consultation.id)
    if slot_set is None or slot_set.receipts is None:
        abort(404)
    offer_languages(consultation.languages, consultation.default_language)
    return consultation


@blueprint.get("/receipts")
def listing(slug: str) -> str:
    """All receipts, and how to look for one's own. Many are shown by their first sign, so that a page stays small."""
    consultation = _consultation(slug)
    manifest = manifest_of(consultation)
    firsts = sorted({receipt[0] for receipt in manifest["receipts"]})
    first = request.args.get("first", "")[:1].upper()
    if len(manifest["receipts"]) <= MOST_ON_A_PAGE:
        firsts, shown = [], manifest["receipts"]
    else:
        shown = [receipt for receipt in manifest["receipts"] if receipt[0] == first]
    return render_template(
        "answer/anonymous/receipts.html",
        consultation=consultation,
        manifest=manifest,
        firsts=firsts,
        first=first,
        shown=shown,
    )


@blueprint.get("/receipts.json")
def as_json(slug: str) -> Response:
    response = make_response(manifest_bytes(_consultation(slug)))
    response.content_type = "application/json; charset=utf-8"
    return response


@blueprint.get("/receipts.txt")
def as_text(slug: str) -> Response:
    """What is signed, byte by byte."""
    consultation = _consultation(slug)
    manifest = manifest_of(consultation)
    assert consultation.closed_at is not None
    closed_on = consultation.closed_at.date()
    words = signed_text(consultation=slug, closed_on=closed_on, receipts=manifest["receipts"])
    response = make_response(words)
    response.content_type = "text/plain; charset=utf-8"
    return response
