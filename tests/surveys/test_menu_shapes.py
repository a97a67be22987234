"""Constraints and filters as menus write them are read back as they were."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.expressions import Scope, expression, to_boolean
from surveys.expressions.checks import CHECKS, check_of, checks_for, written_check
from surveys.expressions.conditions import Clause, Condition
from surveys.expressions.filters import ITSELF, FilterClause, filter_of, written_filter

KINDS = ("number", "date", "datetime", "time", "text", "code", "codes")
WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="'\""), min_size=1)
VALUES = {
    "number": st.integers(-999, 999).map(str),
    "moment": st.just("2027-03-07"),
    "text": WORDS.filter(lambda words: not words.startswith("${")),
    "code": WORDS.filter(lambda words: not words.startswith("${")),
    "": st.just(""),
}


@st.composite
def conditions(draw) -> tuple[str, Condition]:
    kind = draw(st.sampled_from(KINDS))
    clauses = []
    for name in draw(st.lists(st.sampled_from(checks_for(kind)), min_size=1, max_size=4)):
        check = CHECKS[name]
        other = check.other and draw(st.booleans())
        clauses.append(Clause(".", name, "${q1}" if other else draw(VALUES[check.takes])))
    return kind, Condition(
        tuple(clauses), "all" if len(clauses) == 1 else draw(st.sampled_from(["all", "any"]))
    )


@given(conditions())
def test_demands_on_an_answer_come_back_from_what_is_written(drawn):
    kind, condition = drawn
    again = check_of(expression(written_check(condition)).node, kind)
    assert again is not None
    assert again.joined == condition.joined
    for one, other in zip(again.clauses, condition.clauses, strict=True):
        # A pattern that happens to be one of the named ones is called so.
        assert one == other or other.operator == "pattern"


@given(st.lists(
    st.builds(FilterClause, st.sampled_from([ITSELF, "region", "x1"]), st.sampled_from(["q1", "q2"]), st.booleans()),
    min_size=1, max_size=3,
))  # fmt: skip
def test_filters_come_back_from_what_is_written(clauses):
    written = written_filter(tuple(clauses), frozenset({"q2"}))
    assert filter_of(expression(written).node) == tuple(clauses)


def test_named_patterns_take_what_they_say_in_all_scripts():
    cases = {"digits": ("٠٧٩ 12", "٠٧٩12"), "letters": ("مريم 2", "مَريم العلي"), "no_digits": ("منى ٢", "منى"),
             "code": ("أ-12", "A-12")}  # fmt: skip
    for name, (refused, taken) in cases.items():
        check = expression(CHECKS[name].shape)
        scope = Scope()
        for words, holds in ((refused, False), (taken, True)):
            scope.current = words
            assert to_boolean(check.evaluate(scope)) is holds, (name, words)


MOMENTS = {
    "date": ("2027-03-06", "2027-03-07", "2027-03-08"),
    "datetime": ("2027-03-07T17:59", "2027-03-07T18:00", "2027-03-07T18:01"),
    "time": ("08:59", "09:00", "09:01"),
}
HOLD = {"from": (False, True, True), "until": (True, True, False), "after": (False, False, True),
        "before": (True, False, False)}  # fmt: skip


@pytest.mark.parametrize("zone", ["UTC", "Asia/Gaza", "America/Bogota"])
@pytest.mark.parametrize("kind", MOMENTS)
def test_moments_are_compared_by_the_clock_of_the_consultation(kind, zone):
    scope = Scope(now=datetime(2027, 3, 7, 18, 0, tzinfo=ZoneInfo(zone)))

    def holding(written: str) -> tuple[bool, ...]:
        found = []
        for answer in MOMENTS[kind]:
            scope.current = answer
            found.append(to_boolean(expression(written).evaluate(scope)))
        return tuple(found)

    for name, holds in HOLD.items():
        assert holding(written_check(Condition((Clause(".", f"{name}_{kind}", MOMENTS[kind][1]),)))) == holds
    if kind != "time":
        now = "today()" if kind == "date" else "now()"
        assert holding(f". <= {now}") == HOLD["until"]
        assert holding(f"{now} <= .") == HOLD["from"]
        assert holding(f"(. - {now}) > 0") == HOLD["after"]
