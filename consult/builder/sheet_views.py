"""Translations out to a workbook and in again: a preview of what would change, then the confirmation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import freshness, sheets
from consult.builder.blueprint import save
from consult.builder.services import definition_of
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.files import attachment, sent_file
from consult.i18n import shown_digits
from consult.tabular import TableError
from consult.transaction import commits
from surveys.definition import Definition
from surveys.text import is_safe_label
from surveys.translations import with_texts

blueprint = Blueprint("sheets", __name__, url_prefix="/manage/<slug>/survey/translations")
PERMISSIONS = {f"sheets.{name}": Right.CONSULTATION_EDIT for name in ("choose", "download", "check", "take")}


@blueprint.get("")
def choose(slug: str) -> str:
    return _page(load_consultation(slug))


@blueprint.get("/workbook")
def download(slug: str) -> Response:
    """All texts for translators, one sheet a language."""
    consultation = load_consultation(slug)
    definition = definition_of(consultation)
    stale = freshness.stale_in(current_session(), consultation.survey_id, definition)
    return attachment(sheets.translation_workbook(definition, stale), f"{slug}-translations", "xlsx")


@blueprint.post("")
def check(slug: str) -> str | tuple[str, int]:
    """Read the workbook and show what it would change; nothing is changed yet."""
    consultation = load_consultation(slug)
    definition = definition_of(consultation)
    try:
        with sent_file() as file:
            plan = sheets.read_translations(file.path, definition)
    except (SurveyError, TableError) as error:
        return _page(consultation, error=_(error.message) % error.params), 422
    return _page(consultation, plan=plan)


@blueprint.post("/take")
@commits
def take(slug: str) -> Response | tuple[str, int]:
    """Put in what the preview showed: inputs ``t:LANGUAGE:KEY`` with the words, ``s:…`` with the source's hash."""
    consultation = load_consultation(slug)
    definition = definition_of(consultation)
    words = _sent_words(definition)
    try:
        save(consultation, with_texts(definition, words), "translation")
    except SurveyError as error:
        return _page(consultation, error=_(error.message)), 422
    for key, by_language in words.items():
        for code, text in by_language.items():
            source_hash = request.form.get(f"s:{code}:{key}", "")
            if len(source_hash) == 64:
                freshness.note_source(
                    current_session(),
                    survey_id=consultation.survey_id,
                    key=key,
                    language=code,
                    words=text,
                    source_hash=source_hash,
                )
    count = sum(len(by_language) for by_language in words.values())
    text = ngettext("%(num)s translation was taken.", "%(num)s translations were taken.", count)
    flash(shown_digits(text))
    return redirect(url_for("builder.survey", slug=slug), 303)


def _sent_words(definition: Definition) -> dict[str, dict[str, str]]:
    """Key → language → words, as confirmed; what is no language of the survey or no safe text is left out."""
    found: dict[str, dict[str, str]] = {}
    for name, typed in request.form.items():
        mark, _colon, rest = name.partition(":")
        code, _colon, key = rest.partition(":")
        words = typed.replace("\r\n", "\n").strip()
        if mark == "t" and code in sheets.targets_of(definition) and words and is_safe_label(words):
            found.setdefault(key, {})[code] = words
    return found


def _page(consultation: Consultation, *, plan: sheets.Plan | None = None, error: str = "") -> str:
    definition = definition_of(consultation)
    return render_template(
        "builder/sheets.html",
        consultation=consultation,
        targets=sheets.targets_of(definition),
        source=definition.default_language,
        plan=plan,
        error=error,
        revision=consultation.survey.draft_revision,
    )
