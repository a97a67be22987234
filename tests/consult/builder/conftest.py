"""A facilitator's browser in a consultation of her own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from consult.consultations import services
from consult.extensions import db
from surveys.definition import Definition

Building = Callable[..., FlaskClient]


@pytest.fixture
def building(client: FlaskClient, sign_in: Callable[..., None]) -> Building:
    """``building(definition, languages=("ar", "en"))``: a facilitator's browser, and a consultation that she makes."""

    def made(
        definition: Definition | None = None,
        *,
        slug: str = "review",
        languages: tuple[str, ...] = ("ar", "en"),
    ) -> FlaskClient:
        sign_in(client, "facilitator")
        words = {"ar": "مراجعة", "en": "Review"}
        title = {code: words[code] for code in languages if code in words}
        services.create_consultation(
            db.session(), slug=slug, title=title, languages=list(languages), definition=definition
        )
        db.session.commit()
        return client

    return made
