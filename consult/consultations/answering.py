"""The pages on which people answer: without script, keeping what was typed, making no row on opening.

start → page 1 … page n → check → receipt
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult import outbox
from consult.access.permissions import Right
from consult.consultations import ends, queries
from consult.consultations.anonymous_start import start_page
from consult.consultations.asked import start_texts
from consult.consultations.entitled import (
    CodeTrouble,
    asks_for_code,
    differs,
    enter,
    seen_mark,
    sent_already,
    tie,
    was_sent_otherwise,
)
from consult.consultations.inputs import QUOTE_CONSENT, SEEN
from consult.consultations.labels import IAP2_PROMISES, PRIVACY_PROMISES
from consult.consultations.sent import carried, sent_form, takes_files, tidy_files, with_link
from consult.consultations.services import is_inviting
from consult.consultations.survey_pages import (
    address_after,
    flow_of,
    flow_sent,
    minutes_of,
    next_shown,
    rendered_check,
    rendered_page,
    section_numbered,
    with_round,
)
from consult.consultations.uploads import LARGEST_REQUEST
from consult.consultations.visit import (
    COOKIE,
    Visit,
    begin_visit,
    forget,
    is_from_elsewhere,
    open_visit,
    remember,
    remember_sent,
    submission_key,
)
from consult.extensions import csrf, current_session
from consult.i18n import is_language_switch, language
from consult.stakeholders.asking import is_anonymous
from consult.transaction import commits
from surveys import drafts
from surveys import queries as survey_queries
from surveys import services as survey_services
from surveys.endings import QuotaFullError
from surveys.pages import answered_pages
from surveys.rules import Flow, check_page, check_response
from surveys.versions import Version

blueprint = Blueprint("answering", __name__, url_prefix="/c/<slug>")
csrf.exempt(blueprint)  # `open_visit` asks for the token of the device's own code
PERMISSIONS = {
    f"answering.{name}": Right.PUBLIC
    for name in (
        "start", "begin", "background", "page", "send_page", "check", "submit", "receipt", "copy", "finish",
        "saved", "come_back", "ended",
    )
}  # fmt: skip


@blueprint.get("")
def start(slug: str) -> str:
    visit = open_visit(slug)
    return _start(visit)


def _start(visit: Visit, *, wrong_code: bool = False, trouble: CodeTrouble | None = None) -> str:
    asked = visit.asked
    if asked.status in ("draft", "scheduled") or asked.version is None:
        consultation = queries.consultation_by_slug(current_session(), asked.slug)
        return render_template("answer/not_yet.html", consultation=consultation)
    if not is_inviting(asked):
        consultation = queries.consultation_by_slug(current_session(), asked.slug)
        return render_template("answer/closed.html", consultation=consultation)
    if is_anonymous(asked):
        return start_page(asked)
    texts = start_texts(current_session(), asked)
    return render_template(
        "answer/start.html",
        consultation=asked,
        texts=texts,
        minutes=minutes_of(visit.view),
        promise=IAP2_PROMISES[texts.iap2_level],
        privacy=PRIVACY_PROMISES[asked.access, asked.privacy],
        has_draft=visit.draft is not None and not ends.is_ended(visit),
        has_submitted=visit.submitted is not None,
        wrong_code=wrong_code,
        asks_for_code=visit.needs_code,
        trouble=trouble,
        carried=carried(visit),
    )


@blueprint.post("/begin")
def begin(slug: str) -> Response | str | tuple[str, int]:
    """To the first page with a new code for the device: any, or the one of who typed her own. Nothing is stored."""
    visit = open_visit(slug)
    if not is_inviting(visit.asked):
        return redirect(url_for("answering.start", slug=slug), 303)
    if asks_for_code(visit.asked):
        if is_from_elsewhere():
            abort(400)
        visit.code, visit.device = "", None
        if is_language_switch() or not request.form.get("code", "").strip():
            return _start(visit)
        held = request.cookies.get(COOKIE, "")
        visit.code, trouble = enter(visit.asked, request.form["code"], held=held)
        if trouble is not None:
            return _start(visit, trouble=trouble), 429 if trouble is CodeTrouble.TOO_MANY else 422
    else:
        begin_visit(visit)
    return remember(redirect(url_for("answering.page", slug=slug, number=1), 303), visit)


@blueprint.post("/return")
def come_back(slug: str) -> Response | tuple[str, int]:
    """Open a saved draft with its return code."""
    if is_from_elsewhere():
        abort(400)  # who makes a device hold their own code could read what is written there
    visit = open_visit(slug)
    code = request.form.get("return_code", "").strip()
    visit.code = code
    if not is_language_switch() and visit.draft is not None:
        return remember(redirect(url_for("answering.page", slug=slug, number=1), 303), visit)
    return _start(visit, wrong_code=not is_language_switch()), 422


@blueprint.get("/background")
def background(slug: str) -> str:
    visit = open_visit(slug)
    return render_template(
        "answer/background.html",
        consultation=queries.consultation_by_slug(current_session(), visit.asked.slug),
    )


@blueprint.before_request
def take_large_files() -> None:
    """Let a file that is too large come all the same, so that it is refused beside its question."""
    if request.method == "POST" and request.endpoint == "answering.send_page":
        request.max_content_length = LARGEST_REQUEST


@blueprint.get("/<int:number>")
def page(slug: str, number: int) -> Response | str:
    visit = open_visit(slug)
    section = section_numbered(visit, number)
    is_new = not visit.code
    if section is None or (is_new and (number != 1 or visit.needs_code or not is_inviting(visit.asked))):
        return redirect(url_for("answering.start", slug=slug))
    if not visit.is_accepting:
        return _closed(visit)
    if visit.draft is None and visit.submitted is not None:
        return redirect(url_for("answering.receipt", slug=slug))
    if ends.is_ended(visit):
        return redirect(ends.address(visit))
    if is_new:
        begin_visit(visit)
    flow = flow_of(visit)
    if not flow.shows_section(section.section):
        following = next_shown(visit, flow, number)
        if following is None:
            return redirect(url_for("answering.check", slug=slug))
        section = visit.view.sections[following - 1]
    shown = rendered_page(visit, section, flow)
    return remember(make_response(shown), visit) if is_new else shown


@blueprint.post("/<int:number>")
@commits
def send_page(slug: str, number: int) -> Response | str | tuple[str, int]:
    visit = open_visit(slug)
    section = section_numbered(visit, number)
    if section is None or not visit.code:
        return redirect(url_for("answering.start", slug=slug), 303)
    if not visit.is_accepting:
        return _closed(visit)
    if visit.draft is None and visit.submitted is not None:
        return _after_sending(visit, number)
    if ends.is_ended(visit):
        return redirect(ends.address(visit), 303)
    before = flow_of(visit)
    raw = sent_form(visit, section, before)
    checked = check_page(before, section.section, raw)
    if is_language_switch():
        return rendered_page(visit, section, checked.flow, raw=raw)
    action = request.form.get("action", "continue")
    changes_rounds = section.section.repeat is not None and action.startswith(("add", "remove-"))
    # Going back or saving asks for nothing yet; but what was typed wrongly would be lost, so it is shown.
    may_lack = changes_rounds or action in ("save", "back")
    if not checked.is_valid and not (may_lack and checked.only_lacks):
        return rendered_page(visit, section, checked.flow, raw=raw, errors=checked.errors), 422
    kept = {name: value for name, value in request.args.items() if not name.startswith("_")}
    here: dict[str, Any] = kept | {"slug": slug, "number": number}
    here.pop("endpoint", None)
    answers = with_link(visit, with_round(checked, section, action) if changes_rounds else checked.answers)
    visit.keep(answers)
    tidy_files(visit, section, answers)
    if changes_rounds:
        return redirect(url_for("answering.page", **here, _anchor="rounds-end"), 303)
    if checked.opened and action == "continue":
        return redirect(url_for("answering.page", **here | {"more": "1"}), 303)
    if action == "continue" and ends.ends_here(visit, checked.flow):
        return redirect(ends.address(visit), 303)
    return redirect(address_after(visit, checked.flow, number, action), 303)


@blueprint.get("/saved")
def saved(slug: str) -> Response | str:
    """The code with which the answers can be found again."""
    visit = open_visit(slug)
    if visit.draft is None:
        return redirect(url_for("answering.start", slug=slug))
    return render_template("answer/saved.html", visit=visit, asked=visit.asked, code=visit.code)


@blueprint.get("/check")
def check(slug: str) -> Response | str:
    visit = open_visit(slug)
    if visit.draft is None:
        return _without_draft(visit)
    if not visit.is_accepting:
        return _closed(visit)
    if ends.is_ended(visit):
        return redirect(ends.address(visit))
    return rendered_check(visit, flow_of(visit))


@blueprint.post("/check")
@commits
def submit(slug: str) -> Response | str | tuple[str, int]:
    """Store the response. However often it is sent, there is one, and the same receipt."""
    visit = open_visit(slug)
    if is_language_switch() and visit.draft is not None:
        return rendered_check(visit, flow_of(visit))
    if visit.draft is None:
        return _without_draft(visit)
    if not visit.is_accepting:
        return _closed(visit)
    flow = flow_of(visit)
    if ends.is_ended(visit) or ends.ends_here(visit, flow):
        return redirect(ends.address(visit), 303)
    if check_response(visit.version.definition, visit.answers, flow):
        return rendered_check(visit, flow), 422
    if request.form.get(SEEN, "") not in ("", seen_mark(visit.version, visit.answers, flow)):
        return rendered_check(visit, flow, is_changed=True), 409
    try:
        sent = survey_services.submit_response(
            current_session(),
            version=visit.version,
            submission_key=submission_key(visit.key),
            answers=visit.answers,
            language=language(),
            quote_consent=request.form.get(QUOTE_CONSENT) == "yes",
            started_at=None,
            is_test=visit.draft.is_test,
            flow=flow,
            newest=visit.asked.version,
        )
        if visit.holder is not None and not visit.is_trial:
            tie(visit.holder.place_id, sent.response_id)
    except QuotaFullError:
        current_session().rollback()  # the draft stays, the response does not
        return redirect(ends.address(visit), 303)
    drafts.discard_draft(current_session(), draft=visit.draft)
    if not sent.is_new:
        return _sent_meanwhile(visit, flow)
    if not visit.is_trial:
        outbox.emit(current_session(), "response.submitted", {"consultation_id": visit.asked.id}, wake=False)
    return remember_sent(redirect(url_for("answering.receipt", slug=slug), 303), visit)


@blueprint.get("/ended")
def ended(slug: str) -> Response | str:
    """Why there are no more questions."""
    visit = open_visit(slug)
    return ends.ended_page(visit) or redirect(url_for("answering.start", slug=slug))


@blueprint.get("/receipt")
def receipt(slug: str) -> Response | str:
    visit = open_visit(slug)
    if visit.submitted is None:
        return redirect(url_for("answering.start", slug=slug))
    return render_template(
        "answer/receipt.html",
        asked=visit.asked,
        response=visit.submitted,
        thanks=ends.thanks(visit) if visit.shows_copy else "",
        shows_copy=visit.shows_copy,
    )


@blueprint.get("/copy")
def copy(slug: str) -> Response | str:
    """What this device sent, to print; only until it is finished here."""
    visit = open_visit(slug)
    sent = visit.submitted
    if sent is None or not visit.shows_copy:
        return redirect(url_for("answering.start", slug=slug))
    version = _version_sent(visit)
    view = version.view(language())
    flow = flow_sent(visit, version, view.language)
    return render_template(
        "answer/copy.html", asked=visit.asked, response=sent, sections=answered_pages(view, flow)
    )


@blueprint.post("/finish")
def finish(slug: str) -> Response:
    """Leave nothing on this device."""
    open_visit(slug)
    return forget(redirect(url_for("answering.start", slug=slug), 303), slug)


def _version_sent(visit: Visit) -> Version:
    assert visit.submitted is not None
    version = survey_queries.version_with(current_session(), visit.submitted.version_id)
    assert version is not None  # a response's version is never deleted
    return version


def _after_sending(visit: Visit, number: int) -> Response:
    """What a page comes to that is sent after the answers were, by the back button or from another device: the receipt,
    or words where it holds something else than what was sent."""
    assert visit.submitted is not None
    version = _version_sent(visit)
    sections = version.view(language()).sections
    if number <= len(sections) and not is_language_switch() and not takes_files(sections[number - 1]):
        before = flow_sent(visit, version, language())
        checked = check_page(before, sections[number - 1].section, request.form.to_dict(flat=False))
        is_same = checked.is_valid and not differs(
            version, checked.answers, checked.flow, visit.submitted.answers
        )
        if not is_same:
            return sent_already(visit.asked, shows_copy=visit.shows_copy)
    return redirect(url_for("answering.receipt", slug=visit.asked.slug), 303)


def _closed(visit: Visit) -> Response:
    consultation = queries.consultation_by_slug(current_session(), visit.asked.slug)
    was_answering = bool(visit.code) and visit.submitted is None
    page = render_template("answer/closed.html", consultation=consultation, was_answering=was_answering)
    return make_response(page, 410)


def _sent_meanwhile(visit: Visit, flow: Flow) -> Response:
    """The receipt, or words, where another device sent answers at the moment in which this one began."""
    submitted = drafts.find_submitted(current_session(), submission_key(visit.key))
    assert submitted is not None
    if differs(visit.version, visit.answers, flow, submitted.answers):
        current_session().commit()  # the draft goes, though these words are a refusal
        return sent_already(visit.asked, shows_copy=visit.shows_copy)
    return remember_sent(redirect(url_for("answering.receipt", slug=visit.asked.slug), 303), visit)


def _without_draft(visit: Visit) -> Response:
    """Where somebody belongs who has nothing to check: it was sent, or erased at closing, or never begun."""
    slug, status = visit.asked.slug, 303 if request.method == "POST" else 302
    if visit.submitted is not None:
        if was_sent_otherwise(_version_sent(visit), visit.submitted.answers):
            return sent_already(visit.asked, shows_copy=visit.shows_copy)
        answer = redirect(url_for("answering.receipt", slug=slug), status)
        return (
            remember_sent(answer, visit) if request.form.get(SEEN) else answer
        )  # what it shows is what was sent
    if visit.code and not visit.is_accepting:
        return _closed(visit)
    return redirect(url_for("answering.start", slug=slug), status)
