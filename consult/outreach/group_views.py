"""Stakeholder groups: the map of influence and interest as a picture and a table, and each group."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.config import LANGUAGES
from consult.consultations.access import load_consultation, may
from consult.consultations.forms import LifecycleForm
from consult.extensions import current_session
from consult.i18n import direction, error_text, language
from consult.outreach.forms import GroupForm
from consult.outreach.labels import CATEGORIES, QUADRANTS
from consult.outreach.plan import map_lines, map_marks
from consult.outreach.reach import own_rolls
from consult.places import Place
from consult.stakeholders import groups, queries
from consult.stakeholders.models import StakeholderGroup
from consult.transaction import commits
from surveys.errors import SurveyError

blueprint = Blueprint("groups", __name__, url_prefix="/manage/<slug>/stakeholders")
PERMISSIONS = {
    "groups.listing": Right.FIGURES_READ,
    "groups.new": Right.ROLL_MANAGE,
    "groups.make": Right.ROLL_MANAGE,
    "groups.group": Right.ROLL_MANAGE,
    "groups.save": Right.ROLL_MANAGE,
    "groups.remove": Right.ROLL_MANAGE,
    "groups.merge": Right.ROLL_MANAGE,
}
PLACES = (
    Place(
        key="groups", label=_l("Stakeholders"), endpoint="groups.listing", right=Right.FIGURES_READ, order=32
    ),
)


@blueprint.get("")
def listing(slug: str) -> str:
    consultation = load_consultation(slug)
    session = current_session()
    lines = map_lines(queries.groups(session), queries.group_sizes(session, consultation.id))
    return render_template(
        "outreach/groups.html",
        consultation=consultation,
        lines=lines,
        marks=map_marks(lines, from_right=direction(language()) == "rtl"),
        categories=CATEGORIES,
        quadrants=QUADRANTS,
        can_edit=may(consultation, Right.ROLL_MANAGE),
    )


@blueprint.get("/new")
def new(slug: str) -> str:
    return _page(slug, None, _form(None, sent=False))


@blueprint.post("/new")
@commits
def make(slug: str) -> Response | str | tuple[str, int]:
    return _save(slug, None)


@blueprint.get("/<int:group_id>")
def group(slug: str, group_id: int) -> str:
    found = _group(slug, group_id)
    return _page(slug, found, _form(found, sent=False))


@blueprint.post("/<int:group_id>")
@commits
def save(slug: str, group_id: int) -> Response | str | tuple[str, int]:
    return _save(slug, _group(slug, group_id))


@blueprint.post("/<int:group_id>/remove")
@commits
def remove(slug: str, group_id: int) -> Response:
    found = _group(slug, group_id)
    if LifecycleForm().validate_on_submit() and _is_within_reach(found):
        groups.remove_group(current_session(), found)
        flash(_("The group was removed; the people in it stay."))
    return redirect(url_for("groups.listing", slug=slug), 303)


@blueprint.post("/<int:group_id>/merge/<int:into>")
@commits
def merge(slug: str, group_id: int, into: int) -> Response:
    found, other = _group(slug, group_id), _group(slug, into)
    if LifecycleForm().validate_on_submit() and _is_within_reach(found):
        groups.merge_group(current_session(), found, into=other)
        flash(_("The two groups are one now."))
    return redirect(url_for("groups.group", slug=slug, group_id=into), 303)


def _is_within_reach(group: StakeholderGroup) -> bool:
    """Whether only rolls of one's own would change; else it says why not."""
    try:
        groups.check_within_reach(current_session(), group, [roll.id for roll in own_rolls()])
    except SurveyError as error:
        flash(error_text(error))
        return False
    return True


def _group(slug: str, group_id: int) -> StakeholderGroup:
    load_consultation(slug)
    found = current_session().get(StakeholderGroup, group_id)
    if found is None:
        abort(404)
    return found


def _form(group: StakeholderGroup | None, *, sent: bool) -> GroupForm:
    bound = _bound()
    if sent:
        return bound()
    values = {name: getattr(group, name) for name in ("name", "category", "note")} if group else {}
    for name in ("influence", "interest", "expected_size"):
        number = getattr(group, name, None)
        values[name] = "" if number is None else str(number)
    return bound(formdata=None, **values)


def _bound() -> type[GroupForm]:
    """The form with an input for the name in each language of the house."""
    unbound = GroupForm.name
    copy = type(unbound)(
        unbound.field_class, *unbound.args, **{**unbound.kwargs, "languages": list(LANGUAGES)}
    )
    copy.creation_counter = unbound.creation_counter
    return type("GroupForm", (GroupForm,), {"name": copy})


def _save(slug: str, group: StakeholderGroup | None) -> Response | str | tuple[str, int]:
    load_consultation(slug)
    form = _form(group, sent=True)
    if form.validate_on_submit():
        try:
            groups.save_group(current_session(), group, form.values)
        except SurveyError as error:
            form.name.errors = [error_text(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("groups.listing", slug=slug), 303)
    return _page(slug, group, form), 422 if form.errors else 200


def _page(slug: str, group: StakeholderGroup | None, form: GroupForm) -> str:
    consultation = load_consultation(slug)
    session = current_session()
    with session.no_autoflush:
        others = [other for other in queries.groups(session) if group is None or other.id != group.id]
    return render_template(
        "outreach/group.html", consultation=consultation, group=group, form=form, others=others
    )
