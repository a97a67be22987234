"""What was signed: each version as it stands, and what differs between two of them."""

from __future__ import annotations

from flask import abort, render_template, request

from consult.access.permissions import Right
from consult.analysis.disclosure import INSIDE
from consult.consultations.access import load_consultation, may
from consult.extensions import current_session
from consult.summary import comparison
from consult.summary.blueprint import blueprint
from consult.summary.content import SummaryContent
from consult.summary.disclosed import shown_themes
from consult.summary.models import Summary
from consult.summary.parts import begun_part, load_readable, parts_of
from consult.summary.queries import as_publishable, draft_of, signed_version, versions_of

DRAFT = 0
"""Stands for the working draft where two states are compared."""


@blueprint.get("/part/<part>/version/<int:number>")
def version(slug: str, part: str, number: int) -> str:
    """A signed version. Who may not read single answers sees the newest alone, with its figures under disclosure
    control and the quotes that may be published: beside an older one, what differs would tell what the few have
    said who came or were erased in between."""
    consultation = load_consultation(slug)
    found, summary = begun_part(consultation, part)
    signed = signed_version(current_session(), summary.id, number) or abort(404)
    can_read = may(consultation, Right.RESPONSES_READ)
    versions = versions_of(current_session(), summary.id)
    if not can_read and number != versions[0].number:
        abort(403)
    if not can_read:
        (signed,) = as_publishable(current_session(), [signed])
    return render_template(
        "summary/version.html",
        consultation=consultation,
        part=found,
        signed=signed,
        versions=versions,
        can_read=can_read,
        shown=shown_themes(signed.content, 1 if can_read else INSIDE),
        labels={one.question_id: one.label for one in parts_of(consultation)},
    )


@blueprint.get("/part/<part>/compare")
def compare(slug: str, part: str) -> str:
    """Two versions beside one another, or one and the draft."""
    consultation = load_readable(slug, part=part)
    found, summary = begun_part(consultation, part)
    numbers = [version.number for version in versions_of(current_session(), summary.id)]
    new = _side("to", DRAFT)
    old = _side("from", numbers[0] if numbers else DRAFT)
    return render_template(
        "summary/compare.html",
        consultation=consultation,
        part=found,
        sides=[DRAFT, *numbers],
        old=old,
        new=new,
        found=comparison.compare(_content(summary, old), _content(summary, new)),
    )


def _side(name: str, default: int) -> int:
    asked = request.args.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else default


def _content(summary: Summary, number: int) -> SummaryContent:
    if number == DRAFT:
        return draft_of(current_session(), summary).draft.to_sign()
    signed = signed_version(current_session(), summary.id, number) or abort(404)
    return signed.content
