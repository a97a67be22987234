"""Changing: every button of the workshop. Load, one call, redirect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import Field

from consult.access import audit
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import current_session
from consult.forms import sent_id
from consult.i18n import error_text
from consult.review import changes, coding, errors, queries, requests, runs, services, views
from consult.review.blueprint import blueprint
from consult.review.errors import ReviewError
from consult.review.forms import NewThemeForm, ThemeForm
from consult.review.models import Theme
from consult.review.presentation import address_of, filters_from, page_number
from consult.review.scope import Scope
from consult.transaction import commits

DECISIONS: dict[str, Callable[..., None]] = {
    "accept": services.accept_theme,
    "retire": services.retire_theme,
    "restore": services.restore_theme,
}
GRAIN = {"fewer": 0.6, "usual": 1.0, "more": 1.7}
"""The slider: how fine the machine cuts (`ThemeOptions.resolution`)."""


@blueprint.post("/question/<question_id>/run")
@commits
def run(slug: str, question_id: str) -> Response:
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    if request.form.get("action") == "cancel":
        active = runs.active_run(current_session(), consultation_id=consultation.id, question_id=question_id)
        if active is not None:
            runs.cancel_run(current_session(), active)
            flash(_("Stopped. The themes are as they were."))
        return _to_question(slug, question_id)
    requests.gather_readable(current_session(), consultation)
    options = {"resolution": GRAIN.get(request.form.get("grain", ""), 1.0)}
    scope = Scope(consultation.id, question_id)
    requests.request_full(current_session(), scope, by_id=current_user.id, options=options)
    audit.record(current_session(), "themes.requested", consultation_slug=slug, question=question_id)
    return redirect(url_for("review.progress", slug=slug, question_id=question_id))


@blueprint.post("/question/<question_id>/themes")
@commits
def add_theme(slug: str, question_id: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    form = NewThemeForm.bound(consultation.languages)()
    if not form.validate_on_submit():
        return views.question_page(consultation, question_id, form=form), 422 if form.errors else 200
    try:
        with current_session().begin_nested():
            services.add_theme(
                current_session(),
                consultation_id=consultation.id,
                question_id=question_id,
                name=form.name.data,
                by_id=current_user.id,
            )
    except ReviewError as error:
        form.name.errors = [error_text(error)]
        return views.question_page(consultation, question_id, form=form), 422
    flash(_("Added. Move answers into it, or let the machine look again."))
    return _to_question(slug, question_id)


@blueprint.post("/question/<question_id>/change")
@commits
def change_themes(slug: str, question_id: str) -> Response:
    """Accept all suggested themes, or merge the ticked ones into the chosen one."""
    consultation = load_consultation(slug)
    if request.form.get("action") == "accept-all":
        count = services.accept_all(
            current_session(), consultation_id=consultation.id, question_id=question_id, by_id=current_user.id
        )
        flash(ngettext("%(num)s theme accepted.", "%(num)s themes accepted.", count))
        return _to_question(slug, question_id)
    target = _theme(consultation, request.form.get("into"))
    ticked = [_theme(consultation, value) for value in request.form.getlist("theme")]
    sources = [theme for theme in ticked if theme is not None and theme is not target]
    if target is None or not sources:
        flash(_("Tick the themes to merge, and choose the one that they go into."))
        return _to_question(slug, question_id)
    _try(lambda: services.merge_themes(current_session(), sources=sources, target=target, by_id=current_user.id),
         _("Merged. You can undo this under “Changes”."))  # fmt: skip
    return _to_question(slug, question_id)


@blueprint.post("/theme/<int:theme_id>/decide")
@commits
def decide(slug: str, theme_id: int) -> Response:
    consultation = load_consultation(slug)
    theme = _theme(consultation, str(theme_id)) or abort(404)
    verb = DECISIONS.get(request.form.get("action", "")) or abort(400)
    _try(lambda: verb(current_session(), theme, by_id=current_user.id), _("Saved."))
    if request.form.get("back") == "question":
        return _to_question(slug, theme.question_id)
    return redirect(url_for("review.theme", slug=slug, theme_id=theme_id))


@blueprint.post("/theme/<int:theme_id>/name")
@commits
def name_theme(slug: str, theme_id: int) -> Response | tuple[str, int]:
    """Save the codebook entry: names and what belongs here."""
    consultation = load_consultation(slug)
    theme = _theme(consultation, str(theme_id)) or abort(404)
    languages = list(dict.fromkeys([*consultation.languages, *theme.name]))
    form = ThemeForm.bound(languages)(obj=theme)
    if not form.validate_on_submit():
        return views.theme_page(consultation, theme_id, form=form), 422 if form.errors else 200
    try:
        with current_session().begin_nested():
            for field, deed in _deeds(form, consultation, theme):
                _blaming(field, deed)
    except ReviewError:
        return views.theme_page(consultation, theme_id, form=form), 422
    flash(_("Saved."))
    return redirect(url_for("review.theme", slug=slug, theme_id=theme_id))


def _deeds(
    form: ThemeForm, consultation: Consultation, theme: Theme
) -> Iterator[tuple[Field, Callable[[], object]]]:
    """What saving a codebook entry does, each with the field that an error of it belongs to."""
    session, by_id = current_session(), current_user.id
    texts: dict[str, Any] = {key: form[key].data or "" for key in services.TEXTS}
    yield form.name, lambda: services.rename_theme(session, theme, name=form.name.data, by_id=by_id)
    yield form.definition, lambda: services.describe_theme(session, theme, by_id=by_id, **texts)
    if form.mark.name in request.form:
        yield form.mark, lambda: services.mark_theme(session, theme, mark=form.mark.data or "", by_id=by_id)
    if form.parent.name in request.form:
        yield form.parent, lambda: _place(consultation, theme, form.parent.data, by_id)


def _blaming(field: Field, deed: Callable[[], object]) -> None:
    """Do it; what is wrong is said at the field."""
    try:
        deed()
    except ReviewError as error:
        field.errors = [error_text(error)]
        raise


def _place(consultation: Consultation, theme: Theme, chosen: str, by_id: int) -> None:
    parent = _theme(consultation, chosen)
    if chosen and parent is None:
        raise errors.theme_is_gone()
    services.place_under(current_session(), theme, parent=parent, by_id=by_id)


@blueprint.post("/theme/<int:theme_id>/merge")
@commits
def merge_theme(slug: str, theme_id: int) -> Response:
    consultation = load_consultation(slug)
    theme = _theme(consultation, str(theme_id)) or abort(404)
    target = _theme(consultation, request.form.get("into"))
    if target is None:
        flash(_("Choose another theme."))
        return redirect(url_for("review.theme", slug=slug, theme_id=theme_id))
    done = _try(
        lambda: services.merge_themes(
            current_session(), sources=[theme], target=target, by_id=current_user.id
        ),
        _("Merged. You can undo this under “Changes”."),
    )
    return redirect(url_for("review.theme", slug=slug, theme_id=target.id if done else theme_id))


@blueprint.post("/theme/<int:theme_id>/split")
@commits
def split_theme(slug: str, theme_id: int) -> Response:
    """Take the ticked answers into a new theme."""
    consultation = load_consultation(slug)
    theme = _theme(consultation, str(theme_id)) or abort(404)
    ticked = [_excerpt(consultation, value) for value in request.form.getlist("excerpt")]
    excerpts = [excerpt for excerpt in ticked if excerpt is not None]
    name = {request.form.get("name-language", ""): request.form.get("name", "")}
    name = {code: text for code, text in name.items() if code in consultation.languages}
    _try(
        lambda: services.split_theme(
            current_session(), theme, excerpts=excerpts, name=name, by_id=current_user.id
        ),
        _("The ticked answers are in a theme of their own now."),
    )
    return redirect(url_for("review.theme", slug=slug, theme_id=theme_id))


@blueprint.post("/excerpt/<int:excerpt_id>")
@commits
def code(slug: str, excerpt_id: int) -> Response:
    """Move an answer to another theme, put it into one more, or say that it does not belong here."""
    consultation = load_consultation(slug)
    excerpt = _excerpt(consultation, str(excerpt_id)) or abort(404)
    source = _theme(consultation, request.form.get("from"))
    target = _theme(consultation, request.form.get("into"))
    action = request.form.get("action")
    if action in ("move", "also") and target is None:
        flash(_("Choose a theme first."))
    else:
        _try(lambda: _code(excerpt, action, source, target), _("Saved."))
    return _back(slug, excerpt, source)


def _code(excerpt: Excerpt, action: str | None, source: Theme | None, target: Theme | None) -> None:
    session, by_id = current_session(), current_user.id
    if action == "move" and target is not None:
        coding.move_excerpt(session, excerpt, source=source, target=target, by_id=by_id)
    elif action == "also" and target is not None:
        coding.add_to_theme(session, excerpt, theme=target, by_id=by_id)
    elif action == "remove" and source is not None:
        coding.remove_from_theme(session, excerpt, theme=source, by_id=by_id)
    elif action == "none":
        coding.code_excerpt(session, excerpt, themes=[], by_id=by_id)
    else:
        abort(400)


@blueprint.post("/changes/<int:change_id>/undo")
@commits
def undo(slug: str, change_id: int) -> Response:
    consultation = load_consultation(slug)
    change = queries.change_with(current_session(), consultation.id, change_id) or abort(404)
    _try(lambda: changes.undo_change(current_session(), change, by_id=current_user.id), _("Undone."))
    return redirect(url_for("review.changes", slug=slug))


def _try(deed: Callable[[], object], message: str) -> bool:
    """Do it and say so, or say why not; whether it was done."""
    try:
        with current_session().begin_nested():
            deed()
    except ReviewError as error:
        flash(error_text(error))
        return False
    except IntegrityError:  # the same button was pressed twice in one moment
        flash(_(runs.FAILED))
        return False
    flash(message)
    return True


def _theme(consultation: Consultation, value: str | None) -> Theme | None:
    number = sent_id(value)
    return None if number is None else queries.theme_with(current_session(), consultation.id, number)


def _excerpt(consultation: Consultation, value: str | None) -> Excerpt | None:
    number = sent_id(value)
    return None if number is None else queries.excerpt_with(current_session(), consultation.id, number)


def _to_question(slug: str, question_id: str | None) -> Response:
    if question_id is None:
        return redirect(url_for("review.overview", slug=slug))
    return redirect(url_for("review.question", slug=slug, question_id=question_id))


def _back(slug: str, excerpt: Excerpt, source: Theme | None) -> Response:
    """To the list from which the button was pressed, with its filters."""
    arguments: dict[str, Any] = address_of(filters_from(request.form)) | {"page": str(page_number(request))}
    if source is not None:
        return redirect(url_for("review.theme", slug=slug, theme_id=source.id, **arguments))
    return redirect(url_for("review.answers", slug=slug, question_id=excerpt.question_id, **arguments))
