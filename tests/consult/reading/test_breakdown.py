"""Themes by what answers can be told apart by: the same as counting every answer by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import delete, select

from consult.evidence.models import Excerpt
from consult.reading.breakdown import Breakdown, dimensions_of, theme_breakdown
from consult.review.columns import in_column
from consult.review.dimensions import NO_COLUMN
from consult.review.models import REVIEWER, Coding
from consult.review.queries import question_figures
from consult.stakeholders.entitlement import Participation
from tests.consult.reading.house import House, Said, part_of, stand
from tests.support import on_both_databases

pytestmark = on_both_databases


def dimension(session, house: House, key: str):
    return next(
        d for d in dimensions_of(session, house.consultation, house.scope.question_id) if d.key == key
    )


def counted(house: House, columns: Callable[[Said], Iterable[str]]) -> tuple[Counter, Counter]:
    """(column → answers, (theme, column) → answers), one answer after the other."""
    bases: Counter = Counter()
    cells: Counter = Counter()
    for one in house.said:
        for key in list(columns(one)) or [NO_COLUMN]:
            bases[key] += 1
            for theme in house.themes:
                cells[theme.id, key] += bool(house.below(theme) & one.themes)
    return bases, cells


def figures(found: Breakdown) -> tuple[Counter, Counter]:
    bases = Counter({column.key: column.base for column in found.columns})
    cells = Counter(
        {
            (row.theme.id, column.key): cell
            for row in found.rows
            for column, cell in zip(found.columns, row.cells, strict=True)
        }
    )
    return bases, cells


WAYS: dict[str, Callable[[Said], Iterable[str]]] = {
    "group": lambda one: [str(number) for number in sorted(one.groups)],
    "region": lambda one: [one.region] if one.region else [],
    "language": lambda one: [one.language],
    "question:o1": lambda one: [one.option],
    "stance": lambda one: [f"hint-{one.stance}"] if one.stance else [],
    "time": lambda one: [f"2026-01-{5 + 7 * one.week:02d}"],
}


@pytest.mark.parametrize("key", WAYS)
def test_counts_are_those_of_the_answers(session, house: House, key: str) -> None:
    found = theme_breakdown(session, house.scope, dimension(session, house, key))
    assert figures(found) == counted(house, WAYS[key])
    assert found.base == len(house.said)


@pytest.mark.parametrize("key", WAYS)
def test_the_condition_of_a_column_finds_its_answers(session, house: House, key: str) -> None:
    """A number opens the answers behind it: as many, and no other ones."""
    chosen = dimension(session, house, key)
    found = theme_breakdown(session, house.scope, chosen)
    for column in found.columns:
        ids = session.scalars(
            select(Excerpt.id).where(house.scope.excerpts, in_column(chosen, house.scope, column.key))
        ).all()
        assert len(ids) == column.base


def test_a_part_counts_as_its_answer(session, house: House) -> None:
    one = next(one for one in house.said if not one.themes)
    part_of(session, house, one, house.themes[3:5])
    part_of(session, house, next(one for one in house.said if one.themes), [])
    key = "group"
    assert figures(theme_breakdown(session, house.scope, dimension(session, house, key))) == counted(
        house, WAYS[key]
    )


def test_the_same_theme_by_two_coders_counts_once(session, house: House, staff) -> None:
    other = staff("reviewer", "second@example.org")
    for one in house.said[:20]:
        for theme_id in one.themes:
            session.add(
                Coding(excerpt_id=one.excerpt_id, theme_id=theme_id, origin=REVIEWER, coder_id=other.id)
            )
    session.flush()
    assert figures(theme_breakdown(session, house.scope, dimension(session, house, "language"))) == counted(
        house, WAYS["language"]
    )


def test_what_a_person_says_of_the_stance_stands_apart(session, house: House) -> None:
    one = next(one for one in house.said if one.stance is None)
    stand(session, house, one, "neutral")
    session.flush()
    keys = [c.key for c in theme_breakdown(session, house.scope, dimension(session, house, "stance")).columns]
    assert keys == ["neutral", "hint-support", "hint-oppose", "hint-mixed", NO_COLUMN]


def test_who_left_the_roll_is_in_no_group(session, house: House) -> None:
    session.execute(delete(Participation))
    found = theme_breakdown(session, house.scope, dimension(session, house, "group"))
    assert [(c.key, c.base) for c in found.columns] == [(NO_COLUMN, 60)]


def test_an_anonymous_consultation_knows_neither_groups_nor_times(session, house: House) -> None:
    house.consultation.privacy = "anonymous"
    keys = [d.key for d in dimensions_of(session, house.consultation, house.scope.question_id)]
    assert keys == ["language", "question:o1", "stance"]


def test_open_to_all_knows_no_groups(session, house: House) -> None:
    house.consultation.access = "open"
    keys = [d.key for d in dimensions_of(session, house.consultation, house.scope.question_id)]
    assert "group" not in keys and "region" not in keys and "time" in keys


def test_totals_are_those_of_the_theme_table(session, house: House) -> None:
    found = theme_breakdown(session, house.scope, dimension(session, house, "language"))
    table = {item.theme.id: item.count for item in question_figures(session, house.scope).themes}
    assert {row.theme.id: row.total for row in found.rows} == table
