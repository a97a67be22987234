"""Reading summaries: the working drafts and the signed versions with their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.config import LANGUAGES
from consult.consultations.models import Consultation
from consult.evidence.models import GATHERED
from consult.evidence.services import free_text_questions, hash_of
from consult.review import requests
from consult.summary.content import SummaryContent, SummaryQuote
from consult.summary.draft import Draft
from consult.summary.models import ChosenQuote, SignedQuote, Summary, SummaryVersion
from consult.summary.offers import quotes_with


@dataclass(frozen=True, slots=True)
class SignedSummary:
    """A signed version with its words. `id` is the version's own."""

    version: int
    content: SummaryContent
    signed_by: str
    signed_at: datetime
    note: str
    id: int = 0
    signed_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """The working draft with its quotes. `unquotable`: chosen excerpts that may not be published now; `outdated`: those
    whose words have changed, as by masking, since they were translated."""

    draft: Draft
    unquotable: frozenset[int]
    outdated: frozenset[int] = frozenset()


def signed_summaries(session: Session, consultation_id: int) -> list[SignedSummary]:
    """The newest signed version of each summary: the whole first, then the questions in the order of the survey, then
    what was said elsewhere, then questions that the survey does not ask any more."""
    newest = (
        select(SummaryVersion.summary_id, func.max(SummaryVersion.number).label("number"))
        .join(Summary, Summary.id == SummaryVersion.summary_id)
        .where(Summary.consultation_id == consultation_id)
        .group_by(SummaryVersion.summary_id)
        .subquery()
    )
    versions = session.scalars(
        select(SummaryVersion)
        .join(
            newest,
            (newest.c.summary_id == SummaryVersion.summary_id) & (newest.c.number == SummaryVersion.number),
        )
        .order_by(SummaryVersion.summary_id)
    ).all()
    found = _with_words(session, versions)
    order = _order(session, consultation_id) if found else []
    places = {question_id: place for place, question_id in enumerate(order)}
    return sorted(found, key=lambda one: places.get(one.content.question_id, len(order)))


def publishable_summaries(session: Session, consultation_id: int) -> list[SignedSummary]:
    """The same as they may be published now: a quote leaves whose author took the consent back since, or in which
    something was found that is personal; one that was masked since stands as it is now, without its translations."""
    return as_publishable(session, signed_summaries(session, consultation_id))


def as_publishable(session: Session, found: Sequence[SignedSummary]) -> list[SignedSummary]:
    """Signed versions without the quotes that may not be published now."""
    words = quotes_with(session, [quote.excerpt_id for one in found for quote in one.content.quotes])

    def still(quotes: Sequence[SummaryQuote]) -> tuple[SummaryQuote, ...]:
        return tuple(
            quote if words[quote.excerpt_id].text == quote.text else words[quote.excerpt_id]
            for quote in quotes
            if quote.excerpt_id in words and not quote.is_erased
        )

    published = []
    for one in found:
        themes = tuple(replace(theme, quotes=still(theme.quotes)) for theme in one.content.themes)
        content = replace(one.content, themes=themes, grave=still(one.content.grave))
        published.append(replace(one, content=content))
    return published


def versions_of(session: Session, summary_id: int) -> Sequence[SummaryVersion]:
    """The signed versions of a summary, newest first; without their words."""
    return session.scalars(
        select(SummaryVersion)
        .where(SummaryVersion.summary_id == summary_id)
        .order_by(SummaryVersion.number.desc())
    ).all()


def signed_version(session: Session, summary_id: int, number: int) -> SignedSummary | None:
    """One signed version with its words."""
    version = session.scalar(
        select(SummaryVersion).where(SummaryVersion.summary_id == summary_id, SummaryVersion.number == number)
    )
    return _with_words(session, [version])[0] if version else None


def last_signed(session: Session, summary_id: int) -> SignedSummary | None:
    """The newest signed version with its words."""
    versions = versions_of(session, summary_id)[:1]
    return _with_words(session, versions)[0] if versions else None


def summary_of(session: Session, consultation_id: int, question_id: str | None) -> Summary | None:
    """The summary of a question, or of the whole consultation, once somebody has begun it."""
    is_it = Summary.question_id.is_(None) if question_id is None else Summary.question_id == question_id
    return session.scalar(select(Summary).where(Summary.consultation_id == consultation_id, is_it))


def draft_of(session: Session, summary: Summary) -> Working:
    """The working draft, its quotes in the words in which they may be published now, with translations of these words;
    a quote that stands in two places has the same in both."""
    draft = Draft.from_json(summary.draft)
    chosen = session.scalars(
        select(ChosenQuote)
        .where(ChosenQuote.summary_id == summary.id)
        .order_by(ChosenQuote.position, ChosenQuote.id)
    ).all()
    words = quotes_with(session, [quote.excerpt_id for quote in chosen])
    by_theme: dict[int | None, list[SummaryQuote]] = defaultdict(list)
    translations: dict[int, dict[str, str]] = defaultdict(dict)
    for quote in chosen:
        if quote.excerpt_id in words and quote.text_hash == hash_of(words[quote.excerpt_id].text):
            translations[quote.excerpt_id] |= quote.translations
    for quote in chosen:
        said = words.get(quote.excerpt_id) or SummaryQuote(quote.excerpt_id, "", "", {})
        by_theme[quote.theme_id].append(replace(said, translations=translations[quote.excerpt_id]))
    themes = tuple(replace(theme, quotes=tuple(by_theme[theme.theme_id])) for theme in draft.content.themes)
    content = replace(draft.content, themes=themes, grave=tuple(by_theme[None]))
    unquotable = {quote.excerpt_id for quote in chosen} - set(words)
    translated = {quote.excerpt_id for quote in chosen if quote.translations}
    outdated = {number for number in translated & set(words) if not translations[number]}
    return Working(replace(draft, content=content), frozenset(unquotable), frozenset(outdated))


def question_labels(session: Session, consultation: Consultation) -> dict[str, dict[str, str]]:
    """Question that is coded → what it is called, in the order of the survey; what was said elsewhere last."""
    asked = {q.id: dict(q.label) for q in free_text_questions(session, consultation.survey_id)}
    labels = {}
    for question_id in requests.questions_to_code(session, consultation):
        labels[question_id] = asked.get(question_id) or _gathered_label()
    return labels


def _gathered_label() -> dict[str, str]:
    found = {}
    for code in LANGUAGES:
        with force_locale(code):
            found[code] = _("Interviews, notes, documents and feedback")
    return found


def _with_words(session: Session, versions: Sequence[SummaryVersion]) -> list[SignedSummary]:
    words: dict[int, dict[int, SummaryQuote]] = defaultdict(dict)
    for quote in session.scalars(
        select(SignedQuote).where(SignedQuote.version_id.in_([version.id for version in versions]))
    ):
        words[quote.version_id][quote.excerpt_id] = SummaryQuote(
            quote.excerpt_id, quote.text, quote.language, dict(quote.translations)
        )
    return [
        SignedSummary(
            version=version.number,
            content=SummaryContent.from_json(version.content).with_quotes(words[version.id]),
            signed_by=version.signed_by,
            signed_at=version.signed_at,
            note=version.note,
            id=version.id,
            signed_by_id=version.signed_by_id,
        )
        for version in versions
    ]


def _order(session: Session, consultation_id: int) -> list[str | None]:
    consultation = session.get_one(Consultation, consultation_id)
    asked = [question.id for question in free_text_questions(session, consultation.survey_id)]
    return [None, *asked, GATHERED]
