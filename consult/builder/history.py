"""Steps of a survey in the making that can be undone and done again, in any later session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consult.builder.models import SurveyStep
from surveys.definition import Definition
from surveys.errors import DefinitionError
from surveys.i18n import N_
from surveys.text import Text

MOST_STEPS = 50
LONGEST_SUBJECT = 80
CHANGE_WORDS = {
    "add": N_("question added"),
    "question": N_("question changed"),
    "remove": N_("question removed"),
    "duplicate": N_("question duplicated"),
    "up": N_("question moved"),
    "down": N_("question moved"),
    "move": N_("question moved"),
    "add-section": N_("section added"),
    "section": N_("section changed"),
    "section-up": N_("section moved"),
    "section-down": N_("section moved"),
    "section-remove": N_("section removed"),
    "translation": N_("translation changed"),
    "library": N_("questions inserted"),
    "template": N_("template inserted"),
}
OTHER_CHANGE = N_("survey changed")


def remember(
    session: Session, *, survey_id: int, before: Mapping[str, Any], change: str, subject: Text
) -> None:
    """Note a change that was just made: `before` is the stored definition as it was. Flushes.

    What had been undone can no longer be done again; the oldest steps go when there are too many.
    """
    mine = SurveyStep.survey_id == survey_id
    session.execute(delete(SurveyStep).where(mine, SurveyStep.is_undone.is_(True)))
    last = session.scalar(select(func.max(SurveyStep.position)).where(mine)) or 0
    session.execute(delete(SurveyStep).where(mine, SurveyStep.position <= last + 1 - MOST_STEPS))
    session.add(
        SurveyStep(
            survey_id=survey_id,
            position=last + 1,
            definition=dict(before),
            change=change,
            subject={code: shortened(words) for code, words in subject.items()},
        )
    )
    session.flush()


def last_done(session: Session, survey_id: int) -> SurveyStep | None:
    """The step that "Undo" would take back."""
    return session.scalar(
        select(SurveyStep)
        .where(SurveyStep.survey_id == survey_id, SurveyStep.is_undone.is_(False))
        .order_by(SurveyStep.position.desc())
        .limit(1)
    )


def first_undone(session: Session, survey_id: int) -> SurveyStep | None:
    """The step that "Do again" would make."""
    return session.scalar(
        select(SurveyStep)
        .where(SurveyStep.survey_id == survey_id, SurveyStep.is_undone.is_(True))
        .order_by(SurveyStep.position)
        .limit(1)
    )


def cross(session: Session, step: SurveyStep, *, present: Mapping[str, Any]) -> Definition:
    """Go over a step, in the direction in which it can be gone; the definition on its other side."""
    other_side = Definition.from_json(step.definition)
    step.definition = dict(present)
    step.is_undone = not step.is_undone
    session.flush()
    return other_side


def words_of(change: str) -> str:
    """A marked string that names a kind of change."""
    return CHANGE_WORDS.get(change, OTHER_CHANGE)


def subject_of(item: str, *definitions: Definition) -> Text:
    """The words of a question or section, from the first definition that holds it; of nothing else."""
    for definition in definitions:
        try:
            return definition.question(item).label
        except DefinitionError:
            pass
        try:
            return definition.section(item).title
        except DefinitionError:
            continue
    return {}


def shortened(words: str) -> str:
    """The first line of a text, cut at a word."""
    line = words.strip().partition("\n")[0]
    if len(line) <= LONGEST_SUBJECT:
        return line
    cut = line[:LONGEST_SUBJECT]
    return (cut.rpartition(" ")[0] or cut) + "…"
