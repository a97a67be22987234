"""What the figures of a summary rest on: who answered against who was asked, what a person has read, and agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from consult.analysis.disclosure import PUBLIC, may_show
from consult.consultations.models import Access, Consultation, Privacy, Status
from consult.evidence.models import GATHERED
from consult.review import double, requests
from consult.review.queries import question_figures
from consult.review.scope import Scope
from consult.stakeholders import kept_figures
from consult.stakeholders import queries as stakeholder_queries
from consult.stakeholders.asking import has_codes
from consult.stakeholders.heard import Line, heard
from consult.summary.figures import language_names
from surveys import queries as survey_queries

FAR_BELOW = 0.8
"""A group is quiet when its share of answers is below this part of everybody's."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Facts for the limits of the data.

    `asked`: how many are on the roll, None where anybody may answer; `answered`: responses. `silent`: groups on the
    roll from which nobody answered; `quiet`: those that answered clearly less than the rest. `languages`: language
    name → answers. `read`, `of`: of how many free answers a person has decided about how many. `alpha`: agreement of
    coders in the last round of double coding, where there is one.
    """

    asked: int | None = None
    answered: int = 0
    is_anonymous: bool = False
    is_gathered: bool = False
    silent: tuple[Mapping[str, str], ...] = ()
    quiet: tuple[Mapping[str, str], ...] = ()
    languages: tuple[tuple[Mapping[str, str], int], ...] = field(default=())
    read: int = 0
    of: int = 0
    alpha: float | None = None


def basis_of(session: Session, consultation: Consultation, question_id: str | None) -> Basis:
    """What stands behind the figures of a question, or of the whole consultation."""
    ids = [question_id] if question_id else requests.questions_to_code(session, consultation)
    languages: dict[str, int] = {}
    read = of = 0
    for one in ids:
        figures = question_figures(session, Scope(consultation.id, one))
        read, of = read + figures.reviewed, of + figures.base
        for code, count in figures.languages.items():
            languages[code] = languages.get(code, 0) + count
    by_size = sorted(languages.items(), key=lambda entry: (-entry[1], entry[0]))
    silent, quiet = _unheard(session, consultation) if question_id != GATHERED else ((), ())
    return Basis(
        asked=stakeholder_queries.roll_size(session, consultation.id)
        if consultation.access == Access.ROLL
        else None,
        answered=survey_queries.count_responses(session, consultation.survey_id),
        is_anonymous=consultation.privacy == Privacy.ANONYMOUS,
        is_gathered=question_id == GATHERED,
        silent=silent,
        quiet=quiet,
        languages=tuple((language_names(code), count) for code, count in by_size),
        read=read,
        of=of,
        alpha=_alpha(session, consultation, question_id),
    )


def _unheard(
    session: Session, consultation: Consultation
) -> tuple[tuple[Mapping[str, str], ...], tuple[Mapping[str, str], ...]]:
    """Names of groups on the roll from which nobody answered, and of those that answered far less than the rest."""
    if not has_codes(consultation):
        return (), ()
    is_over = consultation.status not in (Status.DRAFT, Status.SCHEDULED, Status.OPEN)
    counted = heard(session, consultation.id, timezone=consultation.timezone, is_over=is_over)
    found = kept_figures.as_released(session, consultation.id, counted)
    groups = stakeholder_queries.groups_on_roll(session, consultation.id)
    lines = [(group.name, line) for group in groups if (line := found.by_group.get(str(group.id)))]
    # The names stand in a text for everybody: a few people of whom none answered would be known one by one.
    named = [(name, line) for name, line in lines if may_be_named(line)]
    return (
        tuple(dict(name) for name, line in named if line.complete.shown == 0),
        tuple(dict(name) for name, line in named if line.complete.shown and _is_quiet(line, found.share)),
    )


def may_be_named(line: Line) -> bool:
    """Whether a text for everybody may say of a group that few or none of it answered."""
    answered = line.complete.shown
    return answered is not None and may_show(answered, line.on_roll, PUBLIC)


def _is_quiet(line: Line, everybody: float | None) -> bool:
    return bool(everybody and line.share and line.share < FAR_BELOW * everybody)


def _alpha(session: Session, consultation: Consultation, question_id: str | None) -> float | None:
    if question_id is None:
        return None
    for one in double.rounds_of(session, Scope(consultation.id, question_id)):
        agreement = double.round_figures(session, one, coder_id=0).agreement
        if agreement is not None and agreement.alpha is not None:
            return agreement.alpha
    return None
