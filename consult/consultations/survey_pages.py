"""The pages of a survey for one visit: what shows, in which order, and how it is rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, render_template, request, url_for
from markupsafe import Markup

from consult.consultations.entitled import seen_mark
from consult.consultations.visit import Visit, submission_key
from consult.i18n import language
from surveys.errors import AnswerError
from surveys.pages import Page, answered_pages, page_of
from surveys.presentation import SectionView, SurveyView
from surveys.questions import type_of
from surveys.questions.base import QuestionType
from surveys.questions.field import Raw
from surveys.rules import CheckedPage, Flow, check_response
from surveys.versions import Version

MOST_KEPT = 512
_unanswered: dict[tuple[str, str, int], Markup] = {}


def flow_of(visit: Visit) -> Flow:
    """The survey for the answers that the visit has so far, in the page's language."""
    logic, view = visit.version.logic, visit.view
    if logic.is_plain and not view.is_varied:
        return Flow(logic, visit.answers, language=view.language)
    return Flow(
        logic,
        visit.answers,
        now=datetime.now(UTC).astimezone(ZoneInfo(visit.asked.timezone)),
        seed=submission_key(visit.key) if visit.code else "",
        language=view.language,
    )


def flow_sent(visit: Visit, version: Version, shown_in: str) -> Flow:
    """The survey for the answers that were sent, as it was for this person at that moment."""
    sent = visit.submitted
    assert sent is not None
    return Flow(
        version.logic,
        sent.answers,
        now=sent.submitted_at.astimezone(ZoneInfo(visit.asked.timezone)),
        seed=submission_key(visit.key),
        language=shown_in,
        is_sent=True,
    )


def section_numbered(visit: Visit, number: int) -> SectionView | None:
    """The section at this place of the whole survey, counted from 1."""
    sections = visit.view.sections
    return sections[number - 1] if 1 <= number <= len(sections) else None


def next_shown(visit: Visit, flow: Flow, number: int) -> int | None:
    """The number of the next page after `number` that shows; None after the last."""
    for view in visit.view.sections[number:]:
        if flow.shows_section(view.section):
            return view.number
    return None


def previous_shown(visit: Visit, flow: Flow, number: int) -> int | None:
    """The number of the page before `number` that shows; None before the first."""
    for view in reversed(visit.view.sections[: number - 1]):
        if flow.shows_section(view.section):
            return view.number
    return None


def rendered_page(
    visit: Visit,
    section: SectionView,
    flow: Flow,
    *,
    raw: Raw | None = None,
    errors: dict[str, AnswerError] | None = None,
) -> str:
    """A page, filled with what was sent (`raw`) and its errors, or with the answers so far."""
    page = page_of(section, visit.view, flow, raw=raw, errors=errors)
    g.device_features = frozenset[str]().union(*(field.device_features for field in page.fields))
    return render_template(
        "answer/page.html",
        asked=visit.asked,
        page=page,
        section=section,
        fields=page.fields,
        questions=_questions(visit, page),
        has_back=previous_shown(visit, flow, section.number) is not None,
        has_errors=bool(errors),
        has_opened="more" in request.args,
        main_form="answer",
    )


def _questions(visit: Visit, page: Page) -> Markup:
    """The questions of a page. Those of a page that nobody has filled in yet are the same for everybody,
    and making them is most of a page's work, so they are made once a version and language."""
    if not (page.is_for_everybody and visit.version.logic.is_plain):
        return Markup(render_template("answer/questions.html", page=page, fields=page.fields))
    key = (visit.version.fingerprint, language(), page.section.number)
    kept = _unanswered.get(key)
    if kept is None:
        if len(_unanswered) >= MOST_KEPT:
            _unanswered.clear()
        kept = _unanswered[key] = Markup(
            render_template("answer/questions.html", page=page, fields=page.fields)
        )
    return kept


def rendered_check(visit: Visit, flow: Flow, *, is_changed: bool = False) -> str:
    """The page on which everything is looked at before it is sent, with what still lacks."""
    lacking = check_response(visit.version.definition, visit.answers, flow)
    return render_template(
        "answer/check.html",
        asked=visit.asked,
        sections=answered_pages(visit.view, flow),
        address_of=partial(url_for, "answering.page", slug=visit.asked.slug, then="check"),
        lacking=lacking,
        seen=seen_mark(visit.version, visit.answers, flow),
        is_changed=is_changed,
        has_errors=bool(lacking) or is_changed,
        has_free_text=any(kind.is_free_text for kind in kinds_of(visit.view)),
        main_form="check",
    )


def with_round(checked: CheckedPage, section: SectionView, action: str) -> dict[str, Any]:
    """The answers with a round added (``add``) or taken out (``remove-2``), as the person asked."""
    rounds = list(checked.answers.get(section.id) or ())
    verb, _, number = action.partition("-")
    if verb == "add":
        rounds.append({})
    elif number.isascii() and number.isdigit() and len(number) <= 4 and 1 <= int(number) <= len(rounds):
        del rounds[int(number) - 1]
    return {**checked.answers, section.id: rounds}


def address_after(visit: Visit, flow: Flow, number: int, action: str) -> str:
    """Where a page leads that was accepted; `flow` is the survey after it."""
    slug = visit.asked.slug
    if action == "save":
        return url_for("answering.saved", slug=slug)
    if action == "back":
        return url_for("answering.page", slug=slug, number=previous_shown(visit, flow, number) or number)
    following = next_shown(visit, flow, number)
    if following is None or request.args.get("then") == "check":
        return url_for("answering.check", slug=slug)
    return url_for("answering.page", slug=slug, number=following)


def kinds_of(view: SurveyView) -> list[QuestionType]:
    """The type of every question of the survey."""
    return [type_of(question) for section in view.sections for question in section.section.questions]


def minutes_of(view: SurveyView) -> int:
    """How long it takes: about 12 seconds a closed question, 45 a written one (rounded up to a minute)."""
    asked = [kind for kind in kinds_of(view) if kind.takes_answer and kind.asks]
    seconds = sum(45 if kind.is_free_text else 12 for kind in asked)
    return max(1, -(-seconds // 60))
