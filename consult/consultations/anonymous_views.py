"""Answering an anonymous consultation: each page is the answer to the one before, and the server keeps nothing of it.

start → enter (code) → page 1 … page n → check → receipt; withdrawing at any time before closing
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, after_this_request, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.access.brake import too_many_wrong_codes
from consult.access.permissions import Right
from consult.ballots.keeping import leave_no_log
from consult.ballots.slots import Outcome, Stored, slot_for, slot_set_of, store_answer, withdraw_answer
from consult.consultations.anonymous_start import start_page
from consult.consultations.asked import Asked
from consult.consultations.inputs import QUOTE_CONSENT, SEALED
from consult.consultations.sealed_visit import (
    SealedVisit,
    asked_anonymously,
    new_visit,
    opened,
    refuse_closed,
    sealed_visit,
)
from consult.consultations.services import is_accepting, is_inviting
from consult.consultations.survey_pages import (
    flow_of,
    next_shown,
    previous_shown,
    rendered_check,
    rendered_page,
    section_numbered,
    with_round,
)
from consult.extensions import csrf, current_session
from consult.i18n import is_language_switch, language
from consult.transaction import commits
from surveys.endings import screen_out_of
from surveys.presentation import SectionView
from surveys.rules import Flow, check_page, check_response, known_answers
from surveys.rules.room import overlong
from surveys.text import pick

Answer = Response | str | tuple[str, int]
blueprint = Blueprint("anonymous", __name__, url_prefix="/c/<slug>")
csrf.exempt(
    blueprint
)  # a form carries its seal, which nobody else can make; the code is refused from other sites
PERMISSIONS = {
    f"anonymous.{name}": Right.PUBLIC for name in ("enter", "send_page", "submit", "withdraw", "again")
}


@blueprint.get("/enter")
@blueprint.get("/withdraw", endpoint="again")
@blueprint.get("/answers/<int:number>", endpoint="again")
@blueprint.get("/answers/check", endpoint="again")
def again(slug: str, number: int = 0) -> Response:
    """An address typed or called up anew has no answers with it: they were in the form."""
    return redirect(url_for("answering.start", slug=slug))


@blueprint.post("/enter")
def enter(slug: str) -> Answer:
    """From the code to the first page. Nothing is stored, and nothing tells whether the code was used before."""
    asked = asked_anonymously(slug)
    if not is_inviting(asked):
        refuse_closed(asked)
    rid = None if is_language_switch() else slot_for(current_session(), asked, request.form.get("code", ""))
    if rid is None:
        return _wrong_code(asked)
    visit = new_visit(asked, rid)
    flow = flow_of(visit)
    first = next_shown(visit, flow, 0)
    return _check(visit) if first is None else _page(visit, first, flow)


def _wrong_code(asked: Asked, *, withdrawing: bool = False) -> Answer:
    if is_language_switch() or not request.form.get("code", "").strip():
        return start_page(asked)
    if too_many_wrong_codes(asked.id):
        return start_page(asked, trouble="too_many", withdrawing=withdrawing), 429
    return start_page(asked, trouble="wrong", withdrawing=withdrawing), 422


@blueprint.post("/answers/<int:number>")
def send_page(slug: str, number: int) -> Answer:
    visit = sealed_visit(slug)
    section = section_numbered(visit, number)
    if section is None:
        return redirect(url_for("answering.start", slug=slug), 303)
    checked = check_page(flow_of(visit), section.section, request.form.to_dict(flat=False))
    if is_language_switch():
        return _shown(visit, section, checked.flow, raw=request.form.to_dict(flat=False))
    action = request.form.get("action", "continue")
    changes_rounds = section.section.repeat is not None and action.startswith(("add", "remove-"))
    errors = overlong(checked.flow, section.section) | checked.errors
    may_lack = changes_rounds or action == "back"
    if any(error.code != "required" or not may_lack for error in errors.values()):
        shown = _shown(visit, section, checked.flow, raw=request.form.to_dict(flat=False), errors=errors)
        return shown, 422
    visit.state.answers = with_round(checked, section, action) if changes_rounds else checked.answers
    flow = flow_of(visit)
    if changes_rounds:
        return _shown(visit, section, flow)
    if checked.opened and action == "continue":
        g.has_opened = True
        return _shown(visit, section, flow)
    return _screened_out(visit, flow) if _ends(flow, action) else _following(visit, flow, number, action)


def _ends(flow: Flow, action: str) -> bool:
    return action == "continue" and screen_out_of(flow) is not None


def _following(visit: SealedVisit, flow: Flow, number: int, action: str) -> Answer:
    if action == "back":
        return _page(visit, previous_shown(visit, flow, number) or number, flow)
    following = next_shown(visit, flow, number)
    if following is None or request.args.get("then") == "check":
        visit.begin_check()
        return _check(visit)
    return _page(visit, following, flow)


def _page(visit: SealedVisit, number: int, flow: Flow, *, then: str | None = None) -> str:
    return _shown(visit, visit.view.sections[number - 1], flow, then=then)


def _shown(
    visit: SealedVisit, section: SectionView, flow: Flow, *, then: str | None = None, **filled: Any
) -> str:
    """A page, filled with what was typed or with the answers so far, and with all of these sealed in its form."""
    visit.form_to("anonymous.send_page", number=section.number, then=then or request.args.get("then"))
    return rendered_page(visit, section, flow, **filled)


def _check(visit: SealedVisit) -> str:
    if not visit.state.key:
        visit.begin_check()
    visit.form_to("anonymous.submit")
    return rendered_check(visit, flow_of(visit))


@blueprint.post("/answers/check")
@commits
def submit(slug: str) -> Answer:
    """Put the answer into its slot. The same form again gives the same receipt; another one replaces the answer."""
    visit = sealed_visit(slug, to_submit=True)
    visit.state.consent = request.form.get(QUOTE_CONSENT) == "yes"
    if is_language_switch() or not visit.state.key:
        return _check(visit)
    flow = flow_of(visit)
    verb, _, number = request.form.get("action", "").partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= 4
    if verb == "change" and is_number and section_numbered(visit, int(number)):
        return _page(visit, int(number), flow, then="check")
    if screen_out_of(flow) is not None:
        return _screened_out(visit, flow)
    if check_response(visit.version.definition, visit.answers, flow):
        return _check(visit), 422
    stored = _store(visit, flow)
    if stored.outcome in (Outcome.LATE, Outcome.SPENT):
        is_spent = stored.outcome is Outcome.SPENT
        return render_template("answer/anonymous/overtaken.html", asked=visit.asked, is_spent=is_spent), 409
    return _receipt(visit, flow, stored)


def _store(visit: SealedVisit, flow: Flow) -> Stored:
    session, definition = current_session(), visit.version.definition
    slot_set = slot_set_of(session, visit.asked.id)
    assert slot_set is not None  # it could not have opened
    _leave_no_order()
    return store_answer(
        session,
        slot_set=slot_set,
        rid=visit.state.rid,
        definition=definition,
        answers=known_answers(definition, visit.answers, flow),
        language=language(),
        quote_consent=visit.state.consent,
        key=f"{visit.state.key}|{int(visit.state.consent)}",  # another consent is another answer
        nonce=visit.state.nonce,
    )


def _leave_no_order() -> None:
    """After the commit: the write-ahead log is the one place where answers stand one after the other."""

    @after_this_request
    def empty(response: Response) -> Response:
        if response.status_code < 400:
            leave_no_log()
        return response


def _receipt(visit: SealedVisit, flow: Flow, stored: Stored) -> str:
    definition = visit.version.definition
    visit.state.answers, visit.state.key, visit.state.nonce = {}, "", b""
    visit.form_to("anonymous.withdraw")
    return render_template(
        "answer/anonymous/receipt.html",
        asked=visit.asked,
        receipt=stored.receipt,
        is_replaced=stored.outcome is Outcome.REPLACED,
        thanks=flow.piped(pick(definition.thanks, language(), definition.default_language)),
    )


@blueprint.post("/withdraw")
def withdraw(slug: str) -> Answer:
    """Empty the slot of a code, whether an answer is in it or not: nothing tells. A wrong code holds up nobody who
    writes: it is looked up before the writing begins."""
    asked = asked_anonymously(slug)
    if not is_accepting(asked):
        refuse_closed(asked)
    if SEALED in request.form:
        rid: bytes | None = opened(asked, request.form[SEALED]).rid
    else:
        rid = slot_for(current_session(), asked, request.form.get("code", ""))
    if rid is None or is_language_switch():
        return _wrong_code(asked, withdrawing=True)
    return _withdraw(slug, rid)


@commits
def _withdraw(slug: str, rid: bytes) -> Answer:
    asked = asked_anonymously(slug, to_submit=True)
    if not is_accepting(asked):
        refuse_closed(asked)
    slot_set = slot_set_of(current_session(), asked.id)
    assert slot_set is not None
    _leave_no_order()
    withdraw_answer(current_session(), slot_set=slot_set, rid=rid)
    return render_template("answer/anonymous/withdrawn.html", asked=asked)


def _screened_out(visit: SealedVisit, flow: Flow) -> str:
    """No more questions for these answers. Nothing is kept of it, not even a number."""
    item = screen_out_of(flow)
    assert item is not None
    g.sealed = None
    words = flow.piped(pick(item.message, language(), visit.version.definition.default_language))
    return render_template("answer/ended.html", asked=visit.asked, words=words, is_full=False)
