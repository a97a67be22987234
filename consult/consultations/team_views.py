"""The page on which memberships of one consultation are given and taken."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from werkzeug.wrappers import Response
from wtforms import SelectChoice
from wtforms.validators import DataRequired

from consult.access.permissions import Right
from consult.consultations import team
from consult.consultations.access import load_consultation, rights_in
from consult.consultations.forms import CheckboxesField, LifecycleForm
from consult.extensions import current_session
from consult.forms import BaseForm, LineField
from consult.i18n import error_text
from consult.places import Place
from consult.transaction import commits
from surveys.errors import SurveyError

blueprint = Blueprint("team", __name__, url_prefix="/manage/<slug>/team")
PERMISSIONS = {
    "team.members": Right.CONSULTATION_MANAGE,
    "team.add": Right.CONSULTATION_MANAGE,
    "team.remove": Right.CONSULTATION_MANAGE,
}
PLACES = (
    Place(key="team", label=_l("Team"), endpoint="team.members", right=Right.CONSULTATION_MANAGE, order=60),
)


class MemberForm(BaseForm):
    """A member of staff and what they may do here."""

    email = LineField(
        _l("E-mail address"), [DataRequired(_l("Type an e-mail address."))], render_kw={"dir": "ltr"}
    )
    rights = CheckboxesField(
        _l("May also, beside what the role allows"),
        choices=[SelectChoice(str(right), label) for right, label in team.GRANTABLE.items()],
    )


@blueprint.get("")
def members(slug: str) -> str:
    return _page(slug, MemberForm(formdata=None))


@blueprint.post("")
@commits
def add(slug: str) -> Response | str | tuple[str, int]:
    form = MemberForm()
    consultation = load_consultation(slug)
    if form.validate_on_submit():
        try:
            team.add_member(
                current_session(),
                consultation,
                email=form.email.data or "",
                rights=form.rights.data or [],
                giver_rights=rights_in(consultation, current_user),
            )
        except SurveyError as error:
            form.email.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("team.members", slug=slug), 303)
    return _page(slug, form), 422 if form.errors else 200


@blueprint.post("/<int:membership_id>/remove")
@commits
def remove(slug: str, membership_id: int) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    if LifecycleForm().validate_on_submit():
        try:
            team.remove_member(current_session(), consultation, membership_id=membership_id)
        except SurveyError as error:
            return _page(slug, MemberForm(formdata=None), refusal=error), 422
    return redirect(url_for("team.members", slug=slug), 303)


def _page(slug: str, form: MemberForm, *, refusal: SurveyError | None = None) -> str:
    return render_template(
        "consultations/team.html",
        consultation=load_consultation(slug),
        form=form,
        grantable=team.GRANTABLE,
        refusal=refusal,
        is_post=request.method == "POST",
    )
