"""The public page of results."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.config import LANGUAGES
from consult.consultations.models import Status
from consult.consultations.queries import consultation_by_slug
from consult.extensions import current_session
from consult.i18n import language, offer_languages
from consult.reports.published import published_results

blueprint = Blueprint("results", __name__)
PERMISSIONS = {"results.page": Right.PUBLIC}


@blueprint.get("/c/<slug>/results")
def page(slug: str) -> str | Response:
    """What was heard, once it is published; before that the way leads to the start page."""
    consultation = consultation_by_slug(current_session(), slug)
    if consultation is None:
        abort(404)
    if consultation.status != Status.PUBLISHED:
        return redirect(url_for("answering.start", slug=slug))
    offer_languages(consultation.languages, consultation.default_language)
    return render_template(
        "reports/results.html",
        consultation=consultation,
        report_languages=[code for code in LANGUAGES if code in consultation.languages],
        results=published_results(current_session(), consultation, language=language()),
    )
