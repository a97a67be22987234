"""The question library of a survey: search, tick, insert; keeping one's own questions; whole templates."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import library, saved, services
from consult.builder.blueprint import place_in_list, save
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.i18n import shown_digits
from consult.transaction import commits
from surveys import editing

blueprint = Blueprint("library", __name__, url_prefix="/manage/<slug>/survey")
PERMISSIONS = {
    f"library.{name}": Right.CONSULTATION_EDIT
    for name in ("page", "insert", "keep", "forget", "insert_template")
}
OWN = "own"
"""The topic under which the organisation's questions are listed alone."""
NEW_SECTION = "new"


@blueprint.get("/library")
def page(slug: str) -> str:
    return _page(load_consultation(slug))


@blueprint.post("/library")
@commits
def insert(slug: str) -> Response | tuple[str, int]:
    """Copies of the ticked questions at the end of a section, or in a new one."""
    consultation = load_consultation(slug)
    known = {item.key: item.question for item in _all_items()}
    chosen = [known[key] for key in request.form.getlist("question") if key in known]
    if not chosen:
        return _page(consultation, nothing_chosen=True), 422
    definition = services.definition_of(consultation)
    section_id = request.form.get("section", NEW_SECTION)
    if section_id not in {section.id for section in definition.sections}:
        definition, section = services.with_new_section(definition)
        section_id = section.id
    definition, copies = library.with_questions(definition, section_id, chosen)
    try:
        save(consultation, definition, "library")
    except SurveyError as error:
        return _page(consultation, refusal=error), 422
    count = len(copies)
    words = ngettext("%(num)s question was inserted.", "%(num)s questions were inserted.", count)
    flash(shown_digits(words))
    return redirect(place_in_list(slug, copies[0].id), 303)


@blueprint.post("/library/template")
@commits
def insert_template(slug: str) -> Response | tuple[str, int]:
    """The pages of a template behind those of the survey."""
    consultation = load_consultation(slug)
    template = library.templates().get(request.form.get("template", ""))
    if template is None:
        abort(400)
    definition = library.with_template(services.definition_of(consultation), template)
    try:
        save(consultation, definition, "template")
    except SurveyError as error:
        return _page(consultation, refusal=error), 422
    return redirect(url_for("builder.survey", slug=slug), 303)


@blueprint.post("/questions/<question_id>/keep")
@commits
def keep(slug: str, question_id: str) -> Response:
    """Keep a question of this survey in the organisation's library."""
    consultation = load_consultation(slug)
    question = services.definition_of(consultation).question(question_id)
    try:
        saved.keep_question(
            current_session(), question, topic=request.form.get("topic", ""), saved_by=current_user.email
        )
        flash(_("The question is in your organisation's library."))
    except SurveyError as error:
        flash(str(error))
    return redirect(place_in_list(slug, question_id), 303)


@blueprint.post("/library/forget")
@commits
def forget(slug: str) -> Response:
    load_consultation(slug)
    saved.forget_question(current_session(), request.form.get("question", ""))
    flash(_("The question was taken out of the library."))
    return redirect(url_for("library.page", slug=slug, topic=OWN), 303)


def _all_items() -> list[library.Item]:
    return [*saved.saved_items(current_session()), *library.library_items().values()]


def _page(
    consultation: Consultation, *, nothing_chosen: bool = False, refusal: SurveyError | None = None
) -> str:
    words, topic = request.args.get("q", "").strip(), request.args.get("topic", "")
    own = saved.saved_items(current_session())
    items = [] if topic == OWN else library.search(library.library_items().values(), words, topic)
    definition = services.definition_of(consultation)
    return render_template(
        "builder/library.html",
        consultation=consultation,
        own=library.search(own, words) if topic in ("", OWN) else [],
        groups=[(library.TOPICS[key], list(found)) for key, found in groupby(items, lambda item: item.topic)],
        count=len(items),
        topics=library.TOPICS,
        templates=list(library.templates().values()) if not words and not topic else [],
        names=editing.names_in(definition),
        sections=definition.sections,
        into=request.args.get("section", ""),
        words=words,
        topic=topic,
        revision=consultation.survey.draft_revision,
        nothing_chosen=nothing_chosen,
        refusal=refusal,
        ticked=request.form.getlist("question"),
    )
