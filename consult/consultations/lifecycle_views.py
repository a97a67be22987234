"""The staff's pages about a consultation as a whole: list, making, settings, opening, closing, export."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right, has_right
from consult.consultations import checks, progress, queries, retention, services
from consult.consultations.access import load_consultation, may
from consult.consultations.forms import (
    ConsultationForm,
    LifecycleForm,
    NewConsultationForm,
    access_and_privacy,
)
from consult.consultations.quota_progress import quota_progress
from consult.errors import DomainError, SurveyError
from consult.extensions import current_session
from consult.i18n import error_text, language
from consult.places import Place
from consult.transaction import commits
from surveys import queries as survey_queries

blueprint = Blueprint("manage", __name__, url_prefix="/manage")
PERMISSIONS = {
    "manage.listing": Right.STAFF,
    "manage.new": Right.CONSULTATION_CREATE,
    "manage.create": Right.CONSULTATION_CREATE,
    "manage.overview": Right.STAFF,
    "manage.settings": Right.CONSULTATION_EDIT,
    "manage.save_settings": Right.CONSULTATION_EDIT,
    "manage.change_status": Right.CONSULTATION_MANAGE,
}
PLACES = (
    Place(key="overview", label=_l("Overview"), endpoint="manage.overview", right=Right.STAFF, order=10),
    Place(
        key="settings",
        label=_l("Settings"),
        endpoint="manage.settings",
        right=Right.CONSULTATION_EDIT,
        order=20,
    ),
)
STEPS: dict[str, Callable] = {
    "open": services.open_consultation,
    "schedule": services.schedule_consultation,
    "unschedule": services.unschedule_consultation,
    "close": services.close_consultation,
    "publish": services.publish_consultation,
    "unpublish": services.unpublish_consultation,
}


@blueprint.get("/")
def listing() -> str:
    rows = queries.consultations_for(
        current_session(), staff_id=current_user.id, sees_all=has_right(Right.STAFF_MANAGE)
    )
    return render_template(
        "consultations/listing.html",
        consultations=rows,
        counts=progress.counts_of(current_session(), rows),
        can_create=has_right(Right.CONSULTATION_CREATE),
    )


@blueprint.get("/new")
def new() -> str:
    return render_template("consultations/new.html", form=NewConsultationForm(languages=[language()]))


@blueprint.post("/new")
@commits
def create() -> Response | str | tuple[str, int]:
    form = NewConsultationForm()
    if form.validate_on_submit():
        chosen = form.languages.data or []
        first = language() if language() in chosen else chosen[0]
        access, privacy = access_and_privacy(form.mode.data or "open")
        try:
            consultation = services.create_consultation(
                current_session(),
                slug=form.slug.data or "",
                title={first: form.title.data or ""},
                languages=chosen,
                default_language=first,
                access=access,
                privacy=privacy,
                creator=current_user,
                timezone=request.form.get("timezone", ""),
            )
        except SurveyError as error:
            form.slug.errors = [error_text(error)]
        else:
            flash(_("The consultation is there, as a draft. Say who asks and why, then make the survey."))
            return redirect(url_for("manage.settings", slug=consultation.slug))
    return render_template("consultations/new.html", form=form), _status(form)


@blueprint.get("/<slug>/")
def overview(slug: str) -> str:
    return _overview(slug)


@blueprint.get("/<slug>/settings")
def settings(slug: str) -> str:
    consultation = load_consultation(slug)
    form = ConsultationForm.for_consultation(consultation, None)
    return render_template("consultations/settings.html", consultation=consultation, form=form)


@blueprint.post("/<slug>/settings")
@commits
def save_settings(slug: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    form = ConsultationForm.for_consultation(consultation, request.form)
    if form.validate_on_submit():
        try:
            access, privacy = access_and_privacy(form.mode.data)
            services.choose_mode(current_session(), consultation, access=access, privacy=privacy)
            services.describe_consultation(
                current_session(), consultation, editor=current_user, **_description(form)
            )
        except SurveyError as error:
            form.languages.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("manage.settings", slug=slug))
    return render_template("consultations/settings.html", consultation=consultation, form=form), _status(form)


@blueprint.post("/<slug>/status")
@commits
def change_status(slug: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    form = LifecycleForm()
    step = request.form.get("action", "")
    if not form.validate_on_submit() or step not in STEPS:
        return _overview(slug)
    try:
        if step in ("open", "schedule") and _missing(consultation):
            raise DomainError("not_ready", _("Do first what is listed below; then open the consultation."))
        STEPS[step](current_session(), consultation)
    except SurveyError as error:
        return _overview(slug, refusal=error), 422
    return redirect(url_for("manage.overview", slug=slug))


def _overview(slug: str, *, refusal: SurveyError | None = None) -> str:
    consultation = load_consultation(slug)
    return render_template(
        "consultations/overview.html",
        consultation=consultation,
        form=LifecycleForm(formdata=None),
        missing=_missing(consultation),
        count=progress.counts_of(current_session(), [consultation])[consultation.id],
        can_manage=may(consultation, Right.CONSULTATION_MANAGE),
        is_overdue=services.is_overdue(consultation),
        roll_due_at=retention.roll_due_at(consultation),
        answers_due_at=retention.answers_due_at(consultation),
        quotas=quota_progress(current_session(), consultation),
        refusal=refusal,
    )


def _missing(consultation) -> list[checks.Missing]:
    definition = survey_queries.draft_definition(consultation.survey)
    return checks.missing_before_opening(current_session(), consultation, definition)


def _description(form: ConsultationForm) -> dict[str, object]:
    names = (
        *form.localized,
        "iap2_level",
        "languages",
        "default_language",
        "timezone",
        "opens_at",
        "closes_at",
        "keep_roll_months",
        "keep_answers_months",
    )
    return {name: form[name].data for name in (*names, "is_restricted")}


def _status(form) -> int:
    return 422 if form.errors else 200
