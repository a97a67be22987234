"""Beginning the codebook of a question with themes that are there already."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right, has_right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.consultations.queries import consultation_by_slug, consultations_for
from consult.extensions import current_session
from consult.i18n import error_text, language
from consult.review import codebook_import, codebook_start, queries, requests, views
from consult.review.blueprint import blueprint
from consult.review.codebook_file import Entry
from consult.review.codebook_views import said_of
from consult.review.errors import ReviewError
from consult.review.scope import Scope
from consult.transaction import commits


@blueprint.get("/question/<question_id>/codebook/start")
def codebook_beginnings(slug: str, question_id: str) -> str:
    """What the codebook of this question can begin with."""
    consultation = load_consultation(slug)
    return _page(consultation, question_id)


@blueprint.post("/question/<question_id>/codebook/start")
@commits
def start_codebook(slug: str, question_id: str) -> Response | tuple[str, int]:
    """Take the chosen themes over as accepted ones, and let the machine place the answers into them."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    chosen = request.form.get("start", "")
    if not chosen:
        return _page(consultation, question_id, problem=_("Choose what to begin with.")), 422
    session, scope = current_session(), Scope(consultation.id, question_id)
    entries = _entries(consultation, chosen)
    try:
        with session.begin_nested():
            taken = codebook_import.add_themes(
                session,
                consultation_id=consultation.id,
                question_id=question_id,
                entries=entries,
                by_id=current_user.id,
            )
    except ReviewError as error:
        return _page(consultation, question_id, problem=error_text(error)), 422
    flash(said_of(taken))
    if taken.new:
        requests.gather_readable(session, consultation)
        if queries.question_figures(session, scope).base:
            requests.request_full(session, scope, by_id=current_user.id)
            flash(_("The machine now looks which answers belong to them."))
    return redirect(url_for("review.question", slug=slug, question_id=question_id), 303)


def _entries(consultation: Consultation, chosen: str) -> list[Entry]:
    """The themes behind a choice of the page; 404 for what cannot be chosen."""
    kind, _sign, rest = chosen.partition(":")
    if kind == "template":
        template = next((one for one in codebook_start.templates() if one.key == rest), None)
        first = consultation.default_language
        others = [code for code in consultation.languages if code != first]
        return codebook_start.template_entries(template or abort(404), [first, *others])
    slug, _sign, question_id = rest.partition("/")
    other = consultation_by_slug(current_session(), slug)
    if other is None or not may(other, Right.RESPONSES_READ):
        abort(404)
    if question_id not in requests.questions_to_code(current_session(), other):
        abort(404)
    return codebook_start.accepted_entries(current_session(), Scope(other.id, question_id))


def _page(consultation: Consultation, question_id: str, *, problem: str = "") -> str:
    asked = views.asked_question(consultation, question_id)
    session = current_session()
    sees_all = has_right(Right.STAFF_MANAGE)
    others = [
        other
        for other in consultations_for(session, staff_id=current_user.id, sees_all=sees_all)
        if may(other, Right.RESPONSES_READ)
    ]
    found = codebook_start.beginnings(session, others, but=Scope(consultation.id, question_id))
    labels = {
        (other.id, question.id): question.label
        for other in {one.consultation.id: one.consultation for one in found}.values()
        for question in views.readable_questions(other)
    }
    return render_template(
        "review/codebook_start.html",
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        beginnings=[
            (one, labels[one.consultation.id, one.question_id])
            for one in found
            if (one.consultation.id, one.question_id) in labels
        ],
        templates=codebook_start.templates(),
        language=language(),
        problem=problem,
    )
