"""Conditions that depend on conditions, as far as anybody would ever chain them."""

from __future__ import annotations

import pytest

from surveys.definition import Definition, Question, Repeat, Section
from surveys.questions import question_types
from surveys.rules import Flow, Logic, check_response, find_problems, known_answers

LONG = 2000


def short(number: int, **logic) -> Question:
    config = question_types["short_text"].Config()
    return Question(f"i{number}", f"q{number}", "short_text", {"en": f"Q{number}"}, config=config, **logic)


def conditions() -> tuple[Question, ...]:
    return (short(0), *(short(n, relevant=f"${{q{n - 1}}} != ''") for n in range(1, LONG)))


def one_section(*questions: Question, repeat: Repeat | None = None) -> Definition:
    return Definition(
        {"en": "T"}, ("en",), "en", (Section("s", "s", questions=questions, repeat=repeat),)
    )  # fmt: skip


def test_a_long_chain_of_conditions_is_followed_to_its_end():
    definition = one_section(*conditions())
    logic = Logic(definition)
    answers = {f"i{n}": "x" for n in range(LONG)}
    assert Flow(logic, answers).shows(definition.question(f"i{LONG - 1}"))
    assert known_answers(definition, answers, Flow(logic, answers)) == answers
    assert check_response(definition, answers, Flow(logic, answers)) == {}
    del answers["i0"]
    assert not Flow(logic, answers).shows(definition.question(f"i{LONG - 1}"))
    assert find_problems(definition) == ()


def test_a_long_chain_of_calculations_comes_to_its_sum():
    config = question_types["calculated"].Config
    sums = [
        Question(f"c{n}", f"c{n}", "calculated", {"en": "C"}, config=config(calculation=f"${{c{n - 1}}} + 1"))
        for n in range(1, LONG)
    ]
    first = Question("c0", "c0", "calculated", {"en": "C"}, config=config(calculation="1"))
    definition = one_section(
        short(0), first, *reversed(sums)
    )  # what is calculated may stand before its parts
    assert known_answers(definition, {})[f"c{LONG - 1}"] == LONG


def test_a_long_chain_of_pages_is_followed():
    pages = [Section("s0", "s0", questions=(short(0),))] + [
        Section(f"s{n}", f"s{n}", questions=(short(n),), relevant=f"${{q{n - 1}}} = 'x'")
        for n in range(1, LONG)
    ]
    definition = Definition({"en": "T"}, ("en",), "en", tuple(pages))
    flow = Flow(Logic(definition), {f"i{n}": "x" for n in range(LONG)})
    assert flow.shows_section(pages[-1])
    assert not Flow(flow.logic, {f"i{n}": "x" for n in range(1, LONG)}).shows_section(pages[-1])


def test_a_long_chain_in_the_rounds_of_a_repeat_is_followed():
    definition = one_section(*conditions()[:400], repeat=Repeat())
    rounds = [{f"i{n}": "x" for n in range(400)}, {f"i{n}": "x" for n in range(1, 400)}]
    assert known_answers(definition, {"s": rounds}) == {"s": [rounds[0]]}


@pytest.mark.parametrize("size", [1, 2, 40])
def test_a_loop_is_told_and_does_not_hang(size):
    asked = [short(n, relevant=f"${{q{(n + 1) % size}}} != ''") for n in range(size)]
    led = [short(n, relevant=f"${{q{n - 1}}} != ''") for n in range(size, size + 40)]
    definition = one_section(*asked, *led)
    loops = [problem for problem in find_problems(definition) if problem.code == "loop"]
    assert [problem.question_id for problem in loops] == [question.id for question in asked]
    Flow(Logic(definition), {"i0": "x"}).shows(led[-1])


def running_total(rounds: int, *, back: str = "position(..) - 1") -> tuple[Definition, dict]:
    """What was spent so far, in each round of a repeat: the total of the round before and its own."""
    before = f"indexed-repeat(${{total}}, ${{trip}}, {back})"
    asked = (
        Question("spent", "spent", "integer", {"en": "Spent?"}, config=question_types["integer"].Config()),
        Question(
            "total", "total", "calculated", {"en": "So far"},
            config=question_types["calculated"].Config(calculation=f"coalesce({before}, 0) + ${{spent}}"),
        ),
    )  # fmt: skip
    trips = Section("trip", "trip", {"en": "Trips"}, questions=asked, repeat=Repeat())
    definition = Definition({"en": "T"}, ("en",), "en", (trips,))
    return definition, {"trip": [{"spent": number} for number in range(1, rounds + 1)]}


@pytest.mark.parametrize("rounds", [1, 3, 100])
def test_a_running_total_over_the_rounds_is_no_loop(rounds):
    definition, answers = running_total(rounds)
    assert not [problem for problem in find_problems(definition) if problem.code == "loop"]
    flow = Flow(Logic(definition), answers)
    assert flow.value("total")[-1] == sum(range(1, rounds + 1))
    flow = Flow(Logic(definition), answers)
    last = flow.rounds_of(definition.sections[0])[-1]
    assert last.value("total") == sum(range(1, rounds + 1))


@pytest.mark.parametrize("back", ["position(..)", "position(..) + 1", "1", "position(..) - 0"])
def test_a_total_that_asks_for_its_own_round_is_a_loop(back):
    definition, _answers = running_total(2, back=back)
    assert [problem for problem in find_problems(definition) if problem.code == "loop"]
