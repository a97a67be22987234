"""Writing summaries: the list, the page of each, and choosing quotes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.forms import sent_id
from consult.i18n import error_text, is_language_switch
from consult.review import queries as review_queries
from consult.review import requests
from consult.review import services as review_services
from consult.review.presentation import page_number
from consult.review.queries import QuestionFigures, question_figures
from consult.review.scope import Scope
from consult.summary import checks, offers, services
from consult.summary.blueprint import blueprint
from consult.summary.comparison import compare, figure_changes
from consult.summary.errors import ConflictError, SummaryError
from consult.summary.figures import accepted_themes, counted
from consult.summary.forms import GRAVE, Sent, chosen_numbers, sent_edit
from consult.summary.models import Summary
from consult.summary.parts import (
    Part,
    begun_part,
    check_may_read,
    load_readable,
    part_of,
    parts_of,
    today_in,
)
from consult.summary.presentation import edit_page
from consult.summary.proposing import propose_text
from consult.summary.queries import SignedSummary, draft_of, last_signed
from consult.transaction import commits


@dataclass(frozen=True, slots=True)
class ListLine:
    """A summary in the list. `is_changed`: the draft is not what was signed last."""

    part: Part
    signed: SignedSummary | None
    is_changed: bool
    saved_at: datetime | None


@blueprint.get("/")
def listing(slug: str) -> str:
    """All summaries of a consultation, begun or not."""
    consultation = load_consultation(slug)
    return render_template(
        "summary/listing.html",
        consultation=consultation,
        lines=[_list_line(part) for part in parts_of(consultation)],
        is_readable=requests.is_readable(consultation),
        has_ended=consultation.status in checks.ENDED,
        can_edit=may(consultation, Right.REVIEW_EDIT) and may(consultation, Right.RESPONSES_READ),
        can_read=may(consultation, Right.RESPONSES_READ),
    )


def _list_line(part: Part) -> ListLine:
    if part.summary is None:
        return ListLine(part, None, False, None)
    signed = last_signed(current_session(), part.summary.id)
    content = draft_of(current_session(), part.summary).draft.to_sign()
    is_changed = signed is None or not compare(signed.content, content).is_empty
    return ListLine(part, signed, is_changed, part.summary.updated_at)


@blueprint.post("/begin")
@commits
def begin(slug: str) -> Response:
    """Write the factual draft of every summary that nobody has begun."""
    consultation = load_consultation(slug)
    check_may_read(consultation)
    session, made = current_session(), 0
    try:
        for part in parts_of(consultation):
            if part.summary is None:
                with session.begin_nested():
                    services.begin(
                        session,
                        consultation,
                        part.question_id,
                        by_id=current_user.id,
                        today=today_in(consultation),
                    )
                made += 1
    except SummaryError as error:
        flash(error_text(error))
        return redirect(url_for("summary.listing", slug=slug))
    except IntegrityError:  # the same button was pressed twice in one moment
        made = 0
    audit.record(session, "summary.begun", consultation_slug=slug, summaries=made)
    flash(_("The drafts are written. Read them, put them in your own words, and choose the quotes."))
    return redirect(url_for("summary.listing", slug=slug))


@blueprint.get("/part/<part>")
def edit(slug: str, part: str) -> str | Response:
    """The page on which a summary is written."""
    consultation = load_readable(slug, part=part)
    found = part_of(consultation, part)
    if found.summary is None:
        return redirect(url_for("summary.listing", slug=slug))
    return _page(consultation, found, found.summary)


def _page(
    consultation: Consultation,
    part: Part,
    summary: Summary,
    *,
    sent: Sent | None = None,
    is_conflict: bool = False,
) -> str:
    session = current_session()
    working = draft_of(session, summary)
    current = counted(session, consultation, part.question_id, today=today_in(consultation))
    ids = [theme.theme_id for theme in working.draft.content.themes]
    questions = [part.question_id] if part.question_id else requests.questions_to_code(session, consultation)
    quotes: dict[int | None, Any] = {}
    quotes.update(offers.offered(session, consultation.id, ids).items())
    quotes[None] = offers.offered_grave(session, consultation.id, questions)
    if sent is not None:
        _with_ticked(quotes, sent)
    signed = last_signed(session, summary.id)
    page = edit_page(
        working,
        changes=figure_changes(working.draft.content, current),
        accepted=accepted_themes(session, ids),
        offers=quotes,
        typed=(sent.edit, sent.typed_places) if sent else None,
        is_conflict=is_conflict,
    )
    return render_template(
        "summary/edit.html",
        consultation=consultation,
        part=part,
        summary=summary,
        revision=sent.edit.revision if sent and not is_conflict else summary.revision,
        page=page,
        signed=signed,
        is_changed=signed is None or not compare(signed.content, working.draft.to_sign()).is_empty,
        has_old_limits=checks.has_outdated_limits(
            list(checks.outdated_limits(session, consultation, working, current))
        ),
        suggested=_suggested(consultation, part),
        problems=sent.problems if sent else [],
        is_conflict=is_conflict,
        labels={one.question_id: one.label for one in parts_of(consultation)},
        writer=current_app.config["WRITING"].destination,
    )


def _with_ticked(quotes: dict[int | None, Any], sent: Sent) -> None:
    """What was ticked stays on the page, also where it is neither kept nor offered now."""
    words = offers.quotes_with(
        current_session(), [number for ids in sent.edit.quotes.values() for number in ids]
    )
    for key, ids in sent.edit.quotes.items():
        offered = quotes.get(key, [])
        there = {quote.excerpt_id for quote in offered}
        quotes[key] = [*offered, *(words[i] for i in ids if i in words and i not in there)]


def _suggested(consultation: Consultation, part: Part) -> list[Any]:
    if part.question_id is None:
        return []
    figures: QuestionFigures = question_figures(current_session(), Scope(consultation.id, part.question_id))
    return [item for item in figures.themes if item.theme.status == "suggested"]


@blueprint.post("/part/<part>")
def save(slug: str, part: str) -> Response | str | tuple[str, int]:
    """Save the page. Asking another program for wording comes after the commit: nobody waits for it with a lock."""
    answer = _save(slug, part)
    if request.form.get("propose") and answer.status_code == 303:
        propose_text(slug, part, request.form["propose"])
    return answer


@commits
def _save(slug: str, part: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    check_may_read(consultation)
    found, summary = begun_part(consultation, part)
    draft = draft_of(current_session(), summary).draft
    sent = sent_edit(request.form, draft, consultation.languages)
    if is_language_switch():
        return _page(consultation, found, summary, sent=sent)
    if sent.problems:
        return _page(consultation, found, summary, sent=sent), 422
    if sent.button[0] == "use":
        name = sent.button[1]
        texts = {**sent.edit.texts, name: _used(sent.edit.texts.get(name, ""), draft.drafted.get(name, ""))}
        sent = replace(sent, edit=replace(sent.edit, texts=texts))
    try:
        services.save(current_session(), summary, sent.edit, by_id=current_user.id)
    except ConflictError:
        return _page(consultation, found, summary, sent=sent, is_conflict=True), 409
    audit.record(current_session(), "summary.saved", consultation_slug=slug, part=part)
    return _after_saving(consultation, found, summary, sent)


def _used(typed: str, drafted: str) -> str:
    """The factual draft in place of nothing, else behind what is typed: nothing that somebody wrote is lost."""
    return f"{typed}\n\n{drafted}" if typed and typed != drafted else drafted


def _after_saving(consultation: Consultation, part: Part, summary: Summary, sent: Sent) -> Response:
    session, slug = current_session(), consultation.slug
    button, on = sent.button
    if button in ("figures", "accept"):
        if button == "accept":
            _accept(consultation, part)
        services.take_figures(
            session,
            summary,
            consultation,
            revision=summary.revision,
            by_id=current_user.id,
            today=today_in(consultation),
        )
        flash(_("Saved, with the figures of now."))
    elif button != "more":
        flash(_("Saved."))
    if button == "sign":
        return redirect(url_for("summary.signing", slug=slug, part=part.key), 303)
    if button == "more":
        return redirect(url_for("summary.quotes", slug=slug, part=part.key, theme=on), 303)
    anchor = _anchor(button, on)
    return redirect(url_for("summary.edit", slug=slug, part=part.key, _anchor=anchor), 303)


def _accept(consultation: Consultation, part: Part) -> None:
    session = current_session()
    for number in chosen_numbers(request.form, "accept"):
        theme = review_queries.theme_with(session, consultation.id, number)
        if theme is not None and theme.status == "suggested" and theme.question_id == part.question_id:
            review_services.accept_theme(session, theme, by_id=current_user.id)


def _anchor(button: str, on: str) -> str | None:
    if button == "move":
        return f"theme-{on.partition(':')[0]}"
    return f"{on}-field" if button in ("use", "propose") else None


@blueprint.get("/part/<part>/quotes")
def quotes(slug: str, part: str) -> str:
    """Everything that may be quoted of a theme, or of the whole question for the grave voices."""
    theme_id = _asked_theme()
    consultation = load_readable(slug, part=part, theme=theme_id, page=page_number(request))
    found, summary = begun_part(consultation, part)
    session = current_session()
    draft = draft_of(session, summary).draft
    theme = next((one for one in draft.content.themes if one.theme_id == theme_id), None)
    questions = (
        [found.question_id] if found.question_id else requests.questions_to_code(session, consultation)
    )
    number = page_number(request)
    key = theme.theme_id if theme else None
    chosen = theme.quotes if theme else draft.content.grave
    return render_template(
        "summary/quotes.html",
        consultation=consultation,
        part=found,
        theme=theme,
        page=offers.offer_page(session, consultation.id, questions, key, number=number),
        chosen={quote.excerpt_id for quote in chosen},
    )


@blueprint.post("/part/<part>/quotes")
@commits
def add_quotes(slug: str, part: str) -> Response:
    consultation = load_consultation(slug)
    check_may_read(consultation)
    found, summary = begun_part(consultation, part)
    draft = draft_of(current_session(), summary).draft
    theme_id = _asked_theme()
    if theme_id not in {theme.theme_id for theme in draft.content.themes}:
        theme_id = None
    ids = chosen_numbers(request.form, "quote")
    number = services.add_quotes(current_session(), summary, theme_id, ids, by_id=current_user.id)
    flash(ngettext("%(num)s quote added.", "%(num)s quotes added.", number))
    anchor = GRAVE if theme_id is None else f"theme-{theme_id}"
    return redirect(url_for("summary.edit", slug=slug, part=found.key, _anchor=anchor), 303)


def _asked_theme() -> int | None:
    return sent_id(request.values.get("theme"))
