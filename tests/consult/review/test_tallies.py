"""Tallies for reviewers: what is small is withheld, and while people answer the figures move in steps."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.consultations import services as consultations
from consult.extensions import db
from consult.review.tallies import closed_questions, withheld
from surveys.definition import Definition, Section
from surveys.elements import Repeat
from surveys.queries import latest_version
from surveys.questions.base import Cell, Group, Tally
from surveys.services import submit_response
from surveys.tallies import tally_documents
from tests.consult.review.answers import answer, make_consultation
from tests.support import on_both_databases
from tests.surveys.samples import ONE


def cells(*counts: int) -> tuple[Cell, ...]:
    return tuple(Cell(f"c{number}", {}, count) for number, count in enumerate(counts))


@pytest.mark.parametrize(
    ("counts", "several", "answered", "hidden"),
    [
        ((20, 30, 10), False, 60, set()),
        ((20, 30, 0), False, 50, set()),
        ((20, 30, 2), False, 52, {"c2", "c0"}),  # the other follows from the total, so one more is withheld
        ((1, 1), False, 2, {"c0", "c1", ":answered", ":base"}),
        ((20, 3), True, 40, {"c1"}),
        ((20, 38), True, 40, {"c1"}),  # all but two chose it: the two are few
        ((20, 40), True, 40, set()),
    ],
)
def test_small_cells_are_withheld(counts, several: bool, answered: int, hidden: set[str]) -> None:
    tally = Tally(base=answered, answered=answered, cells=cells(*counts), several=several)
    assert set(withheld(tally, k=5)) == hidden


@pytest.mark.parametrize(
    ("counts", "linked", "hidden"),
    [
        ({"a": (20, 30), "b": (10, 10)}, False, set()),
        ({"a": (20, 30), "b": (10, 2)}, False, {"b0", "b1"}),  # each line is protected by itself
        ({"a": (20, 30), "b": (1, 1)}, False, {"b0", "b1", ":group/b"}),
        ({"a": (20, 30), "b": (10, 2)}, True, {"a0", "a1", "b0", "b1", ":group/a", ":group/b"}),
    ],
)
def test_lines_with_answers_of_their_own(counts, linked: bool, hidden: set[str]) -> None:
    lines = {key: cells(*line) for key, line in counts.items()}
    tally = Tally(
        base=50,
        answered=50,
        cells=tuple(
            Cell(f"{key}{place}", {}, cell.count, group=key)
            for key, line in lines.items()
            for place, cell in enumerate(line)
        ),
        groups=tuple(Group(key, {}, sum(line)) for key, line in counts.items()),
        by_group=True,
        linked=linked,
    )
    assert set(withheld(tally, k=5)) == hidden


@on_both_databases
def test_while_it_is_open_the_last_answers_are_not_counted(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    for number in range(17):
        answer(session, consultation, "x" * (number % 2 + 2), key=str(number))
    results, counted = closed_questions(session, consultation, language="en")
    assert counted == 10
    assert [(row.label, row.count) for row in results[ONE.id].rows][:2] == [("Women", 5), ("Youth", 5)]
    consultations.close_consultation(session, consultation)
    results, counted = closed_questions(session, consultation, language="en")
    assert counted == 17
    assert [(row.label, row.count) for row in results[ONE.id].rows][:2] == [("Women", 9), ("Youth", 8)]


def test_answers_in_repeats_are_counted_by_round_and_protected_by_person(app: Flask) -> None:
    session = db.session()
    section = Section("s1", "household", {"en": "Household"}, {}, (ONE,), repeat=Repeat())
    consultation = make_consultation(session, definition=Definition({"en": "T"}, ("en",), "en", (section,)))
    version = latest_version(session, consultation.survey_id)
    women, youth = {"o1": "id-women"}, {"o1": "id-youth"}
    for number in range(6):
        rounds = [women, {}, women] if number else [youth] * 9  # nine answers, but all of them one person's
        submit_response(
            session, version=version, submission_key=str(number), language="en", answers={"s1": rounds}
        )  # fmt: skip
    consultations.close_consultation(session, consultation)
    results, counted = closed_questions(session, consultation, language="en")
    result = results[ONE.id]
    assert (counted, result.base, result.answered, result.is_repeated) == (6, 24, 19, True)
    assert [(row.label, row.count) for row in result.rows if row.hidden] == [("Women", None), ("Youth", None)]
    for number in range(4):
        submit_response(
            session, version=version, submission_key=f"y{number}", language="en", answers={"s1": [youth]}
        )  # fmt: skip
    results, _ = closed_questions(session, consultation, language="en")
    shown = results[ONE.id]
    assert (shown.base, shown.answered) == (28, 23)
    assert [(row.label, row.count, row.share) for row in shown.rows][:2] == [
        ("Women", 10, 10 / 23), ("Youth", 13, 13 / 23),
    ]  # fmt: skip
    documents = [{"s1": [women, {}, women]}, {"s1": [youth]}, {}]
    tally = tally_documents(version.definition, documents)[ONE.id]
    assert (tally.base, tally.answered, [cell.count for cell in tally.cells][:2]) == (4, 3, [2, 1])
