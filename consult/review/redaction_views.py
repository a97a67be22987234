"""Personal data in what people wrote: looking it through, masking it, and letting stand what tells of nobody."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.analysis.masking import KINDS
from consult.analysis.personal_figures import finder_figures
from consult.consultations.access import load_consultation, may
from consult.evidence.models import GATHERED, Excerpt
from consult.extensions import current_session
from consult.forms import sent_id
from consult.i18n import error_text
from consult.review import personal_reading, queries, redacting, requests
from consult.review import redaction_queries as found
from consult.review.blueprint import blueprint
from consult.review.errors import ReviewError
from consult.review.presentation import page_number
from consult.review.redaction_models import KEPT, MASKED
from consult.review.views import log_reading, readable_questions
from consult.transaction import commits

MOST_WORDS = 1_000


@blueprint.get("/personal")
def redaction(slug: str) -> str:
    """What the finder and the coders say tells of a person: to be masked, or to stand."""
    load_consultation(slug)
    log_reading(slug, personal=True, page=page_number(request))
    return _page(slug)


@blueprint.post("/excerpt/<int:excerpt_id>/personal")
@commits
def redact(slug: str, excerpt_id: int) -> Response | tuple[str, int]:
    """Decide about one excerpt: a mark, all of them, further words, or that nothing more has to be masked."""
    consultation = load_consultation(slug)
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)
    excerpt = queries.excerpt_with(current_session(), consultation.id, excerpt_id)
    if excerpt is None or not (requests.is_readable(consultation) or excerpt.question_id == GATHERED):
        abort(404)
    try:
        with current_session().begin_nested():
            flash(_carry_out(excerpt))
    except ReviewError as error:
        # Nothing was kept, but answers are shown again.
        log_reading(slug, personal=True, excerpt=excerpt_id, page=page_number(request))
        return _page(slug, problem=(excerpt_id, error_text(error))), 422
    address: dict[str, Any] = dict(_address(_filters()))
    address["page"] = str(page_number(request))
    return redirect(url_for("review.redaction", slug=slug, **address, _anchor=f"excerpt-{excerpt_id}"), 303)


def _carry_out(excerpt: Excerpt) -> str:
    """Do what the pressed button says; returns what to tell."""
    session, by_id, form = current_session(), current_user.id, request.form
    for name, status in (("mask", MASKED), ("keep", KEPT)):
        if name in form:
            value = form[name]
            if value == "all":
                redacting.decide_all(session, excerpt, status=status, by_id=by_id)
            else:
                redacting.decide_mark(session, excerpt, sent_id(value) or 0, status=status, by_id=by_id)
            return _("Saved. You can undo this under “Changes”.")
    if form.get("action") == "settle":
        redacting.settle(session, excerpt, by_id=by_id)
        return _("Saved. You can undo this under “Changes”.")
    count = redacting.mask_words(
        session, excerpt, form.get("words", "")[:MOST_WORDS], kind=form.get("kind", ""), by_id=by_id
    )
    return ngettext("Masked in %(num)s place.", "Masked in %(num)s places.", count)


def _page(slug: str, *, problem: tuple[int, str] | None = None) -> str:
    """The list; `problem`: the excerpt at which something has to be corrected, and what."""
    consultation, session, filters = load_consultation(slug), current_session(), _filters()
    is_readable = requests.is_readable(consultation)
    read: dict[str, Any] = {"is_readable": is_readable}
    return render_template(
        "review/redaction.html",
        consultation=consultation,
        page=found.personal_page(session, consultation.id, filters, number=page_number(request), **read),
        progress=found.personal_progress(session, consultation.id, **read),
        unread=personal_reading.unread_count(session, consultation.id),
        languages=found.language_counts(session, consultation.id, filters, **read),
        labels={asked.id: asked.label for asked in readable_questions(consultation)},
        filters=filters,
        address=_address(filters),
        kinds=KINDS,
        kind_names=_kind_names(),
        figures=finder_figures(),
        problem=problem,
        typed=request.form.get("words", ""),
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


def _filters() -> found.PersonalFilters:
    values = request.values
    show, kind, language = values.get("show"), values.get("of"), values.get("language", "")
    return found.PersonalFilters(
        show=show if show in found.SHOWN else found.WAITING,
        kind=kind if kind in KINDS else None,
        language=language if language.replace("-", "").isalpha() and len(language) <= 8 else None,
        with_silent=values.get("silent") == "yes",
        excerpt_id=sent_id(values.get("excerpt")),
    )


def _address(filters: found.PersonalFilters) -> dict[str, str]:
    named = {
        "show": filters.show if filters.show != found.WAITING else None,
        "of": filters.kind,
        "language": filters.language,
        "silent": "yes" if filters.with_silent else None,
        "excerpt": str(filters.excerpt_id) if filters.excerpt_id else None,
    }
    return {name: value for name, value in named.items() if value}


def _kind_names() -> dict[str, str]:
    return {
        "name": _("name"),
        "email": _("e-mail"),
        "phone": _("telephone number"),
        "link": _("link or account"),
        "identity": _("number of a document or an account"),
        "address": _("address"),
        "other": _("something else"),
    }
