"""A participant's own page: by her code she sees what is held about her, corrects it, and may leave.

The code stands in the forms that she sends, never in an address, and nothing is kept on the device.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from consult.access import brake
from consult.access.permissions import Right
from consult.consultations import queries as consultation_queries
from consult.consultations.entitled import CodeTrouble
from consult.consultations.models import Consultation
from consult.consultations.visit import is_from_elsewhere
from consult.extensions import csrf, current_session
from consult.i18n import is_language_switch, offer_languages
from consult.outreach.forms import PersonForm
from consult.outreach.leaving import leave_roll
from consult.outreach.sending import is_configured
from consult.stakeholders import addresses, participation, people, queries
from consult.stakeholders.asking import has_codes
from consult.stakeholders.codes import participant_of_code
from consult.stakeholders.contacts import country_of_zone
from consult.stakeholders.models import RollPlace
from consult.transaction import writing
from surveys.errors import SurveyError

blueprint = Blueprint("own", __name__, url_prefix="/c/<slug>/me")
csrf.exempt(blueprint)  # what is asked for is the code in the form, and that the form is ours
PERMISSIONS = {
    f"own.{name}": Right.PUBLIC for name in ("enter", "show", "correct", "confirm", "take_address", "leave")
}


class OwnForm(PersonForm):
    """What is held about who asks."""

    class Meta:
        csrf = False


@blueprint.get("")
def enter(slug: str) -> str:
    return _enter(_consultation(slug))


@blueprint.post("")
def show(slug: str) -> str | tuple[str, int]:
    consultation = _consultation(slug)
    place = _place(consultation)
    if not isinstance(place, RollPlace):
        return _refused(consultation, place)
    return _own(consultation, place)


@blueprint.post("/correct")
def correct(slug: str) -> str | tuple[str, int]:
    """Correct what is held. The code is looked up before the writing begins: a wrong one holds up nobody."""
    consultation = _consultation(slug)
    place = _place(consultation)
    if not isinstance(place, RollPlace):
        return _refused(consultation, place)
    form = _form(consultation)
    if is_language_switch() or not form.validate():
        return _own(consultation, place, form), 422 if form.errors else 200
    values = form.values
    email, email_key = values.pop("email"), values.pop("email_key")
    has_new_address = bool(email) and email_key != place.email_key
    if has_new_address and not is_configured():
        form.email.errors = [
            _("A new address is confirmed by a mail, and none can be sent from here. Write to those who ask.")
        ]
        return _own(consultation, place, form), 422
    if has_new_address and brake.too_many_address_mails(place.ref):
        form.email.errors = [_("Several mails were sent already. Wait an hour and try again.")]
        return _own(_consultation(slug), _still_there(slug), form), 422
    if not email:
        values |= {"email": None, "email_key": None}
    with writing() as session:
        consultation, place = _consultation(slug), _still_there(slug)
        people.correct_participant(
            session, consultation, place.participant, values=values, group_ids=None, by_herself=True
        )
        if has_new_address:
            addresses.ask_to_confirm(session, consultation, place, email=str(email), email_key=str(email_key))
    asked_at = str(email) if has_new_address else ""
    return _own(_consultation(slug), _still_there(slug), is_saved=True, mailed_to=asked_at)


def _still_there(slug: str) -> RollPlace:
    """The place of the code, looked up again after something was written."""
    consultation = _consultation(slug)
    holder = participant_of_code(current_session(), consultation, request.form.get("code", ""))
    place = queries.place_of(current_session(), consultation.id, holder.participant_id) if holder else None
    if place is None:
        abort(404)  # taken off the roll at this very moment
    return place


@blueprint.get("/confirm")
def confirm(slug: str) -> str:
    """Where the mail leads to which a new address is confirmed."""
    return _confirm(_consultation(slug))


@blueprint.post("/confirm")
def take_address(slug: str) -> str | tuple[str, int]:
    """Let a new address count. It is a button, because mail servers open the links in mails by themselves."""
    if is_from_elsewhere():
        abort(400)
    consultation = _consultation(slug)
    code = request.form.get("code", "")
    if is_language_switch() or not code.strip():
        return _confirm(consultation)
    if addresses.pending_of_code(current_session(), consultation, code) is None:
        is_over = brake.too_many_wrong_codes(consultation.id)
        trouble = CodeTrouble.TOO_MANY if is_over else CodeTrouble.WRONG
        return _confirm(_consultation(slug), trouble=trouble), 429 if is_over else 422
    try:
        with writing() as session:
            addresses.confirmed(session, _consultation(slug), code)
    except SurveyError as error:
        return _confirm(_consultation(slug), refusal=error), 422
    return _confirm(_consultation(slug), is_done=True)


def _confirm(consultation: Consultation, **said: Any) -> str:
    return render_template("outreach/own_confirm.html", consultation=consultation, **said)


@blueprint.post("/leave")
def leave(slug: str) -> str | tuple[str, int]:
    consultation = _consultation(slug)
    place = _place(consultation)
    if not isinstance(place, RollPlace):
        return _refused(consultation, place)
    choice = request.form.get("answers", "")
    has_answered = participation.response_of(current_session(), place.id) is not None
    if is_language_switch() or (has_answered and choice not in ("erase", "unlink")):
        return _own(consultation, place, lacks_choice=not is_language_switch()), 422
    with writing() as session:
        consultation, place = _consultation(slug), _still_there(slug)
        if participation.response_of(session, place.id) is not None and not choice:
            abort(409)  # sent from another device just now: she has not said what is to become of it
        leave_roll(session, consultation, place, erase_answers=choice == "erase")
    return render_template(
        "outreach/left.html", consultation=_consultation(slug), has_answered=has_answered, choice=choice
    )


def _consultation(slug: str) -> Consultation:
    consultation = consultation_queries.consultation_by_slug(current_session(), slug)
    if consultation is None or not has_codes(consultation):
        abort(404)
    offer_languages(consultation.languages, consultation.default_language)
    return consultation


def _place(consultation: Consultation) -> RollPlace | CodeTrouble:
    """The place on the roll of who typed the code; what is wrong with any other code."""
    if is_from_elsewhere():
        abort(400)
    session = current_session()
    holder = participant_of_code(session, consultation, request.form.get("code", ""))
    place = queries.place_of(session, consultation.id, holder.participant_id) if holder else None
    if place is None:
        return CodeTrouble.TOO_MANY if brake.too_many_wrong_codes(consultation.id) else CodeTrouble.WRONG
    return place


def _refused(consultation: Consultation, trouble: CodeTrouble) -> tuple[str, int]:
    return _enter(consultation, trouble), 429 if trouble is CodeTrouble.TOO_MANY else 422


def _enter(consultation: Consultation, trouble: CodeTrouble | None = None) -> str:
    return render_template("outreach/own_enter.html", consultation=consultation, trouble=trouble)


def _form(consultation: Consultation, **values: Any) -> OwnForm:
    form = OwnForm(**values)
    form.country = country_of_zone(consultation.timezone)
    return form


def _own(
    consultation: Consultation,
    place: RollPlace,
    form: OwnForm | None = None,
    *,
    is_saved: bool = False,
    mailed_to: str = "",
    lacks_choice: bool = False,
) -> str:
    return render_template(
        "outreach/own.html",
        consultation=consultation,
        place=place,
        form=form or _form(consultation, formdata=None, obj=place.participant),
        code=request.form.get("code", ""),
        letters=queries.letters_to(current_session(), place.id),
        has_answered=participation.response_of(current_session(), place.id) is not None,
        is_saved=is_saved,
        mailed_to=mailed_to,
        lacks_choice=lacks_choice,
    )
