"""What changes surveys and answers. Every function flushes and never commits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from surveys.definition import Definition
from surveys.endings import governing, recount_quotas, take_places
from surveys.errors import DraftChangedError, NotReadyError, SubmissionElsewhereError
from surveys.ids import new_receipt
from surveys.models import Answer, DraftResponse, Response, Survey, SurveyVersion
from surveys.queries import latest_version, version_with
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.rules import Flow, answers_in, find_problems, known_answers
from surveys.statements import insert_once
from surveys.versions import Version

__all__ = [
    "Submission", "create_survey", "delete_test_responses", "publish_survey", "publish_trial", "rebuild_projection",
    "save_definition", "submit_response",
]  # fmt: skip

_INSERT_ANSWERS = insert(cast(Table, Answer.__table__))


def create_survey(session: Session, *, definition: Definition) -> Survey:
    """A survey whose draft is `definition`."""
    survey = Survey(draft=definition.to_json(), draft_revision=1)
    session.add(survey)
    session.flush()
    return survey


def save_definition(
    session: Session, *, survey: Survey, definition: Definition, draft_revision: int
) -> Survey:
    """Replace the draft that was read as `draft_revision`. Raises DraftChangedError when it changed since."""
    saved = session.execute(
        update(Survey)
        .where(Survey.id == survey.id, Survey.draft_revision == draft_revision)
        .values(draft=definition.to_json(), draft_revision=draft_revision + 1)
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount != 1:  # type: ignore[attr-defined]
        raise DraftChangedError()
    session.refresh(survey, ["draft", "draft_revision"])
    return survey


def publish_survey(session: Session, *, survey: Survey, allow_missing_translations: bool = False) -> Version:
    """Publish the draft as a new version; a draft equal to the newest version gives that one again.

    Raises NotReadyError with the problems found; missing translations count unless they are allowed.
    """
    definition = Definition.from_json(survey.draft)
    blocking = tuple(
        problem
        for problem in find_problems(definition)
        if not problem.is_warning
        or (problem.code == "missing_translation" and not allow_missing_translations)
    )
    if blocking:
        raise NotReadyError(blocking)
    newest = latest_version(session, survey.id)
    fingerprint = definition.fingerprint()
    if newest and newest.fingerprint == fingerprint:
        return newest
    row = SurveyVersion(
        survey_id=survey.id,
        number=newest.number + 1 if newest else 1,
        definition=definition.to_json(),
        fingerprint=fingerprint,
    )
    session.add(row)
    session.flush()
    version = version_with(session, row.id)
    assert version is not None
    if definition.quotas:
        recount_quotas(session, version=version, before=newest.definition.quotas if newest else ())
    return version


@dataclass(frozen=True, slots=True)
class Submission:
    """A stored response. `is_new` is false when the key had been submitted before."""

    response_id: int
    public_id: str
    receipt: str
    is_new: bool


def publish_trial(session: Session, *, survey: Survey) -> Version:
    """The draft as a version to try out, numbered below 1; an unchanged draft gives the last trial again.

    Nobody but who tries it out answers it: it is never the newest published version, and goes with the test
    responses. Translations may be missing. Raises NotReadyError with the errors found.
    """
    definition = Definition.from_json(survey.draft)
    blocking = tuple(problem for problem in find_problems(definition) if not problem.is_warning)
    if blocking:
        raise NotReadyError(blocking)
    fingerprint = definition.fingerprint()
    last = session.execute(
        select(SurveyVersion.id, SurveyVersion.number, SurveyVersion.fingerprint)
        .where(SurveyVersion.survey_id == survey.id, SurveyVersion.number < 1)
        .order_by(SurveyVersion.number)
        .limit(1)
    ).first()
    if last is not None and last.fingerprint == fingerprint:
        version_id = last.id
    else:
        row = SurveyVersion(
            survey_id=survey.id,
            number=last.number - 1 if last else 0,
            definition=definition.to_json(),
            fingerprint=fingerprint,
        )
        session.add(row)
        session.flush()
        version_id = row.id
    version = version_with(session, version_id)
    assert version is not None
    return version


def submit_response(
    session: Session,
    *,
    version: Version,
    submission_key: str,
    answers: Mapping[str, Value],
    language: str,
    channel: str = "online",
    is_test: bool = False,
    quote_consent: bool = False,
    started_at: datetime | None = None,
    flow: Flow | None = None,
    newest: Version | None = None,
) -> Submission:
    """Store a response once a `submission_key`; a second call, at the same moment too, gives the first one.

    `answers` are accepted values (question id → value); those of unknown questions and of what does not show
    are left out, calculated ones put in. `flow` is the survey for these answers and `newest` the survey's newest
    version, if the caller has them. Whether everything required is answered is the caller's to check first
    (`rules.check_response`).

    Raises QuotaFullError where no place is left for these answers; the caller rolls back.
    """
    flow = flow or Flow(version.logic, answers)
    document = known_answers(version.definition, answers, flow)
    public_id, receipt = secrets.token_hex(8), new_receipt()
    response_id = insert_once(
        session,
        Response,
        {
            "public_id": public_id,
            "survey_id": version.survey_id,
            "version_id": version.id,
            "submission_key": submission_key,
            "channel": channel,
            "language": language,
            "is_test": is_test,
            "quote_consent": quote_consent,
            "answers": document,
            "receipt": receipt,
            "started_at": started_at,
        },
    )
    if response_id is None:
        return _submitted_before(session, version, submission_key)
    if not is_test:
        deciding = governing(version, newest or latest_version(session, version.survey_id), flow)
        if deciding.logic.definition.quotas:
            take_places(session, survey_id=version.survey_id, flow=deciding)
        rows = projection_rows(version.definition, document, response_id, version.survey_id)
        if rows:
            session.connection().execute(_INSERT_ANSWERS, rows)
    return Submission(response_id, public_id, receipt, is_new=True)


def _submitted_before(session: Session, version: Version, submission_key: str) -> Submission:
    row = session.execute(
        select(Response.id, Response.public_id, Response.receipt, Response.survey_id).where(
            Response.submission_key == submission_key
        )
    ).one()
    if row.survey_id != version.survey_id:
        raise SubmissionElsewhereError()
    return Submission(row.id, row.public_id, row.receipt, is_new=False)


def projection_rows(
    definition: Definition, document: Mapping[str, Value], response_id: int, survey_id: int
) -> list[dict[str, Any]]:
    """The rows of `answer` for one response."""
    return [
        {
            "response_id": response_id,
            "survey_id": survey_id,
            "question_id": question.id,
            "option_id": row.option_id,
            "number": row.number,
            "text": row.text,
        }
        for question, value in answers_in(definition, document)
        for row in type_of(question).project(question, value)
    ]


def delete_test_responses(session: Session, *, survey_id: int) -> int:
    """Delete what was submitted or begun in test mode, and the trials; returns how many responses went."""
    deleted = session.execute(
        delete(Response).where(Response.survey_id == survey_id, Response.is_test.is_(True))
    )
    session.execute(
        delete(DraftResponse).where(DraftResponse.survey_id == survey_id, DraftResponse.is_test.is_(True))
    )
    session.execute(
        delete(SurveyVersion).where(SurveyVersion.survey_id == survey_id, SurveyVersion.number < 1)
    )
    return deleted.rowcount  # type: ignore[attr-defined]


def rebuild_projection(session: Session, *, survey_id: int) -> int:
    """Make the survey's `answer` rows anew from its responses; returns their number."""
    session.execute(delete(Answer).where(Answer.survey_id == survey_id))
    total = 0
    last = 0
    while True:
        batch = session.execute(
            select(Response.id, Response.version_id, Response.answers)
            .where(Response.survey_id == survey_id, Response.is_test.is_(False), Response.id > last)
            .order_by(Response.id)
            .limit(1000)
        ).all()
        if not batch:
            return total
        rows = []
        for response_id, version_id, document in batch:
            version = version_with(session, version_id)
            assert version is not None
            rows += projection_rows(version.definition, document, response_id, survey_id)
        if rows:
            session.connection().execute(_INSERT_ANSWERS, rows)
        total += len(rows)
        last = batch[-1].id
