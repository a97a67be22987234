"""The survey in the making as a participant will meet it: in any of its languages, also at a phone's width.

Conditions, earlier answers in texts, calculations, repeats and endings work on what is typed, which is kept nowhere
but in the address (`rehearsal`). What a person with these answers does not meet stands marked in its place, with the
reason, so that every question can be seen. At a phone's width the page stands in a frame of 390 pixels, so that it
lays itself out as on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import rehearsal, wording
from consult.builder.services import definition_of
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.consultations.survey_pages import with_round
from consult.extensions import current_session
from consult.http import IN_FRAME, WITH_FRAME
from consult.i18n import language
from surveys import endings
from surveys.definition import Definition
from surveys.errors import AnswerError
from surveys.pages import page_of
from surveys.presentation import SectionView, SurveyView, localize
from surveys.questions.field import Raw
from surveys.rules import CheckedPage, Flow, check_page
from surveys.text import pick
from surveys.walkthrough import walks_of

blueprint = Blueprint("preview", __name__, url_prefix="/manage/<slug>/survey/preview")
LOST = "lost"
"""Says in the address that the answers took more room than there is in one."""
PERMISSIONS = {f"preview.{name}": Right.CONSULTATION_EDIT for name in ("page", "send_page", "end")}


@dataclass(frozen=True, slots=True)
class Preview:
    """A survey in one language, for the answers so far. `choices` are what the address says beside the page."""

    consultation: Consultation
    definition: Definition
    view: SurveyView
    flow: Flow
    choices: dict[str, str]

    def section(self, number: int) -> SectionView:
        if not 1 <= number <= len(self.view.sections):
            abort(404)
        return self.view.sections[number - 1]

    def shown(self) -> list[int]:
        """The numbers of the pages that show."""
        return [view.number for view in self.view.sections if self.flow.shows_section(view.section)]

    def address(self, number: int | None, **changed: str | None) -> str:
        """Of a page, or for None of the end; with other choices if wanted."""
        values: dict[str, Any] = {"slug": self.consultation.slug, **self.choices, **changed}
        if number is None:
            return url_for("preview.end", **values)
        return url_for("preview.page", number=number, **values)


def _opened(slug: str) -> Preview:
    consultation = load_consultation(slug)
    definition = definition_of(consultation)
    choices = _choices(consultation)
    answers = rehearsal.unpacked(definition, choices.get("so_far", ""))
    view = localize(definition, choices["show_in"])
    flow = rehearsal.flow_for(consultation, definition, answers, view.language)
    return Preview(consultation, definition, view, flow, choices)


def _choices(consultation: Consultation) -> dict[str, str]:
    """The language and width of the preview, whether it stands in a frame, and the answers so far."""
    wanted = (request.args.get("show_in"), language(), consultation.default_language)
    chosen = {"show_in": next(str(code) for code in wanted if code in consultation.languages)}
    if request.args.get("so_far"):
        chosen["so_far"] = request.args["so_far"]
    if request.args.get(LOST):
        chosen[LOST] = "1"
    if request.args.get("frame"):
        return chosen | {"frame": "1"}
    return chosen | ({"width": "phone"} if request.args.get("width") == "phone" else {})


@blueprint.get("/<int:number>")
def page(slug: str, number: int) -> Response:
    preview = _opened(slug)
    section = preview.section(number)
    if preview.choices.get("width") == "phone":
        return _on_a_phone(preview, number)
    return _page(preview, section, preview.flow)


@blueprint.post("/<int:number>")
def send_page(slug: str, number: int) -> Response:
    """On to the next page that shows, or back with what is wrong; nothing is stored."""
    preview = _opened(slug)
    section = preview.section(number)
    raw = rehearsal.sent_form(section, preview.flow)
    action = request.form.get("action", "continue")
    checked = check_page(preview.flow, section.section, raw)
    changes_rounds = section.section.repeat is not None and action.startswith(("add", "remove-"))
    may_lack = changes_rounds or action == "back"
    if not checked.is_valid and not (may_lack and checked.only_lacks):
        response = _page(preview, section, checked.flow, raw=raw, errors=checked.errors)
        response.status_code = 422
        return response
    answers = with_round(checked, section, action) if changes_rounds else checked.answers
    so_far = rehearsal.packed(preview.definition, answers) or None
    preview.choices.pop(LOST, None)
    if so_far is None and any(value is not None for value in answers.values()):
        preview.choices[LOST] = "1"
    return redirect(_address_after(preview, section, checked, action, so_far), 303)


def _address_after(
    preview: Preview, section: SectionView, checked: CheckedPage, action: str, so_far: str | None
) -> str:
    after = Preview(preview.consultation, preview.definition, preview.view, checked.flow, preview.choices)
    if action == "back":
        before = [number for number in after.shown() if number < section.number]
        return after.address(before[-1] if before else 1, so_far=so_far)
    if checked.opened or action != "continue":
        return after.address(section.number, so_far=so_far)
    if _ending(after) is not None:
        return after.address(None, so_far=so_far)
    following = [number for number in after.shown() if number > section.number]
    return after.address(following[0] if following else None, so_far=so_far)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the questions end before their last page, and what people then read (``""`` for the usual words)."""

    is_full: bool
    words: str
    why: str


def _ending(preview: Preview) -> Ending | None:
    definition, flow, code = preview.definition, preview.flow, preview.view.language
    screen_out = endings.screen_out_of(flow)
    found = screen_out or endings.full_quota_of(
        current_session(), survey_id=preview.consultation.survey_id, flow=flow
    )
    if found is None:
        return None
    words = flow.piped(pick(found.message, code, definition.default_language))
    why = wording.condition_words(found.condition, definition, code) if found.condition else ""
    return Ending(screen_out is None, words, why)


@blueprint.get("/end")
def end(slug: str) -> Response:
    """What people read at the end: the thank-you text, or why there are no more questions."""
    preview = _opened(slug)
    if preview.choices.get("width") == "phone":
        return _on_a_phone(preview, None)
    code, definition = preview.view.language, preview.definition
    with force_locale(code):
        shown = render_template(
            "builder/preview_end.html",
            **_around(preview, None),
            ending=_ending(preview),
            thanks=preview.flow.piped(pick(definition.thanks, code, definition.default_language)),
        )
    return _in_its_place(preview, shown)


def _around(preview: Preview, number: int | None) -> dict[str, Any]:
    """What the bar over every page of the preview needs; `number` is the page's, None for the end."""
    return {
        "consultation": preview.consultation,
        "view": preview.view,
        "choices": preview.choices,
        "address": preview.address,
        "here_number": number,
        "shown_numbers": preview.shown(),
    }


def _on_a_phone(preview: Preview, number: int | None) -> Response:
    """The page that holds the frame, in the language of whoever makes the survey."""
    framed = preview.address(number, width=None, frame="1")
    response = make_response(render_template("builder/phone.html", **_around(preview, number), framed=framed))
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


def _page(
    preview: Preview,
    section: SectionView,
    flow: Flow,
    *,
    raw: Raw | None = None,
    errors: dict[str, AnswerError] | None = None,
) -> Response:
    shown = page_of(section, preview.view, flow, raw=raw, errors=errors)
    g.device_features = frozenset[str]().union(*(field.device_features for field in shown.fields))
    code, definition = preview.view.language, preview.definition
    with force_locale(code):
        page = render_template(
            "builder/preview.html",
            **_around(preview, section.number),
            section=section,
            page=shown,
            walks=walks_of(shown, preview.view, flow),
            fields=shown.fields,
            has_errors=bool(errors),
            logic=lambda question: list(wording.logic_of_question(question, definition, code)),
            why=lambda question: wording.why_hidden(question, definition, code),
            why_page=wording.why_page_hidden(section.section, flow, definition, code),
            piped=lambda text: flow.piped(pick(text, code, definition.default_language)),
        )
    return _in_its_place(preview, page)


def _in_its_place(preview: Preview, page: str) -> Response:
    response = make_response(page)
    if "frame" in preview.choices:
        response.headers["Content-Security-Policy"] = IN_FRAME
    return response
