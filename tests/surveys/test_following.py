"""What follows when a question gets other answers or another name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveys import editing
from surveys.definition import Definition, Option, Question, Section
from surveys.elements import Quota, ScreenOut
from surveys.questions import question_types

LINES = tuple(Option(f"id-{name}", name, {"en": name}) for name in ("water", "roads", "clinics"))


def question(name: str, kind: str, config: dict | None = None, **logic) -> Question:
    return Question(
        name, name, kind, {"en": name}, config=question_types[kind].Config(**(config or {})), **logic
    )


def survey(asked: Question, relevant: str) -> Definition:
    later = question("why", "short_text", relevant=relevant)
    return Definition(
        {"en": "T"}, ("en",), "en",
        (Section("s1", "one", questions=(asked,)), Section("s2", "two", questions=(later,))),
    )  # fmt: skip


BUDGET = question("money", "budget", {"options": LINES})


@pytest.mark.parametrize("left", [LINES[1:], LINES[::-1], (Option("new", "new", {"en": "New"}), *LINES)])
def test_a_condition_stays_with_its_line_when_lines_go_or_move(left):
    for asked, setting in (
        (BUDGET, "options"),
        (question("money", "ranking", {"options": LINES}), "options"),
    ):
        for line in LINES:
            condition = f"${{money-{line.name}}} > 3"
            definition = survey(asked, condition)
            revised = replace(asked, config=replace(asked.config, **{setting: left}))
            assert editing.revise_question(definition, revised).question("why").relevant == condition


def test_a_condition_follows_a_line_that_gets_another_code_in_another_place():
    definition = survey(BUDGET, "${money-water} > ${money-clinics}")
    swapped = (replace(LINES[2], name="water"), LINES[1], replace(LINES[0], name="clinics"))
    revised = replace(BUDGET, config=replace(BUDGET.config, options=swapped))
    found = editing.revise_question(definition, revised).question("why").relevant
    assert found == "${money-clinics} > ${money-water}"


def test_questions_that_join_a_survey_ask_for_their_own_columns():
    definition = survey(BUDGET, "${money-water} > 3")
    joined = editing.join(definition, definition)
    _, _, money, why = joined.questions()
    assert why.relevant == f"${{{money.name}-water}} > 3"
    assert money.name != "money"


def test_quotas_and_endings_join_with_their_questions():
    condition = "${money-water} > 3"
    definition = replace(
        survey(BUDGET, condition),
        quotas=(Quota("k", {"en": "Many"}, condition, 5),),
        screen_outs=(ScreenOut("k", condition),),
        thanks={"en": "Thanks for ${money-water}."},
    )
    joined = editing.join(definition, definition)
    _, _, money, _ = joined.questions()
    follows = f"${{{money.name}-water}} > 3"
    assert [quota.condition for quota in joined.quotas] == [condition, follows]
    assert [item.condition for item in joined.screen_outs] == [condition, follows]
    assert len({item.id for item in (*joined.quotas, *joined.screen_outs)} - {"k"}) == 2
    assert joined.thanks == definition.thanks
    assert editing.join(replace(definition, sections=(), thanks={}), definition).thanks == definition.thanks
