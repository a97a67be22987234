"""The codebook of a question as a file, out and in. What a file would do is shown before it is done."""

from __future__ import annotations

from pathlib import Path

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access import audit
from consult.config import LANGUAGES
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.files import attachment, sent_file
from consult.i18n import error_text, shown_digits
from consult.review import codebook_file, codebook_import, codebook_versions, views
from consult.review.blueprint import blueprint
from consult.review.codebook_file import CodebookFileError, Entry
from consult.review.codebook_import import Planned, Taken
from consult.review.errors import ReviewError
from consult.review.naming import all_themes, one_at_a_time
from consult.review.scope import Scope
from consult.tabular import UPLOAD, TableError, read_table
from consult.transaction import commits, writing
from surveys.errors import SurveyError
from surveys.i18n import N_

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls")
EXCHANGED = (".qdc", ".xml")


@blueprint.get("/question/<question_id>/codebook.<any(csv, qdc):format>")
def codebook(slug: str, question_id: str, format: str) -> Response:
    """The themes in use, for a spreadsheet or for another program for coding; with `version` those of a fixed version.

    Examples may be people's own words, so that it was taken is recorded."""
    number = request.args.get("version", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 9):
        abort(404)
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    scope = Scope(consultation.id, question_id)
    if number:
        fixed = codebook_versions.version_with(current_session(), scope, int(number)) or abort(404)
        themes, ending, details = fixed.themes, f"-{fixed.number}", {"version": str(fixed.number)}
    else:
        themes, ending, details = codebook_versions.current_themes(current_session(), scope), "", {}
    file = _as_file(consultation, scope, codebook_versions.entries_of(themes), format, ending)
    with writing() as session:
        audit.record(
            session,
            "codebook.exported",
            consultation_slug=slug,
            question=question_id,
            format=format,
            **details,
        )
    return file


def _as_file(
    consultation: Consultation, scope: Scope, entries: list[Entry], format: str, ending: str = ""
) -> Response:
    first = consultation.default_language
    used = [code for entry in entries for code in entry.names]
    if format == "csv":
        data = codebook_file.write_csv(entries, list(dict.fromkeys([first, *consultation.languages, *used])))
    else:
        origin = f"Mashura {consultation.slug} {scope.question_id}"
        data = codebook_file.write_qdc(entries, language=first, origin=origin)
    return attachment(data, f"{consultation.slug}-codebook{ending}", format)


@blueprint.post("/question/<question_id>/codebook")
@commits
def take_codebook(slug: str, question_id: str) -> Response:
    """Read a file and keep what it says for the preview: a table with the column `theme`, or a REFI-QDA codebook."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    first = consultation.default_language
    try:
        entries, name = _read([first, *(code for code in LANGUAGES if code != first)])
    except (SurveyError, TableError) as error:
        flash(error_text(error) if isinstance(error, SurveyError) else _(error.message) % error.params)
        return _back(slug, question_id)
    draft = codebook_import.keep_draft(
        current_session(),
        Scope(consultation.id, question_id),
        entries=entries,
        name=name,
        staff_id=current_user.id,
    )
    return redirect(
        url_for("review.codebook_preview", slug=slug, question_id=question_id, draft_id=draft.id), 303
    )


@blueprint.get("/question/<question_id>/codebook/draft/<int:draft_id>")
def codebook_preview(slug: str, question_id: str, draft_id: int) -> Response | str:
    """What taking a file over would do: which themes would come, which differ, which are there already."""
    consultation = load_consultation(slug)
    asked = views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    draft = codebook_import.draft_with(session, scope, draft_id, staff_id=current_user.id)
    if draft is None:
        return _gone(slug, question_id)
    themes = session.scalars(all_themes(consultation.id, question_id)).all()
    planned = codebook_import.plan(themes, codebook_import.entries_of(draft))
    lines: dict[str, list[tuple[Planned, dict[str, str]]]] = {}
    for one in planned:
        above = {} if one.above is None else dict(planned[one.above].entry.names)
        lines.setdefault(one.kind, []).append((one, above))
    return render_template(
        "review/codebook_preview.html",
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        name=draft.name,
        lines=lines,
        said=error_text,
    )


@blueprint.post("/question/<question_id>/codebook/draft/<int:draft_id>")
@commits
def confirm_codebook(slug: str, question_id: str, draft_id: int) -> Response:
    """Do what the preview showed, or throw it away. Whoever sends it twice finds no draft any more."""
    consultation = load_consultation(slug)
    views.asked_question(consultation, question_id)
    session, scope = current_session(), Scope(consultation.id, question_id)
    one_at_a_time(session, consultation.id)  # in this order as an erasure does, which takes drafts with it
    draft = codebook_import.draft_with(session, scope, draft_id, staff_id=current_user.id)
    if draft is None:
        return _gone(slug, question_id)
    codebook_import.drop_draft(session, draft)
    if request.form.get("action") != "take":
        flash(_("Thrown away. The codebook is as it was."))
        return _back(slug, question_id)
    try:
        with session.begin_nested():
            taken = codebook_import.add_themes(
                session,
                consultation_id=consultation.id,
                question_id=question_id,
                entries=codebook_import.entries_of(draft),
                by_id=current_user.id,
                is_replacing="replace" in request.form,
            )
    except ReviewError as error:
        flash(error_text(error))
        return _back(slug, question_id)
    flash(said_of(taken))
    return _back(slug, question_id)


def said_of(taken: Taken) -> str:
    """What came of taking a codebook over, in words."""
    said = [ngettext("%(num)s theme was taken over.", "%(num)s themes were taken over.", taken.new)]
    if taken.changed:
        said.append(ngettext("%(num)s theme was changed.", "%(num)s themes were changed.", taken.changed))
    if left := taken.known - taken.changed:
        said.append(_("There already, by name: %(count)s.", count=left))
    return shown_digits(" ".join(said))


def _read(languages: list[str]) -> tuple[list[Entry], str]:
    """The themes of the file that was sent, and its name. Which kind it is, is seen by its ending and its beginning."""
    with sent_file() as (path, name):
        with path.open("rb") as file:
            start = file.read(1024)
        if codebook_file.is_qdc(start) or path.suffix in EXCHANGED:
            if path.stat().st_size > UPLOAD.bytes:
                raise CodebookFileError("too_large", N_("This file is too large."))
            return codebook_file.read_qdc(path.read_bytes(), languages[0]), name
        if not _may_be_table(path, start):
            raise codebook_file.no_codebook()
        return codebook_file.read_table_of_themes(read_table(path, limits=UPLOAD), languages), name


def _may_be_table(path: Path, start: bytes) -> bool:
    is_workbook = start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    if path.suffix not in TABLES or start.startswith(b"%PDF"):
        return False
    # UTF-16, as spreadsheets write it, begins with a byte order mark and is full of zeros.
    return is_workbook or b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))


def _gone(slug: str, question_id: str) -> Response:
    flash(
        _(
            "This file was taken over or thrown away already, or it came more than a day ago. Send it again if need be."
        )
    )
    return _back(slug, question_id)


def _back(slug: str, question_id: str) -> Response:
    return redirect(url_for("review.question", slug=slug, question_id=question_id), 303)
