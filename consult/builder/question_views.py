"""The pages on which one section or question is made, changed and moved. What was typed is kept."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.builder import outline, services
from consult.builder.blueprint import blueprint, languages_of, place_in_list, save, sent_revision
from consult.builder.checks import check_menus
from consult.builder.conditions import condition_menus
from consult.builder.forms import QuestionForm, SectionForm, blank_question
from consult.builder.library import TOPICS
from consult.builder.pictures import sent_form
from consult.builder.samples import samples_of_types
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.i18n import is_language_switch
from consult.transaction import commits
from surveys import editing
from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.questions import question_types

REDRAWN = frozenset({"more-rows", "take-list"})
"""Buttons that show the form again with more room or with a list taken in, and save nothing."""


@blueprint.post("/sections")
@commits
def add_section(slug: str) -> Response:
    consultation = load_consultation(slug)
    definition, section = services.with_new_section(services.definition_of(consultation))
    save(consultation, definition, "add-section")
    return redirect(url_for("builder.section", slug=slug, section_id=section.id), 303)


@blueprint.get("/sections/<section_id>")
def section(slug: str, section_id: str) -> str:
    consultation = load_consultation(slug)
    definition = services.definition_of(consultation)
    form = SectionForm(definition.section(section_id), definition, languages_of(consultation))
    return _section_page(consultation, form)


@blueprint.post("/sections/<section_id>")
@commits
def save_section(slug: str, section_id: str) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    definition = services.definition_of(consultation)
    form = SectionForm(definition.section(section_id), definition, languages_of(consultation))
    changed = form.read(request.form)
    if is_language_switch() or _only_redraws():
        form.forget_errors()
        return _section_page(consultation, form), 200
    if form.problems:
        return _section_page(consultation, form), 422
    try:
        save(consultation, editing.update_section(definition, changed), "section", section_id)
    except SurveyError as error:
        return _section_page(consultation, form, refusal=error), 422
    flash(_("Saved."))
    return redirect(place_in_list(slug, section_id), 303)


def _section_page(
    consultation: Consultation, form: SectionForm, *, refusal: SurveyError | None = None
) -> str:
    return render_template(
        "builder/section.html",
        consultation=consultation,
        form=form,
        revision=sent_revision(consultation),
        refusal=refusal,
        **condition_menus(),
    )


@blueprint.get("/sections/<section_id>/add")
def pick_type(slug: str, section_id: str) -> str:
    consultation = load_consultation(slug)
    found = services.definition_of(consultation).section(section_id)
    return render_template(
        "builder/types.html", consultation=consultation, section=found, families=list(samples_of_types())
    )


@blueprint.get("/sections/<section_id>/add/<kind>")
def new_question(slug: str, section_id: str, kind: str) -> str:
    consultation = load_consultation(slug)
    return _question_page(consultation, _new_form(consultation, section_id, kind), section_id=section_id)


@blueprint.post("/sections/<section_id>/add/<kind>")
@commits
def create_question(slug: str, section_id: str, kind: str) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    form = _new_form(consultation, section_id, kind)
    question = form.read(sent_form())
    if is_language_switch() or _only_redraws():
        form.forget_errors()
        return _question_page(consultation, form, section_id=section_id), 200
    if form.problems:
        return _question_page(consultation, form, section_id=section_id), 422
    definition = editing.add_question(form.definition, section_id, question)
    try:
        save(consultation, definition, "add", question.id)
    except SurveyError as error:
        return _question_page(consultation, form, section_id=section_id, refusal=error), 422
    if request.form.get("action") == "add-another":
        return redirect(url_for("builder.pick_type", slug=slug, section_id=section_id), 303)
    return redirect(place_in_list(slug, question.id), 303)


def _new_form(consultation: Consultation, section_id: str, kind: str) -> QuestionForm:
    definition = services.definition_of(consultation)
    definition.section(section_id)
    if kind not in question_types:
        abort(404)
    blank = blank_question(definition, kind, editing.next_name(definition))
    return QuestionForm(blank, definition, languages_of(consultation))


@blueprint.get("/questions/<question_id>")
def question(slug: str, question_id: str) -> str:
    consultation = load_consultation(slug)
    return _question_page(consultation, _form(consultation, question_id))


@blueprint.post("/questions/<question_id>")
@commits
def save_question(slug: str, question_id: str) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    form = _form(consultation, question_id)
    changed = form.read(sent_form())
    if is_language_switch() or _only_redraws():
        form.forget_errors()
        return _question_page(consultation, form), 200
    if form.problems:
        return _question_page(consultation, form), 422
    try:
        save(consultation, editing.revise_question(form.definition, changed), "question", question_id)
    except SurveyError as error:
        return _question_page(consultation, form, refusal=error), 422
    flash(_("Saved."))
    return redirect(place_in_list(slug, question_id), 303)


def _form(consultation: Consultation, question_id: str) -> QuestionForm:
    definition = services.definition_of(consultation)
    return QuestionForm(definition.question(question_id), definition, languages_of(consultation))


def _question_page(
    consultation: Consultation,
    form: QuestionForm,
    *,
    section_id: str | None = None,
    refusal: SurveyError | None = None,
) -> str:
    return render_template(
        "builder/question.html",
        consultation=consultation,
        form=form,
        is_new=section_id is not None,
        topics=TOPICS,
        **condition_menus(),
        **check_menus(),
        answers=outline.answers_to(current_session(), consultation, form.question.id),
        revision=sent_revision(consultation),
        refusal=refusal,
    )


def _only_redraws() -> bool:
    return request.form.get("action") in REDRAWN


@dataclass(frozen=True, slots=True)
class Room:
    """A section as a place to move to: its questions with their numbers, without the one that moves."""

    number: int
    section: Section
    questions: tuple[tuple[int, Question], ...]


@blueprint.get("/questions/<question_id>/move")
def move(slug: str, question_id: str) -> str:
    consultation = load_consultation(slug)
    definition = services.definition_of(consultation)
    return render_template(
        "builder/move.html",
        consultation=consultation,
        question=definition.question(question_id),
        number=editing.question_number(definition, question_id),
        rooms=_rooms(definition, question_id),
        revision=consultation.survey.draft_revision,
    )


@blueprint.post("/questions/<question_id>/move")
@commits
def save_move(slug: str, question_id: str) -> Response:
    """To `place`: ``SECTION`` for its beginning, ``SECTION:QUESTION`` for behind that question."""
    consultation = load_consultation(slug)
    definition = services.definition_of(consultation)
    section_id, _colon, behind = request.form.get("place", "").partition(":")
    others = [q.id for q in definition.section(section_id).questions if q.id != question_id]
    position = others.index(behind) + 1 if behind in others else 0
    moved = editing.move_question(definition, question_id, position=position, section_id=section_id)
    save(consultation, moved, "move", question_id)
    return redirect(place_in_list(slug, question_id), 303)


def _rooms(definition: Definition, question_id: str) -> list[Room]:
    numbered = enumerate(definition.questions(), 1)
    numbers = {question.id: number for number, question in numbered}
    return [
        Room(place, section, tuple((numbers[q.id], q) for q in section.questions if q.id != question_id))
        for place, section in enumerate(definition.sections, 1)
    ]
