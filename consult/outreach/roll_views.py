"""The roll of a consultation: who is on it, what is held about each, and taking it out as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as HttpResponse
from wtforms import SelectChoice

from consult.access import audit
from consult.access.again import is_own_password
from consult.access.permissions import Right
from consult.consultations.access import load_consultation
from consult.consultations.forms import LifecycleForm
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.files import attachment
from consult.i18n import error_text, pick
from consult.outreach.forms import ParticipantForm, PasswordForm
from consult.outreach.labels import LETTER_KINDS, LETTER_STATES
from consult.outreach.reach import reach
from consult.places import Place
from consult.stakeholders import alike, codes, letters, people, queries, roll_out
from consult.stakeholders.contacts import country_of_zone
from consult.stakeholders.models import RollPlace
from consult.stakeholders.queries import RollFilter
from consult.transaction import commits, writing
from surveys.errors import SurveyError

blueprint = Blueprint("roll", __name__, url_prefix="/manage/<slug>/roll")
PERMISSIONS = {
    f"roll.{name}": Right.ROLL_MANAGE
    for name in (
        "listing",
        "new",
        "add",
        "person",
        "correct",
        "remove",
        "merge",
        "new_code",
        "export",
        "take_out",
    )
}
PLACES = (Place(key="roll", label=_l("Roll"), endpoint="roll.listing", right=Right.ROLL_MANAGE, order=34),)


@blueprint.get("")
def listing(slug: str) -> str:
    consultation = load_consultation(slug)
    session = current_session()
    chosen = _filter()
    return render_template(
        "outreach/roll.html",
        consultation=consultation,
        chosen=chosen,
        arguments={name: request.args[name] for name in _NAMES if request.args.get(name)},
        page=queries.roll_page(
            session, consultation.id, filter=chosen, number=request.args.get("page", 1, type=_page_number)
        ),
        on_roll=queries.roll_size(session, consultation.id),
        groups=queries.groups(session),
        regions=queries.regions(session, consultation.id),
    )


_NAMES = ("words", "group", "region", "language", "vote")


def _page_number(text: str) -> int:
    return min(int(text), 10**6)


def _filter() -> RollFilter:
    given = {name: request.args.get(name, "").strip()[:200] for name in _NAMES}
    group = given.pop("group")
    return RollFilter(
        **given, group=int(group) if group.isascii() and group.isdigit() and len(group) < 10 else None
    )


@blueprint.get("/new")
def new(slug: str) -> str:
    consultation = load_consultation(slug)
    form = _form(consultation, formdata=None, language=consultation.default_language)
    return render_template("outreach/person_new.html", consultation=consultation, form=form)


@blueprint.post("/new")
@commits
def add(slug: str) -> HttpResponse | str | tuple[str, int]:
    consultation = load_consultation(slug)
    form = _form(consultation)
    if form.validate_on_submit():
        try:
            people.add_participant(
                current_session(), consultation, values=form.values, group_ids=form.groups.data or ()
            )
        except SurveyError as error:
            form.email.errors = [error_text(error)]
        else:
            flash(_("Added to the roll."))
            return redirect(url_for("roll.listing", slug=slug), 303)
    page = render_template("outreach/person_new.html", consultation=load_consultation(slug), form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/<int:participant_id>")
def person(slug: str, participant_id: int) -> str:
    consultation, place = _place(slug, participant_id)
    return _person(consultation, place, _held(consultation, place))


@blueprint.post("/<int:participant_id>")
@commits
def correct(slug: str, participant_id: int) -> HttpResponse | str | tuple[str, int]:
    consultation, place = _place(slug, participant_id)
    form = _form(consultation)
    if form.validate_on_submit():
        try:
            corrected = people.correct_participant(
                current_session(),
                consultation,
                place.participant,
                values=form.values,
                group_ids=form.groups.data or (),
                reach=reach(),
            )
        except SurveyError as error:
            current_session().rollback()
            consultation, place = _place(slug, participant_id)
            form.email.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("roll.person", slug=slug, participant_id=corrected.id), 303)
    return _person(consultation, place, form), 422 if form.errors else 200


@blueprint.post("/<int:participant_id>/remove")
@commits
def remove(slug: str, participant_id: int) -> HttpResponse:
    consultation, place = _place(slug, participant_id)
    if LifecycleForm().validate_on_submit():
        people.remove_from_roll(current_session(), consultation, place)
        flash(_("Taken off the roll."))
    return redirect(url_for("roll.listing", slug=slug), 303)


@blueprint.post("/<int:participant_id>/merge/<int:other_id>")
@commits
def merge(slug: str, participant_id: int, other_id: int) -> HttpResponse | tuple[str, int]:
    consultation, place = _place(slug, participant_id)
    _same, other = _place(slug, other_id)
    if LifecycleForm().validate_on_submit():
        try:
            kept = people.merge_participants(
                current_session(),
                consultation,
                kept=place.participant,
                other=other.participant,
                reach=reach(),
            )
        except SurveyError as error:
            current_session().rollback()
            consultation, place = _place(slug, participant_id)
            return _person(consultation, place, _held(consultation, place), refusal=error), 422
        flash(_("The two entries are one now."))
        participant_id = kept.id
    return redirect(url_for("roll.person", slug=slug, participant_id=participant_id), 303)


@blueprint.post("/<int:participant_id>/code")
@commits
def new_code(slug: str, participant_id: int) -> HttpResponse | str | tuple[str, int]:
    """A new code in place of a lost one, shown this once."""
    consultation, place = _place(slug, participant_id)
    if not LifecycleForm().validate_on_submit():
        return redirect(url_for("roll.person", slug=slug, participant_id=participant_id), 303)
    code = codes.replace_code(current_session(), consultation, place)
    return render_template(
        "outreach/new_code.html",
        consultation=consultation,
        place=place,
        code=codes.grouped(code),
        link=codes.personal_link(slug, code),
    )


@blueprint.get("/export")
def export(slug: str) -> str:
    return render_template(
        "outreach/roll_export.html", consultation=load_consultation(slug), form=PasswordForm(formdata=None)
    )


@blueprint.post("/export")
def take_out(slug: str) -> HttpResponse | str | tuple[str, int]:
    """The roll as a file; that it was taken is written down with who took it."""
    load_consultation(slug)
    form = PasswordForm()
    if form.validate_on_submit() and is_own_password(form.password):
        with writing() as session:
            audit.record(session, "roll.exported", consultation_slug=slug)
        consultation = load_consultation(slug)
        return attachment(roll_out.roll_csv(current_session(), consultation), f"{slug}-roll", "csv")
    page = render_template("outreach/roll_export.html", consultation=load_consultation(slug), form=form)
    return page, 422 if form.password.errors else 200


def _place(slug: str, participant_id: int) -> tuple[Consultation, RollPlace]:
    consultation = load_consultation(slug)
    place = queries.place_of(current_session(), consultation.id, participant_id)
    if place is None:
        abort(404)
    return consultation, place


def _form(consultation: Consultation, **values: Any) -> ParticipantForm:
    form = ParticipantForm(**values)
    form.country = country_of_zone(consultation.timezone)
    form.groups.choices = [
        SelectChoice(group.id, pick(group.name)) for group in queries.groups(current_session())
    ]
    return form


def _held(consultation: Consultation, place: RollPlace) -> ParticipantForm:
    """The form as it shows what is held."""
    person = place.participant
    values = {name: getattr(person, name) for name in people.FIELDS}
    return _form(consultation, formdata=None, groups=[group.id for group in person.groups], **values)


def _person(
    consultation: Consultation, place: RollPlace, form: ParticipantForm, *, refusal: SurveyError | None = None
) -> str:
    session = current_session()
    return render_template(
        "outreach/person.html",
        consultation=consultation,
        place=place,
        form=form,
        refusal=refusal,
        others=queries.other_places(session, place.participant_id, consultation.id, reach()),
        alike=alike.alike_on_roll(session, place),
        history=[
            letter
            for letter in queries.letters_to(session, place.id)
            if not letters.shows_who_answered(consultation, letter.mailing.kind)
        ],
        has_personal_code=consultation.access == "roll" and consultation.privacy == "confidential",
        is_over=consultation.status not in ("draft", "scheduled", "open"),
        kinds=LETTER_KINDS,
        states=LETTER_STATES,
    )
