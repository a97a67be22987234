"""The page on which responses are taken out as a file. It asks for the password again each time."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file
from wtforms import BooleanField, PasswordField, RadioField, SelectChoice, SelectField

from consult.access import audit
from consult.access.again import is_own_password
from consult.access.permissions import Right
from consult.consultations import export, progress
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.files import MEDIA_TYPES
from consult.forms import BaseForm
from consult.i18n import LANGUAGE_NAMES, error_text, language
from consult.places import Place
from consult.transaction import writing
from surveys.queries import latest_version

blueprint = Blueprint("exports", __name__, url_prefix="/manage/<slug>/export")
PERMISSIONS = {"exports.choose": Right.RESPONSES_EXPORT, "exports.take": Right.RESPONSES_EXPORT}
PLACES = (
    Place(
        key="export", label=_l("Export"), endpoint="exports.choose", right=Right.RESPONSES_EXPORT, order=55
    ),
)
FORMATS = {
    "xlsx": _l("Excel workbook (XLSX), with a codebook"),
    "csv": _l("CSV, for a spreadsheet"),
    "sav": _l("SPSS (SAV), with labels"),
    "json": _l("JSON, for a program"),
}
VALUES = {
    "both": _l("Both, where the format has room (a workbook); elsewhere codes"),
    "codes": _l("Codes"),
    "labels": _l("Labels"),
}


class ExportForm(BaseForm):
    """How the file is to be, and the password."""

    format = RadioField(_l("File"), choices=[SelectChoice(*item) for item in FORMATS.items()], default="xlsx")
    language = SelectField(
        _l("Language of labels"),
        description=_l("In SPSS and workbooks, questions and answers are named in this language."),
    )
    values = RadioField(
        _l("Answers chosen from a list are written as"),
        choices=[SelectChoice(*item) for item in VALUES.items()],
        default="both",
    )
    spread = BooleanField(_l("Several choices also as one column an option (1 or 0)"))
    titles = BooleanField(_l("Columns are headed by the questions’ words instead of their short names"))
    password = PasswordField(
        _l("Your password"),
        description=_l("Asked each time, because this file can show who gave which answer."),
    )


@blueprint.get("")
def choose(slug: str) -> str:
    consultation = load_consultation(slug)
    return _page(consultation, _form(consultation, None))


@blueprint.post("")
def take(slug: str) -> Response | str | tuple[str, int]:
    """All responses as a file; that it was taken is written down with who took it."""
    consultation = load_consultation(slug)
    form = _form(consultation, request.form)
    if not form.validate_on_submit():
        return _page(consultation, form), 422 if form.errors else 200
    if not is_own_password(form.password):
        return _page(load_consultation(slug), form), 422
    kind = str(form.format.data)
    chosen: dict[str, Any] = {name: form[name].data for name in ("language", "values", "spread", "titles")}
    with writing() as session:  # written down first, and apart: nobody who answers waits for a file
        audit.record(session, "responses.exported", consultation_slug=slug, format=kind, **chosen)
    try:
        return _file(load_consultation(slug), kind, chosen)
    except SurveyError as error:
        return _page(load_consultation(slug), form, refusal=error), 422


def _form(consultation: Consultation, sent: Any) -> ExportForm:
    version = latest_version(current_session(), consultation.survey_id)
    languages = version.definition.languages if version else tuple(consultation.languages)
    form = ExportForm(sent)
    form.language.choices = [SelectChoice(code, LANGUAGE_NAMES.get(code, code)) for code in languages]
    if sent is None and language() in languages:
        form.language.data = language()
    return form


def _file(consultation: Consultation, kind: str, chosen: dict[str, Any]) -> Response:
    """Written to the disk first: it may be large, and an error must still become a page."""
    table = export.responses_of(current_session(), consultation)
    choices = export.choices_for(table, **chosen)
    held = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        is_zip = export.write_file(table, kind=kind, out=held, choices=choices)
    except BaseException:
        held.close()
        raise
    held.seek(0)
    response = current_app.response_class(
        wrap_file(request.environ, held),
        content_type=export.ZIP if is_zip else MEDIA_TYPES[kind],
        direct_passthrough=True,
    )
    name = f"{consultation.slug}-responses.{'zip' if is_zip else kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _page(consultation: Consultation, form: ExportForm, *, refusal: SurveyError | None = None) -> str:
    return render_template(
        "consultations/export.html",
        consultation=consultation,
        form=form,
        count=progress.counts_of(current_session(), [consultation])[consultation.id],
        refusal=error_text(refusal) if refusal else "",
    )
