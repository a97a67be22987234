"""Searching everything that was said: answers, interviews, notes, feedback, by words and by links."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from consult.consultations.access import load_consultation
from consult.evidence.indexing import unread_count
from consult.evidence.labels import KINDS
from consult.evidence.models import Excerpt
from consult.evidence.search import SearchFilters, search
from consult.extensions import current_session
from consult.review import queries, requests
from consult.review.blueprint import blueprint
from consult.review.models import Coding
from consult.review.presentation import page_number
from consult.review.views import log_reading, readable_questions
from consult.stakeholders.models import StakeholderGroup
from consult.stakeholders.queries import groups

LONGEST_QUERY = 300


@blueprint.get("/search", endpoint="search")
def search_page(slug: str) -> str:
    """What was looked for stands in the address alone: it may hold what somebody said."""
    load_consultation(slug)
    log_reading(slug, search=True, page=page_number(request))
    consultation = load_consultation(slug)
    session = current_session()
    words = request.args.get("words", "").strip()[:LONGEST_QUERY]
    group_id, theme_id = _number("group"), _number("theme")
    theme = queries.theme_with(session, consultation.id, theme_id) if theme_id else None
    group = session.get(StakeholderGroup, group_id) if group_id else None
    filters = SearchFilters(
        kind=_one_of("kind", KINDS),
        group_id=group.id if group else None,
        language=_word("language"),
        question_id=_word("question"),
    )
    readable = [] if requests.is_readable(consultation) else [Excerpt.response_id.is_(None)]
    page = search(
        session,
        consultation.id,
        words,
        filters,
        number=page_number(request),
        also=[*readable, *_of_theme(theme.id if theme else None)],
    )
    questions = readable_questions(consultation)
    named = ("words", words), ("kind", filters.kind), ("language", filters.language)
    narrowed = ("question", filters.question_id), ("group", group and group.id), ("theme", theme and theme.id)
    return render_template(
        "review/search.html",
        consultation=consultation,
        words=words,
        filters=filters,
        group=group,
        theme=theme,
        page=page,
        kinds=KINDS,
        questions={question.id: dict(question.label) for question in questions},
        groups=groups(session),
        themes=queries.themes_in_use(session, consultation.id),
        unread=unread_count(session, consultation.id),
        address={name: value for name, value in (*named, *narrowed) if value},
    )


def _of_theme(theme_id: int | None) -> list[Any]:
    if theme_id is None:
        return []
    coded = select(Coding.excerpt_id).where(Coding.theme_id == theme_id, Coding.is_current)
    return [Excerpt.id.in_(coded)]


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _word(name: str) -> str | None:
    text = request.args.get(name, "")
    return text if text.replace("-", "").replace("_", "").isalnum() and len(text) <= 64 else None


def _one_of(name: str, known: Any) -> str | None:
    text = request.args.get(name, "")
    return text if text in known else None
