"""Changing the survey of a consultation. Functions flush, never commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from consult.access import audit
from consult.ballots.slots import slot_set_of
from consult.ballots.structure import check_same_structure
from consult.builder import freshness, history
from consult.builder.models import SurveyStep
from consult.consultations.models import Consultation
from consult.errors import DomainError
from surveys import editing, services
from surveys.definition import Definition, Section
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.queries import draft_definition
from surveys.versions import Version


def definition_of(consultation: Consultation) -> Definition:
    """The survey in the making, in the languages and under the title of its consultation."""
    return for_consultation(draft_definition(consultation.survey), consultation)


def for_consultation(definition: Definition, consultation: Consultation) -> Definition:
    """A definition in the languages and under the title of a consultation."""
    return replace(
        definition,
        title=dict(consultation.title),
        languages=tuple(consultation.languages),
        default_language=consultation.default_language,
    )


def save_survey(
    session: Session,
    *,
    consultation: Consultation,
    definition: Definition,
    draft_revision: int,
    change: str,
    item: str = "",
) -> None:
    """Keep a changed survey as a step that can be undone; `item` is the id of what was changed, if one thing.

    Raises DraftChangedError when somebody else changed it in the meantime, DomainError as `check_changeable` does.
    """
    check_changeable(session, consultation, definition)
    survey = consultation.survey
    stored, before = survey.draft, definition_of(consultation)
    services.save_definition(session, survey=survey, definition=definition, draft_revision=draft_revision)
    if definition != before:
        subject = history.subject_of(item, before, definition) if item else {}
        freshness.note_sources(session, survey_id=survey.id, before=before, after=definition)
        history.remember(session, survey_id=survey.id, before=stored, change=change, subject=subject)
    audit.record(session, "survey.changed", consultation_slug=consultation.slug, change=change)


def check_changeable(session: Session, consultation: Consultation, definition: Definition) -> None:
    """Raises DomainError for more than new words once the codes of an anonymous consultation are made."""
    slot_set = slot_set_of(session, consultation.id)
    if slot_set is not None:
        check_same_structure(definition, slot_set.fingerprint)


def undo(session: Session, *, consultation: Consultation, draft_revision: int) -> SurveyStep:
    """Take the last change back; the step. Raises DomainError without one, DraftChangedError when late."""
    step = history.last_done(session, consultation.survey_id)
    if step is None:
        raise DomainError("nothing_to_undo", N_("There is nothing to undo."))
    return _cross(session, consultation, step, draft_revision=draft_revision, deed="survey.undone")


def redo(session: Session, *, consultation: Consultation, draft_revision: int) -> SurveyStep:
    """Make the change again that was undone last. Raises as `undo` does."""
    step = history.first_undone(session, consultation.survey_id)
    if step is None:
        raise DomainError("nothing_to_redo", N_("There is nothing to do again."))
    return _cross(session, consultation, step, draft_revision=draft_revision, deed="survey.redone")


def _cross(
    session: Session, consultation: Consultation, step: SurveyStep, *, draft_revision: int, deed: str
) -> SurveyStep:
    """To the other side of a step, in the languages that the consultation has now."""
    survey = consultation.survey
    definition = history.cross(session, step, present=survey.draft)
    check_changeable(session, consultation, definition)
    services.save_definition(
        session,
        survey=survey,
        definition=for_consultation(definition, consultation),
        draft_revision=draft_revision,
    )
    audit.record(session, deed, consultation_slug=consultation.slug, change=step.change)
    return step


def save_for_trial(session: Session, *, consultation: Consultation) -> Version:
    """The survey as it stands as a version for test mode. Raises NotReadyError with what must be corrected."""
    _take_title_and_languages(session, consultation)
    return services.publish_trial(session, survey=consultation.survey)


def _take_title_and_languages(session: Session, consultation: Consultation) -> None:
    """Store the draft under the consultation's present title and languages."""
    services.save_definition(
        session,
        survey=consultation.survey,
        definition=definition_of(consultation),
        draft_revision=consultation.survey.draft_revision,
    )


def publish_changes(session: Session, *, consultation: Consultation) -> Version:
    """Publish the survey as it stands; who has begun answering goes on with the version begun.

    Raises NotReadyError while something is to be corrected or to be translated.
    """
    check_changeable(session, consultation, definition_of(consultation))
    _take_title_and_languages(session, consultation)
    version = services.publish_survey(session, survey=consultation.survey)
    audit.record(session, "survey.published", consultation_slug=consultation.slug, version=version.number)
    return version


def with_new_section(definition: Definition) -> tuple[Definition, Section]:
    """The definition with an empty section at its end, and that section."""
    section = Section(id=new_id(), name=editing.next_name(definition, "page"))
    return editing.add_section(definition, section), section


def _moved(definition: Definition, section_id: str, by: int) -> Definition:
    place = [section.id for section in definition.sections].index(section_id)
    return editing.move_section(definition, section_id, position=max(0, place + by))


CHANGES: dict[str, Callable[[Definition, str], Definition]] = {
    "duplicate": lambda definition, item: editing.duplicate_question(definition, item)[0],
    "up": editing.move_question_up,
    "down": editing.move_question_down,
    "remove": editing.remove_question,
    "section-up": lambda definition, item: _moved(definition, item, -1),
    "section-down": lambda definition, item: _moved(definition, item, 1),
    "section-remove": editing.remove_section,
}
"""Changes that need only the id of what they change."""
