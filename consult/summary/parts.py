"""What a page of summaries is about: the question or the whole, and whether whoever asks may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import abort
from flask_babel import gettext as _

from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.i18n import language
from consult.review.views import log_reading
from consult.summary.blueprint import WHOLE
from consult.summary.models import Summary
from consult.summary.queries import question_labels, summary_of
from surveys.models import utc_now


@dataclass(frozen=True, slots=True)
class Part:
    """What a summary is about. `key` stands in addresses; `summary` is None before anybody has begun it."""

    key: str
    question_id: str | None
    label: Mapping[str, str]
    summary: Summary | None


def parts_of(consultation: Consultation) -> list[Part]:
    """The whole consultation, then every question that is coded."""
    session = current_session()
    whole = {language(): _("The whole consultation")}
    labels: dict[str | None, Mapping[str, str]] = {None: whole, **question_labels(session, consultation)}
    return [
        Part(question_id or WHOLE, question_id, label, summary_of(session, consultation.id, question_id))
        for question_id, label in labels.items()
    ]


def part_of(consultation: Consultation, key: str) -> Part:
    """404 for anything else."""
    return next((part for part in parts_of(consultation) if part.key == key), None) or abort(404)


def begun_part(consultation: Consultation, key: str) -> tuple[Part, Summary]:
    """A part whose summary somebody has begun; 404 for another one."""
    part = part_of(consultation, key)
    if part.summary is None:
        abort(404)
    return part, part.summary


def load_readable(slug: str, **details: object) -> Consultation:
    """The consultation of a page with quotes: 403 without the right to read single answers, and recorded."""
    consultation = load_consultation(slug)
    check_may_read(consultation)
    log_reading(slug, summary=True, **details)
    return load_consultation(slug)


def check_may_read(consultation: Consultation) -> None:
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)


def today_in(consultation: Consultation) -> date:
    """The day of today where the consultation is."""
    return utc_now().astimezone(ZoneInfo(consultation.timezone)).date()
