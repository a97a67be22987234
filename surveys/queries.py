"""Reading surveys, versions, drafts, responses and counts. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from surveys.definition import Definition
from surveys.diff import reworded_in
from surveys.models import Answer, DraftResponse, Response, Survey, SurveyVersion
from surveys.tallies import QuestionCounts
from surveys.versions import Version, compiled

VERSION_COLUMNS = (
    SurveyVersion.id,
    SurveyVersion.survey_id,
    SurveyVersion.number,
    SurveyVersion.fingerprint,
    SurveyVersion.published_at,
)


def draft_definition(survey: Survey) -> Definition:
    """The definition in the making."""
    return Definition.from_json(survey.draft)


def version_with(session: Session, version_id: int) -> Version | None:
    """A version by its id. The definition is read and parsed only once a process."""
    return _version(session, select(*VERSION_COLUMNS).where(SurveyVersion.id == version_id))


def latest_version(session: Session, survey_id: int) -> Version | None:
    """The newest published version of a survey, None before the first."""
    newest = select(*VERSION_COLUMNS).where(SurveyVersion.survey_id == survey_id, SurveyVersion.number > 0)
    return _version(session, newest.order_by(SurveyVersion.number.desc()).limit(1))


def versions_of(session: Session, survey_id: int) -> list[Version]:
    """All published versions, oldest first; trials are none."""
    rows = session.execute(
        select(*VERSION_COLUMNS)
        .where(SurveyVersion.survey_id == survey_id, SurveyVersion.number > 0)
        .order_by(SurveyVersion.number)
    ).all()
    return [as_version(session, row) for row in rows]


def _version(session: Session, statement: Any) -> Version | None:
    row = session.execute(statement).first()
    return None if row is None else as_version(session, row)


def as_version(session: Session, values: Sequence[Any]) -> Version:
    """The values of VERSION_COLUMNS as a version; its definition is read only when this process has not yet."""
    version_id, _, _, fingerprint, _ = values

    def load() -> Mapping[str, Any]:
        return session.execute(
            select(SurveyVersion.definition).where(SurveyVersion.id == version_id)
        ).scalar_one()

    fields: tuple[Any, ...] = (*values, compiled(fingerprint, load))
    return Version(*fields)


def count_responses(session: Session, survey_id: int, *, is_test: bool = False) -> int:
    """How many responses were submitted, without test ones unless these are asked for."""
    return session.execute(
        select(func.count()).where(Response.survey_id == survey_id, Response.is_test == is_test)
    ).scalar_one()


def count_drafts(session: Session, survey_id: int) -> int:
    """How many people have begun and not submitted; test drafts left out."""
    return session.execute(
        select(func.count()).where(
            DraftResponse.survey_id == survey_id,
            DraftResponse.is_test.is_(False),
            DraftResponse.ended_by.is_(None),
        )
    ).scalar_one()


def submitted_responses(session: Session, survey_id: int) -> Iterator[Response]:
    """Responses in the order they came, without test ones, read in portions."""
    return session.execute(
        select(Response)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .order_by(Response.id)
        .execution_options(yield_per=500)
    ).scalars()


def submitted_documents(session: Session, survey_id: int) -> Iterator[Row[Any]]:
    """The same as bare rows, for files of any length: no object a response, and never all in memory.

    Columns: public_id, version_id, language, channel, submitted_at, quote_consent, answers.
    """
    columns = (
        Response.public_id,
        Response.version_id,
        Response.language,
        Response.channel,
        Response.submitted_at,
        Response.quote_consent,
        Response.answers,
    )
    return iter(
        session.execute(
            select(*columns)
            .where(Response.survey_id == survey_id, Response.is_test.is_(False))
            .order_by(Response.id)
            .execution_options(yield_per=500)
        )
    )


def reworded_questions(session: Session, survey_id: int) -> Mapping[str, tuple[int, ...]]:
    """Question id → the numbers of the versions in which its words became others (`diff.reworded_in`)."""
    return reworded_in((version.number, version.definition) for version in versions_of(session, survey_id))


def first_documents(session: Session, survey_id: int, number: int) -> Iterator[Mapping[str, Any]]:
    """The answers of the first `number` responses, in the order in which they came, test ones left out."""
    return session.scalars(
        select(Response.answers)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .order_by(Response.id)
        .limit(number)
        .execution_options(yield_per=500)
    )


def responses_by_version(session: Session, survey_id: int) -> dict[int, int]:
    """Version id → number of responses given on it, test ones left out."""
    rows = session.execute(
        select(Response.version_id, func.count())
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .group_by(Response.version_id)
    )
    return {row[0]: row[1] for row in rows}


def question_counts(session: Session, survey_id: int) -> dict[str, QuestionCounts]:
    """Question id → counted answers, from the projection; questions without answers are absent."""
    counts: dict[str, dict[tuple[str | None, float | None], int]] = {}
    for question_id, option_id, number, n in session.execute(
        select(Answer.question_id, Answer.option_id, Answer.number, func.count())
        .where(Answer.survey_id == survey_id)
        .group_by(Answer.question_id, Answer.option_id, Answer.number)
    ):
        counts.setdefault(question_id, {})[option_id, number] = n
    answered = session.execute(
        select(Answer.question_id, func.count(Answer.response_id.distinct()))
        .where(Answer.survey_id == survey_id)
        .group_by(Answer.question_id)
    )
    return {question_id: QuestionCounts(n, counts[question_id]) for question_id, n in answered}
