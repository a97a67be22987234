"""Coding a part of a text: a passage is an excerpt of its own inside a whole one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.text import sentences
from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.review import coding, errors
from consult.review.changes import recorded
from consult.review.models import Coding, Theme
from surveys.statements import insert_once

MOST_SENTENCES = 100
"""Of a longer text the first ones are offered to be ticked; any of its words can be typed."""

Span = tuple[int, int]
"""Where a passage begins in the text of its whole, and where it ends: characters, the end not in it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text that carries themes."""

    excerpt: Excerpt
    themes: Sequence[Theme]


def sentence_spans(text: str) -> list[Span]:
    """Where the sentences of a text stand, in order."""
    found: list[Span] = []
    for sentence in sentences(text)[:MOST_SENTENCES]:
        span = span_of(text, sentence, after=found[-1][1] if found else 0)
        if span is not None:
            found.append(span)
    return found


def span_of(text: str, words: str, *, after: int = 0) -> Span | None:
    """Where these words stand in a text first, however they are spaced; None where they do not."""
    pieces = words.split()
    found = re.compile(r"\s+".join(map(re.escape, pieces))).search(text, after) if pieces else None
    return found.span() if found else None


def ticked_span(text: str, numbers: Iterable[int]) -> Span:
    """From the first to the last of these sentences, counted from 0. Raises ReviewError unless they stand together."""
    spans, ticked = sentence_spans(text), sorted(set(numbers))
    if not ticked:
        raise errors.passage_needed()
    if ticked[-1] >= len(spans) or ticked != list(range(ticked[0], ticked[-1] + 1)):
        raise errors.sentences_apart()
    return spans[ticked[0]][0], spans[ticked[-1]][1]


def typed_span(text: str, words: str) -> Span:
    """Where typed or pasted words stand. Raises ReviewError where the text does not say so."""
    span = span_of(text, words)
    if span is None:
        raise errors.not_in_text()
    return span


def passages_of(session: Session, whole: Excerpt) -> list[Passage]:
    """The parts of an excerpt that carry themes in use, in the order of the text."""
    found: dict[int, list[Theme]] = defaultdict(list)
    parts: dict[int, Excerpt] = {}
    for part, theme in session.execute(
        select(Excerpt, Theme)
        .join(Coding, Coding.excerpt_id == Excerpt.id)
        .join(Theme, Theme.id == Coding.theme_id)
        .where(Excerpt.part_of_id == whole.id, Coding.is_current, Theme.status != "retired")
        .order_by(Excerpt.start_offset, Excerpt.end_offset, Excerpt.id, Theme.position, Theme.id)
    ):
        parts[part.id] = part
        found[part.id].append(theme)
    return [Passage(parts[number], themes) for number, themes in found.items()]


def code_passage(
    session: Session, whole: Excerpt, span: Span, *, themes: Sequence[Theme], by_id: int
) -> Excerpt:
    """Say that a part of an excerpt carries exactly these themes; the same part is one however often it is said.
    Raises ReviewError for the whole text, without a theme, and for one of another question or retired."""
    if not themes:
        raise errors.theme_needed()
    if whole.text[slice(*span)].strip() == whole.text.strip():
        raise errors.whole_text()
    part = _part(session, whole, span)
    coding.code_excerpt(session, part, themes=themes, by_id=by_id, kind="passage")
    return part


def drop_passage(session: Session, part: Excerpt, *, by_id: int) -> None:
    """Take every coding off a part; what the whole carries stays."""
    with recorded(
        session,
        consultation_id=part.consultation_id,
        question_id=part.question_id,
        kind="drop_passage",
        by_id=by_id,
        params={"excerpt_id": part.id},
    ):
        for row in session.scalars(select(Coding).where(Coding.excerpt_id == part.id)):
            session.delete(row)
        session.flush()


def _part(session: Session, whole: Excerpt, span: Span) -> Excerpt:
    """The part that stands there; where two make it at the same moment, there is one all the same."""
    start, end = whole.start_offset + span[0], whole.start_offset + span[1]
    words = whole.text[span[0] : span[1]]
    session.flush()
    insert_once(
        session,
        Excerpt,
        {
            "consultation_id": whole.consultation_id,
            "source_id": whole.source_id,
            "response_id": whole.response_id,
            "question_id": whole.question_id,
            "part_of_id": whole.id,
            "start_offset": start,
            "end_offset": end,
            "text": words,
            "language": whole.language,
            "text_hash": hash_of(words),
            "quote_consent": whole.quote_consent,
            "position": whole.position,
            "said_on": whole.said_on,
            "speaker": whole.speaker,
            "voice": whole.voice,
            "station": whole.station,
        },
    )
    there = (Excerpt.part_of_id == whole.id, Excerpt.start_offset == start, Excerpt.end_offset == end)
    return session.scalars(select(Excerpt).where(*there)).one()
