"""The page that lists a survey's questions, and what can be done from it. Everything works without script."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import history, outline, question_views, services
from consult.builder.blueprint import PERMISSIONS, blueprint, place_in_list, save, sent_revision
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.files import attachment
from consult.places import Place
from consult.transaction import commits
from surveys import editing
from surveys import xlsform as xlsforms
from surveys.errors import DefinitionError
from surveys.numbers import parse_number

__all__ = ["PERMISSIONS", "PLACES", "blueprint", "question_views"]

PLACES = (
    Place(
        key="survey", label=_l("Survey"), endpoint="builder.survey", right=Right.CONSULTATION_EDIT, order=15
    ),
)


@blueprint.get("")
def survey(slug: str) -> str:
    return _outline(load_consultation(slug))


def _outline(consultation: Consultation, *, refusal: SurveyError | None = None) -> str:
    definition = services.definition_of(consultation)
    session = current_session()
    return render_template(
        "builder/survey.html",
        consultation=consultation,
        outline=outline.outline_of(session, consultation, definition),
        revision=consultation.survey.draft_revision,
        refusal=refusal,
        can_publish=may(consultation, Right.CONSULTATION_MANAGE),
        undoable=history.last_done(session, consultation.survey_id),
        redoable=history.first_undone(session, consultation.survey_id),
        step_words=history.words_of,
    )


@blueprint.get("/xlsform")
def xlsform(slug: str) -> Response:
    """The survey in the making as an XLSForm, for KoboToolbox and others."""
    consultation = load_consultation(slug)
    return attachment(xlsforms.xlsform_bytes(services.definition_of(consultation)), slug, "xlsx")


@blueprint.post("/change")
@commits
def change(slug: str) -> Response | tuple[str, int]:
    """Duplicate, move or remove a question or section: `action`, and `item` for its id."""
    consultation = load_consultation(slug)
    definition = services.definition_of(consultation)
    action, _colon, item = request.form.get("action", "").partition(":")
    try:
        if action == "move":
            item = item or _filled_number()
            number = parse_number(request.form.get(f"number-{item}", ""))
            if number is None:
                return redirect(place_in_list(slug, item), 303)
            changed = editing.move_question_to_number(definition, item, number=int(number))
        elif action in services.CHANGES:
            changed = services.CHANGES[action](definition, item)
        else:
            abort(400)
        save(consultation, changed, action, item)
    except DefinitionError:
        raise
    except SurveyError as error:
        return _outline(consultation, refusal=error), 422
    return redirect(place_in_list(slug, item), 303)


@blueprint.post("/undo")
@commits
def undo(slug: str) -> Response | tuple[str, int]:
    """Take the last change back, or with the action `redo` make it again."""
    consultation = load_consultation(slug)
    cross = services.redo if request.form.get("action") == "redo" else services.undo
    try:
        step = cross(current_session(), consultation=consultation, draft_revision=sent_revision(consultation))
    except SurveyError as error:
        return _outline(consultation, refusal=error), 422
    words = _(history.words_of(step.change))
    flash(
        _("Undone: %(change)s.", change=words)
        if step.is_undone
        else _("Done again: %(change)s.", change=words)
    )
    return redirect(url_for("builder.survey", slug=slug), 303)


@blueprint.post("/publish")
@commits
def publish(slug: str) -> Response | tuple[str, int]:
    """Publish the changes of a survey that people are answering."""
    consultation = load_consultation(slug)
    try:
        version = services.publish_changes(current_session(), consultation=consultation)
    except SurveyError as error:
        return _outline(consultation, refusal=error), 422
    flash(
        _(
            "Version %(number)s is published. Who has begun answering goes on with the old one.",
            number=version.number,
        )
    )
    return redirect(url_for("builder.survey", slug=slug), 303)


def _filled_number() -> str:
    """The question whose "move to number" was filled in, when the form was sent with the Enter key."""
    return next(
        (name.removeprefix("number-") for name, typed in request.form.items()
         if name.startswith("number-") and typed.strip()),
        "",
    )  # fmt: skip
