"""How far the coders of a round agree, out of the installation."""

from __future__ import annotations

from collections.abc import Sequence

from consult.commands.running import UserMistake, consultation_named, with_app
from consult.config import DEFAULT_LANGUAGE
from consult.extensions import db
from consult.review import double
from consult.review.blind_codings import Row, blind_rows
from consult.review.double_models import DoubleCoding
from consult.review.requests import questions_to_code
from consult.review.scope import Scope


@with_app
def codings_of_round(slug: str, question: str | None, number: int | None, *, has_names: bool) -> list[Row]:
    """The blind codings of a round: of the one question that has rounds unless `question` is given, of the newest round
    unless `number` (the first is 1)."""
    consultation = consultation_named(slug)
    ids = [question] if question else questions_to_code(db.session(), consultation)
    found = {one: list(double.rounds_of(db.session(), Scope(consultation.id, one)))[::-1] for one in ids}
    having = {one: rounds for one, rounds in found.items() if rounds}
    if not having:
        raise UserMistake("There is no round of double coding" + (f" of {question}." if question else "."))
    if len(having) > 1:
        raise UserMistake("Several questions have rounds; name one by --question: " + ", ".join(having) + ".")
    ((_question, rounds),) = having.items()
    one = _numbered(rounds, number)
    language = consultation.default_language or DEFAULT_LANGUAGE
    return blind_rows(db.session(), one, language=language, has_names=has_names)


def _numbered(rounds: Sequence[DoubleCoding], number: int | None) -> DoubleCoding:
    if number is None:
        return rounds[-1]
    if not 1 <= number <= len(rounds):
        raise UserMistake(f"There is no round {number}; the last one is {len(rounds)}.")
    return rounds[number - 1]
