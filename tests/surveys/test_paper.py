"""Sheet codes, forms laid out for paper, and what is read from a keyed form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.definition import Definition, Section
from surveys.elements import Repeat
from surveys.ids import ALPHABET
from surveys.models import utc_now
from surveys.paper import SheetCode, form_id, keyed_form, new_serial, paper_form, read_sheet_code
from surveys.paper.codes import SheetCodeError
from surveys.questions import question_types, type_of
from surveys.versions import Compiled, Version
from tests.surveys import strategies
from tests.surveys.samples import EVERY_TYPE, INTEGER, NOTE, ONE, SHORT, survey

KEYABLE = sorted(
    n for n, kind in question_types.items() if kind.takes_answer and kind.asks and not kind.takes_file
)
CODES = st.builds(
    SheetCode,
    st.text(ALPHABET, min_size=3, max_size=3),
    st.text(ALPHABET, min_size=5, max_size=5),
    st.integers(1, 99),
)


def version(definition: Definition) -> Version:
    return Version(1, 1, 1, definition.fingerprint(), utc_now(), Compiled(definition))


@given(CODES)
def test_a_code_is_read_however_it_is_typed(code):
    written = str(code)
    eastern = written.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (
        written,
        written.lower(),
        written.replace("-", ""),
        f" {written} ",
        eastern,
        written.replace("0", "O"),
    ):
        assert read_sheet_code(typed) == code


@given(CODES, st.integers(0, 10), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code, place, wrong):
    plain = list(str(code).replace("-", ""))
    if plain[place] == wrong:
        return
    plain[place] = wrong
    with pytest.raises(SheetCodeError):
        read_sheet_code("".join(plain))


@pytest.mark.parametrize("typed", ["", "A7K", "x" * 10_000, "\u202eA7K9QX2M01F", "=1+1", "A7K-9QX2M-01-"])
def test_what_is_no_code_is_said(typed):
    with pytest.raises(SheetCodeError):
        read_sheet_code(typed)


def test_forms_of_different_surveys_have_different_names():
    names = {form_id(survey(question).fingerprint()) for question in EVERY_TYPE}
    assert len(names) == len(EVERY_TYPE)
    assert len(new_serial()) == 5


def test_questions_are_numbered_and_conditions_are_sentences():
    from dataclasses import replace

    later = replace(
        SHORT, id="t9", name="which", relevant="${kind} = 'women'", label={"en": "Which ${place}?"}
    )
    odd = replace(SHORT, id="t8", name="odd", relevant="string-length(${place}) > 2")
    form = paper_form(survey(NOTE, SHORT, ONE, later, odd), "en", say=str)
    asked = [asked for sheet in form.sheets for block in sheet.blocks for asked in block.asked]
    assert [item.number for item in asked] == [0, 1, 2, 3, 4]
    assert asked[3].field.label == "Which ………?"
    assert asked[3].only_if == "“2. What kind?” is Women"
    assert asked[4].only_if == "string-length(“1. Where?”) > 2"


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(EVERY_TYPE), min_size=1, max_size=60))
def test_every_question_stands_on_one_sheet_in_its_order(chosen):
    from dataclasses import replace

    questions = [replace(q, id=f"i{n}", name=f"n{n}") for n, q in enumerate(chosen)]
    form = paper_form(survey(*questions), "ar", say=str)
    names = [a.field.name for sheet in form.sheets for block in sheet.blocks for a in block.asked]
    assert names == [question.name for question in questions]
    assert [sheet.number for sheet in form.sheets] == list(range(1, len(form.sheets) + 1))


@pytest.mark.parametrize("name", KEYABLE)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_keyed_is_what_would_have_been_answered_online(name, data):
    question, raw = data.draw(strategies.form_strategy(name))
    definition = Definition({"en": "T"}, ("ar", "en"), "ar", (Section("s", "s", questions=(question,)),))
    form = keyed_form(version(definition), "ar")
    keyed = form.read(raw)
    assert keyed.answers == {question.id: type_of(question).parse(question, raw)}
    assert keyed.errors == {}
    assert form.read(form.form_of(keyed.answers)).answers == keyed.answers


def test_missing_answers_are_told_apart_from_what_cannot_be_read():
    keyed = keyed_form(version(survey()), "en").read({"staff": ["many"], "place": ["غزة"]})
    assert keyed.answers == {"t1": "غزة"}
    assert {key: error.code for key, error in keyed.errors.items()} == {"i1": "not_a_number"}
    assert set(keyed.lacking) == {"t2", "a1"}


def test_rounds_of_a_repeat_are_keyed_side_by_side():
    section = Section(
        "s2", "household", {"en": "Household"}, questions=(INTEGER,), repeat=Repeat(item={"en": "Member"})
    )
    definition = Definition({"en": "T"}, ("en",), "en", (section,))
    form = keyed_form(version(definition), "en")
    assert [(part.title, part.number) for part in form.parts] == [("Member", n) for n in (1, 2, 3, 4)]
    keyed = form.read({"household-0-staff": ["7"], "household-2-staff": ["٤٠"]})
    assert keyed.answers == {"s2": [{"i1": 7}, {}, {"i1": 40}]}
    assert len(paper_form(definition, "en", say=str).sheets[0].blocks) == 4
