"""The builder's one blueprint, and what all of its pages ask of a request."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from consult.access.permissions import Right
from consult.builder import services
from consult.consultations.models import Consultation
from consult.extensions import current_session
from surveys.definition import Definition
from surveys.errors import DefinitionError

blueprint = Blueprint("builder", __name__, url_prefix="/manage/<slug>/survey")
PERMISSIONS = {
    f"builder.{name}": Right.CONSULTATION_EDIT
    for name in (
        "survey", "change", "undo", "add_section", "section", "save_section", "pick_type", "new_question",
        "create_question", "question", "save_question", "move", "save_move", "xlsform",
    )
} | {"builder.publish": Right.CONSULTATION_MANAGE}  # fmt: skip


@blueprint.errorhandler(DefinitionError)
def gone(error: DefinitionError) -> tuple[str, int]:
    """Somebody removed the question or section in the meantime."""
    return render_template("builder/gone.html", error=error, slug=(request.view_args or {})["slug"]), 404


def languages_of(consultation: Consultation) -> list[str]:
    """The consultation's languages, its default one first."""
    default = consultation.default_language
    return [default, *(code for code in consultation.languages if code != default)]


def sent_revision(consultation: Consultation) -> int:
    """The revision that a form was opened on: what was sent, so that a late save is noticed."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() else consultation.survey.draft_revision


def save(consultation: Consultation, definition: Definition, change: str, item: str = "") -> None:
    """Keep what a form changed. Raises DraftChangedError when somebody else was faster."""
    services.save_survey(
        current_session(),
        consultation=consultation,
        definition=definition,
        draft_revision=sent_revision(consultation),
        change=change,
        item=item,
    )


def place_in_list(slug: str, item: str) -> str:
    """The address of a question or section in the list of questions."""
    return url_for("builder.survey", slug=slug, _anchor=f"item-{item}")
