"""One person's way through an anonymous survey: all of it travels in the form, sealed; nothing is kept here.

The form carries the slot that her code opened, the answers of earlier pages, and on the page for checking a key that
makes this submission the same one however often it is sent, and the nonce of its receipt.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, NoReturn

from flask import abort, current_app, g, make_response, render_template, request, url_for
from werkzeug.utils import cached_property

from consult.ballots.sealing import BrokenSealError, seal, unseal
from consult.consultations import queries
from consult.consultations.asked import Asked, asked_consultation
from consult.consultations.clock import close_if_due
from consult.consultations.inputs import SEALED
from consult.consultations.models import Privacy
from consult.consultations.services import is_accepting
from consult.consultations.visit import Visit, form_token, is_from_elsewhere
from consult.extensions import current_session
from consult.i18n import offer_languages
from surveys.drafts import RETURN_CODE_LENGTH
from surveys.ids import random_code
from surveys.questions.base import Value
from surveys.versions import Version


@dataclass
class State:
    """What the form carries. `seed` decides what is drawn by chance for this person and is stored nowhere: what was
    drawn must not lead back to the code."""

    rid: bytes
    seed: str = ""
    answers: dict[str, Value] = field(default_factory=dict)
    consent: bool = False
    key: str = ""
    nonce: bytes = b""

    def to_json(self) -> dict[str, Any]:
        return {
            "r": self.rid.hex(),
            "s": self.seed,
            "a": self.answers,
            "q": self.consent,
            "k": self.key,
            "n": self.nonce.hex(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> State:
        return cls(
            bytes.fromhex(data["r"]), data["s"], data["a"], data["q"], data["k"], bytes.fromhex(data["n"])
        )


@dataclass(frozen=True, slots=True)
class SealedForm:
    """What the templates need of it: the value of the hidden input, where the form goes, and what was ticked."""

    value: str
    action: str
    consent: bool = False


@dataclass
class SealedVisit(Visit):
    """A request to an answering page of an anonymous consultation. `code` is the seed, and nobody's."""

    state: State = field(default_factory=lambda: State(b""))

    @cached_property
    def draft(self) -> None:
        return None

    @cached_property
    def submitted(self) -> None:
        return None

    @cached_property
    def version(self) -> Version:
        """The newest: after opening only its words change."""
        if self.asked.version is None:
            abort(404)
        return self.asked.version

    @property
    def answers(self) -> dict[str, Value]:
        return dict(self.state.answers)

    def begin_check(self) -> None:
        """A submission of its own begins: what was sent before from another page is another one."""
        self.state.key = secrets.token_hex(16)
        self.state.nonce = secrets.token_bytes(16)

    def sealed(self) -> str:
        return seal(self.state.to_json(), secret=_secret(), consultation_id=self.asked.id)

    def form_to(self, endpoint: str, **values: Any) -> None:
        """Give the page's form the sealed answers, and its address."""
        address = url_for(endpoint, slug=self.asked.slug, **values)
        g.sealed = SealedForm(self.sealed(), address, self.state.consent)


def _secret() -> str:
    return current_app.config["ANSWERS_KEY"]


def asked_anonymously(slug: str, *, to_submit: bool = False) -> Asked:
    """The consultation of this request. 404 where it is not anonymous or never opened, 400 from another site."""
    asked = asked_consultation(current_session(), slug, to_submit=to_submit)
    if asked is not None and close_if_due(asked):
        asked = asked_consultation(current_session(), slug)
    if asked is None or asked.privacy != Privacy.ANONYMOUS or asked.version is None:
        abort(404)
    if request.method == "POST" and is_from_elsewhere():
        abort(400)
    offer_languages(asked.languages, asked.default_language)
    g.csrf_token = form_token("")
    return asked


def new_visit(asked: Asked, rid: bytes) -> SealedVisit:
    """The visit of who has typed her code just now."""
    seed = random_code(RETURN_CODE_LENGTH)
    return SealedVisit(asked=asked, code=seed, state=State(rid, seed))


def sealed_visit(slug: str, *, to_submit: bool = False) -> SealedVisit:
    """The visit that the form carries. 410 after closing, 400 for what is not ours."""
    asked = asked_anonymously(slug, to_submit=to_submit)
    if not is_accepting(asked):
        refuse_closed(asked, was_answering=True)
    state = opened(asked, request.form.get(SEALED, ""))
    return SealedVisit(asked=asked, code=state.seed, state=state)


def opened(asked: Asked, sealed: str) -> State:
    """What a form carries. 400 for what is not ours."""
    try:
        return State.from_json(unseal(sealed, secret=_secret(), consultation_id=asked.id))
    except (BrokenSealError, KeyError, ValueError):
        abort(make_response(render_template("answer/anonymous/unreadable.html", slug=asked.slug), 400))


def refuse_closed(asked: Asked, *, was_answering: bool = False) -> NoReturn:
    """410: over, whatever came."""
    consultation = queries.consultation_by_slug(current_session(), asked.slug)
    page = render_template("answer/closed.html", consultation=consultation, was_answering=was_answering)
    abort(make_response(page, 410))
