"""Turning what people wrote into excerpts. Services flush, the caller commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.analysis.language import UNKNOWN, detect_languages
from consult.evidence.indexing import announce
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt
from surveys import queries as survey_queries
from surveys.elements import Question
from surveys.models import Answer, Response
from surveys.questions import type_of

_BATCH = 500


def gather_excerpts(session: Session, *, consultation_id: int, survey_id: int, title: str) -> int:
    """Make an excerpt of each free-text answer that has none yet; returns how many were made.

    Safe to repeat. Test responses are left out. Whether the answers may be read now is for the caller
    to know: those of an anonymous consultation only after it has closed.
    """
    questions = free_text_questions(session, survey_id)
    if not questions:
        return 0
    new = _new_responses(session, survey_id)
    if not new:
        return 0
    source = _survey_source(session, consultation_id, survey_id, title)
    made = 0
    for ids in _portions(new):
        responses = session.execute(
            select(Response.id, Response.language, Response.quote_consent, Response.answers)
            .where(Response.id.in_(ids))
            .order_by(Response.id)
        ).all()
        rows = [
            _excerpt(source, response, question, text)
            for response in responses
            for question in questions
            if (text := _words(question, response.answers))
        ]
        if rows:
            _name_languages(rows)
            session.execute(insert(Excerpt), rows)
        made += len(rows)
    if made:
        announce(session)
    return made


def has_new_answers(session: Session, *, survey_id: int) -> bool:
    """Whether a free-text answer waits to be gathered; looked up without writing anything."""
    questions = [question.id for question in free_text_questions(session, survey_id)]
    gathered = select(Excerpt.id).where(Excerpt.response_id == Answer.response_id).exists()
    waiting = select(Answer.id).where(
        Answer.survey_id == survey_id, Answer.question_id.in_(questions), ~gathered
    )
    return session.scalar(waiting.limit(1)) is not None


def free_text_questions(session: Session, survey_id: int) -> list[Question]:
    """Free-text questions of all published versions, in the newest wording and order, dropped ones last."""
    found: dict[str, Question] = {}
    for version in reversed(survey_queries.versions_of(session, survey_id)):
        for question in version.definition.questions():
            if type_of(question).is_free_text:
                found.setdefault(question.id, question)
    return list(found.values())


def has_gathered(session: Session, consultation_id: int) -> bool:
    """Whether anything was said elsewhere than in the survey."""
    gathered = select(Excerpt.id).where(
        Excerpt.consultation_id == consultation_id, Excerpt.question_id == GATHERED
    )
    return session.scalar(gathered.limit(1)) is not None


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hex: equal texts are found by it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _new_responses(session: Session, survey_id: int) -> list[int]:
    has_excerpt = select(Excerpt.id).where(Excerpt.response_id == Response.id).exists()
    return list(
        session.scalars(
            select(Response.id)
            .where(Response.survey_id == survey_id, Response.is_test.is_(False), ~has_excerpt)
            .order_by(Response.id)
        )
    )


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    rest = iter(ids)
    while portion := list(islice(rest, _BATCH)):
        yield portion


def _words(question: Question, answers: Mapping[str, Any]) -> str:
    value = answers.get(question.id)
    return type_of(question).text(question, value, language="", default_language="").strip()


def _excerpt(source: EvidenceSource, response: Any, question: Question, text: str) -> dict[str, Any]:
    return {
        "consultation_id": source.consultation_id,
        "source_id": source.id,
        "response_id": response.id,
        "question_id": question.id,
        "start_offset": 0,
        "end_offset": len(text),
        "text": text,
        "text_hash": hash_of(text),
        "language": response.language,
        "quote_consent": response.quote_consent,
        "position": response.id,
    }


def _name_languages(rows: list[dict[str, Any]]) -> None:
    """The language of each text; that of the page where the words do not tell."""
    found = detect_languages([row["text"] for row in rows], priors=[row["language"] for row in rows])
    for row, code in zip(rows, found, strict=True):
        if code != UNKNOWN:
            row["language"] = code


def _survey_source(session: Session, consultation_id: int, survey_id: int, title: str) -> EvidenceSource:
    source = session.scalar(
        select(EvidenceSource).where(
            EvidenceSource.consultation_id == consultation_id, EvidenceSource.survey_id == survey_id
        )
    )
    if source is None:
        source = EvidenceSource(
            consultation_id=consultation_id, survey_id=survey_id, kind="online_consultation", title=title
        )
        session.add(source)
        session.flush()
    return source
