"""What shows, and what is submitted: a function of the answers, whatever they are."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import Definition, Option, Question, Repeat, Section
from surveys.expressions.conditions import Clause, Condition, written_condition
from surveys.pages import answered_pages, page_of
from surveys.presentation import localize
from surveys.questions import question_types, type_of
from surveys.rules import Flow, Logic, check_page, check_response, known_answers
from surveys.versions import Compiled

COLOURS = tuple(Option(f"o-{name}", name, {"en": name}) for name in ("red", "green", "blue"))
KINDS = ("select_one", "select_multiple", "integer", "short_text")


def question(number: int, kind: str, **logic) -> Question:
    config = {"options": COLOURS} if kind.startswith("select") else {}
    return Question(
        f"id{number}", f"q{number}", kind, {"en": f"Q{number}?"}, config=question_types[kind].Config(**config), **logic
    )  # fmt: skip


def clause(number: int, kind: str) -> st.SearchStrategy[Clause]:
    name = f"q{number}"
    empty = st.sampled_from(["answered", "unanswered"]).map(lambda operator: Clause(name, operator))
    codes = st.sampled_from(["red", "green", "blue"])
    told = {
        "select_one": st.builds(Clause, st.just(name), st.sampled_from(["is", "is_not"]), codes),
        "select_multiple": st.builds(Clause, st.just(name), st.sampled_from(["includes", "excludes"]), codes),
        "integer": st.builds(
            Clause, st.just(name), st.sampled_from(["greater", "at_most"]), st.sampled_from("0359")
        ),
        "short_text": st.builds(Clause, st.just(name), st.just("is"), st.sampled_from(["yes", "no"])),
    }
    return st.one_of(empty, told[kind])


@st.composite
def surveys(draw) -> Definition:
    """Up to three pages whose questions show by earlier answers; the last page may repeat."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=9))
    made = []
    for number, kind in enumerate(kinds):
        earlier = [clause(before, kinds[before]) for before in range(number)]
        clauses = draw(st.lists(st.one_of(earlier), max_size=2)) if earlier else []
        condition = written_condition(Condition(tuple(clauses), draw(st.sampled_from(["all", "any"]))))
        made.append(question(number, kind, relevant=condition, required=draw(st.booleans())))
    cuts = sorted(draw(st.lists(st.integers(0, len(made)), min_size=2, max_size=2)))
    parts = [made[: cuts[0]], made[cuts[0] : cuts[1]], made[cuts[1] :]]
    repeat = Repeat(minimum=0) if draw(st.booleans()) else None
    return Definition(
        {"en": "T"}, ("en",), "en",
        tuple(
            Section(f"s{n}", f"s{n}", questions=tuple(part), repeat=repeat if n == 2 else None)
            for n, part in enumerate(parts) if part
        ),
    )  # fmt: skip


VALUES = {
    "select_one": st.sampled_from(["o-red", "o-green", "o-blue"]),
    # In the order of the options: that in which somebody saw them says nothing, and is not stored.
    "select_multiple": st.lists(st.sampled_from(["o-red", "o-green", "o-blue"]), min_size=1, unique=True).map(
        lambda chosen: [option for option in ("o-red", "o-green", "o-blue") if option in chosen]
    ),
    "integer": st.integers(-1, 10),
    "short_text": st.sampled_from(["yes", "no", "perhaps"]),
}


@st.composite
def surveys_and_answers(draw):
    definition = draw(surveys())
    answers = {}
    for section in definition.sections:
        given_here = st.fixed_dictionaries({}, optional={q.id: VALUES[q.type] for q in section.questions})
        if section.repeat:
            answers[section.id] = draw(st.lists(given_here, max_size=3))
        else:
            answers |= draw(given_here)
    return definition, answers


@settings(max_examples=40, deadline=None)
@given(surveys_and_answers())
def test_what_is_submitted_holds_nothing_that_does_not_show_and_everything_that_does(drawn):
    definition, answers = drawn
    flow = Flow(Logic(definition), answers)
    document = known_answers(definition, answers, flow)
    for section in definition.sections:
        if section.repeat:
            rounds = document.get(section.id, [])
            expected = [
                {q.id: inner.answers[q.id] for q in section.questions if q.id in inner.answers and inner.shows(q)}
                for inner in flow.rounds_of(section)
            ]  # fmt: skip
            while expected and not expected[-1]:
                expected.pop()
            assert rounds == expected
        else:
            for asked in section.questions:
                assert (asked.id in document) == (asked.id in answers and flow.shows(asked))


@settings(max_examples=40, deadline=None)
@given(surveys_and_answers())
def test_submitting_what_was_submitted_changes_nothing(drawn):
    """Hidden answers have no say, so leaving them out changes neither what shows nor what counts."""
    definition, answers = drawn
    logic = Logic(definition)
    once = known_answers(definition, answers, Flow(logic, answers))
    assert known_answers(definition, once, Flow(logic, once)) == once


@settings(max_examples=40, deadline=None)
@given(surveys_and_answers(), st.randoms(use_true_random=False))
def test_the_order_in_which_one_looks_does_not_matter(drawn, chance: random.Random):
    definition, answers = drawn
    logic = Logic(definition)
    questions = [q for section in definition.sections if not section.repeat for q in section.questions]
    straight = Flow(logic, answers)
    in_order = {q.id: (straight.shows(q), straight.answer(q), straight.value(q.name)) for q in questions}
    mixed = list(questions)
    chance.shuffle(mixed)
    other = Flow(logic, answers)
    assert {q.id: (other.value(q.name), other.answer(q), other.shows(q))[::-1] for q in mixed} == {
        key: (shows, answer, value) for key, (shows, answer, value) in in_order.items()
    }


@settings(max_examples=40, deadline=None)
@given(surveys_and_answers())
def test_pages_show_what_the_flow_says_and_a_form_comes_back_as_it_was(drawn):
    definition, answers = drawn
    compiled = Compiled(definition)
    flow = Flow(compiled.logic, answers)
    view = compiled.view("en")
    assert [page.section.id for page in answered_pages(view, flow)] == [s.id for s in flow.sections()]
    for section in flow.sections():
        page = page_of(view.section(section.id), view, flow)
        raw = {name: list(values) for bound in page.fields for name, values in bound.raw.items()}
        raw["page:shown"] = [
            bound.name for bound in page.fields if page.depends.get(bound.input_id, ("", True))[1]
        ]
        raw["page:rounds"] = [str(len(page.rounds))]
        checked = check_page(flow, section, raw)
        assert all(error.code == "required" for error in checked.errors.values())
        assert known_answers(definition, checked.answers, checked.flow) == known_answers(
            definition, answers, flow
        )


@settings(max_examples=40, deadline=None)
@given(surveys_and_answers())
def test_a_response_lacks_only_what_shows_and_is_required(drawn):
    definition, answers = drawn
    flow = Flow(Logic(definition), answers)
    shown = {
        q.id for s in definition.sections if not s.repeat for q in s.questions if flow.shows(q) and q.required
    }
    lacking = {key for key in check_response(definition, answers, flow) if "#" not in key}
    assert lacking == {key for key in shown if key not in answers}


def test_a_definition_without_logic_is_plain_and_takes_the_short_way():
    plain = Definition({"en": "T"}, ("en",), "en", (Section("s", "s", questions=(question(1, "integer"),)),))
    assert Logic(plain).is_plain
    assert localize(plain, "en").sections[0].fields[0].name == "q1"
    assert type_of(plain.question("id1")).name == "integer"


def test_rounds_keep_their_places_around_one_that_is_empty():
    section = Section("s1", "household", questions=(question(1, "integer"),), repeat=Repeat())
    definition = Definition({"en": "T"}, ("en",), "en", (section,))
    given = {"s1": [{"id1": 7}, {}, {"id1": 40}, {}]}
    document = known_answers(definition, given)
    assert document == {"s1": [{"id1": 7}, {}, {"id1": 40}]}
    assert known_answers(definition, document) == document
    assert known_answers(definition, {"s1": [{}, {}]}) == {}


def calculated(name: str, calculation: str) -> Question:
    config = question_types["calculated"].Config(calculation=calculation)
    return Question(f"id-{name}", name, "calculated", {"en": name}, config=config)


def test_doubling_texts_end_in_nothing_instead_of_filling_the_memory():
    chain = [calculated("c0", "'0123456789'")]
    chain += [calculated(f"c{n}", f"concat(${{c{n - 1}}}, ${{c{n - 1}}})") for n in range(1, 60)]
    definition = Definition({"en": "T"}, ("en",), "en", (Section("s1", "s1", questions=tuple(chain)),))
    document = known_answers(definition, {})
    assert max(len(text) for text in document.values()) == 20_480
    assert len(document) < 60


def test_once_keeps_the_first_value_that_there_was():
    asked, once = question(1, "integer"), calculated("first", "once(${q1} * 2)")
    inner = calculated("inner", "once(${q1} + position(..))")
    pages = (
        Section("s1", "s1", questions=(asked, once)),
        Section("s2", "household", questions=(question(2, "integer"), inner), repeat=Repeat()),
    )
    definition = Definition({"en": "T"}, ("en",), "en", pages)
    flow = Flow(Logic(definition), {})
    none = check_page(flow, pages[0], {"q1": [""]})
    assert none.answers == {"s2": [{}]}
    first = check_page(flow.after(none.answers), pages[0], {"q1": ["4"]})
    assert first.answers == {"id1": 4, "id-first": 8, "s2": [{"id-inner": 5}]}
    later = check_page(flow.after(first.answers), pages[0], {"q1": ["10"]})
    assert known_answers(definition, later.answers) == {"id1": 10, "id-first": 8}
    second = check_page(flow.after(later.answers), pages[1], {"page:rounds": ["2"], "household-1-q2": ["3"]})
    assert second.answers["s2"] == [{"id-inner": 5}, {"id2": 3, "id-inner": 12}]


def test_rounds_that_another_answer_takes_away_stay_in_the_draft():
    pages = (
        Section("s1", "s1", questions=(question(1, "integer"), calculated("first", "once(now())"))),
        Section("s2", "child", questions=(question(2, "integer"),), repeat=Repeat(count="${q1}")),
    )
    definition = Definition({"en": "T"}, ("en",), "en", pages)
    flow = Flow(Logic(definition), {"id1": 1, "s2": [{"id2": 7}, {"id2": 40}]})
    fewer = check_page(flow, pages[1], {"page:rounds": ["1"], "child-0-q2": ["8"]})
    assert fewer.answers["s2"] == [{"id2": 8}, {"id2": 40}]
    assert known_answers(definition, fewer.answers, fewer.flow)["s2"] == [{"id2": 8}]


def page_with_defaults() -> Definition:
    asked = (
        question(1, "short_text", default="'yes'"),
        question(2, "select_multiple", default="'red blue'"),
        question(3, "integer", relevant="${q1} = 'no'", default="5"),
    )
    section = Section("s1", "s1", questions=asked)
    members = Section("s2", "s2", questions=(question(4, "integer", default="7"),), repeat=Repeat())
    return Definition({"en": "T"}, ("en",), "en", (section, members))


def filled(definition: Definition, flow: Flow, place: int = 0) -> dict:
    view = localize(definition, "en")
    fields = page_of(view.sections[place], view, flow).fields
    return {field.name: list(field.chosen) for field in fields}


def test_a_default_does_not_come_back_where_it_was_emptied():
    definition = page_with_defaults()
    flow = Flow(Logic(definition), {})
    assert filled(definition, flow)["q1"] == ["yes"]
    assert filled(definition, flow)["q2"] == ["red", "blue"]
    found = check_page(flow, definition.sections[0], {"q1": [""], "page:shown": [""]})
    again = filled(definition, found.flow)
    assert (again["q1"], again["q2"]) == ([], [])
    assert known_answers(definition, found.answers) == {}
    opened = check_page(flow, definition.sections[0], {"q1": ["no"], "page:shown": [""]})
    assert [one.id for one in opened.opened] == ["id3"]
    assert filled(definition, opened.flow) == {"q1": ["no"], "q2": [], "q3": ["5"]}
    rounds = check_page(flow, definition.sections[1], {"page:rounds": ["1"], "s2-0-q4": [""]})
    assert filled(definition, rounds.flow, 1) == {"s2-0-q4": []}


def stale_survey() -> Definition:
    first = Section("s1", "s1", questions=(question(1, "select_one"),))
    asked = (question(2, "short_text", relevant="${q1} = 'red'", required=True), question(3, "integer"))
    return Definition({"en": "T"}, ("en",), "en", (first, Section("s2", "s2", questions=asked)))


def test_what_was_typed_in_a_tab_that_is_out_of_date_stays_in_the_draft():
    definition = stale_survey()
    page = definition.sections[1]
    now_blue = Flow(Logic(definition), {"id1": "o-blue"})
    kept = check_page(now_blue, page, {"page:shown": ["", "q2"], "q2": ["yes"], "q3": ["4"]})
    assert (kept.answers, kept.errors) == ({"id1": "o-blue", "id2": "yes", "id3": 4}, {})
    assert known_answers(definition, kept.answers, kept.flow) == {"id1": "o-blue", "id3": 4}


def test_an_answer_that_a_tab_out_of_date_does_not_show_is_not_emptied():
    definition = stale_survey()
    page = definition.sections[1]
    now_red = Flow(Logic(definition), {"id1": "o-red", "id2": "yes"})
    kept = check_page(now_red, page, {"page:shown": [""], "q3": ["4"]})
    assert (kept.answers, kept.errors) == ({"id1": "o-red", "id2": "yes", "id3": 4}, {})
    assert [one.id for one in kept.opened] == ["id2"]
    without = check_page(Flow(Logic(definition), {"id1": "o-red"}), page, {"q3": ["4"]})
    assert without.errors["id2"].code == "required"  # a program that tells nothing of what stood there


def test_a_page_tells_which_of_its_conditional_questions_stand_on_it():
    definition = stale_survey()
    view = localize(definition, "en")
    told = [
        page_of(view.sections[place], view, Flow(Logic(definition), {"id1": colour})).conditional
        for place, colour in ((0, "o-red"), (1, "o-red"), (1, "o-blue"))
    ]
    assert told == [None, ("q2",), ()]


def test_answers_whose_words_show_other_answers_are_read_as_they_were_chosen():
    named = {"en": "Yes, in ${town}"}
    town = Question("t", "town", "short_text", {"en": "Town?"}, config=question_types["short_text"].Config())
    yes = (Option("y", "y", named), Option("n", "n", {"en": "No"}))
    asked = [
        Question(
            kind, kind, kind, {"en": kind},
            config=question_types[kind].Config(**dict.fromkeys(settings_, yes)),
        )
        for kind, settings_ in (
            ("select_one", ["options"]), ("select_multiple", ["options"]), ("agreement", ["points"]),
            ("matrix", ["rows", "columns"]), ("pairwise", ["options"]), ("ranking", ["options"]),
        )
    ]  # fmt: skip
    rating = Question(
        "r",
        "rating",
        "rating",
        {"en": "R"},
        config=question_types["rating"].Config(low={"en": "${town} is bad"}),
    )
    last = Question("z", "z", "note", {"en": "So: ${select_one}."})
    definition = Definition(
        {"en": "T"}, ("en",), "en",
        (Section("s1", "s1", questions=(town,)), Section("s2", "s2", questions=(*asked, rating, last))),
    )  # fmt: skip
    answers = {
        "t": "${town}, Gaza", "select_one": "y", "select_multiple": ["y"], "agreement": "y", "matrix": {"y": "y"},
        "pairwise": [["y", "n"]], "ranking": ["y", "n"],
    }  # fmt: skip
    survey, flow = localize(definition, "en"), Flow(Logic(definition), answers)
    shown = page_of(survey.sections[1], survey, flow)
    drawn = repr([field._field for field in shown.fields])
    assert drawn.count("Yes, in ${town}, Gaza") == drawn.count("Yes, in") > 6
    assert "${town}, Gaza is bad" in drawn
    assert "So: Yes, in ${town}, Gaza." in drawn
    lines = [
        line.text for page in answered_pages(survey, flow) for round_ in page.rounds for line in round_.lines
    ]
    assert all("Yes, in ${town}, Gaza" in line for line in lines[1:-1])


def test_words_of_answers_that_ask_for_each_other_end_no_page():
    def asked(number: int) -> Question:
        words = {"en": f"${{q{number - 1}}} ${{q{number - 1}}}" if number else "x ${q299}"}
        config = question_types["select_one"].Config(options=(Option("o", "o", words),))
        return Question(f"q{number}", f"q{number}", "select_one", {"en": "Q"}, config=config)

    definition = Definition(
        {"en": "T"}, ("en",), "en", (Section("s1", "s1", questions=tuple(asked(n) for n in range(300))),)
    )
    flow = Flow(Logic(definition), {f"q{n}": "o" for n in range(300)})
    assert len(flow.piped("${q299}")) <= 40_000
