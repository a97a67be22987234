"""How kinds of source lean, and whether they agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.reading.triangulation import (
    CONTRADICTS,
    MIXED,
    RAISED,
    SILENT,
    SUPPORTS,
    lean_of,
    matrix_of,
    verdict_of,
)  # fmt: skip
from tests.consult.reading.house import House
from tests.support import on_both_databases


@pytest.mark.parametrize(
    ("counts", "lean"),
    [((2, 1, 0), SUPPORTS), ((1, 2, 0), CONTRADICTS), ((1, 1, 0), MIXED), ((0, 0, 3), MIXED), ((3, 1, 1), MIXED),
     ((4, 1, 1), SUPPORTS)],
)  # fmt: skip
def test_two_thirds_make_a_lean(counts, lean) -> None:
    assert lean_of(*counts) == lean


@pytest.mark.parametrize(
    ("leans", "verdict"),
    [
        ([SILENT, SILENT], "none"),
        ([SUPPORTS, SILENT], "single"),
        ([SUPPORTS, RAISED], "unknown"),
        ([SUPPORTS, SUPPORTS, RAISED], "agree"),
        ([SUPPORTS, CONTRADICTS], "contradict"),
        ([SUPPORTS, MIXED], "contradict"),
        ([MIXED, MIXED], "contradict"),
    ],
)
def test_what_kinds_of_source_say_together(leans, verdict) -> None:
    assert verdict_of(leans) == verdict


@given(st.lists(st.sampled_from([SUPPORTS, CONTRADICTS, MIXED, RAISED, SILENT]), max_size=6))
def test_the_order_of_the_kinds_and_silence_change_nothing(leans) -> None:
    assert verdict_of(leans) == verdict_of(leans[::-1]) == verdict_of([*leans, SILENT])


@on_both_databases
def test_who_may_not_read_learns_no_lean_of_few(session, house: House) -> None:
    exact = matrix_of(session, house.scope.consultation_id, [house.scope.question_id], can_read=True)
    safe = matrix_of(session, house.scope.consultation_id, [house.scope.question_id], can_read=False)
    assert {line.theme.id for line in exact.lines} == {line.theme.id for line in safe.lines}
    assert all(place.hints == place.known for line in exact.lines for place in line.places)
    for line in safe.lines:
        for place in line.places:
            assert place.count is None or place.count == 0 or place.count >= 5
            assert not 0 < place.hints < 5
            assert place.lean in (RAISED, SILENT, "withheld") or place.known >= 5
