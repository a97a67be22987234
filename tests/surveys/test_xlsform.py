from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from surveys.definition import Definition, Section
from surveys.questions import question_types, type_of
from surveys.rules import find_problems
from surveys.xlsform import XlsformError, read_xlsform
from surveys.xlsform.languages import language_code, language_header
from surveys.xlsform.write import xlsform_bytes
from tests.surveys import strategies
from tests.surveys.samples import ONE, SCALE, SHORT, survey

THOROUGH = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def form(*lines: str, file_type: str = ".md", **options):
    return read_xlsform("\n".join(lines).encode(), file_type=file_type, **options)


def said(imported) -> list[str]:
    return [str(warning) for warning in imported.warnings]


@pytest.mark.parametrize("name", sorted(question_types))
@THOROUGH
@given(data=st.data())
def test_every_type_comes_back_equal(name, data):
    question = data.draw(strategies.logical_questions(name))
    definition = Definition(
        {"ar": "عنوان", "en": "Title"},
        ("ar", "en", "fr", "es"),
        "ar",
        (
            Section(
                "s1", "first_page", {"ar": "أولًا"}, {"en": "Read this."}, (replace(question, id="other_id"),)
            ),
            Section("second_page", "second_page", questions=(replace(SHORT, name="last_one"),)),
        ),
    )
    imported = read_xlsform(xlsform_bytes(definition), languages=definition.languages)
    assert imported.definition == definition
    assert imported.warnings == ()


@pytest.mark.parametrize("name", sorted(question_types))
@settings(THOROUGH, max_examples=3)
@given(data=st.data())
def test_pyxform_takes_every_type(name, data):
    question = data.draw(strategies.logical_questions(name))
    written = xlsform_bytes(survey(replace(SHORT, name="first_one"), question))
    assert "<h:html" in convert(written, file_type=".xlsx").xform


def test_a_survey_of_every_type_comes_back_equal_and_pyxform_takes_it():
    written = xlsform_bytes(survey())
    assert read_xlsform(written).definition == survey()
    assert "<h:html" in convert(written, file_type=".xlsx").xform


def test_a_form_without_groups_is_one_page_and_comes_back_equal():
    imported = form(
        "| survey | | | |",
        "| | type | name | label |",
        "| | text | a | What? |",
        "| | integer | b | How many? |",
        "| settings | |",
        "| | form_title |",
        "| | My form |",
        languages=("ar", "en"),
    )
    definition = imported.definition
    assert definition.title == {"ar": "My form"}
    assert (definition.languages, definition.default_language) == (("ar", "en"), "ar")
    assert [(s.name, [q.name for q in s.questions]) for s in definition.sections] == [("page1", ["a", "b"])]
    assert definition.question("a").label == {"ar": "What?"}
    assert said(imported) == []
    assert read_xlsform(xlsform_bytes(definition), languages=("ar", "en")).definition == definition


def test_groups_are_pages_and_several_languages_are_kept():
    imported = form(
        "| survey | | | | | | |",
        "| | type | name | label::English (en) | label::العربية | hint::en | required | appearance |",
        "| | note | hello | Hello | أهلًا | | | |",
        "| | begin_group | you | You | أنتم | Some facts | | |",
        "| | select_one yn or_other | ok | Fine? | بخير؟ | | yes | |",
        "| | select_one yn | sure | Sure? | متأكد؟ | | true() | likert |",
        "| | select_multiple yn | both | Both? | كلاهما؟ | | | |",
        "| | end_group | | | | | | |",
        "| choices | | | |",
        "| | list_name | name | label::English (en) | label::العربية |",
        "| | yn | 1 | Yes | نعم |",
        "| | yn | 2 | No | لا |",
        "| settings | |",
        "| | default_language |",
        "| | English (en) |",
    )
    definition = imported.definition
    assert definition.languages == ("en", "ar")
    assert [(s.name, s.title, s.intro) for s in definition.sections] == [
        ("page1", {}, {}),
        ("you", {"en": "You", "ar": "أنتم"}, {"en": "Some facts"}),
    ]
    kinds = {question.name: (question.type, question.required) for question in definition.questions()}
    assert kinds == {
        "hello": ("note", False), "ok": ("select_one", True), "sure": ("agreement", True),
        "both": ("select_multiple", False),
    }  # fmt: skip
    ok = definition.question("ok").config
    assert ([option.name for option in ok.options], ok.other, ok.other_label) == (["1", "2"], True, {})
    assert [option.name for option in definition.question("both").config.options] == ["1", "2"]
    assert said(imported) == []


def test_what_is_not_supported_is_said_by_row_and_column():
    imported = form(
        "| survey | | | | | | | |",
        "| | type | name | label | required_message | default | appearance | media::image |",
        "| | start | start | | | | | |",
        "| | text | a | A ${start} | Please! | ${last-saved#a} | | a.png |",
        "| | integer | b | B | | 3 | bearing | |",
        "| | begin_repeat | r | R | | | | |",
        "| | barcode | code | D | | | | |",
        "| | begin_repeat | s | S | | | | |",
        "| | video | v | V | | | | |",
        "| | end_repeat | | | | | | |",
        "| | end_repeat | | | | | | |",
        "| | begin_group | g | G | | | | |",
        "| | end_group | | | | | | |",
        "| settings | |",
        "| | form_title | submission_url |",
        "| | F | https://x.example |",
    )
    assert said(imported) == [
        "Row 2, column type: “start” is left out. "
        "Data about the device or the person's doings is never recorded.",
        "Sheet settings, row 2, column submission_url: this setting is not used.",
        "Row 2, column name: “start” is referred to, but is not in the survey any more.",
        "Row 3, column required_message: the words for a missing answer are always the same.",
        "Row 3, column media::image: the file “a.png” is not shown beside the question.",
        "Row 3, column default: answers of earlier responses are not used.",
        "Row 4, column appearance: this appearance is not used.",
        "Row 6, column name: “code” cannot be used here; it is now “code_2”.",
        "Row 6, column type: “barcode” is not supported; it is asked as “Short text”.",
        "Row 7, column type: “s” repeats inside another page; it is asked once there.",
        "Row 8, column type: “video” is not supported; it is asked as “File”.",
        "Row 11, column type: this group asks nothing and is left out.",
    ]
    assert imported.definition.question("a").label == {"en": "A …"}
    assert imported.definition.question("b").default == "'3'"
    assert read_xlsform(xlsform_bytes(imported.definition)).definition == imported.definition


def test_logic_is_read_and_comes_back_equal():
    imported = form(
        "| survey | | | | | | | | | | |",
        "| | type | name | label | relevant | required | constraint | constraint_message::ar | default "
        "| choice_filter | calculation |",
        "| | select_one towns | town | Town? | | yes | | | | | |",
        "| | begin_group | home | Home | ${town} = 'j' | | | | | | |",
        "| | select_one parts | part | Part? | | ${town} != '' | | | | town = ${town} | |",
        "| | begin_group | more | More | ${part} = 'a' | | | | | | |",
        "| | text | why | Why ${town}? | ${part} != '' | | string-length(.) < 9 | قصير | none | | |",
        "| | integer | age | Age? | | | . >= 0 and . <= 120 | | 18 | | |",
        "| | end_group | | | | | | | | | |",
        "| | begin_repeat | child | Child | ${age} > 17 | | | | | | |",
        "| | text | first | First? | | | . != ${why} | | once(uuid()) | | |",
        "| | end_repeat | | | | | | | | | |",
        "| | date | after | After? | | | . <= today() | | | | |",
        "| | end_group | | | | | | | | | |",
        "| | calculate | c | | | | | | | | count(${child}) + instance('towns')/root/item[name = ${town}]/size |",
        "| choices | | | | | |",
        "| | list_name | name | label | town | size |",
        "| | towns | j | Jenin | | 5 |",
        "| | towns | n | Nablus | | 7 |",
        "| | parts | a | A | j | |",
        "| | parts | b | B | n | |",
    )
    assert said(imported) == []
    definition = imported.definition
    assert [
        (s.name, s.relevant, s.repeat is not None, [q.name for q in s.questions]) for s in definition.sections
    ] == [
        ("page1", "", False, ["town"]),
        ("home", "${town} = 'j'", False, ["part", "more", "why", "age"]),
        ("child", "(${town} = 'j') and (${age} > 17)", True, ["first"]),
        ("home_2", "${town} = 'j'", False, ["after"]),
        ("page2", "", False, ["c"]),
    ]
    part, why, age = (definition.question(name) for name in ("part", "why", "age"))
    assert (part.required_if, part.choice_filter) == ("${town} != ''", "town = ${town}")
    assert [option.attributes for option in part.config.options] == [{"town": "j"}, {"town": "n"}]
    assert (why.relevant, why.default) == ("(${part} = 'a') and (${part} != '')", "'none'")
    assert (why.label, why.constraint_message) == ({"en": "Why ${town}?"}, {"ar": "قصير"})
    assert (age.config.min, age.config.max, age.constraint, age.default) == (0, 120, "", "'18'")
    assert definition.question("first").default == "once(uuid())"
    assert "instance('town')" in definition.question("c").config.calculation
    again = read_xlsform(xlsform_bytes(definition))
    assert (again.definition, again.warnings) == (definition, ())
    assert "<h:html" in convert(xlsform_bytes(definition), file_type=".xlsx").xform


def test_an_expression_that_cannot_be_used_is_kept_and_said():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | relevant |",
        "| | text | a | A | pulldata('f', 'a', 'b', 'c') = 1 |",
    )
    assert imported.definition.question("a").relevant == "pulldata('f', 'a', 'b', 'c') = 1"
    assert said(imported) == [
        "Row 2, column relevant: “pulldata('f', 'a', 'b', 'c') = 1” cannot be used here. "
        "The function “pulldata” is not supported here."
    ]


def test_external_lists_and_old_spellings_are_read():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | choice_filter |",
        "| | add text prompt | state | State? | |",
        "| | select_one_external towns | town | Town? | state=${state} |",
        "| | acknowledge | ok | Fine? | |",
        "| external_choices | | | |",
        "| | list_name | name | state | label |",
        "| | towns | a | x | Aleppo |",
        "| | towns | b | y | Beirut |",
    )
    town = imported.definition.question("town")
    assert [(q.name, q.type) for q in imported.definition.questions()] == [
        ("state", "short_text"), ("town", "select_one"), ("ok", "select_multiple"),
    ]  # fmt: skip
    assert [(o.name, o.attributes) for o in town.config.options] == [
        ("a", {"state": "x"}),
        ("b", {"state": "y"}),
    ]
    assert [warning.code for warning in imported.warnings] == ["column_left_out", "substituted"]


def test_what_has_no_words_shows_its_hint_or_its_name_and_can_be_opened():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | hint |",
        "| | select_multiple list | consent | | Do you agree? |",
        "| | integer | years | | |",
        "| choices | | | |",
        "| | list_name | name | label |",
        "| | list | yes | |",
    )
    consent, years = imported.definition.questions()
    assert (consent.label, consent.hint, years.label) == ({"en": "Do you agree?"}, {}, {"en": "years"})
    assert [option.label for option in consent.config.options] == [{"en": "yes"}]
    assert find_problems(imported.definition) == ()


def test_names_used_twice_are_made_different():
    imported = form(
        "| survey | | | |",
        "| | type | name | label |",
        "| | begin_group | g | G |",
        "| | text | a | A |",
        "| | end_group | | |",
        "| | begin_group | h | H |",
        "| | text | a | A |",
        "| | end_group | | |",
    )
    assert [question.name for question in imported.definition.questions()] == ["a", "a_2"]
    assert [warning.code for warning in imported.warnings] == ["renamed"]


@pytest.mark.parametrize(
    ("source", "file_type"),
    [
        (b"", ".xlsx"),
        (b"PK\x03\x04 nonsense", ".xlsx"),
        (b"\xd0\xcf\x11\xe0 nonsense", ".xls"),
        ("| survey |\n| | type | name |\n| | text | a |".encode("utf-16"), ".md"),
        (b"| survey | | |\n| | type | name | label |\n| | select_one none | a | A |", ".md"),
        (b"| survey | | |\n| | type | name | label |\n| | begin_group | a | A |", ".md"),
        (b"| survey | | |\n| | type | name | label |\n| | text | 1 bad | A |", ".md"),
        (b"%PDF-1.4", ".pdf"),
    ],
)
def test_what_is_no_form_ends_in_one_line(source, file_type):
    with pytest.raises(XlsformError) as caught:
        read_xlsform(source, file_type=file_type)
    assert len(str(caught.value).splitlines()) == 1


def test_a_sheet_of_the_export_holds_texts_only():
    tricky = replace(SHORT, label={"en": "=1+1", "ar": "${٢"})
    book = openpyxl.load_workbook(BytesIO(xlsform_bytes(survey(tricky, ONE, SCALE))))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert read_xlsform(xlsform_bytes(survey(tricky))).definition.question("t1") == tricky


@pytest.mark.parametrize(
    "words",
    [
        "« l’alliance » et ‘nous’", "“Ours” „and” theirs", "Qui\u00a0? «\u00a0Tous\u00a0»", "trop\u202f!",
        "two  spaces   and three", "می\u200cخواهم", "a\u200db\u200e \u200f", "_x0041_ and _x000D_", "-", "1.0", "007",
        "TRUE", "no", "2024-01-01", "${٢", "${not closed", "$ {a}", "line one\nline  two", "tab\there",
        "=1+1", "<b>&amp;</b>", "🕊️ 👩‍👩‍👧", "x" * 10_000,
    ],
)  # fmt: skip
def test_words_come_back_as_they_were(words):
    again = replace(SHORT, label={"en": words, "ar": "أ"}, hint={"en": words})
    choice = replace(ONE, config=replace(ONE.config, other_label={"en": words, "ar": "غير ذلك"}))
    definition = replace(survey(again, choice), title={"en": words, "ar": "عنوان"})
    assert read_xlsform(xlsform_bytes(definition)).definition == definition


def test_words_that_nothing_can_carry_are_cleaned_when_they_are_stored():
    stored = survey(
        replace(SHORT, label={"en": " a\r\nb\rc\x07\x0b\x85\ufffe \u00a0", "ar": "\x1f"})
    ).to_json()
    assert Definition.from_json(stored).question("t1").label == {"en": "a\nb\nc"}


def test_typographic_quotes_in_expressions_are_made_straight_but_not_those_in_texts():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | constraint | constraint_message |",
        "| | text | a | L’âge | . = ‘x’ | Écrivez « ‘x’ » |",
    )
    assert imported.definition.question("a").label == {"en": "L’âge"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English (en)", "en"), ("العربية", "ar"), ("Arabic", "ar"), ("ar", "ar"), ("default", "fr"),
        ("Français (fr)", "fr"), ("Portuguese (pt-BR)", "pt-br"), ("klingon stuff", "klingon stuff"),
    ],
)  # fmt: skip
def test_languages_are_known_by_code_or_name(name, code):
    assert language_code(name, "fr") == code


@pytest.mark.parametrize("code", ["ar", "en", "fr", "es", "pt-br", "und"])
def test_a_written_language_is_read_back(code):
    assert language_code(language_header(code), "en") == code


def test_every_type_says_how_it_is_written():
    for question in survey().questions():
        assert type_of(question).row_of(question).type
