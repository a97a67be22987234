"""Participation in sight: against the roll, over time, and whom we have not heard from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from consult import outbox
from consult.access.permissions import Right
from consult.analysis.disclosure import INSIDE
from consult.consultations import progress
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.outreach.labels import QUADRANTS
from consult.outreach.plan import MapLine, map_lines
from consult.outreach.sending import is_configured
from consult.places import Place
from consult.stakeholders import kept_figures, queries
from consult.stakeholders.asking import has_codes
from consult.stakeholders.heard import Heard, Line, heard
from consult.transaction import writing

blueprint = Blueprint("heard", __name__, url_prefix="/manage/<slug>/participation")
PERMISSIONS = {"heard.page": Right.FIGURES_READ}
PLACES = (
    Place(key="heard", label=_l("Participation"), endpoint="heard.page", right=Right.FIGURES_READ, order=45),
)
FAR_BELOW = 0.8
"""A group is quiet when its share of answers is below this part of everybody's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A group on the map, and how it has been heard. `state`: not_asked, quiet, too_few, heard."""

    on_map: MapLine
    line: Line | None
    state: str

    @property
    def rank(self) -> tuple[int, int, int]:
        order = {"not_asked": 0, "quiet": 1, "too_few": 2, "heard": 3}
        group = self.on_map.group
        return order[self.state], -(group.influence or 0), -(group.interest or 0)


@blueprint.get("")
def page(slug: str) -> str:
    consultation = load_consultation(slug)
    session = current_session()
    is_over = consultation.status not in ("draft", "scheduled", "open")
    found = _released(consultation, is_over=is_over) if has_codes(consultation) else None
    consultation, session = load_consultation(slug), current_session()
    count = progress.counts_of(session, [consultation])[consultation.id]
    lines = map_lines(queries.groups(session), queries.group_sizes(session, consultation.id))
    return render_template(
        "outreach/heard.html",
        consultation=consultation,
        found=found,
        total=count.submitted,
        on_roll=queries.roll_size(session, consultation.id),
        standings=standings(lines, found) if found else [],
        quadrants=QUADRANTS,
        can_remind=consultation.status == "open" and is_configured() and may(consultation, Right.ROLL_MANAGE),
        k=INSIDE,
    )


def _released(consultation: Consultation, *, is_over: bool) -> Heard:
    """Participation as it may be shown now. A step that is full is kept, in a transaction of its own."""
    session, consultation_id = current_session(), consultation.id
    counted = heard(session, consultation_id, timezone=consultation.timezone, is_over=is_over)
    if kept_figures.is_outdated(session, consultation_id, counted, is_over=is_over):
        with writing() as own:
            kept_figures.keep(own, consultation_id, counted, is_over=is_over)
    return kept_figures.as_released(current_session(), consultation_id, counted)


@outbox.on_event("consultation.closed")
def keep_final(payload: dict[str, Any]) -> None:
    """Count for good as soon as it is closed: what is corrected afterwards moves no figure."""
    with writing() as session:
        consultation = session.get(Consultation, payload["consultation_id"])
        if consultation is not None and has_codes(consultation):
            counted = heard(session, consultation.id, timezone=consultation.timezone, is_over=True)
            kept_figures.keep(session, consultation.id, counted, is_over=True)


def standings(lines: list[MapLine], found: Heard) -> list[Standing]:
    """Every group of the map, those first from whom most should be heard: not asked at all, then quiet, the most
    influential first."""
    return sorted((_standing(line, found) for line in lines), key=lambda one: one.rank)


def _standing(on_map: MapLine, found: Heard) -> Standing:
    line = found.by_group.get(str(on_map.group.id))
    if line is None:
        return Standing(on_map, None, "not_asked")
    if line.share is None or found.share is None or not found.complete:
        return Standing(on_map, line, "too_few")
    return Standing(on_map, line, "quiet" if line.share < FAR_BELOW * found.share else "heard")
