"""Response rates of groups, regions and languages: nothing small, and nothing from which it follows."""

from __future__ import annotations

import pytest

from consult.analysis.disclosure import Cell
from consult.consultations.models import Access, Consultation, Privacy
from consult.extensions import db
from consult.reports import rates
from consult.reports.consultation_report import ConsultationReport
from consult.reports.gathering import consultation_report
from consult.stakeholders.heard import Heard, Line
from tests.consult.reports.signed import signed_consultation

K = 10


def line(key: str, on_roll: int, answered: int | None) -> Line:
    share = answered / on_roll if answered is not None else None
    return Line(key, on_roll, on_roll, on_roll, Cell(answered), share)


def table(lines: list[Line], answered: int, on_roll: int) -> dict[str, int | None]:
    found = Heard(on_roll, on_roll, on_roll, answered, answered, answered / on_roll, {}, lines, [], [])
    return {one.name[""]: one.complete.count for one in rates._lines(lines, found, K, None)}


def test_the_public_table_is_withheld_where_it_cannot_be_controlled() -> None:
    lines = [line("N", 100, 60), line("S", 60, 30), line("E", 5, 6), line("W", 40, 7)]
    assert table(lines, 103, 205) == {}


def test_nobody_of_three_is_not_told() -> None:
    assert table([line("N", 100, 60), line("S", 60, 30), line("E", 3, 0)], 90, 163).get("E") is None
    assert table([line("N", 100, 60), line("S", 60, 30)], 90, 160) == {"N": 60, "S": 30}


def test_groups_that_overlap_are_all_shown_or_none() -> None:
    assert table([line("A", 60, 30), line("B", 60, 30), line("C", 12, 5)], 60, 110) == {}
    assert table([line("A", 60, 30), line("B", 60, 30), line("C", 12, None)], 60, 110) == {}
    assert table([line("A", 60, 30), line("B", 80, 50)], 60, 110) == {"A": 30, "B": 50}


@pytest.mark.parametrize(("on_roll", "shown"), [(45, None), (80, 80)])
def test_the_roll_is_not_shown_where_few_did_not_answer(app, monkeypatch, on_roll, shown) -> None:
    session = db.session()
    consultation: Consultation = signed_consultation(session)
    consultation.access, consultation.privacy = Access.ROLL, Privacy.ANONYMOUS
    session.flush()
    monkeypatch.setattr(rates.queries, "roll_size", lambda *_: on_roll)
    report: ConsultationReport = consultation_report(session, consultation, language="en", edition="public")
    assert report.rates.on_roll == shown
