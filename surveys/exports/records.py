"""Responses as records: column name → value, over all versions of a survey. Read in portions, never all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from surveys.elements import Question
from surveys.exports.columns import MAIN, Sheet, sheets_of
from surveys.queries import submitted_documents, versions_of
from surveys.questions import QuestionType, type_of
from surveys.versions import Version

ABOUT = ("id", "language", "channel", "version", "submitted_on", "quote_consent")
"""What is known of a response beside its answers."""


@dataclass(frozen=True, slots=True)
class Record:
    """One response. `answers`: column → JSON value with codes instead of ids; unanswered ones are absent.

    `rounds`: name of a repeating section → such answers for each of its rounds.
    """

    id: str
    answers: dict[str, Any]
    language: str
    channel: str
    version: int
    submitted_on: str
    quote_consent: bool
    rounds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """All responses of a survey. `sheets`: first that of the responses, then one for each repeat."""

    sheets: tuple[Sheet, ...]
    records: Iterator[Record]
    languages: tuple[str, ...]
    default_language: str

    @property
    def main(self) -> Sheet:
        return self.sheets[0]

    @property
    def repeats(self) -> tuple[Sheet, ...]:
        return self.sheets[1:]


_Reader = tuple[str, QuestionType, Question, Mapping[str, str]]


def response_table(session: Session, survey_id: int) -> Table:
    """The responses of a survey, without test ones."""
    return table_of(versions_of(session, survey_id), submitted_documents(session, survey_id))


def table_of(versions: Sequence[Version], rows: Iterable[Any]) -> Table:
    """Responses of all versions joined by question id, under the newest name of each question.

    `rows` have what `queries.submitted_documents` gives, and are read once.
    """
    sheets = sheets_of(versions)
    numbers = {version.id: version.number for version in versions}
    readers = {version.id: _readers(sheets, version.number) for version in versions}

    def records() -> Iterator[Record]:
        for row in rows:
            answers, rounds = _read(readers[row.version_id], row.answers)
            yield Record(
                id=row.public_id,
                answers=answers,
                language=row.language,
                channel=row.channel,
                version=numbers[row.version_id],
                submitted_on=row.submitted_at.date().isoformat(),
                quote_consent=row.quote_consent,
                rounds=rounds,
            )

    if not versions:
        return Table(sheets, records(), ("en",), "en")
    newest = versions[-1].definition
    return Table(sheets, records(), newest.languages, newest.default_language)


def _readers(sheets: Sequence[Sheet], number: int) -> list[tuple[str, str, list[_Reader]]]:
    """For one version: key and name of each sheet, and how its answers are read."""
    return [
        (
            sheet.key,
            sheet.name,
            [
                (question.id, type_of(question), question, asked.renamed)
                for asked in sheet.asked
                if (question := asked.by_version.get(number)) is not None
            ],
        )
        for sheet in sheets
    ]


def _read(
    readers: list[tuple[str, str, list[_Reader]]], document: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    answers: dict[str, Any] = {}
    rounds: dict[str, list[dict[str, Any]]] = {}
    for key, name, questions in readers:
        if key == MAIN:
            answers = _exported(questions, document)
        elif document.get(key):
            rounds[name] = [_exported(questions, given) for given in document[key]]
    return answers, rounds


def _exported(questions: list[_Reader], given: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question_id, kind, question, renamed in questions:
        if question_id in given:
            found = kind.export(question, given[question_id])
            answers.update(
                {renamed.get(name, name): value for name, value in found.items()} if renamed else found
            )
    return answers
