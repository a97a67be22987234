"""Test mode: trying out a survey that is not open yet, on the very pages on which people will answer it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.builder.services import save_for_trial
from consult.consultations.access import load_consultation
from consult.consultations.asked import asked_consultation
from consult.consultations.models import Status
from consult.consultations.visit import Visit, begin_visit, remember, submission_key
from consult.errors import DomainError, SurveyError
from consult.extensions import current_session
from consult.i18n import language, shown_digits
from consult.transaction import commits
from surveys import drafts
from surveys import services as survey_services
from surveys.i18n import N_

blueprint = Blueprint("testing", __name__, url_prefix="/manage/<slug>/survey/test")
PERMISSIONS = {"testing.begin": Right.CONSULTATION_EDIT, "testing.delete": Right.CONSULTATION_EDIT}
BEFORE_OPENING = (Status.DRAFT, Status.SCHEDULED)


@blueprint.post("")
@commits
def begin(slug: str) -> Response | tuple[str, int]:
    """Open the survey as it stands on this device, as a person who answers it would find it."""
    consultation = load_consultation(slug)
    session = current_session()
    try:
        if consultation.status not in BEFORE_OPENING:
            raise DomainError("opened", N_("Test mode ends when the consultation opens. Use the preview."))
        version = save_for_trial(session, consultation=consultation)
    except SurveyError as error:
        return render_template("builder/not_ready.html", consultation=consultation, refusal=error), 422
    asked = asked_consultation(session, slug)
    assert asked is not None
    visit = Visit(asked=asked, code="")
    begin_visit(visit)
    drafts.begin_draft(
        session,
        version=version,
        submission_key=submission_key(visit.code),
        language=language(),
        answers={},
        is_test=True,
        token=visit.code,
    )
    return remember(redirect(url_for("answering.page", slug=slug, number=1), 303), visit)


@blueprint.post("/delete")
@commits
def delete(slug: str) -> Response:
    """Delete all test responses, also those begun and not sent."""
    consultation = load_consultation(slug)
    session = current_session()
    count = survey_services.delete_test_responses(session, survey_id=consultation.survey_id)
    audit.record(session, "test_responses.deleted", consultation_slug=slug, count=count)
    words = ngettext("%(num)s test response was deleted.", "%(num)s test responses were deleted.", count)
    flash(shown_digits(words) if count else _("There were no test responses."))
    return redirect(url_for("builder.survey", slug=slug), 303)
