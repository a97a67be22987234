"""An open consultation of two pages, with one question of each type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultations import services
from consult.consultations.models import Consultation
from consult.extensions import db
from surveys.models import DraftResponse, Response
from tests.consult.consultations.members import SLUG, Member
from tests.surveys.samples import survey


@pytest.fixture
def draft_consultation(app: Flask) -> Consultation:
    made = services.create_consultation(
        db.session(),
        slug=SLUG,
        title={"en": "Member survey", "ar": "استبيان الأعضاء"},
        languages=["en", "ar"],
        definition=survey(),
    )
    db.session.commit()
    return made


@pytest.fixture
def consultation(draft_consultation: Consultation) -> Consultation:
    services.open_consultation(db.session(), draft_consultation)
    db.session.commit()
    return draft_consultation


@pytest.fixture
def member(app: Flask, consultation: Consultation) -> Member:
    return Member(app)


@pytest.fixture
def stored() -> Callable[[], tuple[list[dict], list[dict]]]:
    """What is in the database: the answers of the drafts, and of the responses."""

    def read() -> tuple[list[dict], list[dict]]:
        db.session.rollback()
        drafts = db.session.scalars(select(DraftResponse.answers).order_by(DraftResponse.id)).all()
        responses = db.session.scalars(select(Response.answers).order_by(Response.id)).all()
        return list(drafts), list(responses)

    return read
