"""What the library and the templates promise: complete in four languages, sound as surveys, safe to insert."""

from __future__ import annotations

import re

import pytest

from consult.builder import library
from consult.config import LANGUAGES
from surveys.definition import Definition, Section
from surveys.questions import type_of
from surveys.rules import find_problems
from surveys.translations import missing_in
from surveys.xlsform import read_xlsform
from surveys.xlsform.write import xlsform_bytes

EMPTY = Definition(title={"en": "Survey"}, languages=LANGUAGES, default_language="en")
EVERY = list(library.library_items().values())
ARABIC = re.compile(r"[\u0621-\u064a]")


def made_from(key: str) -> Definition:
    template = library.templates()[key]
    definition = Definition(title=template.title, languages=LANGUAGES, default_language="ar")
    return library.with_template(definition, template)


def test_there_is_enough_to_choose_from():
    assert len(EVERY) >= 40
    assert {item.topic for item in EVERY} == set(library.TOPICS)
    assert len(library.templates()) == 6


@pytest.mark.parametrize("key", library.templates())
def test_a_template_is_a_survey_that_could_open_as_it_is(key):
    template = library.templates()[key]
    definition = made_from(key)
    assert find_problems(definition) == ()
    assert 10 <= template.questions <= 25
    assert 3 <= len(definition.sections) <= 6
    assert all(1 <= len(section.questions) <= 6 for section in definition.sections)
    for text in (template.title, template.description, template.use):
        assert set(text) == set(LANGUAGES)


@pytest.mark.parametrize("key", library.templates())
def test_a_template_survives_its_way_through_an_xlsform(key):
    definition = made_from(key)
    again = read_xlsform(xlsform_bytes(definition), languages=LANGUAGES)
    assert again.definition == definition
    assert again.warnings == ()


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.key)
def test_a_question_follows_good_practice(item):
    """Complete in all languages; scales balanced in number with a way out; nothing personal is required."""
    definition, (question,) = library.with_questions(
        Definition(title={}, languages=LANGUAGES, default_language="en", sections=(_page(),)),
        "p",
        [item.question],
    )
    assert [missing_in(definition, code) for code in LANGUAGES] == [()] * 4
    assert all(ARABIC.search(text["ar"]) for text in (question.label, question.hint) if text)
    assert all("?" not in words or code != "ar" for code, words in question.label.items())
    config = question.config
    if hasattr(config, "points") and hasattr(config, "apart"):
        assert len(config.points) == 5
        assert config.apart
    if item.topic == "demographics":
        assert not question.required
        codes = [code for code, _label in type_of(question).codes(question)]
        assert not codes or "prefer_not" in codes or item.key == "answer_language"
    problems = [p for p in find_problems(definition) if p.code not in ("no_questions",)]
    assert problems == []


def _page():
    return Section("p", "p", dict.fromkeys(LANGUAGES, "x"))


def test_conditions_follow_new_names_and_go_with_what_they_ask_for():
    items = library.library_items()
    _alone, (copy,) = library.with_questions(_with_page(), "p", [items["service_problem_what"].question])
    assert copy.relevant == ""
    pair = [items[key].question for key in ("service_problem", "service_problem_what")]
    definition, first = library.with_questions(_with_page(), "p", pair)
    definition, second = library.with_questions(definition, "p", pair)
    assert first[1].relevant == "${service_problem} = 'yes'"
    assert second[1].relevant == f"${{{second[0].name}}} = 'yes'"
    assert len({q.name for q in definition.questions()}) == 4
    assert [p for p in find_problems(definition) if not p.is_warning] == []
    twice = library.with_template(made_from("service-feedback"), library.templates()["service-feedback"])
    assert [p for p in find_problems(twice) if not p.is_warning] == []
    assert "services_used_2" in twice.sections[-3].relevant


def _with_page() -> Definition:
    return Definition(title={}, languages=LANGUAGES, default_language="en", sections=(_page(),))


@pytest.mark.parametrize(
    ("words", "key"),
    [("شكوي", "complaint_known"), ("اولويه", "priorities"), ("COMPLAINT make", "complaint_known")],
)
def test_searching_folds_letters_and_reads_every_language(words, key):
    assert key in [item.key for item in library.search(EVERY, words)]
    assert library.search(EVERY, "qqqq") == []
    assert {item.topic for item in library.search(EVERY, "", "governance")} == {"governance"}
