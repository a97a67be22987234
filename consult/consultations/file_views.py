"""The files that came with the answers, for staff who may take responses out. Never shown in a page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, send_file
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField

from consult.access import audit
from consult.access.again import is_own_password
from consult.access.permissions import Right
from consult.consultations import export, uploads
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.forms import BaseForm
from consult.places import Place
from consult.transaction import writing
from surveys.elements import Question
from surveys.queries import submitted_documents, versions_of
from surveys.questions import type_of
from surveys.text import Text

blueprint = Blueprint("files", __name__, url_prefix="/manage/<slug>/files")
PERMISSIONS = {"files.listing": Right.RESPONSES_EXPORT, "files.download": Right.RESPONSES_EXPORT}
PLACES = (
    Place(key="files", label=_l("Files"), endpoint="files.listing", right=Right.RESPONSES_EXPORT, order=56),
)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a response: `file` is its id, `name` what the person called it, `size` in bytes."""

    response: str
    question: Text
    file: str
    name: str
    size: int


class PasswordForm(BaseForm):
    """The password once more, before something leaves the house that can show who sent it."""

    password = PasswordField(
        _l("Your password"), description=_l("Asked each time, because a file can show who sent it.")
    )


@blueprint.get("")
def listing(slug: str) -> str:
    return _listing(load_consultation(slug), PasswordForm(formdata=None))


@blueprint.post("")
def download(slug: str) -> Response | str | tuple[str, int]:
    """The file itself, to keep and never to show: no browser may guess what it is."""
    form = PasswordForm()
    consultation = load_consultation(slug)
    if not form.validate_on_submit() or not is_own_password(form.password):
        return _listing(load_consultation(slug), form), 422 if form.password.errors else 200
    consultation, file = load_consultation(slug), request.form.get("file", "")
    found = next((item for item in _sent_files(consultation) if item.file == file), None)
    path = uploads.path_of(file, survey_id=consultation.survey_id) if found else None
    if found is None or path is None:
        abort(404)
    with writing() as session:
        audit.record(session, "file.downloaded", consultation_slug=slug, file=file)
    response = send_file(
        path, "application/octet-stream", as_attachment=True, download_name=found.name, max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _listing(consultation: Consultation, form: PasswordForm) -> str:
    return render_template(
        "consultations/files.html", consultation=consultation, files=_sent_files(consultation), form=form
    )


def _sent_files(consultation: Consultation) -> list[SentFile]:
    """Every file of the submitted responses, in the order they came.

    Raises DomainError while an anonymous consultation is open, as every export does.
    """
    export.responses_of(current_session(), consultation)
    asked = {
        version.id: [q for q in version.definition.questions() if type_of(q).takes_file]
        for version in versions_of(current_session(), consultation.survey_id)
    }
    if not any(asked.values()):
        return []
    return [
        SentFile(row.public_id, question.label, value["file"], value["name"], value["size"])
        for row in submitted_documents(current_session(), consultation.survey_id)
        for question in asked[row.version_id]
        for value in _values(row.answers, question)
    ]


def _values(answers: dict, question: Question) -> list[dict]:
    """The question's answer, or one for each round in which it was given."""
    rounds = [item for value in answers.values() if isinstance(value, list) for item in value]
    found = [answers.get(question.id), *(item.get(question.id) for item in rounds if isinstance(item, dict))]
    return [value for value in found if isinstance(value, dict) and "file" in value]
