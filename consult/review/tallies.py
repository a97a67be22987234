"""Tallies of closed questions for reviewers: counted over what may be used, small cells withheld."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.analysis import disclosure
from consult.analysis.crossing import suppress_parts
from consult.consultations.models import Consultation, Status
from surveys import queries as survey_queries
from surveys.definition import Definition
from surveys.elements import Question
from surveys.models import Answer, Response
from surveys.presentation import ResultView, result_view
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.tallies import QuestionCounts, Tally, in_rounds, tally_question, tally_rounds


def closed_questions(
    session: Session, consultation: Consultation, *, language: str, k: int = disclosure.INSIDE
) -> tuple[dict[str, ResultView], int]:
    """Question id → its result in one language, and how many responses these figures count.

    While the consultation is open the figures move by k answers at a time and leave out the last ones.
    """
    version = survey_queries.latest_version(session, consultation.survey_id)
    if version is None:
        return {}, 0
    count = survey_queries.count_responses(session, consultation.survey_id)
    is_final = consultation.status not in (Status.DRAFT, Status.SCHEDULED, Status.OPEN)
    base = disclosure.released_base(count, k, final=is_final)
    counts = _counts(session, consultation.survey_id, base) if base else {}
    default = version.definition.default_language
    rounds = _rounds(session, version.definition, consultation.survey_id, base)
    results = {}
    for question in version.definition.questions():
        kind = type_of(question)
        if not kind.takes_answer or kind.is_free_text:
            continue
        if question.id in rounds:
            tally, people = tally_rounds(question, rounds[question.id])
            hidden = withheld(tally, k=k) | withheld(people, k=k)
        else:
            tally = tally_question(question, counts.get(question.id, QuestionCounts()), base=base)
            hidden = withheld(tally, k=k)
        field = kind.field(question, language=language, default_language=default)
        results[question.id] = result_view(
            field,
            tally,
            language=language,
            default_language=default,
            hidden=hidden,
            k=k,
            is_repeated=question.id in rounds,
        )
    return results, base


def _rounds(
    session: Session, definition: Definition, survey_id: int, base: int
) -> dict[str, list[list[Value | None]]]:
    """Question id → its answers in the rounds of each response, of the questions that are asked several times. The
    projection does not tell one round from another, so they are read from the responses themselves."""
    asked = [
        (section, question)
        for section in definition.sections
        if section.repeat
        for question in section.questions
    ]
    found: dict[str, list[list[Value | None]]] = {question.id: [] for _, question in asked}
    if asked and base:
        for document in survey_queries.first_documents(session, survey_id, base):
            for section, question in asked:
                found[question.id].append(in_rounds(document, section, question))
    return found


def question_order(session: Session, survey_id: int) -> list[Question]:
    """The questions that take an answer, in the newest order; dropped free-text ones follow elsewhere."""
    version = survey_queries.latest_version(session, survey_id)
    if version is None:
        return []
    return [q for q in version.definition.questions() if type_of(q).takes_answer]


def withheld(tally: Tally, *, k: int = disclosure.INSIDE) -> dict[str, str]:
    """Cell key (and ``:answered``, ``:base``) → why disclosure control does not show it."""
    counts = [cell.count for cell in tally.cells]
    hidden: dict[str, str] = {}
    if tally.several:
        table = disclosure.suppress_table([[count] for count in counts], k, column_totals=False)
        cells = [row[0] for row in table.cells]
        # Each option against those who answered and did not choose it: the rest must not be small either.
        for cell, count in zip(tally.cells, counts, strict=True):
            if 0 < tally.answered - count < k:
                hidden[cell.key] = disclosure.Hidden.WITHHELD
    elif tally.by_group:
        cells = []
        hidden |= _withheld_groups(tally, k)
    else:
        cells = list(_of_one_choice(counts, k))
    for cell, shown in zip(tally.cells, cells, strict=not tally.by_group):
        if shown.reason is not None:
            hidden[cell.key] = shown.reason
    # How many left a question empty is no opinion and may be small: hiding it would hide every share.
    if 0 < tally.answered < k:
        hidden[":answered"] = disclosure.Hidden.SMALL
    if 0 < tally.base < k:
        hidden[":base"] = disclosure.Hidden.SMALL
    return hidden


def _of_one_choice(counts: Sequence[int], k: int) -> tuple[disclosure.Cell, ...]:
    """Cells of which each answer is in one: none small, none that follows, and those withheld are not few together."""
    if not counts:
        return ()
    cells, parts = disclosure.suppress(counts, k).cells, suppress_parts(counts, sum(counts), k)
    hidden = [one.shown is None or other.shown is None for one, other in zip(cells, parts, strict=True)]
    if hidden == [cell.shown is None for cell in cells]:
        return cells
    withheld = disclosure.Cell(None, disclosure.Hidden.WITHHELD)
    return tuple(withheld if is_hidden else cell for cell, is_hidden in zip(cells, hidden, strict=True))


def _withheld_groups(tally: Tally, k: int) -> dict[str, str]:
    """The same where each group has answers of its own: a row of a matrix, an option that was compared."""
    hidden: dict[str, str] = {}
    for group in tally.groups:
        cells = [cell for cell in tally.cells if cell.group == group.key]
        rest = group.answered - sum(cell.count for cell in cells)
        parts = _of_one_choice([*(cell.count for cell in cells), rest], k)
        for cell, shown in zip(cells, parts, strict=False):
            if shown.reason is not None:
                hidden[cell.key] = shown.reason
        if 0 < group.answered < k:
            hidden[f":group/{group.key}"] = disclosure.Hidden.SMALL
    if tally.linked and hidden:
        hidden = dict.fromkeys((cell.key for cell in tally.cells), disclosure.Hidden.WITHHELD)
        hidden |= {f":group/{group.key}": disclosure.Hidden.WITHHELD for group in tally.groups}
    return hidden


def _counts(session: Session, survey_id: int, base: int) -> dict[str, QuestionCounts]:
    last = session.scalar(
        select(Response.id)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .order_by(Response.id)
        .limit(1)
        .offset(base - 1)
    )
    within = (Answer.survey_id == survey_id, Answer.response_id <= last)
    counts: dict[str, dict[tuple[str | None, float | None], int]] = defaultdict(dict)
    for question_id, option_id, number, n in session.execute(
        select(Answer.question_id, Answer.option_id, Answer.number, func.count())
        .where(*within)
        .group_by(Answer.question_id, Answer.option_id, Answer.number)
    ):
        counts[question_id][option_id, number] = n
    answered = session.execute(
        select(Answer.question_id, func.count(Answer.response_id.distinct()))
        .where(*within)
        .group_by(Answer.question_id)
    )
    return {question_id: QuestionCounts(n, counts[question_id]) for question_id, n in answered}
