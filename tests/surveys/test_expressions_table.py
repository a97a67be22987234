"""The table of what expressions give, and what they refuse."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.expressions import ExpressionError, Scope, StepsError, TextLengthError, expression
from surveys.expressions.conditions import OPERATORS, Clause, Condition, condition_of, written_condition
from surveys.expressions.scope import MOST_SIGNS, MOST_STEPS

TABLE = Path(__file__).parent / "tables" / "expressions.txt"
LINES = [line for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
NOW = datetime(2024, 3, 1, 13, 5, 9, 250_000, tzinfo=timezone(timedelta(hours=2)))
FRUITS = [
    {"name": "olive", "label": "The olive", "colour": "green"},
    {"name": "fig", "label": "The fig", "colour": "brown"},
    {"name": "date", "label": "The date", "colour": "brown"},
]
CHILDREN = [
    {"child_name": "Zain", "child_age": 3.0},
    {"child_name": "Lina", "child_age": 9.0},
    {"child_age": 12.0},
]
VALUES = {
    "word": "Olive tree", "one": "olive", "several": "fig date", "count_of": 7.0, "empty": "", "born": "2000-05-17",
    "اسم": "أمل", "with.dot-and_dash": "yes", "none": [], "child": ["", "", ""],
    "child_name": ["Zain", "Lina", ""], "child_age": [3.0, 9.0, 12.0],
}  # fmt: skip


class Answers(Scope):
    """A few answers, three rounds of a repeat and one list of options."""

    def rounds(self, name):
        return [Answers({**VALUES, "child_name": "", **child}, now=NOW) for child in CHILDREN]

    def options(self, list_name):
        return FRUITS if list_name == "fruits" else ()

    def choice_label(self, question, code):
        return next((fruit["label"] for fruit in FRUITS if fruit["name"] == code), code)


def answers() -> Answers:
    return Answers(VALUES, current="here", now=NOW, seed="one person")


def value(written: str):
    """A value as the table writes it."""
    if written.startswith("["):
        return [value(part.strip()) for part in written[1:-1].split(",")]
    if written.startswith("'"):
        return written[1:-1]
    named = {"true": True, "false": False, "NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return named[written] if written in named else float(written)


def test_the_table_is_long_enough_and_says_nothing_twice():
    written = [line.rpartition(" => ")[0] for line in LINES]
    assert len(written) == len(set(written)) >= 300


@pytest.mark.parametrize("line", LINES)
def test_an_expression_gives_what_the_table_says(line):
    written, _, wanted = line.rpartition(" => ")
    found, expected = expression(written).evaluate(answers()), value(wanted)
    if isinstance(expected, float):
        assert type(found) is float
        assert found == pytest.approx(expected, nan_ok=True, abs=1e-12)
    else:
        assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "unfinished"), ("   ", "unfinished"), ("1 +", "unfinished"), ("(1", "unfinished"),
        ("selected(${a}, 'x'", "unfinished"), ("1 2", "not_understood"), ("'a' 'b'", "not_understood"),
        ("1)", "not_understood"), ("${a b}", "not_understood"), ("${}", "not_understood"), ("@a", "not_understood"),
        ("*", "not_understood"), ("text()", "not_understood"), ("self::node()", "not_understood"),
        ("${last-saved#a}", "not_understood"), ("foo(1)", "unknown_function"), ("document('x')", "unused_function"),
        ("doc('file:///etc/passwd')", "unused_function"), ("pulldata('a', 'b')", "unused_function"),
        ("if(1, 2)", "wrong_arguments"), ("true(1)", "wrong_arguments"), ("concat()", "wrong_arguments"),
        ("jr:choice-name(${a}, 1 + 1)", "wrong_arguments"), ("indexed-repeat('a', ${b}, 1)", "wrong_arguments"),
        ("regex(., '(')", "bad_pattern"), ("regex(., 'a(?=b)')", "bad_pattern"),
        ("(" * 100 + "1" + ")" * 100, "expression_too_deep"), ("-" * 3000 + "1", "expression_too_deep"),
        ("not(" * 80 + "1" + ")" * 80, "expression_too_deep"), ("1+" * 9000 + "1", "expression_too_long"),
        ("instance('a')", "unused_function"), ("1 = ", "unfinished"), ("${a} = 'x", "not_understood"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_words(written, code):
    with pytest.raises(ExpressionError) as caught:
        expression(written)
    assert caught.value.code == code
    assert str(caught.value)


def test_long_chains_are_no_deep_ones():
    assert expression(" or ".join(["${a} = 'x'"] * 400)).holds(answers()) is False
    assert expression("+".join(["1"] * 3000)).evaluate(answers()) == 3000.0


def test_patterns_and_steps_cannot_stop_the_server():
    scope = Scope({"word": "a" * 5000, "many": [""] * (MOST_STEPS + 1)})
    assert expression("regex(${word}, '(a+)+b')").evaluate(scope) is False

    class Rounds(Scope):
        def rounds(self, name):
            return [self] * 200

    nested = "${r}[count(${r}[count(${r}[1 = 1]) > 0]) > 0]"
    with pytest.raises(StepsError):
        expression(nested).evaluate(Rounds())


def test_chance_belongs_to_the_person():
    drawn = [expression("concat(random(), uuid())").evaluate(Scope(seed=seed)) for seed in ("a", "a", "b")]
    assert (drawn[0] == drawn[1], drawn[0] == drawn[2]) == (True, False)
    assert re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", expression("uuid()").evaluate(Scope(seed="a"))
    )


def test_months_are_named_in_the_language_of_the_page():
    named = [
        expression("format-date('2024-03-05', '%B')").evaluate(Scope(language=code)) for code in ("ar", "fr")
    ]
    assert named == ["مارس", "mars"]


NAMES = st.from_regex(r"[a-z_][a-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"and", "or", "div", "mod"}
)
VALUES_WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: not set(text) & set("‘’“”\u00a0")
)
SIZES = st.sampled_from(["greater", "at_least", "less", "at_most"])
CLAUSES = st.one_of(
    st.builds(Clause, NAMES, st.sampled_from(["is", "is_not", "includes", "excludes"]), VALUES_WRITTEN),
    st.builds(Clause, NAMES, SIZES, st.integers(0, 10**6).map(str)),
    st.builds(Clause, NAMES, st.sampled_from(["after", "from", "before", "until"]), st.dates().map(str)),
    st.builds(Clause, NAMES, st.sampled_from(["answered", "unanswered"])),
)  # fmt: skip


@given(st.lists(CLAUSES, min_size=2, max_size=5), st.sampled_from(["all", "any"]))
def test_a_condition_made_of_menus_is_read_back_from_its_expression(clauses, joined):
    condition = Condition(tuple(clauses), joined)
    assert condition_of(expression(written_condition(condition)).node) == condition


def test_every_operator_can_be_written():
    for name in OPERATORS:
        assert expression(written_condition(Condition((Clause("q", name, "1"),))))


@given(st.text(alphabet="${}ab'\"()[]/.,=<>!+-*| 0123٤andorif@:", max_size=60))
def test_whatever_is_typed_is_parsed_or_refused(written):
    with suppress(ExpressionError, StepsError):
        expression.__wrapped__(written).evaluate(answers())


@pytest.mark.parametrize(
    "written",
    [
        "concat(${text}, ${text})", "join(', ', ${texts})", "translate(upper-case(${sharp}), 'S', 'S')",
        "concat(${texts})", "join(${text}, 'a', 'b', 'c')",
    ],
)  # fmt: skip
def test_no_text_grows_without_end(written):
    scope = Scope({"text": "x" * 20_000, "texts": ["y" * 500] * 100, "sharp": "ß" * 20_000})
    with pytest.raises(TextLengthError) as caught:
        expression(written).evaluate(scope)
    assert str(MOST_SIGNS) in str(caught.value)
    assert expression("string-length(concat(${text}, 'x'))").evaluate(scope) == 20_001
