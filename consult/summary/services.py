"""What a reviewer does to a summary: beginning, saving, taking new figures, signing. Services flush, never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.review import requests
from consult.summary import errors
from consult.summary.basis import basis_of
from consult.summary.comparison import compare
from consult.summary.content import SummaryContent, SummaryQuote
from consult.summary.draft import Draft, begun, with_figures
from consult.summary.drafting import drafts
from consult.summary.figures import counted
from consult.summary.models import ChosenQuote, SignedQuote, Summary, SummaryVersion
from consult.summary.offers import quotes_with
from consult.summary.order import moved
from consult.summary.queries import draft_of, last_signed, question_labels, summary_of
from surveys.models import utc_now


@dataclass(frozen=True, slots=True)
class Edit:
    """What a reviewer sent. `texts` by the names of their inputs; `places`: theme → the place that was typed; `quotes`:
    theme (None: the grave voices) → excerpts; `hashes`: excerpt → the hash of its words on the page, which were
    translated there, those of now where there is none; `confirmed`: inputs whose proposed wording a person takes over
    as it is.
    """

    revision: int
    texts: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    places: Mapping[int, int] = field(default_factory=dict)
    quotes: Mapping[int | None, Sequence[int]] = field(default_factory=dict)
    translations: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    hashes: Mapping[int, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


def begin(
    session: Session, consultation: Consultation, question_id: str | None, *, by_id: int, today: date
) -> Summary:
    """The summary of a question, or of the whole, with the factual draft in it; the one there is, where there is one.

    Raises SummaryError while single answers may not be read.
    """
    known = summary_of(session, consultation.id, question_id)
    if known is not None:
        return known
    if not requests.is_readable(consultation):
        raise errors.not_readable_yet()
    content, drafted = _taken(session, consultation, question_id, today)
    made = Summary(
        consultation_id=consultation.id,
        question_id=question_id,
        draft=begun(content, drafted).as_json(),
        updated_by_id=by_id,
    )
    session.add(made)
    session.flush()
    return made


def save(session: Session, summary: Summary, edit: Edit, *, by_id: int) -> None:
    """Save everything of the page at once. Raises ConflictError when somebody has saved since the page was made."""
    _take_turn(session, summary, edit.revision, by_id)
    draft = Draft.from_json(summary.draft).with_texts(edit.texts)
    known = {theme.theme_id for theme in draft.content.themes}
    content = replace(draft.content, themes=moved(draft.content.themes, edit.places))
    proposed = {name: text for name, text in draft.proposed.items() if name not in edit.confirmed}
    draft = replace(draft, content=content, left_out=edit.left_out & known, proposed=proposed)
    summary.draft = draft.as_json()
    _choose(
        session, summary, {key: ids for key, ids in edit.quotes.items() if key is None or key in known}, edit
    )
    session.flush()


def take_figures(
    session: Session, summary: Summary, consultation: Consultation, *, revision: int, by_id: int, today: date
) -> None:
    """Let the figures be those of now. Raises ConflictError."""
    _take_turn(session, summary, revision, by_id)
    content, drafted = _taken(session, consultation, summary.question_id, today)
    summary.draft = with_figures(draft_of(session, summary).draft, content, drafted).as_json()
    session.flush()


def add_quotes(
    session: Session, summary: Summary, theme_id: int | None, excerpt_ids: Sequence[int], *, by_id: int
) -> int:
    """Quote more excerpts, behind those that are quoted already; returns how many came in."""
    mine = select(ChosenQuote).where(ChosenQuote.summary_id == summary.id)
    same = ChosenQuote.theme_id.is_(None) if theme_id is None else ChosenQuote.theme_id == theme_id
    known = {quote.excerpt_id for quote in session.scalars(mine.where(same))}
    new = [number for number in _ours(session, summary, excerpt_ids) if number not in known]
    _take_turn(session, summary, summary.revision, by_id)
    for place, number in enumerate(new, start=len(known)):
        session.add(
            ChosenQuote(
                summary_id=summary.id, theme_id=theme_id, excerpt_id=number, position=place, translations={}
            )
        )
    session.flush()
    return len(new)


def propose(session: Session, summary: Summary, name: str, words: str, *, revision: int, by_id: int) -> None:
    """Put what another program wrote into a text, marked as such until a person edits or confirms it."""
    _take_turn(session, summary, revision, by_id)
    draft = Draft.from_json(summary.draft).with_texts({name: words})
    summary.draft = replace(draft, proposed={**draft.proposed, name: words}).as_json()
    session.flush()


def sign(session: Session, summary: Summary, *, revision: int, note: str, by: Staff) -> SummaryVersion:
    """Make the draft, as it stands, the newest signed version. What stands in its way is for the caller to have asked
    (`consult.summary.checks`). Raises ConflictError, and SummaryError when nothing has changed since the last one."""
    _take_turn(session, summary, revision, None)
    content = draft_of(session, summary).draft.to_sign()
    last = last_signed(session, summary.id)
    if last is not None and compare(last.content, content).is_empty:
        raise errors.nothing_new()
    newest = select(func.max(SummaryVersion.number)).where(SummaryVersion.summary_id == summary.id)
    version = SummaryVersion(
        summary_id=summary.id,
        number=(session.scalar(newest) or 0) + 1,
        content=_without_words(content).as_json(),
        note=note,
        signed_by=by.name or by.email,
        signed_by_id=by.id,
    )
    session.add(version)
    session.flush()
    for quote in {quote.excerpt_id: quote for quote in content.quotes}.values():
        session.add(
            SignedQuote(
                version_id=version.id,
                excerpt_id=quote.excerpt_id,
                text=quote.text,
                language=quote.language,
                translations=dict(quote.translations),
            )
        )
    session.flush()
    return version


def _take_turn(session: Session, summary: Summary, revision: int, by_id: int | None) -> None:
    """Count the saving, if nobody else has saved since `revision`; raises ConflictError otherwise."""
    values: dict[str, object] = {"revision": revision + 1, "updated_at": utc_now()}
    if by_id is not None:
        values["updated_by_id"] = by_id
    turn = update(Summary).where(Summary.id == summary.id, Summary.revision == revision).values(**values)
    done = cast(CursorResult, session.execute(turn.execution_options(synchronize_session=False)))
    session.refresh(summary)
    if not done.rowcount:
        raise errors.saved_meanwhile()


def _taken(
    session: Session, consultation: Consultation, question_id: str | None, today: date
) -> tuple[SummaryContent, dict[str, str]]:
    content = counted(session, consultation, question_id, today=today)
    drafted = drafts(
        content,
        basis_of(session, consultation, question_id),
        languages=consultation.languages,
        labels=question_labels(session, consultation),
    )
    return content, drafted


def _choose(
    session: Session, summary: Summary, quotes: Mapping[int | None, Sequence[int]], edit: Edit
) -> None:
    """Put these quotes in the place of those that stood with these themes; quotes of other themes stay, as do
    translations that were not sent."""
    mine = ChosenQuote.summary_id == summary.id
    known = list(session.scalars(select(ChosenQuote).where(mine).order_by(ChosenQuote.id)))
    ours = _ours(session, summary, [number for ids in quotes.values() for number in ids])
    words = quotes_with(session, ours)
    translated = {
        number: _translated(
            number, [quote for quote in known if quote.excerpt_id == number], edit, words.get(number)
        )
        for number in ours
    }
    for quote in known:
        if quote.theme_id in quotes:
            session.delete(quote)
    session.flush()
    for theme_id, ids in quotes.items():
        for place, number in enumerate(i for i in dict.fromkeys(ids) if i in translated):
            text_hash, said = translated[number]
            session.add(
                ChosenQuote(
                    summary_id=summary.id,
                    theme_id=theme_id,
                    excerpt_id=number,
                    position=place,
                    text_hash=text_hash,
                    translations=said,
                )
            )


def _translated(
    number: int, known: Sequence[ChosenQuote], edit: Edit, now: SummaryQuote | None
) -> tuple[str, dict[str, str]]:
    """(hash of the words that are translated, the translations). New ones take the place of those of other words."""
    sent = edit.translations.get(number, {})
    before = next((quote.text_hash for quote in known if quote.translations), "")
    text_hash = edit.hashes.get(number) or (hash_of(now.text) if now else before)
    if not any(sent.values()) and before != text_hash:
        return before, next((dict(quote.translations) for quote in known if quote.translations), {})
    said: dict[str, str] = {}
    for quote in known:
        if quote.text_hash == text_hash:
            said |= quote.translations
    return text_hash, {code: text for code, text in {**said, **sent}.items() if text}


def _ours(session: Session, summary: Summary, excerpt_ids: Sequence[int]) -> list[int]:
    """Those that are excerpts of this summary's question, or of its consultation."""
    within = [Excerpt.consultation_id == summary.consultation_id, Excerpt.id.in_(list(set(excerpt_ids)))]
    if summary.question_id is not None:
        within.append(Excerpt.question_id == summary.question_id)
    found = set(session.scalars(select(Excerpt.id).where(*within)))
    return [number for number in dict.fromkeys(excerpt_ids) if number in found]


def _without_words(content: SummaryContent) -> SummaryContent:
    def bare(quotes: Sequence[SummaryQuote]) -> tuple[SummaryQuote, ...]:
        return tuple(replace(quote, text="", translations={}) for quote in quotes)

    themes = tuple(replace(theme, quotes=bare(theme.quotes)) for theme in content.themes)
    return replace(content, themes=themes, grave=bare(content.grave))
