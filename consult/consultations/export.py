"""Responses as files: one place for the command and the page."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation, Privacy, Status
from consult.errors import DomainError
from surveys.exports import (
    FORMATS,
    VALUES,
    Choices,
    Table,
    response_table,
    write_file,
    write_responses,
    write_zip,
)  # fmt: skip
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.choices import OTHER_LABEL

__all__ = [
    "FORMATS", "VALUES", "ZIP", "choices_for", "responses_of", "write_file", "write_responses",
    "write_zip",
]  # fmt: skip

ZIP = "application/zip"
OVER = (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED)


def responses_of(session: Session, consultation: Consultation) -> Table:
    """The submitted responses, without test ones, to be read once.

    Raises DomainError for an anonymous consultation that is not closed.
    """
    if consultation.privacy == Privacy.ANONYMOUS and consultation.status not in OVER:
        raise DomainError(
            "anonymous_not_closed",
            N_("The answers of an anonymous consultation can be exported only after it is closed."),
        )
    return response_table(session, consultation.survey_id)


def choices_for(
    table: Table, *, language: str | None, values: str = "both", spread: bool = False, titles: bool = False
) -> Choices:
    """How the file is to be. Raises DomainError for a language that the survey does not have."""
    chosen = language or table.default_language
    if chosen not in table.languages:
        raise DomainError(
            "no_such_language",
            N_("The survey has these languages: %(languages)s."),
            languages=", ".join(table.languages),
        )
    asked = (column.question for sheet in table.sheets for column in sheet.columns)
    own_words = {words for question in asked for words in type_of(question).column_words(question).values()}
    words = _engine_words(chosen, {OTHER_LABEL, *own_words})
    return Choices(
        chosen,
        values=values,
        spread=spread,
        titles=titles,
        translate=lambda message: words.get(message, message),
    )


def _engine_words(language: str, messages: Iterable[str]) -> dict[str, str]:
    with force_locale(language):
        return {message: gettext(message) for message in messages}
