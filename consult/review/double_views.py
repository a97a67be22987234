"""Double coding: rounds, coding blind, how far coders agree, and settling."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.analysis.agreement import RELIABLE, TENTATIVE
from consult.config import DEFAULT_LANGUAGE
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.evidence.labels import KINDS
from consult.evidence.models import Excerpt
from consult.extensions import current_session
from consult.files import attachment
from consult.forms import sent_id, sent_ids
from consult.i18n import error_text, is_language_switch
from consult.review import coding, double, errors, queries, requests, views
from consult.review.blind_codings import as_csv, blind_rows
from consult.review.blueprint import blueprint
from consult.review.double_models import DoubleCoding
from consult.review.errors import ReviewError
from consult.review.machine_agreement import machine_agreement
from consult.review.models import Theme
from consult.review.queue import Offer
from consult.review.rounds import over_time
from consult.review.scope import Scope
from consult.review.surroundings import surroundings_of
from consult.transaction import commits, writing


@blueprint.get("/question/<question_id>/double")
def double_coding(slug: str, question_id: str) -> str:
    """The rounds of a question, each with its progress and its agreement."""
    consultation, scope = _opened(slug, question_id)
    session = current_session()
    rounds = [
        double.round_figures(session, one, coder_id=current_user.id)
        for one in double.rounds_of(session, scope)
    ]
    return _rendered(
        "review/double.html",
        consultation,
        question_id,
        rounds=rounds,
        sizes=double.SIZES,
        history=over_time(rounds[::-1], _themes(scope)),
    )


@blueprint.post("/question/<question_id>/double")
@commits
def begin_double(slug: str, question_id: str) -> Response:
    """Draw a round. Pressed twice, it is one: a round in which nobody has coded yet stays the newest."""
    consultation, scope = _opened(slug, question_id)
    session = current_session()
    asked_for = request.form.get("size", "")
    size = next((size for size in double.SIZES if str(size) == asked_for), None)
    if size is None:
        abort(400)
    requests.gather_readable(session, consultation)
    newest = next(iter(double.rounds_of(session, scope)), None)
    try:
        made = double.begin_round(session, scope, size=size, by_id=current_user.id)
    except ReviewError as error:
        flash(error_text(error))
        return redirect(url_for("review.double_coding", slug=slug, question_id=question_id), 303)
    is_own = newest is not None and newest.made_by_id == current_user.id
    if newest is not None and is_own and not double.has_begun(session, newest):
        session.delete(newest)
    audit.record(
        session,
        "double_coding.begun",
        consultation_slug=slug,
        question=question_id,
        count=len(made.excerpt_ids),
    )
    return redirect(url_for("review.double_coding", slug=slug, question_id=question_id), 303)


@blueprint.get("/question/<question_id>/double/<int:round_id>/code")
def blind(slug: str, question_id: str, round_id: int) -> str:
    """The next excerpt of a round, without what others or the machine said."""
    consultation, scope = _opened(slug, question_id)
    one = _round(scope, round_id)
    following = double.next_blind(
        current_session(),
        one,
        coder_id=current_user.id,
        after=sent_id(request.args.get("after")),
    )
    if following is not None:
        number = following.id
        views.log_reading(slug, question=question_id, excerpt=number)
        one, following = _round(scope, round_id), _excerpt(scope, one, str(number))
    return _blind_page(consultation, scope, one, following)


@blueprint.post("/question/<question_id>/double/<int:round_id>/code")
@commits
def save_blind(slug: str, question_id: str, round_id: int) -> Response | str | tuple[str, int]:
    """Keep what a coder says, and go on."""
    consultation, scope = _opened(slug, question_id)
    one = _round(scope, round_id)
    excerpt = _excerpt(scope, one, request.form.get("excerpt", "")) or abort(404)
    if is_language_switch():
        views.log_reading(slug, question=question_id, excerpt=excerpt.id)
        return _blind_page(consultation, scope, one, excerpt)
    try:
        with current_session().begin_nested():
            themes = _ticked(consultation)
            double.code_blind(current_session(), one, excerpt, themes=themes, by_id=current_user.id)
    except ReviewError as error:
        views.log_reading(slug, question=question_id, excerpt=excerpt.id)
        return _blind_page(consultation, scope, one, excerpt, problem=error_text(error)), 422
    address = url_for("review.blind", slug=slug, question_id=question_id, round_id=round_id, after=excerpt.id)
    return redirect(address, 303)


@blueprint.get("/question/<question_id>/double/<int:round_id>")
def agreement(slug: str, question_id: str, round_id: int) -> str:
    """How far the coders of a round agree, theme by theme, and where they differ."""
    _opened(slug, question_id)
    views.log_reading(slug, question=question_id, round=round_id)
    consultation, scope = _opened(slug, question_id)
    return _agreement_page(consultation, scope, _round(scope, round_id))


@blueprint.get("/question/<question_id>/double/<int:round_id>/codings.csv")
def blind_codings(slug: str, question_id: str, round_id: int) -> Response:
    """What was said blind in a round, for `consult agreement` or another program; that it was taken is recorded.
    Coders are numbers unless their names are asked for, which who codes here sees beside every difference anyway."""
    consultation, scope = _opened(slug, question_id)
    _round(scope, round_id)
    has_names = request.args.get("coders") == "names"
    with writing() as session:
        audit.record(
            session,
            "blind_codings.exported",
            consultation_slug=slug,
            question=question_id,
            round=round_id,
            names=has_names,
        )
    consultation, scope = _opened(slug, question_id)
    rows = blind_rows(
        current_session(),
        _round(scope, round_id),
        language=consultation.default_language or DEFAULT_LANGUAGE,
        has_names=has_names,
        reader_id=current_user.id,
    )
    return attachment(as_csv(rows), f"{slug}-codings-{round_id}", "csv")


@blueprint.post("/question/<question_id>/double/<int:round_id>/settle")
@commits
def settle(slug: str, question_id: str, round_id: int) -> Response | str | tuple[str, int]:
    """Say what an excerpt on which coders differ is about."""
    consultation, scope = _opened(slug, question_id)
    one = _round(scope, round_id)
    excerpt = _excerpt(scope, one, request.form.get("excerpt", "")) or abort(404)
    if is_language_switch():
        views.log_reading(slug, question=question_id, round=round_id)
        return _agreement_page(consultation, scope, one)
    try:
        with current_session().begin_nested():
            double.settle(current_session(), excerpt, themes=_ticked(consultation), by_id=current_user.id)
    except ReviewError as error:
        flash(error_text(error))
    else:
        flash(_("Settled. You can undo this under “Changes”."))
    place = url_for("review.agreement", slug=slug, question_id=question_id, round_id=round_id)
    return redirect(f"{place}#dispute-{excerpt.id}", 303)


def _blind_page(
    consultation: Consultation,
    scope: Scope,
    one: DoubleCoding,
    excerpt: Excerpt | None,
    *,
    problem: str = "",
) -> str:
    session = current_session()
    return _rendered(
        "review/blind.html",
        consultation,
        scope.question_id,
        round=one,
        how_far=double.how_far(session, one, coder_id=current_user.id),
        excerpt=excerpt,
        round_about=surroundings_of(session, consultation, excerpt) if excerpt is not None else None,
        kinds=KINDS,
        offers=[Offer(theme, None, False) for theme in _themes(scope)],
        marks=queries.marks_of(session, scope),
        ticked=sent_ids(request.form, "theme"),
        is_none="none" in request.form,
        problem=problem,
    )


def _agreement_page(consultation: Consultation, scope: Scope, one: DoubleCoding) -> str:
    session = current_session()
    return _rendered(
        "review/agreement.html",
        consultation,
        scope.question_id,
        round=double.round_figures(session, one, coder_id=current_user.id),
        machine=machine_agreement(session, one),
        disputes=double.disputes_of(session, one, coder_id=current_user.id),
        themes=_themes(scope),
        reliable=RELIABLE,
        tentative=TENTATIVE,
    )


def _rendered(template: str, consultation: Consultation, question_id: str, **values: object) -> str:
    asked = views.asked_question(consultation, question_id)
    return render_template(
        template, consultation=consultation, question_id=question_id, label=asked.label, **values
    )


def _themes(scope: Scope) -> list[Theme]:
    """The themes in use in the order of the codebook, which tells nothing about how often each was given."""
    return [theme for theme in queries.themes_in(current_session(), scope) if theme.status != "retired"]


def _ticked(consultation: Consultation) -> list[Theme]:
    """The themes that were ticked, none where none fits. Raises ReviewError for anything else."""
    values = request.form.getlist("theme")
    is_none = "none" in request.form
    if bool(values) == is_none:
        raise errors.tick_or_none() if not values else errors.not_both()
    ids = sent_ids(request.form, "theme")
    if len(ids) < len(values):
        raise errors.theme_is_gone()
    return coding.ticked_themes(current_session(), consultation.id, ids)


def _opened(slug: str, question_id: str) -> tuple[Consultation, Scope]:
    """The consultation and the question; 403 for who may not read single answers, 404 for another question."""
    consultation = load_consultation(slug)
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)
    views.asked_question(consultation, question_id)
    return consultation, Scope(consultation.id, question_id)


def _round(scope: Scope, round_id: int) -> DoubleCoding:
    return double.round_with(current_session(), scope, round_id) or abort(404)


def _excerpt(scope: Scope, one: DoubleCoding, value: str) -> Excerpt | None:
    """An excerpt of this round."""
    number = sent_id(value)
    if number not in one.excerpt_ids:
        return None
    return queries.excerpt_with(current_session(), scope.consultation_id, number)
