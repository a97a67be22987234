"""What changed between two versions of a survey, or since the last one: word by word, and for the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consult.access.permissions import Right
from consult.builder.places import heading_of, part_of
from consult.builder.services import definition_of
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.consultations.progress import shown_number
from consult.extensions import current_session
from surveys import queries
from surveys.definition import Definition
from surveys.diff import (
    ADDED,
    LOGIC,
    MOVED,
    REMOVED,
    REWORDED,
    SETTINGS,
    Change,
    TextChange,
    changes_between,
    text_changes,
)
from surveys.i18n import N_
from surveys.versions import Version

blueprint = Blueprint("versions", __name__, url_prefix="/manage/<slug>/survey/versions")
PERMISSIONS = {"versions.page": Right.CONSULTATION_EDIT}
DRAFT = "draft"
EFFECTS = {
    ADDED: N_("It has answers from this version on; who answered before was not asked."),
    REMOVED: N_("It is not asked any more. Its answers stay in the files and figures."),
    REWORDED: N_(
        "Answers from before and after are counted together; the results say that the wording changed."
    ),
    SETTINGS: N_(
        "Who answered before chose under the old settings; answers that were taken out stay counted."
    ),
    LOGIC: N_("Others may be asked than before; shares are of those who answered."),
    MOVED: N_("The figures stay as they are; what stands before a question can colour its answers."),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: `key` in the address, the number of a version or None for the draft."""

    key: str
    number: int | None
    definition: Definition


@dataclass(frozen=True, slots=True)
class Line:
    """A text that differs, with where it stands."""

    heading: str
    part: str
    change: TextChange


@dataclass(frozen=True, slots=True)
class Effect:
    """A question that differs, what kinds of change it saw, and what each does to the results."""

    change: Change
    answers: int

    @property
    def effects(self) -> tuple[str, ...]:
        return tuple(EFFECTS[kind] for kind in self.change.kinds)


@blueprint.get("")
def page(slug: str) -> str:
    """`from` and `to` are numbers of versions or ``draft``; the last version and the draft unless told."""
    consultation = load_consultation(slug)
    session = current_session()
    published = queries.versions_of(session, consultation.survey_id)
    draft = Side(DRAFT, None, definition_of(consultation))
    sides = {str(v.number): Side(str(v.number), v.number, v.definition) for v in published}
    sides[DRAFT] = draft
    old = sides.get(request.args.get("from", ""), _before(published, draft))
    new = sides.get(request.args.get("to", ""), draft)
    return render_template(
        "builder/versions.html",
        consultation=consultation,
        published=published,
        responses={
            version_id: shown_number(consultation, count)
            for version_id, count in queries.responses_by_version(session, consultation.survey_id).items()
        },
        sides=list(sides.values()),
        old=old,
        new=new,
        effects=_effects(session, consultation, old.definition, new.definition),
        lines=_lines(old.definition, new.definition),
        added=ADDED,
        removed=REMOVED,
    )


def _before(published: list[Version], draft: Side) -> Side:
    last = published[-1] if published else None
    return Side(str(last.number), last.number, last.definition) if last else draft


def _effects(session: Session, consultation: Consultation, old: Definition, new: Definition) -> list[Effect]:
    changes = changes_between(old, new)
    counts = queries.question_counts(session, consultation.survey_id) if changes else {}
    return [
        Effect(change, shown_number(consultation, _answered(counts, change.question.id)))
        for change in changes
    ]


def _answered(counts: Mapping[str, queries.QuestionCounts], question_id: str) -> int:
    return counts[question_id].answered if question_id in counts else 0


def _lines(old: Definition, new: Definition) -> list[Line]:
    return [
        Line(
            heading_of(change.place, new) or heading_of(change.place, old) or _("The survey"),
            part_of(change.place),
            change,
        )
        for change in text_changes(old, new)
    ]
