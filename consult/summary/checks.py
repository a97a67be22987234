"""What stands in the way of signing a summary, and what one should know before one does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.analysis.disclosure import PUBLIC, may_show
from consult.config import DEFAULT_LANGUAGE
from consult.consultations.models import Consultation, Status
from consult.i18n import LANGUAGE_NAMES
from consult.review.models import Theme
from consult.summary.basis import basis_of
from consult.summary.comparison import figure_changes
from consult.summary.content import SummaryContent
from consult.summary.drafting import limits_of
from consult.summary.figures import accepted_themes
from consult.summary.queries import Working
from surveys.i18n import N_
from surveys.numbers import western_digits

ENDED = (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED)
_NUMBERS = re.compile(r"\d+")

STILL_OPEN = N_("The consultation has not closed yet: its figures still move.")
NOT_ACCEPTED = N_("Themes that are not accepted any more: %(themes)s. Leave them out, or accept them again.")
UNQUOTABLE = N_(
    "Quotes that may not be published (no consent, or personal data in them waits for a person): %(count)s."
)
UNCONFIRMED = N_("Texts proposed by another program that nobody has edited or confirmed: %(count)s.")
EMPTY = N_("Nothing is written in %(language)s.")
MISSING = N_("Texts missing in %(language)s: %(count)s.")
SUGGESTED = N_("Themes that are only suggested, and so not in it: %(count)s.")
UNREAD = N_(
    "A person has decided about %(read)s of %(all)s answers; for the rest the machine’s suggestion counts."
)
OUTDATED = N_("The figures have changed since they were taken into this summary.")
OUTDATED_LIMITS = N_(
    "What the limits of the data rest on has changed since they were drafted, such as the agreement of coders or how "
    "many answers a person has read."
)
NO_QUOTES = N_("Nobody is quoted.")
UNTRANSLATED = N_("Quotes without a translation into every language of the consultation: %(count)s.")
OUTDATED_WORDS = N_(
    "Quotes whose words have changed since they were translated, so that they stand without translation: %(count)s."
)
NO_LIMITS = N_("Nothing is said about the limits of the data.")
NAMES_SMALL = N_(
    "These texts seem to name a figure of fewer than %(k)s answers, which is not published: %(themes)s."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a summary: a message to translate with its values. `is_refusal`: it cannot be signed so."""

    message: str
    is_refusal: bool = False
    params: dict[str, Any] = field(default_factory=dict)


def findings(
    session: Session, consultation: Consultation, working: Working, current: SummaryContent
) -> list[Finding]:
    """Refusals first. `current`: the figures of now."""
    content = working.draft.to_sign()
    return [
        *_refusals(session, consultation, working, content),
        *_outdated(working, content),
        *_warnings(session, consultation, working.draft.content, content, current),
        *outdated_limits(session, consultation, working, current),
    ]


def can_sign(found: Sequence[Finding]) -> bool:
    return not any(finding.is_refusal for finding in found)


def _refusals(
    session: Session, consultation: Consultation, working: Working, content: SummaryContent
) -> Iterator[Finding]:
    if consultation.status not in ENDED:
        yield Finding(STILL_OPEN, True)
    accepted = accepted_themes(session, [theme.theme_id for theme in content.themes])
    stale = [dict(theme.name) for theme in content.themes if theme.theme_id not in accepted]
    if stale:
        yield Finding(NOT_ACCEPTED, True, {"themes": stale})
    shown = {quote.excerpt_id for quote in content.quotes}
    if blocked := working.unquotable & shown:
        yield Finding(UNQUOTABLE, True, {"count": len(blocked)})
    names = set(working.draft.names(consultation.languages))
    if unconfirmed := names & set(working.draft.proposed):
        yield Finding(UNCONFIRMED, True, {"count": len(unconfirmed)})
    main = consultation.default_language or DEFAULT_LANGUAGE
    if main not in content.languages:
        yield Finding(EMPTY, True, {"language": _name(main)})


def outdated_limits(
    session: Session, consultation: Consultation, working: Working, current: SummaryContent
) -> Iterator[Finding]:
    """Where what the limits were drafted from, such as the agreement of coders, reads differently today."""
    if not any(name.startswith("limits-") for name in working.draft.drafted):
        return
    basis = basis_of(session, consultation, current.question_id)
    now = limits_of(current, basis, languages=consultation.languages)
    if any(words != working.draft.drafted.get(name, "") for name, words in now.items()):
        yield Finding(OUTDATED_LIMITS)


def has_outdated_limits(found: Sequence[Finding]) -> bool:
    """Whether taking the figures of now would change what is drafted of the limits."""
    return any(finding.message == OUTDATED_LIMITS for finding in found)


def has_outdated_figures(found: Sequence[Finding]) -> bool:
    """Whether taking the figures of now would change any."""
    return any(finding.message in (OUTDATED, OUTDATED_LIMITS) for finding in found)


def _outdated(working: Working, content: SummaryContent) -> Iterator[Finding]:
    if outdated := working.outdated & {quote.excerpt_id for quote in content.quotes}:
        yield Finding(OUTDATED_WORDS, params={"count": len(outdated)})


def _warnings(
    session: Session,
    consultation: Consultation,
    draft: SummaryContent,
    content: SummaryContent,
    current: SummaryContent,
) -> Iterator[Finding]:
    if figure_changes(draft, current):
        yield Finding(OUTDATED)
    texts = [content.introduction, *(theme.text for theme in content.themes)]
    for code in consultation.languages:
        missing = sum(not text.get(code) for text in texts)
        if missing and code in content.languages:
            yield Finding(MISSING, params={"language": _name(code), "count": missing})
        elif missing and code != consultation.default_language:
            yield Finding(EMPTY, params={"language": _name(code)})
    if suggested := _suggested(session, consultation.id, content.question_id):
        yield Finding(SUGGESTED, params={"count": suggested})
    if content.question_id is not None and content.reviewed < content.base:
        yield Finding(UNREAD, params={"read": content.reviewed, "all": content.base})
    if not any(content.limits.values()):
        yield Finding(NO_LIMITS)
    quotes = list(content.quotes)
    if not quotes:
        yield Finding(NO_QUOTES)
    others = set(consultation.languages)
    if untranslated := sum(bool(others - {q.language, *q.translations}) for q in quotes):
        yield Finding(UNTRANSLATED, params={"count": untranslated})
    if small := [dict(theme.name) for theme in content.themes if _names_small(theme)]:
        yield Finding(NAMES_SMALL, params={"themes": small, "k": PUBLIC})


def _names_small(theme: Any) -> bool:
    if not theme.count or may_show(theme.count, theme.base, PUBLIC):
        return False
    named = {number for text in theme.text.values() for number in _NUMBERS.findall(western_digits(text))}
    return str(theme.count) in named


def _suggested(session: Session, consultation_id: int, question_id: str | None) -> int:
    waiting = [Theme.consultation_id == consultation_id, Theme.status == "suggested"]
    if question_id is not None:
        waiting.append(Theme.question_id == question_id)
    return session.scalar(select(func.count()).select_from(Theme).where(*waiting)) or 0


def _name(code: str) -> str:
    return LANGUAGE_NAMES.get(code, code)
