"""One person's way through a survey on one device: the cookie, the draft behind it, the version it began on.

The cookie holds the return code of the draft and nothing else. No row is made before the first page is sent.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.utils import cached_property  # without the lock of functools, which all threads would share
from werkzeug.wrappers import Response as HttpResponse

from consult.consultations.asked import Asked, asked_consultation
from consult.consultations.clock import close_if_due
from consult.consultations.entitled import asks_for_code, holder_of
from consult.consultations.services import is_accepting
from consult.extensions import current_session
from consult.i18n import language, offer_languages
from consult.stakeholders import participation
from consult.stakeholders.asking import is_anonymous
from consult.stakeholders.codes import CodeHolder, Device, device_code, draft_code
from surveys import drafts, queries
from surveys.drafts import Draft, Submitted
from surveys.ids import normal_code, random_code
from surveys.presentation import SurveyView
from surveys.questions.base import Value
from surveys.versions import Version

COOKIE = "answer"
WITHOUT_TOKEN = frozenset({"answering.come_back"})
"""Forms without a token, so that the start page needs no cookie; see `is_from_elsewhere`."""
FOR_ALL = frozenset({"answering.start", "answering.background"})
"""Pages that anonymous consultations share; their other ones are in `anonymous_views`."""


def submission_key(code: str) -> str:
    """What makes a submission the same one, derived from the return code that a draft was begun with."""
    return hashlib.sha256(f"submission|{normal_code(code)}".encode()).hexdigest()


def form_token(code: str) -> str:
    """What a form of an answering page carries to show that it came from here.

    It is bound to the code in the cookie (or what that stands for), which no other site can read, and needs no session
    of its own: a participant has one cookie, and a page costs no signature.
    """
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"form|{normal_code(code)}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass
class Visit:
    """A request to an answering page. `holder` is who answers, where that takes a personal code, and `device` what her
    device says of itself."""

    asked: Asked
    code: str
    holder: CodeHolder | None = None
    device: Device | None = None

    @property
    def key(self) -> str:
        """What the draft and the submission are known by: the code that the device holds, or one of the house."""
        return self._draft_code if self.device is not None else self.code

    @cached_property
    def _draft_code(self) -> str:
        assert self.device is not None
        return draft_code(self.asked, self.device.ref, self.device.begun)

    @property
    def shows_copy(self) -> bool:
        """Whether what was sent may be read again here. Others may have held her personal code."""
        return self.device is None or self.device.has_sent

    @property
    def needs_code(self) -> bool:
        """Whether nobody may begin here without a code of their own."""
        return self.asked.access == "roll" and not self.code

    @cached_property
    def draft(self) -> Draft | None:
        """The draft that this device opens, if it belongs to this survey."""
        if not self.code:
            return None
        draft = drafts.find_draft(current_session(), self.key, to_change=request.method == "POST")
        if draft is None or draft.survey_id != self.asked.survey_id:
            return None
        g.is_trial = draft.is_test
        return draft

    @cached_property
    def submitted(self) -> Submitted | None:
        """The response that this device sent last."""
        found = drafts.find_submitted(current_session(), submission_key(self.key)) if self.code else None
        if found is None or found.survey_id != self.asked.survey_id:
            return None
        g.is_trial = found.is_test
        return found

    @property
    def is_trial(self) -> bool:
        """Whether this is test mode: a facilitator tries a survey out that is not open yet."""
        return self.draft is not None and self.draft.is_test

    @cached_property
    def version(self) -> Version:
        """The version that the draft began on, or the newest. 404 before the first."""
        newest = self.asked.version
        if self.draft is None and newest is None:
            abort(404)
        if newest is not None and (self.draft is None or self.draft.version_id == newest.id):
            return newest
        assert self.draft is not None
        begun_on = queries.version_with(current_session(), self.draft.version_id)
        assert begun_on is not None  # a version with drafts is never deleted
        return begun_on

    @property
    def view(self) -> SurveyView:
        """The survey in the page's language."""
        return self.version.view(language())

    @property
    def answers(self) -> dict[str, Value]:
        return dict(self.draft.answers) if self.draft is not None else {}

    @property
    def is_accepting(self) -> bool:
        return self.is_trial or is_accepting(self.asked)

    def keep(self, answers: dict[str, Value]) -> None:
        """Write the answers so far; the first call makes the draft. Flushes."""
        if self.draft is not None:
            self.draft = drafts.save_draft(
                current_session(), draft=self.draft, answers=answers, language=language()
            )
            return
        self.draft, _ = drafts.begin_draft(
            current_session(),
            version=self.version,
            submission_key=submission_key(self.key),
            language=language(),
            answers=answers,
            token=self.key,
        )
        if self.holder is not None:
            participation.begin(current_session(), self.holder.place_id)


def open_visit(slug: str) -> Visit:
    """The visit of this request, its page confined to the consultation's languages. 404 for an unknown address."""
    asked = asked_consultation(current_session(), slug, to_submit=request.method == "POST")
    if asked is not None and close_if_due(asked):
        asked = asked_consultation(current_session(), slug)
    if asked is None:
        abort(404)
    offer_languages(asked.languages, asked.default_language)
    visit = Visit(asked=asked, code=request.cookies.get(COOKIE, ""))
    if visit.code and asks_for_code(asked):
        _know_holder(visit)
    if is_anonymous(asked) and request.endpoint not in FOR_ALL and not _is_tried_out(visit):
        abort(redirect(url_for("answering.start", slug=slug), 303))  # drafts and cookies are for other modes
    if request.method == "POST" and request.endpoint not in WITHOUT_TOKEN:
        _check_form(visit)
    _give_token(visit)
    return visit


def _know_holder(visit: Visit) -> None:
    """Take from the device a code that belongs to nobody on the roll, unless a survey is being tried out with it."""
    found = holder_of(visit.asked, visit.code)
    if found is not None:
        visit.holder, visit.device = found
    elif not _is_tried_out(visit):
        visit.code = ""
        for kept in ("draft", "submitted"):
            visit.__dict__.pop(kept, None)


def _is_tried_out(visit: Visit) -> bool:
    return visit.is_trial or (visit.submitted is not None and visit.submitted.is_test)


def _check_form(visit: Visit) -> None:
    """Refuse a form that another site made the browser send."""
    sent = request.form.get("csrf_token", "")
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    if is_from_elsewhere():  # who has no code yet has a token that anybody could fetch
        raise CSRFError("The form stands on another site.")
    if not hmac.compare_digest(sent.encode(), form_token(visit.key).encode()):
        raise CSRFError("The token of the form does not fit the code of this device.")


def _give_token(visit: Visit) -> None:
    g.csrf_token = form_token(visit.key)  # where `csrf_token()` of the templates finds it


def begin_visit(visit: Visit) -> None:
    """Give a visit a new code; `remember` sends it to the device."""
    visit.code = random_code(drafts.RETURN_CODE_LENGTH)
    _give_token(visit)


def remember(response: HttpResponse, visit: Visit) -> HttpResponse:
    """Give this device the visit's return code, for this consultation alone."""
    slug = visit.asked.slug
    response.set_cookie(
        COOKIE,
        visit.code,
        path=url_for("answering.start", slug=slug),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def remember_sent(response: HttpResponse, visit: Visit) -> HttpResponse:
    """Let the device from which a personal code's answers were sent show them again."""
    if visit.device is None or visit.device.has_sent:
        return response
    visit.code = device_code(visit.asked, replace(visit.device, has_sent=True))
    return remember(response, visit)


def is_from_elsewhere() -> bool:
    """Whether another site's page made the browser send this form. Every browser says where a form was."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def forget(response: HttpResponse, slug: str) -> HttpResponse:
    """Leave nothing of this consultation on the device."""
    response.delete_cookie(COOKIE, path=url_for("answering.start", slug=slug))
    return response
