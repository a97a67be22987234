"""An anonymous consultation for the tests, and a member who answers it as a browser does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from consult.ballots.handing_out import make_codes
from consult.consultations import services
from consult.consultations.models import Access, Consultation, Privacy
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.definition import Definition
from tests.support import sent_by
from tests.surveys.samples import LONG, SCALE, SHORT, survey

SLUG = "quiet"
DEFINITION = survey(SHORT, LONG, SCALE)
PLACE = {"place": "غزة"}
OPINION = {"change": "مزيد من التدريب", "trust": "yes"}


def make(definition: Definition = DEFINITION, slug: str = SLUG) -> Consultation:
    """A draft, without codes."""
    consultation = services.create_consultation(
        db.session(),
        slug=slug,
        title=dict(definition.title),
        languages=list(definition.languages),
        access=Access.ROLL,
        privacy=Privacy.ANONYMOUS,
        definition=definition,
    )
    db.session.commit()
    return consultation


def opened(number: int = 10, definition: Definition = DEFINITION, slug: str = SLUG) -> list[str]:
    """An open consultation; its codes."""
    consultation = make(definition, slug)
    codes = make_codes(db.session(), consultation, number)
    services.open_consultation(db.session(), consultation, allow_missing_translations=True)
    db.session.commit()
    return codes


def named(slug: str = SLUG) -> Consultation:
    found = consultation_by_slug(db.session(), slug)
    assert found is not None
    return found


@dataclass
class Page:
    """A page as it came, with the address of its main form."""

    status: int
    html: str

    @property
    def action(self) -> str:
        found = re.search(r'<form method="post" id="(?:answer|check)" action="([^"]+)"', self.html)
        assert found, self.html
        return unescape(found[1])

    @property
    def receipt(self) -> str:
        found = re.search(r'id="receipt">([^<]+)<', self.html)
        return found[1] if found else ""

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        assert found
        return unescape(re.sub(r"<[^>]+>", "", found[1]))


@dataclass
class Member:
    """Somebody with a browser."""

    client: FlaskClient
    slug: str = SLUG
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def post(self, address: str, data: Mapping[str, Any]) -> Page:
        self.sent.append((address, dict(data)))
        response = self.client.post(address, data=data)
        return Page(response.status_code, response.text)

    def enter(self, code: str) -> Page:
        return self.post(f"/c/{self.slug}/enter", {"code": code})

    def send(self, page: Page, typed: Mapping[str, Any] | None = None, **action: str) -> Page:
        """The page's form, filled in, with a button pressed."""
        return self.post(page.action, sent_by(page.html) | dict(typed or {}) | action)

    def to_check(
        self, code: str, place: Mapping[str, Any] = PLACE, opinion: Mapping[str, Any] = OPINION
    ) -> Page:
        first = self.enter(code)
        second = self.send(first, {**place, **opinion}, action="continue")
        return self.send(second, {**place, **opinion}, action="continue")

    def answer(self, code: str, **changed: Any) -> Page:
        return self.send(self.to_check(code, opinion=OPINION | changed), action="submit")


def stored() -> dict[str, Any]:
    """Of every table, how many rows."""
    return {
        table.name: db.session.execute(table.select()).all().__len__()
        for table in db.metadata.sorted_tables
        if table.name not in ("slot", "slot_set")
    }
