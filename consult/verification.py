"""Whether an installation is sound: the file, the references, and everything that is derived."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from consult.evidence.indexing import wrongly_indexed
from surveys.models import Answer, Response, Survey
from surveys.queries import version_with
from surveys.services import projection_rows


def find_faults(session: Session) -> tuple[list[str], list[str]]:
    """(faults, what was looked at and found sound), each a line in plain English."""
    faults: list[str] = []
    sound: list[str] = []
    if session.get_bind().dialect.name == "sqlite":
        for pragma, name in (("integrity_check", "database file"), ("foreign_key_check", "references")):
            rows = [tuple(row) for row in session.execute(text(f"PRAGMA {pragma}"))]
            bad = [row for row in rows if row != ("ok",)]
            faults += [f"{name}: {row}" for row in bad[:20]]
            if not bad:
                sound.append(f"{name}: sound")
    responses = 0
    for survey_id in session.scalars(select(Survey.id).order_by(Survey.id)).all():
        count, differing = _compare_projection(session, survey_id)
        responses += count
        if differing:
            faults.append(
                f"survey {survey_id}: {differing} answers differ between responses and the projection that "
                "results are counted from"
            )
    sound.append(f"responses: {responses}, counted as they were given")
    wrong = wrongly_indexed(session)
    if wrong:
        faults.append(f"search: {wrong} excerpts are found by other words than they hold")
    else:
        sound.append("search: every excerpt that was read is found by its words")
    return faults, sound


def _compare_projection(session: Session, survey_id: int) -> tuple[int, int]:
    expected: Counter[tuple] = Counter()
    count = 0
    rows = session.execute(
        select(Response.id, Response.version_id, Response.answers)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .execution_options(yield_per=1000)
    )
    for response_id, version_id, document in rows:
        count += 1
        version = version_with(session, version_id)
        if version is None:
            return count, len(document)
        expected.update(
            (row["response_id"], row["question_id"], row["option_id"], row["number"], row["text"])
            for row in projection_rows(version.definition, document, response_id, survey_id)
        )
    found = Counter(
        tuple(row)
        for row in session.execute(
            select(
                Answer.response_id, Answer.question_id, Answer.option_id, Answer.number, Answer.text
            ).where(Answer.survey_id == survey_id)
        )
    )
    return count, sum(((expected - found) + (found - expected)).values())
