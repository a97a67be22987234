"""The demonstration's content: complete in four languages, and answers that its surveys would accept."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from surveys.definition import Definition
from surveys.questions import type_of
from surveys.rules.answers import check_section
from surveys.rules.checks import find_problems

CONTENT = files("consult") / "demo" / "content"
LANGUAGES = ("ar", "en", "fr", "es")
TEXTS = ("alliance.json", "review.json", "next-strategy.json")
SURVEYS = {"review.json": "responses.jsonl", "next-strategy.json": "next-strategy-responses.jsonl"}
CAMPAIGN = "نرفض أي زيادة في رسوم العضوية قبل نشر الحسابات المدقّقة للأمانة العامة."
"""A text that three members copied, as happens in real consultations."""

ARABIC = re.compile("[\u0621-\u064a]")
LATIN = re.compile("[A-Za-zÀ-ÿ]")
UNWANTED = re.compile("[\u0000\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\\S+@\\S+|https?:|\\d{7,}|  ")


def load(name: str) -> Any:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


def responses(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CONTENT / name).read_text(encoding="utf-8").splitlines()]


def definition(name: str) -> Definition:
    return Definition.from_json(load(name)["survey"])


def translated(value: Any) -> Iterator[dict[str, str]]:
    """Every text in several languages inside `value`."""
    if isinstance(value, list):
        for item in value:
            yield from translated(item)
    elif isinstance(value, dict) and "ar" in value:
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from translated(item)


def free_texts(name: str) -> list[tuple[str, str]]:
    """(language, text) of all answers in people's own words."""
    own_words = [question for question in definition(name).questions() if type_of(question).is_free_text]
    return [
        (response["language"], response["answers"][question.id])
        for response in responses(SURVEYS[name])
        for question in own_words
        if question.id in response["answers"]
    ]


@cache
def identifier() -> LanguageIdentifier:
    made = LanguageIdentifier.from_model_file(MODEL_FILE)
    made.set_languages(list(LANGUAGES))
    return made


def guess(text: str) -> str:
    return identifier().classify(text)[0]


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_there_in_four_languages(name: str) -> None:
    texts = list(translated(load(name)))
    assert texts
    assert [text for text in texts if tuple(text) != LANGUAGES] == []
    assert [words for text in texts for words in text.values() if words != words.strip() or not words] == []
    assert [words for text in texts for words in text.values() if UNWANTED.search(words)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_in_its_own_language_and_translated(name: str) -> None:
    texts = list(translated(load(name)))
    assert [text["ar"] for text in texts if not ARABIC.search(text["ar"]) or LATIN.search(text["ar"])] == []
    latin = [(language, text[language]) for text in texts for language in ("en", "fr", "es")]
    assert [words for _, words in latin if ARABIC.search(words)] == []
    assert [words for language, words in latin if len(words.split()) >= 12 and guess(words) != language] == []
    long = [text for text in texts if len(text["en"].split()) >= 4]
    assert [text for text in long if len(set(text.values())) < len(LANGUAGES)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_latin_typography_is_that_of_each_language(name: str) -> None:
    texts = list(translated(load(name)))
    assert [text["ar"] for text in texts if re.search("[,;?]", text["ar"])] == []
    assert [text["fr"] for text in texts if re.search(r"[^\s\u00a0\u202f][?!;:]", text["fr"])] == []
    assert [text["es"] for text in texts if text["es"].count("?") != text["es"].count("¿")] == []
    assert [words for text in texts for words in text.values() if "'" in words or '"' in words] == []


@pytest.mark.parametrize("name", SURVEYS)
def test_survey_can_be_published_as_it_stands(name: str) -> None:
    survey = definition(name)
    assert survey.to_json() == load(name)["survey"]
    assert find_problems(survey) == ()
    assert [section.name for section in survey.sections if len(section.questions) > 5] == []


@pytest.mark.parametrize("name", SURVEYS)
def test_start_page_texts_are_short(name: str) -> None:
    consultation = load(name)
    parts = ("title", "purpose", "asker", "use_of_answers")
    words = {lang: sum(len(consultation[part][lang].split()) for part in parts) for lang in LANGUAGES}
    assert {language: number for language, number in words.items() if number > 90} == {}


@pytest.mark.parametrize("name", SURVEYS)
def test_answers_are_what_the_survey_would_store(name: str) -> None:
    survey = definition(name)
    for response in responses(SURVEYS[name]):
        stored = {}
        for section in survey.sections:
            raw: dict[str, list[str]] = {}
            for question in section.questions:
                raw |= type_of(question).form_data(question, response["answers"].get(question.id))
            checked = check_section(section, raw)
            assert checked.errors == {}
            stored |= checked.answers
        assert stored == response["answers"]


@pytest.mark.parametrize("name", SURVEYS)
def test_response_has_language_answers_and_consent(name: str) -> None:
    for response in responses(SURVEYS[name]):
        assert list(response) == ["language", "answers", "quote_consent"]
        assert response["language"] in LANGUAGES
        assert isinstance(response["quote_consent"], bool)


def test_numbers_of_responses_by_language() -> None:
    counted = Counter(response["language"] for response in responses("responses.jsonl"))
    assert counted == {"ar": 110, "en": 35, "fr": 35, "es": 20}
    counted = Counter(response["language"] for response in responses("next-strategy-responses.jsonl"))
    assert counted == {"ar": 12, "en": 5, "fr": 4, "es": 3}


@pytest.mark.parametrize("name", SURVEYS)
def test_only_the_campaign_text_is_repeated(name: str) -> None:
    counted = Counter(text.casefold() for _, text in free_texts(name))
    repeated = {text: number for text, number in counted.items() if number > 1}
    assert repeated == ({CAMPAIGN: 3} if name == "review.json" else {})


def test_no_two_free_texts_are_nearly_the_same() -> None:
    texts = sorted({text for _, text in free_texts("review.json") if len(text.split()) > 4})
    words = [set(re.findall(r"\w+", text.casefold())) for text in texts]
    near = [
        (texts[i], texts[j])
        for i in range(len(texts))
        for j in range(i)
        if len(words[i] & words[j]) / len(words[i] | words[j]) > 0.5
    ]
    assert near == []


@pytest.mark.parametrize("name", SURVEYS)
def test_free_texts_are_in_the_language_of_the_response(name: str) -> None:
    for language, text in free_texts(name):
        assert not UNWANTED.search(text), text
        if len(text.split()) >= 12:
            assert guess(text) == language, text


@pytest.mark.parametrize("question", ["change", "experience"])
def test_some_leave_the_free_questions_empty_and_lengths_vary(question: str) -> None:
    answers = [response["answers"].get(question) for response in responses("responses.jsonl")]
    lengths = [len(answer.split()) for answer in answers if answer]
    assert 0.15 <= answers.count(None) / len(answers) <= 0.25
    assert min(lengths) <= 3
    assert 60 <= max(lengths) <= 100


def test_groups_differ_so_that_there_is_something_to_see() -> None:
    given = [response["answers"] for response in responses("responses.jsonl")]

    def share(area: str, question: str, values: set[str]) -> float:
        asked = [answers for answers in given if answers["area"] == area and question in answers]
        return sum(answers[question] in values for answers in asked) / len(asked)

    assert share("rural", "decisions", {"councils"}) - share("city", "decisions", {"councils"}) > 0.4
    agree = {"agree", "strongly_agree"}
    assert share("city", "serves_members", agree) - share("rural", "serves_members", agree) > 0.4
    fees = Counter(answers.get("raise_fees") for answers in given)
    assert (
        min(
            sum(fees[f"{strongly}{side}"] for strongly in ("", "strongly_")) for side in ("agree", "disagree")
        )
        > 60
    )
    for question in ("region", "area", "kind"):
        assert min(Counter(answers[question] for answers in given).values()) >= 5


def test_background_refers_to_itself_consistently() -> None:
    background = load("review.json")["background"]
    parts = ("evidence", "findings", "priorities")
    ids = {part: [item["id"] for item in background[part]] for part in parts}
    assert {part: len(names) for part, names in ids.items()} == {
        "evidence": 3,
        "findings": 6,
        "priorities": 5,
    }
    assert all(set(finding["sources"]) <= set(ids["evidence"]) for finding in background["findings"])
    assert len(background["recommendations"]) == 5
    for recommendation in background["recommendations"]:
        assert recommendation["priority"] in ids["priorities"]
        assert set(recommendation["findings"]) <= set(ids["findings"])
    (priorities,) = [q for q in definition("review.json").questions() if q.id == "priorities"]
    offered = {option.name: dict(option.label) for option in priorities.config.options}
    assert offered == {item["id"]: item["label"] for item in background["priorities"]}
