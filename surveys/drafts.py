"""Answers on their way: what is kept between the first page and the submission.

These run on every page that a participant sends, so they are plain statements, built once, and give plain
values: the unit of work of an ORM costs several times as much as the row that it moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from surveys.errors import SubmissionElsewhereError
from surveys.ids import normal_code, random_code
from surveys.models import DraftResponse, Response, utc_now
from surveys.questions.base import Value
from surveys.statements import insert_once
from surveys.versions import Version

RETURN_CODE_LENGTH = 12
_DRAFTS = cast(Table, DraftResponse.__table__)
_RESPONSES = cast(Table, Response.__table__)


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers that are not submitted yet, by question id."""

    id: int
    token_hash: str
    survey_id: int
    version_id: int
    submission_key: str
    language: str
    answers: Mapping[str, Value]
    is_test: bool
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was sent, as its sender may see it again."""

    id: int
    survey_id: int
    version_id: int
    language: str
    answers: Mapping[str, Value]
    receipt: str
    is_test: bool
    submitted_at: datetime


_DRAFT = select(*(_DRAFTS.c[name] for name in Draft.__dataclass_fields__))
_BY_TOKEN = _DRAFT.where(_DRAFTS.c.token_hash == bindparam("token_hash"))
_BY_TOKEN_TO_CHANGE = _BY_TOKEN.with_for_update()  # SQLite has one writer at a time anyway and leaves it out
_ALREADY_BEGUN = _DRAFT.where(
    (_DRAFTS.c.submission_key == bindparam("submission_key"))
    | (_DRAFTS.c.token_hash == bindparam("token_hash"))
).with_for_update()
_SUBMITTED = select(*(_RESPONSES.c[name] for name in Submitted.__dataclass_fields__)).where(
    _RESPONSES.c.submission_key == bindparam("submission_key")
)
_SAVE = (
    update(_DRAFTS)
    .where(_DRAFTS.c.id == bindparam("draft_id"))
    .values(answers=bindparam("new_answers"), language=bindparam("new_language"), updated_at=bindparam("now"))
)
_COUNT = select(func.count()).where(
    _DRAFTS.c.survey_id == bindparam("survey_id"),
    _DRAFTS.c.is_test.is_(False),
    _DRAFTS.c.ended_by.is_(None),  # who was screened out has finished
)
_ERASE = delete(_DRAFTS).where(_DRAFTS.c.survey_id == bindparam("of_survey"))
_DISCARD = delete(_DRAFTS).where(_DRAFTS.c.id == bindparam("draft_id"))


def token_hash(token: str) -> str:
    """How a return code is stored: the SHA-256 of its normal form, in hex."""
    return hashlib.sha256(normal_code(token).encode()).hexdigest()


def find_draft(session: Session, token: str, *, to_change: bool = False) -> Draft | None:
    """The draft that a return code opens, None for a wrong one.

    With `to_change`, whoever else means to change it waits until this transaction ends: two pages sent at
    the same moment would otherwise each write back what the other had not read yet.
    """
    query = _BY_TOKEN_TO_CHANGE if to_change else _BY_TOKEN
    row = session.connection().execute(query, {"token_hash": token_hash(token)}).first()
    return None if row is None else Draft(*row)


def find_submitted(session: Session, submission_key: str) -> Submitted | None:
    """The response that was submitted with this key."""
    row = session.connection().execute(_SUBMITTED, {"submission_key": submission_key}).first()
    return None if row is None else Submitted(*row)


def begin_draft(
    session: Session,
    *,
    version: Version,
    submission_key: str,
    language: str,
    answers: Mapping[str, Value],
    is_test: bool = False,
    token: str | None = None,
) -> tuple[Draft, str]:
    """Keep the first answers of a person; returns the draft and the code that opens it again.

    Of the code only a hash is kept. The same `submission_key` gives the draft that it already has, with
    these answers beside those that it holds: who begins has seen none of the others, so none is taken away.
    Its code is then `token`, if the caller has it, or ``""`` because nobody here knows it.
    Raises SubmissionElsewhereError when the key belongs to another survey, or the code to another key.
    """
    code = token or random_code(RETURN_CODE_LENGTH)
    now = utc_now()
    values: dict[str, Any] = {
        "token_hash": token_hash(code),
        "survey_id": version.survey_id,
        "version_id": version.id,
        "submission_key": submission_key,
        "language": language,
        "answers": dict(answers),
        "is_test": is_test,
    }
    times = {"created_at": now, "updated_at": now}
    keys = {name: values[name] for name in ("submission_key", "token_hash")}
    row = None
    while row is None:  # again where the other one was sent between the two statements
        draft_id = insert_once(session, DraftResponse, values | times)
        if draft_id is not None:
            return Draft(id=draft_id, **values), code
        row = session.connection().execute(_ALREADY_BEGUN, keys).first()
    draft = Draft(*row)
    if (draft.survey_id, draft.submission_key) != (version.survey_id, submission_key):
        raise SubmissionElsewhereError()
    code = token if token and token_hash(token) == draft.token_hash else ""
    return save_draft(session, draft=draft, answers={**draft.answers, **answers}, language=language), code


def save_draft(
    session: Session, *, draft: Draft, answers: Mapping[str, Value], language: str | None = None
) -> Draft:
    """Replace the answers that a draft holds."""
    saved = replace(draft, answers=dict(answers), language=language or draft.language)
    session.connection().execute(
        _SAVE,
        {
            "draft_id": draft.id,
            "new_answers": saved.answers,
            "new_language": saved.language,
            "now": utc_now(),
        },
    )
    return saved


def discard_draft(session: Session, *, draft: Draft) -> None:
    """Forget a draft."""
    session.connection().execute(_DISCARD, {"draft_id": draft.id})


def erase_drafts(session: Session, *, survey_id: int) -> int:
    """Erase all that was begun in a survey and not sent; returns how many there were, test drafts left out."""
    begun = session.connection().execute(_COUNT, {"survey_id": survey_id}).scalar_one()
    session.connection().execute(_ERASE, {"of_survey": survey_id})
    return begun
