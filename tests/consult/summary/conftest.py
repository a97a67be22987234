"""A closed consultation whose themes are accepted and whose authors agree to be quoted."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review.models import Theme
from consult.transaction import commits
from tests.consult.review.conftest import closed, reviewer

__all__ = ["closed", "reviewer"]


@pytest.fixture
def reviewed(closed: Consultation) -> Consultation:
    """Three accepted themes in 45 answers."""

    @commits
    def accept() -> None:
        db.session.execute(update(Theme).values(status="accepted"))
        db.session.execute(update(Excerpt).values(quote_consent=True))

    accept()
    return closed
