"""Coding a part of an answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import current_session
from consult.forms import sent_ids
from consult.i18n import error_text, is_language_switch
from consult.review import coding, passages, queries, views
from consult.review.blueprint import blueprint
from consult.review.errors import ReviewError
from consult.review.passages import Span
from consult.review.scope import Scope
from consult.transaction import commits


@blueprint.get("/excerpt/<int:excerpt_id>/parts", endpoint="passages")
def parts(slug: str, excerpt_id: int) -> str:
    """A text with the parts that are coded by themselves, and a form for a further one."""
    consultation = load_consultation(slug)
    whole = _whole(consultation, excerpt_id)
    views.log_reading(slug, question=whole.question_id, excerpt=excerpt_id)
    return _page(consultation, _whole(consultation, excerpt_id))


@blueprint.post("/excerpt/<int:excerpt_id>/parts")
@commits
def code_passage(slug: str, excerpt_id: int) -> Response | str | tuple[str, int]:
    """Say what a part of the text is about."""
    consultation = load_consultation(slug)
    whole = _whole(consultation, excerpt_id)
    if is_language_switch():
        return _shown_again(consultation, excerpt_id)
    try:
        with current_session().begin_nested():
            session, ticked = current_session(), sent_ids(request.form, "theme")
            themes = coding.ticked_themes(session, consultation.id, ticked)
            passages.code_passage(session, whole, _span(whole), themes=themes, by_id=current_user.id)
    except ReviewError as error:
        return _shown_again(consultation, excerpt_id, problem=error), 422
    flash(_("Saved."))
    return _back(slug, excerpt_id)


@blueprint.post("/excerpt/<int:excerpt_id>/parts/<int:part_id>/drop")
@commits
def drop_passage(slug: str, excerpt_id: int, part_id: int) -> Response:
    """Take the themes off a part."""
    consultation = load_consultation(slug)
    _whole(consultation, excerpt_id)
    part = queries.excerpt_with(current_session(), consultation.id, part_id)
    if part is None or part.part_of_id != excerpt_id:
        abort(404)
    passages.drop_passage(current_session(), part, by_id=current_user.id)
    flash(_("Removed. It can be undone under “Changes”."))
    return _back(slug, excerpt_id)


def _span(whole: Excerpt) -> Span:
    """What was typed counts before what was ticked."""
    words = request.form.get("words", "").strip()
    return (
        passages.typed_span(whole.text, words)
        if words
        else passages.ticked_span(whole.text, sent_ids(request.form, "sentence"))
    )


def _shown_again(consultation: Consultation, excerpt_id: int, *, problem: ReviewError | None = None) -> str:
    """The page in answer to a form. That the text is shown is recorded here too: nothing else is kept."""
    views.log_reading(consultation.slug, excerpt=excerpt_id)
    return _page(consultation, _whole(consultation, excerpt_id), problem=problem)


def _page(consultation: Consultation, whole: Excerpt, *, problem: ReviewError | None = None) -> str:
    session, scope = current_session(), Scope(consultation.id, str(whole.question_id))
    themes = [theme for theme in queries.themes_in(session, scope) if theme.status != "retired"]
    return render_template(
        "review/passages.html",
        consultation=consultation,
        excerpt=whole,
        label=views.asked_question(consultation, scope.question_id).label,
        passages=passages.passages_of(session, whole),
        sentences=[whole.text[start:end] for start, end in passages.sentence_spans(whole.text)],
        themes=themes,
        sentence=sent_ids(request.form, "sentence"),
        words=request.form.get("words", ""),
        ticked=sent_ids(request.form, "theme"),
        problem=error_text(problem) if problem else "",
        at="themes" if problem and problem.code in ("theme_needed", "theme_is_gone") else "which",
    )


def _whole(consultation: Consultation, excerpt_id: int) -> Excerpt:
    """A whole text of a question that is coded; 403 without the right to read it, 404 for anything else."""
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)
    found = queries.excerpt_with(current_session(), consultation.id, excerpt_id)
    if found is None or found.part_of_id is not None or found.question_id is None:
        abort(404)
    views.asked_question(consultation, found.question_id)
    return found


def _back(slug: str, excerpt_id: int) -> Response:
    return redirect(url_for("review.passages", slug=slug, excerpt_id=excerpt_id), 303)
