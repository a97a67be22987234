"""The page on which the staff take a report, and the public one of a published consultation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField, RadioField, SelectChoice

from consult.access import audit
from consult.access.again import is_own_password
from consult.access.permissions import Right
from consult.config import LANGUAGES
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation, Status
from consult.consultations.queries import consultation_by_slug
from consult.errors import DomainError
from consult.extensions import current_session
from consult.files import MEDIA_TYPES, attachment
from consult.forms import BaseForm
from consult.i18n import LANGUAGE_NAMES, error_text, language
from consult.places import Place
from consult.reports.consultation_report import INTERNAL, PUBLIC
from consult.reports.gathering import check_ended
from consult.reports.kept import KINDS, public_report
from consult.reports.making import make_report
from consult.reports.pdf import NoPdfError
from consult.reports.report_page import policy_of
from consult.summary.parts import parts_of
from consult.summary.queries import signed_summaries
from consult.transaction import writing

blueprint = Blueprint("report", __name__)
PERMISSIONS = {
    "report.choose": Right.REVIEW_READ,
    "report.take": Right.REVIEW_READ,
    "report.public": Right.PUBLIC,
}
PLACES = (
    Place(key="report", label=_l("Report"), endpoint="report.choose", right=Right.REVIEW_READ, order=48),
)
FILES = {
    "pdf": _l("PDF, to print and send"),
    "docx": _l("Word document (DOCX), to work on"),
    "html": _l("Web page (HTML), one file"),
    "xlsx": _l("Excel workbook (XLSX), the figures as tables"),
}
PUBLIC_LABEL = _l("For everybody: only what is signed and may be quoted, no figure of fewer than 10 answers")
INTERNAL_LABEL = _l("Internal: also what is not signed yet, and every excerpt")
NO_PDF = _l("This server cannot make PDF files: the library Pango is missing. Choose another file.")
KEPT_SECONDS = 300
AGAIN_SECONDS = 5


class ReportForm(BaseForm):
    """Which report, and the password where single answers leave."""

    format = RadioField(_l("File"), choices=[SelectChoice(*item) for item in FILES.items()], default="pdf")
    language = RadioField(_l("Language of the report"))
    edition = RadioField(_l("Edition"), default=PUBLIC)
    password = PasswordField(
        _l("Your password"), description=_l("Asked for the internal edition, each time.")
    )


@blueprint.get("/manage/<slug>/report")
def choose(slug: str) -> str:
    consultation = load_consultation(slug)
    return _page(consultation, _form(consultation, None))


@blueprint.post("/manage/<slug>/report")
def take(slug: str) -> Response | str | tuple[str, int]:
    """The file. An internal one asks for the password, and that it was taken is written down first."""
    consultation = load_consultation(slug)
    form = _form(consultation, request.form)
    if not form.validate_on_submit():
        return _page(consultation, form), 422 if form.errors else 200
    kind, edition, code = str(form.format.data), str(form.edition.data), str(form.language.data)
    try:
        check_ended(consultation)
    except DomainError as error:
        return _page(consultation, form, refusal=error_text(error)), 422
    if edition == INTERNAL:
        if not is_own_password(form.password):
            return _page(load_consultation(slug), form), 422
        with writing() as session:
            audit.record(session, "report.exported", consultation_slug=slug, format=kind, language=code)
        consultation = load_consultation(slug)
    try:
        made = make_report(
            current_session(),
            consultation,
            language=code,
            edition=edition,
            kind=kind,
            digits=current_app.config["SHOWN_DIGITS"],
        )
    except DomainError as error:
        return _page(load_consultation(slug), form, refusal=error_text(error)), 422
    except NoPdfError:
        return _page(load_consultation(slug), form, refusal=str(NO_PDF)), 422
    name = f"{slug}-report-{code}" + ("-internal" if edition == INTERNAL else "")
    return attachment(made, name, kind)


@blueprint.get("/c/<slug>/results/report-<code>.<kind>")
def public(slug: str, code: str, kind: str) -> Response | tuple[str, int, dict[str, str]]:
    """The public edition of a published consultation. It is made once; who asks meanwhile is told to wait."""
    consultation = consultation_by_slug(current_session(), slug)
    if consultation is None or kind not in KINDS or code not in LANGUAGES:
        abort(404)
    if consultation.status != Status.PUBLISHED or code not in consultation.languages:
        return redirect(url_for("results.page", slug=slug))
    try:
        made = public_report(consultation, language=code, kind=kind)
    except (DomainError, NoPdfError):
        return redirect(url_for("results.page", slug=slug))
    if made is None:
        waiting = render_template("reports/waiting.html")
        return waiting, 503, {"Refresh": str(AGAIN_SECONDS), "Retry-After": str(AGAIN_SECONDS)}
    response = current_app.response_class(made, content_type=MEDIA_TYPES[kind])
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    if kind == "html":
        response.headers["Content-Security-Policy"] = policy_of(made.decode("utf-8"))
    else:
        response.headers.set("Content-Disposition", "inline", filename=f"{slug}-{code}.pdf")
    return response.make_conditional(request)


def _form(consultation: Consultation, sent: Any) -> ReportForm:
    form = ReportForm(sent)
    form.language.choices = [SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
    form.edition.choices = [SelectChoice(PUBLIC, PUBLIC_LABEL)]
    if may(consultation, Right.RESPONSES_READ):
        form.edition.choices.append(SelectChoice(INTERNAL, INTERNAL_LABEL))
    if sent is None:
        form.language.data = language()
    return form


def _page(consultation: Consultation, form: ReportForm, *, refusal: str = "") -> str:
    session = current_session()
    return render_template(
        "reports/report.html",
        consultation=consultation,
        form=form,
        refusal=refusal,
        signed=signed_summaries(session, consultation.id),
        labels={one.question_id: one.label for one in parts_of(consultation)},
        is_over=consultation.status not in (Status.DRAFT, Status.SCHEDULED, Status.OPEN),
        can_take_all=may(consultation, Right.RESPONSES_READ),
    )
