"""Questions that people of the organisation keep for their next surveys. Functions flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.builder.library import TOPICS, Item
from consult.builder.models import SavedQuestion
from consult.errors import DomainError
from surveys.definition import question_from_json, question_to_json
from surveys.elements import Question
from surveys.errors import DefinitionError
from surveys.i18n import N_

PREFIX = "own-"
"""Keys of saved questions begin so, and those of the library do not."""
MOST_SAVED = 500


def keep_question(session: Session, question: Question, *, topic: str, saved_by: str) -> SavedQuestion:
    """Keep a copy. The same words and settings are kept once. Raises DomainError when there are too many."""
    stored = question_to_json(question)
    known = session.scalars(select(SavedQuestion)).all()
    for row in known:
        if _bare(row.question) == _bare(stored):
            return row
    if len(known) >= MOST_SAVED:
        raise DomainError("library_full", N_("The library is full. Take something out first."))
    row = SavedQuestion(
        topic=topic if topic in TOPICS else next(iter(TOPICS)), question=stored, saved_by=saved_by
    )
    session.add(row)
    session.flush()
    return row


def forget_question(session: Session, key: str) -> None:
    """Take a question out of the organisation's library; surveys that hold a copy keep it."""
    number = key.removeprefix(PREFIX)
    row = session.get(SavedQuestion, int(number)) if number.isascii() and number.isdigit() else None
    if row is not None:
        session.delete(row)
        session.flush()


def saved_items(session: Session) -> Sequence[Item]:
    """The organisation's questions, newest first. One of a type that is gone is left out."""
    found = []
    for row in session.scalars(select(SavedQuestion).order_by(SavedQuestion.id.desc())):
        try:
            found.append(Item(f"{PREFIX}{row.id}", row.topic, question_from_json(row.question)))
        except DefinitionError:
            continue
    return found


def _bare(stored: dict) -> dict:
    return {name: value for name, value in stored.items() if name not in ("id", "name")}
