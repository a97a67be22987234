"""A consultation, and members of staff who bring evidence in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.models import Consultation
from consult.extensions import db
from consult.stakeholders import groups
from consult.stakeholders.models import StakeholderGroup
from tests.consult.review.answers import make_consultation


@pytest.fixture
def consultation(app: Flask) -> Consultation:
    found = make_consultation(db.session())
    db.session.commit()
    return found


@pytest.fixture
def youth(consultation: Consultation) -> StakeholderGroup:
    values = {"name": {"en": "Youth", "ar": "الشباب"}, "category": "youth", "influence": None, "interest": None,
              "expected_size": None, "note": ""}  # fmt: skip
    group = groups.save_group(db.session(), None, values)
    db.session.commit()
    return group


@pytest.fixture
def facilitator(consultation: Consultation, client: FlaskClient, sign_in: Callable) -> FlaskClient:
    sign_in(client, "facilitator")
    return client


@pytest.fixture
def reviewer(consultation: Consultation, client: FlaskClient, sign_in: Callable) -> FlaskClient:
    sign_in(client, "reviewer")
    return client
