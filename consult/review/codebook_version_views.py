"""Versions of a codebook: fixing one, the list, one of them, and what differs between two."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.i18n import error_text, shown_digits
from consult.review import codebook_versions, runs, views
from consult.review.blueprint import blueprint
from consult.review.codebook_versions import CURRENT, Comparison, FixedTheme
from consult.review.errors import ReviewError
from consult.review.forms import VersionForm
from consult.review.scope import Scope
from consult.transaction import commits


@blueprint.get("/question/<question_id>/codebook/versions")
def codebook_version_list(slug: str, question_id: str) -> str:
    """The versions of a codebook, the newest first, and what has changed since."""
    return _list(load_consultation(slug), question_id, VersionForm(formdata=None))


@blueprint.post("/question/<question_id>/codebook/versions")
@commits
def fix_codebook(slug: str, question_id: str) -> Response | str | tuple[str, int]:
    """Fix the codebook as it is. Sent twice, it is one version: nothing has changed since then."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    form = VersionForm()
    if not form.validate_on_submit():
        return _list(consultation, question_id, form), 422 if form.errors else 200
    session, scope = current_session(), Scope(consultation.id, question_id)
    try:
        with session.begin_nested():
            made = codebook_versions.fix_version(session, scope, note=form.note.data or "", by=current_user)
    except ReviewError as error:
        flash(error_text(error))
    except IntegrityError:  # somebody else fixed one in the same moment
        flash(_(runs.FAILED))
    else:
        details = {"question": question_id, "version": made.number}
        audit.record(session, "codebook.fixed", consultation_slug=slug, **details)
        flash(_("The codebook is fixed as version %(number)s.", number=shown_digits(made.number)))
    return redirect(url_for("review.codebook_version_list", slug=slug, question_id=question_id), 303)


@blueprint.get("/question/<question_id>/codebook/versions/<int:number>")
def codebook_version(slug: str, question_id: str, number: int) -> str:
    """A version as it was fixed."""
    consultation = load_consultation(slug)
    asked = views.asked_question(consultation, question_id)
    scope = Scope(consultation.id, question_id)
    fixed = codebook_versions.version_with(current_session(), scope, number) or abort(404)
    return render_template(
        "review/codebook_version.html",
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        fixed=fixed,
        names={theme.id: theme.name for theme in fixed.themes},
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


@blueprint.post("/question/<question_id>/codebook/versions/<int:number>/bare")
@commits
def bare_version(slug: str, question_id: str, number: int) -> Response:
    """Take examples and descriptions, which may be people's own words, out of a version. Sent twice, it is done
    once."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    if codebook_versions.version_with(session, scope, number) is None:
        abort(404)
    if codebook_versions.take_words_out(session, scope, number):
        details = {"question": question_id, "version": number}
        audit.record(session, "codebook.words_taken_out", consultation_slug=slug, **details)
        flash(_("Saved."))
    return redirect(
        url_for("review.codebook_version", slug=slug, question_id=question_id, number=number), 303
    )


@blueprint.get("/question/<question_id>/codebook/versions/compare")
def compare_codebooks(slug: str, question_id: str) -> str:
    """Two versions beside one another, or one and the codebook as it is."""
    consultation = load_consultation(slug)
    asked = views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    numbers = [line.number for line in codebook_versions.versions_of(session, scope)]
    old, new = _side("from", numbers[0] if numbers else CURRENT), _side("to", CURRENT)
    return render_template(
        "review/codebook_compare.html",
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        sides=[CURRENT, *numbers],
        old=old,
        new=new,
        found=_found(scope, old, new),
    )


def _list(consultation: Consultation, question_id: str, form: VersionForm) -> str:
    asked = views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    newest = codebook_versions.newest_version(session, scope)
    current = codebook_versions.current_themes(session, scope)
    return render_template(
        "review/codebook_versions.html",
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        form=form,
        versions=codebook_versions.versions_of(session, scope),
        has_themes=bool(current),
        since=codebook_versions.changes_since(newest, current) if newest else None,
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


def _side(name: str, default: int) -> int:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else default


def _found(scope: Scope, old: int, new: int) -> Comparison:
    """What differs between two sides; words that were taken out of either are no difference."""
    sides = [_themes(scope, old), _themes(scope, new)]
    if any(is_bare for _side, is_bare in sides):
        sides = [(codebook_versions.bare(themes), True) for themes, _is_bare in sides]
    return codebook_versions.compare(sides[0][0], sides[1][0])


def _themes(scope: Scope, number: int) -> tuple[list[FixedTheme], bool]:
    """The themes of a side, and whether words were taken out of it."""
    if number == CURRENT:
        return codebook_versions.current_themes(current_session(), scope), False
    fixed = codebook_versions.version_with(current_session(), scope, number) or abort(404)
    return list(fixed.themes), fixed.is_bare
