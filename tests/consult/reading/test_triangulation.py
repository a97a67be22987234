"""How kinds of source lean, and whether they agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.reading.triangulation import (
    CONTRADICTS,
    HINTED,
    MIXED,
    RAISED,
    SILENT,
    SUPPORTS,
    UNREAD,
    KindRead,
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
        ([UNREAD, UNREAD], "none"),
        ([SUPPORTS, UNREAD], "single_so_far"),
        ([SUPPORTS, UNREAD, SILENT], "single_so_far"),
        ([HINTED, CONTRADICTS], "unknown"),
        ([HINTED, SUPPORTS, SUPPORTS], "agree"),
    ],
)
def test_what_kinds_of_source_say_together(leans, verdict) -> None:
    assert verdict_of(leans) == verdict


@given(st.lists(st.sampled_from([SUPPORTS, CONTRADICTS, MIXED, RAISED, HINTED, UNREAD, SILENT]), max_size=6))
def test_the_order_of_the_kinds_and_silence_change_nothing(leans) -> None:
    assert verdict_of(leans) == verdict_of(leans[::-1]) == verdict_of([*leans, SILENT])


@on_both_databases
def test_the_survey_is_one_kind_whose_stances_are_hints(session, house: House) -> None:
    found = matrix_of(session, house.scope.consultation_id, [house.scope.question_id])
    assert [line.theme.name["en"] for line in found.lines][-1] == "Nothing yet"
    for line in found.lines:
        below = house.below(line.theme)
        (place,) = line.places
        assert place.count == sum(bool(below & one.themes) for one in house.said)
        assert place.hints == place.known and place.by_people == 0
        assert place.lean in (SILENT, RAISED, HINTED), "a machine's hints alone lean to no side"
    assert any(line.places[0].lean == HINTED for line in found.lines)
    (kind,) = found.kinds.values()
    assert kind == KindRead(*[len(house.said)] * 3), "who finds that nothing fits has read it too"
