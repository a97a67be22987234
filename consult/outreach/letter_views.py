"""Asking people to answer: letters and what became of them, lists of links, and cards to hand out."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from consult.access import audit
from consult.access.again import is_own_password
from consult.access.permissions import Right
from consult.ballots import handing_out
from consult.ballots.keeping import leave_no_log
from consult.consultations.access import load_consultation
from consult.consultations.forms import LifecycleForm
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.files import attachment
from consult.forms import BaseForm, LineField
from consult.i18n import error_text
from consult.outreach.code_mail import check_mail_server, send_codes
from consult.outreach.forms import PasswordForm
from consult.outreach.labels import LETTER_KINDS, LETTER_STATES
from consult.outreach.sending import is_configured, values_for
from consult.places import Place
from consult.stakeholders import codes, letter_words, letters, queries, roll_out
from consult.stakeholders.asking import BEFORE_OPENING, has_codes, is_anonymous
from consult.stakeholders.models import Participant
from consult.transaction import commits, writing
from surveys.errors import SurveyError

blueprint = Blueprint("letters", __name__, url_prefix="/manage/<slug>/invitations")
PERMISSIONS = {
    f"letters.{name}": Right.ROLL_MANAGE
    for name in ("overview", "text", "save_text", "send", "decide", "bounces", "codes_page", "take_codes")
}
PLACES = (
    Place(
        key="letters", label=_l("Invitations"), endpoint="letters.overview", right=Right.ROLL_MANAGE, order=36
    ),
)


class LetterForm(BaseForm):
    """The words of a letter."""

    subject = LineField(_l("Subject"))
    body = TextAreaField(_l("Letter"))


@blueprint.get("")
def overview(slug: str) -> str:
    return _overview(load_consultation(slug))


@blueprint.get("/<any(invitation, reminder):kind>/<string(length=2):code>")
def text(slug: str, kind: str, code: str) -> str:
    consultation = load_consultation(slug)
    if code not in consultation.languages:
        abort(404)
    subject, body, _own = letter_words.text_of(current_session(), consultation, kind, code)
    return _text(consultation, kind, code, LetterForm(formdata=None, subject=subject, body=body))


@blueprint.post("/<any(invitation, reminder):kind>/<string(length=2):code>")
@commits
def save_text(slug: str, kind: str, code: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    if code not in consultation.languages:
        abort(404)
    form = LetterForm()
    if form.validate_on_submit():
        try:
            letter_words.save_text(
                current_session(), consultation, kind=kind, language=code,
                subject=form.subject.data or "", body=form.body.data or "",
            )  # fmt: skip
        except SurveyError as error:
            field = form.subject if error.code in ("bad_subject", "code_in_subject") else form.body
            field.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("letters.text", slug=slug, kind=kind, code=code), 303)
    return _text(consultation, kind, code, form), 422 if form.errors or form.problems else 200


@blueprint.post("/send")
@commits
def send(slug: str) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    kind, group = request.form.get("kind", ""), request.form.get("group", "")
    if not LifecycleForm().validate_on_submit() or kind not in LETTER_KINDS:
        return redirect(url_for("letters.overview", slug=slug), 303)
    try:
        count = letters.start_mailing(
            current_session(), consultation, kind=kind, made_by=current_user.email,
            group_id=int(group) if group.isascii() and group.isdigit() and len(group) < 10 else None,
        )  # fmt: skip
    except SurveyError as error:
        return _overview(consultation, refusal=error), 422
    if letters.shows_who_answered(consultation, kind):
        flash(_("The reminder is on its way to those who have not answered."))
    else:
        flash(ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count))
    return redirect(url_for("letters.overview", slug=slug), 303)


@blueprint.post("/doubtful/<int:letter_id>")
@commits
def decide(slug: str, letter_id: int) -> Response:
    consultation = load_consultation(slug)
    if LifecycleForm().validate_on_submit():
        letters.decide(
            current_session(), consultation, letter_id, again=request.form.get("action") == "again"
        )
    return redirect(url_for("letters.overview", slug=slug), 303)


@blueprint.post("/bounces")
@commits
def bounces(slug: str) -> Response:
    consultation = load_consultation(slug)
    if LifecycleForm().validate_on_submit():
        found = letters.note_bounces(current_session(), consultation, request.form.get("text", ""))
        flash(ngettext("%(num)s letter noted as come back.", "%(num)s letters noted as come back.", found))
    return redirect(url_for("letters.overview", slug=slug), 303)


@blueprint.get("/codes")
def codes_page(slug: str) -> str:
    return _codes(load_consultation(slug), PasswordForm(formdata=None))


@blueprint.post("/codes")
def take_codes(slug: str) -> Response | str | tuple[str, int]:
    """Everybody's code as a file, as cards, or (anonymous ones) by e-mail; that it was done is written down with who
    did it."""
    consultation = load_consultation(slug)
    form = PasswordForm()
    if not form.validate_on_submit() or not is_own_password(form.password):
        return _codes(load_consultation(slug), form), 422 if form.password.errors else 200
    action = request.form.get("action", "csv")
    try:
        if is_anonymous(load_consultation(slug)):
            return _anonymous_codes(slug, action)
        with writing() as session:
            consultation = load_consultation(slug)
            codes.make_codes(session, consultation)
            audit.record(session, "codes.exported", consultation_slug=slug, format=action)
    except SurveyError as error:
        return _codes(load_consultation(slug), form, refusal=error), 422
    consultation = load_consultation(slug)
    if action == "cards":
        return _cards(consultation)
    return attachment(roll_out.codes_csv(current_session(), consultation), f"{slug}-codes", "csv")


def _anonymous_codes(slug: str, action: str) -> Response | str:
    """Make the codes of an anonymous consultation, or throw them away. They are in this answer, or in the letters that
    leave now, and nowhere else."""
    if action == "mail":
        check_mail_server()
    made_by = current_user.email
    with writing() as session:
        consultation = load_consultation(slug)
        if action == "throw-away":
            handing_out.throw_codes_away(session, consultation)
            made: list[str] = []
        else:
            made = handing_out.make_codes(session, consultation)
            audit.record(session, "codes.exported", consultation_slug=slug, format=action)
    leave_no_log()
    consultation = load_consultation(slug)
    if action == "throw-away":
        flash(_("The codes were thrown away. They open nothing any more."))
        return redirect(url_for("letters.codes_page", slug=slug), 303)
    if action == "mail":
        made = send_codes(consultation, made, made_by=made_by)
        consultation = load_consultation(slug)
        flash(
            _(
                "The letters are on their way. Look under “What went out” whether all have left before you open."
            )
        )
        if not made:
            return redirect(url_for("letters.overview", slug=slug), 303)
    if action in ("cards", "mail"):
        return _anonymous_cards(consultation, made)
    return attachment(handing_out.as_csv(consultation, made), f"{slug}-codes", "csv")


def _anonymous_cards(consultation: Consultation, made: list[str]) -> str:
    """Cards without a name: whoever draws one has it."""
    language = consultation.default_language
    cards = [
        {"code": codes.grouped(code), "language": language,
         "qr": qr_svg(codes.personal_link(consultation.slug, code))}
        for code in made
    ]  # fmt: skip
    return render_template("outreach/cards.html", consultation=consultation, cards=cards)


def _cards(consultation: Consultation) -> str:
    cards = [
        {"name": place.participant.name, "organisation": place.participant.organisation, "code": codes.grouped(code),
         "language": place.participant.language if place.participant.language in consultation.languages
         else consultation.default_language,
         "qr": qr_svg(codes.personal_link(consultation.slug, code))}
        for place, code in codes.personal_codes(current_session(), consultation)
    ]  # fmt: skip
    return render_template("outreach/cards.html", consultation=consultation, cards=cards)


def qr_svg(address: str) -> Markup:
    """A QR code as SVG to stand in a page, without style of its own."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4)
    return Markup(out.getvalue().decode())


def _overview(consultation: Consultation, *, refusal: SurveyError | None = None) -> str:
    session = current_session()
    return render_template(
        "outreach/letters.html",
        consultation=consultation,
        refusal=refusal,
        is_configured=is_configured(),
        has_codes=has_codes(consultation),
        on_roll=queries.roll_size(session, consultation.id),
        to_invite=letters.count_recipients(session, consultation, "invitation"),
        doubtful=letters.doubtful(session, consultation.id),
        mailings=letters.mailings(session, consultation),
        shows_who_answered=letters.shows_who_answered,
        kinds=LETTER_KINDS,
        states=LETTER_STATES,
    )


def _codes(consultation: Consultation, form: PasswordForm, *, refusal: SurveyError | None = None) -> str:
    return render_template(
        "outreach/codes.html",
        consultation=consultation,
        form=form,
        refusal=refusal,
        has_codes=has_codes(consultation),
        is_anonymous=is_anonymous(consultation),
        is_made=consultation.is_roll_fixed,
        is_before=consultation.status in BEFORE_OPENING,
        is_configured=is_configured(),
        on_roll=queries.roll_size(current_session(), consultation.id),
    )


def _text(consultation: Consultation, kind: str, code: str, form: LetterForm) -> str:
    someone = Participant(name=_("Mona Khalil"), organisation=_("Light Association"), language=code)
    values = values_for(
        consultation, someone, "X" * 12 if letter_words.carries_code(consultation, kind) else "", code
    )
    return render_template(
        "outreach/letter.html",
        consultation=consultation,
        kind=kind,
        kinds=LETTER_KINDS,
        code=code,
        form=form,
        placeholders=letter_words.placeholders(consultation, kind),
        sample_subject=letter_words.filled(form.subject.data or "", values),
        sample_body=letter_words.filled(form.body.data or "", values),
    )
