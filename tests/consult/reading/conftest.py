"""A furnished house for the pages and the counting."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.extensions import db
from tests.consult.reading.house import House, furnish


@pytest.fixture
def reviewer(client: FlaskClient, sign_in) -> FlaskClient:
    sign_in(client, "reviewer")
    return client


@pytest.fixture
def house(app: Flask, staff) -> House:
    """Sixty answers, four weeks, three groups, four languages."""
    made = furnish(db.session(), staff("admin", "coder@example.org").id)
    db.session.commit()
    return made
