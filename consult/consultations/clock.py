"""Opens and closes consultations at their times."""

from __future__ import annotations

from typing import Protocol

from flask import current_app

from consult import jobs
from consult.consultations import queries, services
from consult.consultations.models import Status
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.transaction import writing


class Dated(services.Timed, Protocol):
    """What has an address and may be over."""

    @property
    def slug(self) -> str: ...


@jobs.job("consultations.tick", every_minutes=1)
def tick() -> None:
    """Look at every consultation whose opening or closing may be due, each in a transaction of its own."""
    slugs = [consultation.slug for consultation in queries.due_consultations(current_session())]
    current_session().rollback()
    for slug in slugs:
        try:
            _tick_one(slug)
        except SurveyError as error:
            current_app.logger.warning("%s was not opened or closed: %s", slug, error)


def _tick_one(slug: str) -> None:
    with writing() as session:
        consultation = queries.consultation_by_slug(session, slug)
        if consultation is not None:
            services.tick(session, consultation)


def close_if_due(consultation: Dated) -> bool:
    """Commit the closing, in a transaction of its own, when the closing time with its grace has passed and nobody has
    done it yet; whether that was so. The first who asks for anything after it does it: no answer is shown as too late
    before that is a fact in the database."""
    if consultation.status != Status.OPEN or services.is_accepting(consultation):
        return False
    _tick_one(consultation.slug)
    return True
