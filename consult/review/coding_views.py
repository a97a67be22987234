"""Coding one answer after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.evidence.labels import KINDS
from consult.evidence.models import Excerpt
from consult.extensions import current_session
from consult.forms import sent_id, sent_ids
from consult.i18n import error_text, is_language_switch, language
from consult.review import coding, errors, queries, queue, redaction_queries, services, views
from consult.review.blueprint import blueprint
from consult.review.errors import ReviewError
from consult.review.filter_links import chosen_links, filter_lists
from consult.review.models import MOST_NAME, MOST_TEXT, STANCES
from consult.review.presentation import address_of, filters_from
from consult.review.scope import Scope
from consult.review.surroundings import surroundings_of
from consult.transaction import commits
from surveys.text import is_safe_label


@dataclass(slots=True)
class Sent:
    """What a coder sent about an excerpt, as it stands in the form."""

    themes: list[int] = field(default_factory=list)
    is_none: bool = False
    new_theme: str = ""
    stance: str | None = None
    memo: str = ""
    needs_redaction: bool = False
    problem: str = ""


@blueprint.get("/question/<question_id>/code")
def coding_queue(slug: str, question_id: str) -> str | Response:
    """The next answer of the queue, or the one that the address names."""
    consultation = load_consultation(slug)
    _check_may_read(consultation)
    views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    named = _excerpt(scope, request.args.get("excerpt"))
    filters = queries.with_dimension(session, scope, filters_from(request.args))
    excerpt = named or queue.next_excerpt(
        session, scope, filters, after=_excerpt(scope, request.args.get("after"))
    )
    if excerpt is None:
        return _page(consultation, question_id, None, filters=filters)
    views.log_reading(slug, question=question_id, excerpt=excerpt.id)
    return _page(consultation, question_id, _excerpt(scope, str(excerpt.id)), filters=filters)


@blueprint.post("/question/<question_id>/code")
@commits
def save_coding(slug: str, question_id: str) -> Response | tuple[str, int] | str:
    """Save what the coder says, and go on with the next answer."""
    consultation = load_consultation(slug)
    _check_may_read(consultation)
    views.asked_question(consultation, question_id)
    excerpt = _excerpt(Scope(consultation.id, question_id), request.form.get("excerpt")) or abort(404)
    sent = _sent()
    if is_language_switch():
        return _shown_again(consultation, question_id, excerpt, sent)
    sent.problem = _problem(sent)
    if not sent.problem:
        try:
            with current_session().begin_nested():
                _save(consultation, excerpt, sent)
        except ReviewError as error:
            sent.problem = error_text(error)
    if sent.problem:
        return _shown_again(consultation, question_id, excerpt, sent), 422
    flash(_("Saved."))
    place: dict[str, Any] = address_of(filters_from(request.args)) | {"after": str(excerpt.id)}
    return redirect(url_for("review.coding_queue", slug=slug, question_id=question_id, **place), 303)


def _shown_again(consultation: Consultation, question_id: str, excerpt: Excerpt, sent: Sent) -> str:
    """The page in answer to a form. That the answer is shown is recorded here too: nothing else is kept."""
    views.log_reading(consultation.slug, question=question_id, excerpt=excerpt.id)
    return _page(consultation, question_id, excerpt, sent)


def _page(
    consultation: Consultation,
    question_id: str,
    excerpt: Excerpt | None,
    sent: Sent | None = None,
    *,
    filters: queries.Filters | None = None,
) -> str:
    session, scope = current_session(), Scope(consultation.id, question_id)
    filters = filters or queries.with_dimension(session, scope, filters_from(request.args))
    task = queue.task_of(session, scope, excerpt, coder_id=current_user.id) if excerpt is not None else None
    questions = {asked.id: asked for asked in views.readable_questions(consultation)}
    return render_template(
        "review/coding.html",
        consultation=consultation,
        question_id=question_id,
        asked=questions[question_id],
        labels={asked.id: asked.label for asked in questions.values()},
        others={asked.id: asked.label for asked in questions.values() if asked.id != question_id},
        task=task,
        round=surroundings_of(session, consultation, excerpt) if excerpt is not None else None,
        kinds=KINDS,
        pieces=redaction_queries.pieces_of(session, [excerpt])[excerpt.id] if excerpt is not None else (),
        sent=sent or (_known(task) if task else None),
        marks=queries.marks_of(session, scope),
        progress=queue.progress(session, scope, filters),
        languages=queries.language_counts(session, scope, filters),
        filters=filters,
        chosen_filters=chosen_links(session, scope, filters),
        lists=filter_lists(session, consultation, scope, filters, queries.themes_of(session, scope))
        if views.asks_for_filters()
        else None,
        address=address_of(filters),
        stances=STANCES,
        most_memo=MOST_TEXT,
        most_name=MOST_NAME,
    )


def _known(task: queue.Task) -> Sent:
    """What this coder has said before."""
    return Sent(
        themes=[offer.theme.id for offer in task.offers if offer.is_mine],
        is_none=task.is_none,
        stance=task.stance,
        memo=task.note.memo if task.note else "",
        needs_redaction=bool(task.note and task.note.needs_redaction),
    )


def _sent() -> Sent:
    form = request.form
    stance = form.get("stance")
    return Sent(
        themes=sent_ids(form, "theme"),
        is_none="none" in form,
        new_theme=" ".join(form.get("new_theme", "").split()),
        stance=stance if stance in STANCES else None,
        memo=form.get("memo", ""),
        needs_redaction="needs_redaction" in form,
    )


def _problem(sent: Sent) -> str:
    """What is wrong with what was sent, in words; empty when it can be saved."""
    has_theme = bool(sent.themes or sent.new_theme)
    if not has_theme and not sent.is_none:
        return error_text(errors.tick_or_none())
    if has_theme and sent.is_none:
        return error_text(errors.not_both())
    if len(sent.new_theme) > MOST_NAME or len(sent.memo) > MOST_TEXT:
        return _("This is too long.")
    if not is_safe_label(sent.new_theme):
        return _("This text has hidden signs that change the direction of writing. Please type it again.")
    return ""


def _save(consultation: Consultation, excerpt: Excerpt, sent: Sent) -> None:
    session, by_id = current_session(), current_user.id
    themes = coding.ticked_themes(session, consultation.id, sent.themes)
    if sent.new_theme:
        code = language() if language() in consultation.languages else consultation.default_language
        themes.append(
            services.theme_named(
                session, excerpt.consultation_id, excerpt.question_id, {code: sent.new_theme}, by_id=by_id
            )
        )
    coding.code_excerpt(session, excerpt, themes=themes, by_id=by_id)
    coding.set_stance(session, excerpt, value=sent.stance, by_id=by_id)
    coding.note_excerpt(session, excerpt, memo=sent.memo, needs_redaction=sent.needs_redaction, by_id=by_id)


def _excerpt(scope: Scope, value: str | None) -> Excerpt | None:
    """A whole answer to this question; None for anything else in its place."""
    number = sent_id(value)
    if number is None:
        return None
    found = queries.excerpt_with(current_session(), scope.consultation_id, number)
    is_ours = found is not None and found.question_id == scope.question_id and found.part_of_id is None
    return found if is_ours else None


def _check_may_read(consultation: Consultation) -> None:
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)
