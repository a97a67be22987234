"""Bringing a roll in on a page: a preview of what a file would change, then the confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import delete
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from consult import jobs
from consult.access.permissions import Right
from consult.consultations.access import load_consultation
from consult.consultations.forms import LifecycleForm
from consult.consultations.models import Consultation
from consult.errors import DomainError
from consult.extensions import current_session
from consult.files import sent_file
from consult.i18n import language
from consult.outreach.forms import RollFileForm
from consult.outreach.reach import own_rolls, reach
from consult.stakeholders import importing, taking
from consult.stakeholders.contacts import countries_with_names, country_of_zone
from consult.stakeholders.importing import Plan
from consult.stakeholders.models import RollUpload
from consult.stakeholders.roll_file import COLUMNS, RollFile, read_roll
from consult.tabular import UPLOAD, Table, TableError, read_table
from consult.transaction import commits, writing
from surveys.errors import SurveyError
from surveys.i18n import N_
from surveys.models import utc_now

blueprint = Blueprint("roll_file", __name__, url_prefix="/manage/<slug>/roll/file")
PERMISSIONS = {
    f"roll_file.{name}": Right.ROLL_MANAGE for name in ("choose", "send", "preview", "take", "drop")
}
MOST_PROBLEMS = 200
SAMPLE = (
    ("منى خليل", "mona@example.org", "+962790123456", "جمعية النور", "ar", "الأردن", "نساء; أعضاء", "نعم"),
    ("Karim Saad", "karim@example.org", "", "Union", "fr", "Liban", "membres; jeunes", "non"),
)
"""Two rows of a roll, as people write them."""
KEPT = timedelta(hours=1)


@blueprint.get("")
def choose(slug: str) -> str:
    consultation = load_consultation(slug)
    return _page(
        consultation, _form(consultation, formdata=None, country=country_of_zone(consultation.timezone))
    )


@blueprint.post("")
def send(slug: str) -> Response | str | tuple[str, int]:
    """Read the file and keep it for the preview. Reading takes seconds, so it holds nobody else up."""
    consultation = load_consultation(slug)
    form = _form(consultation)
    if not form.validate_on_submit():
        return _page(consultation, form), 422 if form.errors else 200
    try:
        with sent_file() as file:
            name, table = file.name, read_table(file.path, limits=UPLOAD)
        read = read_roll(table, country=form.country.data or "")
        plan = _plan(consultation, read)
        if not plan.steps and not plan.problems:
            raise DomainError("empty_roll", N_("The file holds nobody."))
    except (SurveyError, TableError) as error:
        form.file.errors = [_(error.message, **error.params) if error.params else _(error.message)]
        return _page(consultation, form), 422
    if plan.problems:
        return _page(consultation, form, plan=plan), 422
    content = _content(table) | {"summary": _summary(consultation, plan)}
    staff_id = current_user.id
    with writing() as session:
        upload = RollUpload(
            consultation_id=consultation.id,
            staff_id=staff_id,
            name=name[:200],
            country=form.country.data or "",
            table=content,
        )
        session.add(upload)
        session.flush()
        upload_id = upload.id
    return redirect(url_for("roll_file.preview", slug=slug, upload_id=upload_id), 303)


@blueprint.get("/<int:upload_id>")
def preview(slug: str, upload_id: int) -> str:
    consultation, upload = _upload(slug, upload_id)
    return render_template(
        "outreach/roll_preview.html",
        consultation=consultation,
        upload=upload,
        summary=upload.table["summary"],
        form=LifecycleForm(formdata=None),
    )


@blueprint.post("/<int:upload_id>/take")
def take(slug: str, upload_id: int) -> Response | tuple[str, int]:
    """Do what the preview said. What changed meanwhile is planned anew; the file is read before the writing begins."""
    _consultation, upload = _upload(slug, upload_id)
    if not LifecycleForm().validate_on_submit():
        return redirect(url_for("roll_file.preview", slug=slug, upload_id=upload_id), 303)
    read = read_roll(_from_content(upload.table), country=upload.country)
    with writing() as session:
        consultation = load_consultation(slug)
        plan = _plan(consultation, read)
        taking.apply_plan(
            session, consultation, plan, default_language=consultation.default_language, reach=reach()
        )
        session.execute(delete(RollUpload).where(RollUpload.id == upload_id))
    flash(
        _(
            "Added: %(added)s, corrected: %(changed)s, as before: %(unchanged)s, new groups: %(groups)s.",
            added=plan.added,
            changed=plan.changed,
            unchanged=plan.unchanged,
            groups=len(plan.new_groups),
        )
    )
    return redirect(url_for("roll.listing", slug=slug), 303)


@blueprint.post("/<int:upload_id>/drop")
@commits
def drop(slug: str, upload_id: int) -> Response:
    _upload(slug, upload_id)
    if LifecycleForm().validate_on_submit():
        current_session().execute(delete(RollUpload).where(RollUpload.id == upload_id))
    return redirect(url_for("roll_file.choose", slug=slug), 303)


@jobs.job("roll.forget_uploads", every_minutes=10)
def forget_uploads() -> None:
    """Files that nobody confirmed are not kept."""
    with writing() as session:
        session.execute(delete(RollUpload).where(RollUpload.sent_at < utc_now() - KEPT))


def _form(consultation: Consultation, **values: Any) -> RollFileForm:
    form = RollFileForm(**values)
    form.country.choices = [
        SelectChoice("", _("not known")),
        *(SelectChoice(*pair) for pair in countries_with_names(language())),
    ]
    return form


def _plan(consultation: Consultation, read: RollFile) -> Plan:
    """With the people on the rolls that whoever asks may keep."""
    known_to = [own.id for own in own_rolls()]
    return importing.plan_import(current_session(), consultation, read, known_to=known_to)


def _summary(consultation: Consultation, plan: Plan) -> dict[str, Any]:
    similar = importing.similar_people(current_session(), consultation, plan)
    return {
        "rows": len(plan.steps),
        "added": plan.added,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "unreachable": plan.unreachable,
        "groups": list(plan.new_groups.values()),
        "unused": list(plan.unused),
        "pairs": len(similar),
        "similar": [
            [pair.number, pair.name, pair.other_number, pair.other_name, pair.score]
            for pair in similar[: importing.MOST_SHOWN]
        ],
    }


def _content(table: Table) -> dict[str, Any]:
    return {"columns": table.columns, "rows": table.rows, "lines": table.lines}


def _from_content(content: dict[str, Any]) -> Table:
    rows: Sequence[Sequence[str]] = content["rows"]
    return Table(tuple(content["columns"]), tuple(map(tuple, rows)), tuple(content["lines"]))


def _upload(slug: str, upload_id: int) -> tuple[Consultation, RollUpload]:
    consultation = load_consultation(slug)
    upload = current_session().get(RollUpload, upload_id)
    if upload is None or upload.consultation_id != consultation.id:
        abort(404)
    return consultation, upload


def _page(consultation: Consultation, form: RollFileForm, *, plan: Plan | None = None) -> str:
    problems = plan.problems if plan else ()
    return render_template(
        "outreach/roll_file.html",
        consultation=consultation,
        form=form,
        columns=COLUMNS,
        sample=SAMPLE,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        refusal=importing.RollError(problems) if problems else None,
        problem_text=error_text_of,
    )


def error_text_of(problem: importing.RowProblem) -> str:
    """A problem of a row, in the language of the page."""
    return _(problem.message) % problem.params
