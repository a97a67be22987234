"""Bringing a text in: typed, pasted or in a file; how it is cut, corrected without script, and saved once."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.evidence import drafts, queries
from consult.evidence.blueprint import blueprint
from consult.evidence.documents import is_document, read_document
from consult.evidence.forms import ColumnsForm, MaterialForm
from consult.evidence.labels import WAYS
from consult.evidence.models import MOST_STATION, MOST_VOICE, EvidenceDraft, EvidenceSource
from consult.evidence.sources import refuse_erased
from consult.evidence.views import own_source
from consult.extensions import current_session
from consult.files import sent_file
from consult.forms import sent_id, sent_ids
from consult.i18n import error_text, is_language_switch
from consult.stakeholders.queries import groups
from consult.tabular import UPLOAD, Table, TableError, read_table
from consult.transaction import commits, writing
from surveys.errors import SurveyError
from surveys.i18n import N_

SAMPLE_ROWS = 5
STATIONED = ("workshop", "meeting")
"""Kinds of sources of which it is asked on which table or flip chart something was written."""
STEPS = {"join": drafts.join, "split": drafts.split, "drop": drafts.drop}
EARLIER = N_(
    "This page had been changed meanwhile. Here is how it stands now; what you did last was not done."
)


@blueprint.get("/<int:source_id>/add")
def bring(slug: str, source_id: int) -> str:
    consultation = load_consultation(slug)
    return _bring_page(consultation, own_source(consultation, source_id), MaterialForm(formdata=None))


@blueprint.post("/<int:source_id>/add")
def send(slug: str, source_id: int) -> Response | str | tuple[str, int]:
    """Read what was sent and keep it for the preview. Reading a file takes seconds, so it holds nobody else up."""
    consultation = load_consultation(slug)
    source = own_source(consultation, source_id)
    form = MaterialForm()
    if not form.validate_on_submit():
        return _bring_page(consultation, source, form), 422 if form.errors else 200
    field = form.text
    staff_id = current_user.id
    try:
        refuse_erased(consultation)
        name, material = "", form.text.data or ""
        if form.file.data and form.file.data.filename:
            field = form.file
            name, material = _read_file()
        with writing() as session:
            source = own_source(load_consultation(slug), source_id)
            if isinstance(material, Table):
                draft = drafts.begin_table(session, source, table=material, name=name, staff_id=staff_id)
            else:
                draft = drafts.begin_text(
                    session, source, text=material, name=name, staff_id=staff_id, way=form.way.data or None
                )
            draft_id, is_table = draft.id, isinstance(material, Table)
    except (SurveyError, TableError) as error:
        field.errors = [_(error.message, **error.params) if error.params else _(error.message)]
        consultation = load_consultation(slug)
        return _bring_page(consultation, own_source(consultation, source_id), form), 422
    endpoint = "evidence.columns" if is_table else "evidence.preview"
    return redirect(url_for(endpoint, slug=slug, source_id=source_id, draft_id=draft_id), 303)


def _read_file() -> tuple[str, str | Table]:
    with sent_file() as file:
        if is_document(file.path):
            return file.name, read_document(file.path)
        return file.name, read_table(file.path, limits=UPLOAD)


@blueprint.get("/<int:source_id>/drafts/<int:draft_id>/columns")
def columns(slug: str, source_id: int, draft_id: int) -> Response | str:
    consultation, source, draft = _draft(slug, source_id, draft_id)
    if draft is None or "table" not in draft.content:
        return _gone(slug, source_id)
    names = draft.content["table"]["columns"]
    form = ColumnsForm(formdata=None, **drafts.likely_columns(draft.content["table"])).offer(names)
    return _columns_page(consultation, source, draft, form)


@blueprint.post("/<int:source_id>/drafts/<int:draft_id>/columns")
@commits
def choose_columns(slug: str, source_id: int, draft_id: int) -> Response | str | tuple[str, int]:
    consultation, source, draft = _draft(slug, source_id, draft_id)
    if draft is None or "table" not in draft.content:
        return _gone(slug, source_id)
    form = ColumnsForm().offer(draft.content["table"]["columns"])
    if not form.validate_on_submit():
        return _columns_page(consultation, source, draft, form), 422 if form.errors else 200
    try:
        unknown = drafts.choose_columns(
            draft,
            groups(current_session()),
            text=form.text.data,
            language=form.language.data,
            date=form.date.data,
            group=form.group.data,
            voice=form.voice.data,
            station=form.station.data,
        )
    except SurveyError as error:
        form.text.errors = [error_text(error)]
        return _columns_page(consultation, source, draft, form), 422
    for column, values in unknown.items():
        flash(
            _(
                "In the column “%(column)s” these were not understood and are left out: %(values)s.",
                column=column,
                values=" · ".join(value[:40] for value in values),
            )
        )
    return redirect(url_for("evidence.preview", slug=slug, source_id=source_id, draft_id=draft_id), 303)


@blueprint.get("/<int:source_id>/drafts/<int:draft_id>")
def preview(slug: str, source_id: int, draft_id: int) -> Response | str:
    consultation, source, draft = _draft(slug, source_id, draft_id)
    if draft is None:
        return _gone(slug, source_id)
    return _preview_page(consultation, source, draft, _number(request.args.get("page")))


@blueprint.post("/<int:source_id>/drafts/<int:draft_id>")
def adjust(slug: str, source_id: int, draft_id: int) -> Response | str | tuple[str, int]:
    """Every button of the preview: each takes over what was typed on its page first."""
    if is_language_switch():
        return preview(slug, source_id, draft_id)
    with writing():
        consultation, source, draft = _draft(slug, source_id, draft_id, lock=True)
        if draft is None:
            return _gone(slug, source_id)
        step, _sep, given = request.form.get("action", "").partition("-")
        page = _number(request.form.get("page"))
        first = (page - 1) * drafts.PIECES_ON_A_PAGE
        if request.form.get("revision") != str(draft.revision):
            flash(_(EARLIER))
            return _to_preview(slug, source_id, draft_id, page)
        try:
            drafts.correct(
                draft,
                first=first,
                texts=request.form.getlist("piece"),
                frames=set(sent_ids(request.form, "frame")),
                stations=request.form.getlist("station"),
                voices=_voices(draft),
            )
            if step in STEPS and _is_number(given):
                STEPS[step](draft, int(given))
            elif step == "cut" and "text" in draft.content and request.form.get("way") in WAYS:
                drafts.cut_again(draft, request.form["way"])
                page = 1
        except SurveyError as error:
            current_session().rollback()
            flash(error_text(error))
            return _to_preview(slug, source_id, draft_id, page)
    if step == "throw":
        return _throw_away(slug, source_id, draft_id)
    if step == "save":
        return _save(slug, source_id, draft_id, page)
    page = _number(given) if step == "page" else page
    anchor = f"piece-{max(0, int(given) - (step == 'join'))}" if step in STEPS and _is_number(given) else None
    return _to_preview(slug, source_id, draft_id, page, anchor)


def _voices(draft: EvidenceDraft) -> dict[int, drafts.Voice]:
    """What was said of the speakers on a page of the preview."""
    known = {group.id for group in groups(current_session())}
    sent = {}
    for number in drafts.speakers_of(draft):
        before = draft.content.get("voices", {}).get(str(number), {})
        words = request.form.get(f"voice-{number}", before.get("voice", ""))
        group_id = sent_id(request.form.get(f"group-{number}", str(before.get("group", ""))))
        sent[number] = (words, group_id if group_id in known else None)
    return sent


def _save(slug: str, source_id: int, draft_id: int, page: int) -> Response:
    """Languages are seen before the writing begins; whoever saves second finds no draft any more."""
    consultation, source, draft = _draft(slug, source_id, draft_id)
    if draft is None:
        return _gone(slug, source_id)
    revision = draft.revision
    try:
        refuse_erased(consultation)
        rows = drafts.ready_rows(draft, source, fallback=consultation.default_language)
    except DomainError as error:
        flash(error_text(error))
        return _to_preview(slug, source_id, draft_id, page)
    with writing() as session:
        _consultation, source, draft = _draft(slug, source_id, draft_id, lock=True)
        if draft is None:
            return _gone(slug, source_id)
        if draft.revision != revision:
            flash(_(EARLIER))
            return _to_preview(slug, source_id, draft_id, page)
        count = drafts.save(session, source, draft, rows, slug=slug)
    flash(ngettext("%(num)s excerpt is saved.", "%(num)s excerpts are saved.", count))
    return redirect(url_for("evidence.source", slug=slug, source_id=source_id), 303)


def _throw_away(slug: str, source_id: int, draft_id: int) -> Response:
    with writing() as session:
        _consultation, _source, draft = _draft(slug, source_id, draft_id, lock=True)
        if draft is not None:
            session.delete(draft)
    flash(_("Nothing was saved."))
    return redirect(url_for("evidence.bring", slug=slug, source_id=source_id), 303)


def _draft(
    slug: str, source_id: int, draft_id: int, *, lock: bool = False
) -> tuple[Consultation, EvidenceSource, EvidenceDraft | None]:
    consultation = load_consultation(slug)
    source = own_source(consultation, source_id)
    return consultation, source, queries.draft_with(current_session(), source_id, draft_id, lock=lock)


def _gone(slug: str, source_id: int) -> Response:
    """A draft that is not there was saved or thrown away, perhaps by this very button, pressed twice."""
    consultation = load_consultation(slug)
    own_source(consultation, source_id)
    flash(_("This was saved or thrown away already."))
    return redirect(url_for("evidence.source", slug=slug, source_id=source_id), 303)


def _to_preview(slug: str, source_id: int, draft_id: int, page: int, anchor: str | None = None) -> Response:
    address: dict[str, Any] = {
        "slug": slug,
        "source_id": source_id,
        "draft_id": draft_id,
        "page": page if page > 1 else None,
    }
    return redirect(url_for("evidence.preview", _anchor=anchor, **address), 303)


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and _is_number(text) else 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _bring_page(consultation: Consultation, source: EvidenceSource, form: MaterialForm) -> str:
    return render_template("evidence/bring.html", consultation=consultation, source=source, form=form)


def _columns_page(
    consultation: Consultation, source: EvidenceSource, draft: EvidenceDraft, form: ColumnsForm
) -> str:
    table = draft.content["table"]
    return render_template(
        "evidence/columns.html",
        consultation=consultation,
        source=source,
        draft=draft,
        form=form,
        columns=table["columns"],
        rows=table["rows"][:SAMPLE_ROWS],
        count=len(table["rows"]),
    )


def _preview_page(consultation: Consultation, source: EvidenceSource, draft: EvidenceDraft, page: int) -> str:
    pieces = draft.content["pieces"]
    pages = max(1, -(-len(pieces) // drafts.PIECES_ON_A_PAGE))
    page = min(page, pages)
    first = (page - 1) * drafts.PIECES_ON_A_PAGE
    if not pieces and "table" in draft.content and draft.revision == 0:
        abort(404)
    return render_template(
        "evidence/preview.html",
        consultation=consultation,
        source=source,
        draft=draft,
        pieces=pieces[first : first + drafts.PIECES_ON_A_PAGE],
        first=first,
        total=len(pieces),
        kept=drafts.excerpt_count(draft),
        speakers=drafts.speakers_of(draft),
        voices=draft.content.get("voices", {}),
        has_stations=source.kind in STATIONED or any(piece.get("station") for piece in pieces),
        most_voice=MOST_VOICE,
        most_station=MOST_STATION,
        page=page,
        pages=pages,
        ways=WAYS if "text" in draft.content else {},
        group_names={group.id: group.name for group in groups(current_session())},
    )
