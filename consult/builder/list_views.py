"""Bringing questions from a file into the survey, and taking them out as a plain list."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import list_files
from consult.builder.blueprint import languages_of, save, sent_revision
from consult.builder.services import definition_of
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.files import attachment, sent_file
from consult.i18n import LANGUAGE_NAMES, is_language_switch, language
from consult.transaction import commits
from surveys import editing
from surveys.definition import Definition
from surveys.queries import latest_version
from surveys.questionlist import QuestionListError
from surveys.xlsform.notices import Notice

blueprint = Blueprint("lists", __name__, url_prefix="/manage/<slug>/survey")
PERMISSIONS = {
    f"lists.{name}": Right.CONSULTATION_EDIT for name in ("page", "bring_in", "example", "take_out")
}
KINDS = ("csv", "xlsx")
MOST_SHOWN = 50
SUFFIXES = (".csv", ".xlsx", ".xls", ".txt", ".tsv")


@blueprint.get("/import")
def page(slug: str) -> str:
    return _page(load_consultation(slug))


@blueprint.post("/import")
@commits
def bring_in(slug: str) -> Response | str | tuple[str, int]:
    """Put the questions of a file behind the others, or in their place where nothing is published yet."""
    consultation = load_consultation(slug)
    if is_language_switch():
        return _page(consultation)
    try:
        found, notices = _sent_survey(consultation)
        definition = definition_of(consultation)
        if request.form.get("place") == "instead" and not _is_published(consultation):
            thanks = {} if found.thanks else definition.thanks
            definition = replace(definition, sections=(), quotas=(), screen_outs=(), thanks=thanks)
        # With ids of their own: undoing may bring back what they replaced, and publish it beside them.
        definition = editing.join(definition, found)
        save(consultation, definition, "import")
    except QuestionListError as error:
        return _page(consultation, refusal=error, notices=error.problems), 422
    except SurveyError as error:
        return _page(consultation, refusal=error), 422
    number = sum(len(section.questions) for section in found.sections)
    flash(ngettext("%(num)s question was taken over.", "%(num)s questions were taken over.", number))
    if notices:
        return _page(load_consultation(slug), notices=notices, is_done=True)
    return redirect(url_for("builder.survey", slug=slug), 303)


@blueprint.get("/example.<kind>")
def example(slug: str, kind: str) -> Response:
    """A short list to begin with, in the page's language."""
    load_consultation(slug)
    if kind not in KINDS:
        abort(404)
    return attachment(
        list_files.example_file(kind=kind, language=language()), f"questions-{language()}", kind
    )


@blueprint.get("/questions.<kind>")
def take_out(slug: str, kind: str) -> Response:
    """The survey in the making as a plain list."""
    consultation = load_consultation(slug)
    if kind not in KINDS:
        abort(404)
    content, _notices = list_files.list_file(definition_of(consultation), kind=kind, language=language())
    return attachment(content, f"{slug}-questions", kind)


def _sent_survey(consultation: Consultation) -> tuple[Definition, tuple[Notice, ...]]:
    with sent_file() as file:
        path = file.path if file.path.suffix in SUFFIXES else file.path.rename(file.path.with_suffix(".csv"))
        return list_files.read_survey_file(path, languages=languages_of(consultation))


def _is_published(consultation: Consultation) -> bool:
    return latest_version(current_session(), consultation.survey_id) is not None


def _page(
    consultation: Consultation,
    *,
    refusal: SurveyError | None = None,
    notices: tuple[Notice, ...] = (),
    is_done: bool = False,
) -> str:
    return render_template(
        "builder/import.html",
        consultation=consultation,
        revision=sent_revision(consultation),
        has_questions=any(True for _question in definition_of(consultation).questions()),
        is_published=_is_published(consultation),
        refusal=refusal,
        notices=notices[:MOST_SHOWN],
        more=max(0, len(notices) - MOST_SHOWN),
        is_done=is_done,
        page_language=LANGUAGE_NAMES[language()],
    )
