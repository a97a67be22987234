"""How answering ends before its last page: screened out, or no place left; and the survey's own thank-you."""

from __future__ import annotations

from flask import render_template, url_for

from consult.consultations.survey_pages import flow_of, flow_sent
from consult.consultations.visit import Visit
from consult.extensions import current_session
from consult.i18n import language
from surveys import endings
from surveys.elements import Quota
from surveys.queries import version_with
from surveys.rules import Flow
from surveys.text import Text, pick


def is_ended(visit: Visit) -> bool:
    """Whether this person was screened out before."""
    return visit.draft is not None and visit.draft.ended_by is not None


def ends_here(visit: Visit, flow: Flow) -> bool:
    """Whether the questions end after the answers that were just given. Whoever is screened out is counted.

    Costs nothing where a survey has neither quotas nor screen-outs.
    """
    newest = None if visit.is_trial else visit.asked.version
    if not (visit.version.definition.screen_outs or (newest or visit.version).definition.quotas):
        return False
    screen_out = endings.screen_out_of(flow)
    if screen_out is None:
        return _full_quota(visit, flow) is not None
    assert visit.draft is not None  # kept just before
    endings.end_draft(current_session(), draft=visit.draft, screen_out=screen_out)
    return True


def _full_quota(visit: Visit, flow: Flow) -> Quota | None:
    deciding = endings.governing(visit.version, visit.asked.version, flow)
    return endings.full_quota_of(current_session(), survey_id=visit.asked.survey_id, flow=deciding)


def address(visit: Visit) -> str:
    """Where it is said."""
    return url_for("answering.ended", slug=visit.asked.slug)


def ended_page(visit: Visit) -> str | None:
    """The page that says so, None when these answers do not end it (any more)."""
    if visit.draft is None:
        return None
    definition = visit.version.definition
    flow = flow_of(visit)
    message: Text
    if visit.draft.ended_by is not None:
        ended_by = visit.draft.ended_by
        message = next((item.message for item in definition.screen_outs if item.id == ended_by), {})
        return _page(visit, flow, message, is_full=False)
    quota = _full_quota(visit, flow)
    return _page(visit, flow, quota.message, is_full=True) if quota is not None else None


def _page(visit: Visit, flow: Flow, message: Text, *, is_full: bool) -> str:
    words = flow.piped(pick(message, language(), visit.version.definition.default_language))
    return render_template("answer/ended.html", asked=visit.asked, words=words, is_full=is_full)


def thanks(visit: Visit) -> str:
    """The survey's own thank-you text with the answers that it asks for; ``""`` for none."""
    sent, newest = visit.submitted, visit.asked.version
    assert sent is not None
    version = (
        newest
        if newest and newest.id == sent.version_id
        else version_with(current_session(), sent.version_id)
    )
    if version is None or not version.definition.thanks:
        return ""
    definition = version.definition
    flow = flow_sent(visit, version, language())
    return flow.piped(pick(definition.thanks, language(), definition.default_language))
