"""Sources: the list, one with its excerpts, making, changing and removing them; and calls that the staff took."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.forms import LifecycleForm
from consult.consultations.models import Consultation
from consult.evidence import feedback, queries, sources
from consult.evidence.blueprint import blueprint
from consult.evidence.forms import CallForm, ExcerptForm, SourceForm
from consult.evidence.labels import KINDS
from consult.evidence.models import FEEDBACK, EvidenceSource, Excerpt
from consult.extensions import current_session
from consult.i18n import error_text, language
from consult.stakeholders.queries import groups
from consult.transaction import commits, writing
from surveys.errors import SurveyError
from surveys.models import utc_now


@blueprint.get("")
def listing(slug: str) -> str:
    consultation = load_consultation(slug)
    session = current_session()
    return render_template(
        "evidence/listing.html",
        consultation=consultation,
        lines=queries.sources_of(session, consultation.id),
        kinds=KINDS,
        channel=queries.feedback_channel(session, consultation.id),
        can_read=may(consultation, Right.RESPONSES_READ),
        is_erased=consultation.answers_erased_at is not None,
    )


@blueprint.get("/new")
def new(slug: str) -> str:
    return _source_form(load_consultation(slug), None, _form(None, sent=False))


@blueprint.post("/new")
@commits
def make(slug: str) -> Response | str | tuple[str, int]:
    return _save(load_consultation(slug), None)


@blueprint.get("/<int:source_id>")
def source(slug: str, source_id: int) -> Response | str:
    """The excerpts of a source. What people sent themselves is for who may read single answers; it is recorded."""
    consultation = load_consultation(slug)
    found = load_source(consultation, source_id)
    number = request.args.get("page", 1, type=_page_number)
    if not sources.is_own(found):
        if not may(consultation, Right.RESPONSES_READ):
            abort(403)
        with writing() as session:
            audit.record(session, "responses.read", consultation_slug=slug, source=source_id, page=number)
        consultation = load_consultation(slug)
        found = load_source(consultation, source_id)
    return render_template(
        "evidence/source.html",
        consultation=consultation,
        source=found,
        page=queries.source_page(current_session(), found, number=number),
        kinds=KINDS,
        is_own=sources.is_own(found),
        is_feedback=found.kind == FEEDBACK,
        can_search=may(consultation, Right.RESPONSES_READ),
    )


def _page_number(text: str) -> int:
    return min(int(text), 10**6)


@blueprint.get("/<int:source_id>/edit")
def edit(slug: str, source_id: int) -> str:
    consultation = load_consultation(slug)
    found = own_source(consultation, source_id)
    return _source_form(consultation, found, _form(found, sent=False))


@blueprint.post("/<int:source_id>/edit")
@commits
def save(slug: str, source_id: int) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    return _save(consultation, own_source(consultation, source_id))


@blueprint.post("/<int:source_id>/remove")
@commits
def remove(slug: str, source_id: int) -> Response:
    consultation = load_consultation(slug)
    found = own_source(consultation, source_id)
    if not LifecycleForm().validate_on_submit():
        return redirect(url_for("evidence.source", slug=slug, source_id=source_id), 303)
    count = sources.remove_source(current_session(), consultation, found)
    flash(ngettext("Removed, with %(num)s excerpt.", "Removed, with %(num)s excerpts.", count))
    return redirect(url_for("evidence.listing", slug=slug), 303)


@blueprint.get("/excerpts/<int:excerpt_id>")
def excerpt(slug: str, excerpt_id: int) -> str:
    consultation = load_consultation(slug)
    found, its_source = _excerpt(consultation, excerpt_id)
    if not sources.is_own(its_source):
        abort(404)
    return _excerpt_form(
        consultation,
        found,
        its_source,
        ExcerptForm(
            formdata=None, lead=found.lead, text=found.text, voice=found.voice, station=found.station
        ),
    )


@blueprint.post("/excerpts/<int:excerpt_id>")
@commits
def change_excerpt(slug: str, excerpt_id: int) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    found, its_source = _excerpt(consultation, excerpt_id)
    if not sources.is_own(its_source):
        abort(404)
    form = ExcerptForm()
    if form.validate_on_submit():
        try:
            lost = sources.change_excerpt(
                current_session(),
                consultation,
                found,
                text=form.text.data or "",
                language=form.language.data or "",
                voice=form.voice.data if "voice" in request.form else None,
                station=form.station.data if "station" in request.form else None,
                lead=form.lead.data if "lead" in request.form else None,
            )
        except SurveyError as error:
            form.text.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            if lost:
                flash(_parts_gone(lost))
            return redirect(url_for("evidence.source", slug=slug, source_id=its_source.id), 303)
    return _excerpt_form(consultation, found, its_source, form), 422 if form.errors else 200


def _parts_gone(count: int) -> str:
    return ngettext(
        "%(num)s part that was coded by itself is gone: its words no longer stand in the text.",
        "%(num)s parts that were coded by themselves are gone: their words no longer stand in the text.",
        count,
    )


@blueprint.post("/excerpts/<int:excerpt_id>/remove")
@commits
def remove_excerpt(slug: str, excerpt_id: int) -> Response:
    """Of what the staff brought in, and of the feedback channel for who may read it; answers belong to the survey."""
    consultation = load_consultation(slug)
    found, its_source = _excerpt(consultation, excerpt_id)
    if its_source.kind == FEEDBACK and not may(consultation, Right.RESPONSES_READ):
        abort(403)
    if its_source.kind != FEEDBACK and not sources.is_own(its_source):
        abort(404)
    source_id = its_source.id
    if LifecycleForm().validate_on_submit():
        sources.remove_excerpt(current_session(), consultation, found)
        flash(_("The excerpt was removed."))
    return redirect(url_for("evidence.source", slug=slug, source_id=source_id), 303)


@blueprint.post("/channel")
@commits
def channel(slug: str) -> Response:
    consultation = load_consultation(slug)
    if LifecycleForm().validate_on_submit():
        is_open = request.form.get("action") == "open"
        try:
            feedback.open_channel(current_session(), consultation, is_open=is_open)
        except SurveyError as error:
            current_session().rollback()
            flash(error_text(error))
        else:
            flash(_("The feedback channel is open.") if is_open else _("The feedback channel is closed."))
    return redirect(url_for("evidence.listing", slug=slug), 303)


@blueprint.get("/call")
def call(slug: str) -> str:
    consultation = load_consultation(slug)
    form = CallForm(formdata=None, key=feedback.new_key(), date=utc_now().date())
    return _call_page(consultation, form.offer(groups(current_session())))


@blueprint.post("/call")
@commits
def take_call(slug: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    form = CallForm().offer(groups(current_session()))
    if form.validate_on_submit():
        try:
            sources.refuse_erased(consultation)
            feedback.take_feedback(
                current_session(),
                consultation,
                language=language(),
                today=form.date.data or utc_now().date(),
                **form.values,
            )
        except SurveyError as error:
            form.text.errors = [error_text(error)]
        else:
            audit.record(current_session(), "feedback.entered", consultation_slug=slug)
            flash(_("The call is kept. You can enter another one."))
            return redirect(url_for("evidence.call", slug=slug), 303)
    return _call_page(consultation, form), 422 if form.errors else 200


def load_source(consultation: Consultation, source_id: int) -> EvidenceSource:
    """A source of the consultation, or 404."""
    return queries.source_with(current_session(), consultation.id, source_id) or abort(404)


def own_source(consultation: Consultation, source_id: int) -> EvidenceSource:
    """A source that the staff brought in, or 404."""
    found = load_source(consultation, source_id)
    return found if sources.is_own(found) else abort(404)


def _excerpt(consultation: Consultation, excerpt_id: int) -> tuple[Excerpt, EvidenceSource]:
    return queries.excerpt_with(current_session(), consultation.id, excerpt_id) or abort(404)


def _form(source: EvidenceSource | None, *, sent: bool) -> SourceForm:
    offered = groups(current_session())
    if sent:
        return SourceForm().offer(offered)
    values: dict[str, object] = {}
    if source is not None:
        names = ("kind", "title", "informant", "date", "place", "language", "quote_consent")
        values = {name: getattr(source, name) for name in names}
        values["participants"] = "" if source.participants_count is None else str(source.participants_count)
        values["language"] = source.language or ""
        values["groups"] = [group.id for group in source.groups]
    return SourceForm(formdata=None, **values).offer(offered)


def _save(consultation: Consultation, source: EvidenceSource | None) -> Response | str | tuple[str, int]:
    form = _form(source, sent=True)
    if form.validate_on_submit():
        try:
            saved = sources.save_source(
                current_session(), consultation, source, form.values, form.groups.data or ()
            )
        except SurveyError as error:
            form.title.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            after = "evidence.bring" if source is None else "evidence.source"
            return redirect(url_for(after, slug=consultation.slug, source_id=saved.id), 303)
    return _source_form(consultation, source, form), 422 if form.errors else 200


def _source_form(consultation: Consultation, source: EvidenceSource | None, form: SourceForm) -> str:
    return render_template("evidence/source_form.html", consultation=consultation, source=source, form=form)


def _excerpt_form(
    consultation: Consultation, found: Excerpt, source: EvidenceSource, form: ExcerptForm
) -> str:
    return render_template(
        "evidence/excerpt.html", consultation=consultation, excerpt=found, source=source, form=form
    )


def _call_page(consultation: Consultation, form: CallForm) -> str:
    return render_template("evidence/call.html", consultation=consultation, form=form)
