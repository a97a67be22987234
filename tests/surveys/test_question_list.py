"""Plain lists of questions: what is read, what is refused row by row, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.definition import Definition, Option, Question, Section
from surveys.questionlist import (
    QuestionListError,
    example_rows,
    is_question_list,
    question_list_rows,
    read_question_list,
    type_words,
)
from surveys.questions import question_types
from surveys.questions.select_one import SelectOneConfig
from tests.surveys.samples import LONG, survey

TYPES = type_words([str])
WORD = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20)


def read(*rows: list[str], languages=("ar", "en")):
    return read_question_list(rows[0], rows[1:], range(2, len(rows) + 1), languages=languages, types=TYPES)


def questions(*rows: list[str], **options) -> list[Question]:
    return list(read(*rows, **options).definition.questions())


@pytest.mark.parametrize("language", ["ar", "en", "fr", "es"])
def test_the_example_of_each_language_becomes_a_survey(language):
    found = read(*example_rows(language, say=str), languages=(language,))
    assert found.warnings == ()
    types = [question.type for question in found.definition.questions()]
    assert types == ["select_one", "select_multiple", "agreement", "integer", "long_text"]
    assert [len(section.questions) for section in found.definition.sections] == [2, 3]
    first = next(found.definition.questions())
    assert (first.required, first.config.other, len(first.config.options)) == (True, True, 3)
    assert list(first.label) == [language]


def test_columns_in_other_languages_and_any_separators_between_answers():
    (question,) = questions(
        ["السؤال", "question (en)", "النوع", "الخيارات", "options (English)", "إلزامي", "Hint: fr"],
        ["من أنتم؟", "Who are you?", "اختيار واحد", "امرأة؛ رجل", "A woman\nA man", "نعم", "Une seule"],
    )
    assert question.label == {"ar": "من أنتم؟", "en": "Who are you?"}
    assert question.hint == {"fr": "Une seule"}
    assert [option.label for option in question.config.options] == [
        {"ar": "امرأة", "en": "A woman"}, {"ar": "رجل", "en": "A man"},
    ]  # fmt: skip
    assert question.required


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Single choice", "select_one"), ("اختيار واحد", "select_one"), ("CHOIX UNIQUE", "select_one"),
        ("select_multiple", "select_multiple"), ("checkboxes", "select_multiple"), ("نعم/لا", "yes_no"),
        ("Yes / No", "yes_no"), ("Long text", "long_text"), ("تاريخ", "date"), ("عَدَد", "integer"),
    ],
)  # fmt: skip
def test_types_go_by_many_names(written, kind):
    (question,) = questions(
        ["question", "type", "options"], ["Q?", written, "a;b" if "select" in kind else ""]
    )
    assert question.type == kind


@pytest.mark.parametrize(
    ("written", "close"), [("shortt text", "short text"), ("intger", "integer"), ("qqqq", "")]
)
def test_a_type_that_is_not_known_is_told_with_the_nearest_one(written, close):
    with pytest.raises(QuestionListError) as caught:
        read(["question", "type"], ["Q?", written])
    (problem,) = caught.value.problems
    assert (problem.code, problem.params["close"]) == ("unknown_type", close)
    assert (f"“{close}”?" in str(problem)) is bool(close)


def test_without_a_type_answers_decide():
    one, text = questions(["question", "options"], ["Which?", "a;b"], ["What?", ""])
    assert (one.type, text.type) == ("select_one", "short_text")


def test_every_bad_row_is_named_and_nothing_is_taken():
    with pytest.raises(QuestionListError) as raised:
        read(
            ["question", "type", "options", "options (en)"],
            ["Fine?", "text", "", ""],
            ["", "text", "", ""],
            ["What?", "telepathy", "", ""],
            ["Which?", "single choice", "", ""],
            ["Which?", "single choice", "a;b", "only one"],
            ["a\u202eb", "text", "", ""],
            ["=1+1", "matrix", "x" * 10, ""],
        )
    assert sorted({notice.params["row"] for notice in raised.value.problems}) == [3, 4, 5, 6, 7, 8]
    assert all(str(notice) for notice in raised.value.problems)


def test_a_list_without_a_column_of_questions_is_refused():
    assert not is_question_list(["name", "label2"])
    assert is_question_list(["Pregunta"])
    with pytest.raises(QuestionListError):
        read(["a", "b"], ["1", "2"])


def test_odd_columns_and_words_are_said_and_names_stay_unique():
    found = read(
        ["question", "name", "required", "colour"], ["A?", "q", "perhaps", "red"], ["B?", "q", "", ""],
        ["C?", "action", "", ""],
    )  # fmt: skip
    assert [question.name for question in found.definition.questions()] == ["q", "q_2", "action_2"]
    assert [notice.code for notice in found.warnings] == [
        "unknown_column",
        "odd_required",
        "renamed",
        "renamed",
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.text(max_size=30), min_size=4, max_size=4), max_size=6))
def test_junk_is_taken_or_refused_but_never_a_failure(rows):
    try:
        found = read(["question", "type", "options", "required"], *rows)
    except QuestionListError as error:
        assert error.problems
    else:
        assert Definition.from_json(found.definition.to_json()) == found.definition


def without_ids(definition: Definition) -> list:
    def plain(option: Option) -> dict:
        return dict(option.label)

    def lists(question: Question) -> list:
        names = [s.name for s in question_types[question.type].settings if s.kind == "options"]
        return [[plain(option) for option in getattr(question.config, name)] for name in names]

    return [
        (section.title, [(q.name, q.type, q.label, q.hint, q.required, lists(q)) for q in section.questions])
        for section in definition.sections
    ]


def test_what_a_list_can_hold_comes_back_the_same():
    definition = survey(languages=("en", "ar"))
    rows, notices = question_list_rows(definition, language="en", say=str)
    again = read(*rows, languages=("en", "ar"))
    assert without_ids(again.definition) == without_ids(definition)
    assert {notice.params.get("name") for notice in notices} == {"place", "change", "staff", "services"}


def test_what_a_list_cannot_hold_is_said():
    definition = survey(replace(LONG, relevant="1 = 1"))
    _, notices = question_list_rows(definition, language="en", say=str)
    assert [notice.code for notice in notices] == ["settings_left_out"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20),
        min_size=2,
        max_size=8,
        unique=True,
    )
)
def test_answers_survive_the_way_there_and_back(words):
    options = tuple(Option(f"o{n}", str(n), {"ar": word}) for n, word in enumerate(words))
    question = Question("q", "q1", "select_one", {"ar": "س"}, config=SelectOneConfig(options=options))
    definition = Definition({}, ("ar",), "ar", (Section("s", "s", questions=(question,)),))
    rows, _ = question_list_rows(definition, language="fr", say=str)
    (again,) = questions(*rows, languages=("ar",))
    labels = [option.label["ar"] for option in again.config.options] + list(again.config.other_label.values())
    assert labels == words
