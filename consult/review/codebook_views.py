"""The codebook of a question as a file, out and in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.access import audit
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.files import attachment, sent_file
from consult.i18n import error_text
from consult.review import codebook_file, queries, services, views
from consult.review.blueprint import blueprint
from consult.review.codebook_file import CodebookFileError, Entry
from consult.review.scope import Scope
from consult.tabular import UPLOAD, TableError, read_table
from consult.transaction import commits, writing
from surveys.errors import SurveyError
from surveys.i18n import N_


@blueprint.get("/question/<question_id>/codebook.<any(csv, qdc):format>")
def codebook(slug: str, question_id: str, format: str) -> Response:
    """The themes in use, for a spreadsheet or for another program for coding. Examples may be people's own words,
    so that it was taken is recorded."""
    with writing() as session:
        audit.record(
            session, "codebook.exported", consultation_slug=slug, question=question_id, format=format
        )
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    entries = _entries(current_session(), Scope(consultation.id, question_id))
    languages = _languages(consultation)
    if format == "csv":
        data = codebook_file.write_csv(entries, languages)
    else:
        data = codebook_file.write_qdc(entries, language=languages[0], origin=f"Mashura {slug} {question_id}")
    return attachment(data, f"{slug}-codebook", format)


@blueprint.post("/question/<question_id>/codebook")
@commits
def take_codebook(slug: str, question_id: str) -> Response:
    """Take the themes of a file over: a table with the column `theme`, or a REFI-QDA codebook."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    try:
        entries = _read(_languages(consultation))
    except (SurveyError, TableError) as error:
        flash(error_text(error) if isinstance(error, SurveyError) else _(error.message) % error.params)
        return _back(slug, question_id)
    new, known = services.add_themes(
        current_session(),
        consultation_id=consultation.id,
        question_id=question_id,
        entries=entries,
        by_id=current_user.id,
    )
    flash(
        ngettext("%(num)s theme was taken over.", "%(num)s themes were taken over.", new)
        + (" " + _("There already, by name: %(count)s.", count=known) if known else "")
    )
    return _back(slug, question_id)


def _read(languages: Sequence[str]) -> list[Entry]:
    with sent_file() as (path, _name):
        with path.open("rb") as file:
            looks_like_xml = codebook_file.is_qdc(file.read(64))
        if looks_like_xml:
            if path.stat().st_size > UPLOAD.bytes:
                raise CodebookFileError("too_large", N_("This file is too large."))
            return codebook_file.read_qdc(path.read_bytes(), languages[0])
        return codebook_file.read_table_of_themes(read_table(path, limits=UPLOAD), languages)


def _entries(session: Session, scope: Scope) -> list[Entry]:
    lines = queries.question_figures(session, scope, has_quotes=False).themes
    themes = sorted((line.theme for line in lines), key=lambda theme: (theme.position, theme.id))
    places = {theme.id: place for place, theme in enumerate(themes)}
    return [
        Entry(
            names=dict(theme.name),
            parent=places.get(theme.parent_id) if theme.parent_id else None,
            **{key: getattr(theme, key) for key in services.TEXTS},
        )
        for theme in themes
    ]


def _languages(consultation: Consultation) -> list[str]:
    first = consultation.default_language
    return [first, *(code for code in consultation.languages if code != first)]


def _back(slug: str, question_id: str) -> Response:
    return redirect(url_for("review.question", slug=slug, question_id=question_id), 303)
