"""The public page of the feedback channel: one form, without script, that keeps what was typed."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.access.brake import too_much_feedback
from consult.access.permissions import Right
from consult.consultations.models import Consultation
from consult.consultations.queries import consultation_by_slug
from consult.evidence import feedback
from consult.evidence.forms import FeedbackForm
from consult.evidence.queries import feedback_channel
from consult.extensions import current_session
from consult.i18n import error_text, language, offer_languages
from consult.stakeholders.queries import groups_on_roll
from consult.transaction import commits
from surveys.errors import SurveyError
from surveys.models import utc_now

blueprint = Blueprint("feedback", __name__, url_prefix="/c/<slug>/feedback")
PERMISSIONS = {f"feedback.{name}": Right.PUBLIC for name in ("page", "send", "thanks")}


@blueprint.get("")
def page(slug: str) -> str | tuple[str, int]:
    consultation, is_open = _consultation(slug)
    if not is_open:
        return _closed(consultation)
    form = FeedbackForm(formdata=None, key=feedback.new_key())
    return _page(consultation, form.offer(groups_on_roll(current_session(), consultation.id)))


@blueprint.post("")
def send(slug: str) -> Response | str | tuple[str, int]:
    """Keep a message. It is counted before it is kept, in a transaction of its own; nobody is told apart."""
    consultation, is_open = _consultation(slug)
    if not is_open:
        return _closed(consultation)
    form = FeedbackForm().offer(groups_on_roll(current_session(), consultation.id))
    if not form.validate_on_submit():
        return _page(consultation, form), 422 if form.errors else 200
    if (form.text.data or "").strip() and too_much_feedback(consultation.id):
        consultation, is_open = _consultation(slug)
        form.text.errors = [
            _("Very many messages are coming in just now. Yours is still here: send it again in ten minutes.")
        ]
        return _page(consultation, form), 429
    return _keep(slug, form)


@commits
def _keep(slug: str, form: FeedbackForm) -> Response | tuple[str, int]:
    consultation, is_open = _consultation(slug)
    if not is_open:
        return _closed(consultation)
    try:
        feedback.take_feedback(
            current_session(),
            consultation,
            language=language(),
            today=utc_now().date(),
            **form.values,
        )
    except SurveyError as error:
        form.text.errors = [error_text(error)]
        return _page(consultation, form), 422
    return redirect(url_for("feedback.thanks", slug=slug), 303)


@blueprint.get("/thanks")
def thanks(slug: str) -> str | tuple[str, int]:
    consultation, is_open = _consultation(slug)
    return render_template("evidence/thanks.html", consultation=consultation, is_open=is_open)


def _consultation(slug: str) -> tuple[Consultation, bool]:
    """A consultation that has, or had, a feedback channel, and whether it is open; else 404."""
    session = current_session()
    consultation = consultation_by_slug(session, slug)
    channel = feedback_channel(session, consultation.id) if consultation else None
    if consultation is None or channel is None:
        abort(404)
    offer_languages(consultation.languages, consultation.default_language)
    return consultation, channel.is_open and consultation.answers_erased_at is None


def _closed(consultation: Consultation) -> tuple[str, int]:
    return render_template("evidence/feedback_closed.html", consultation=consultation), 410


def _page(consultation: Consultation, form: FeedbackForm) -> str:
    return render_template("evidence/feedback.html", consultation=consultation, form=form)
