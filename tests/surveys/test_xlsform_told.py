"""What of an XLSForm is told by row and column, and what is said of options."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pyxform.xls2xform import convert

from surveys.xlsform import read_xlsform
from surveys.xlsform.write import xlsform_bytes
from tests.surveys.samples import ONE, SHORT, survey
from tests.surveys.test_xlsform import form, said


def test_media_of_choices_are_shown_or_told_by_row_and_column():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | media::audio |",
        "| | begin_group | page | Page | intro.mp3 |",
        "| | select_one towns | town | Town? | |",
        "| | select_multiple towns | several | Towns? | |",
        "| | select_one faces | face | Face? | |",
        "| | end_group | | | |",
        "| choices | | | | | | | | |",
        "| | list_name | name | label | media::image::English (en) | media::image::Arabic (ar) | media::audio | video "
        "| note::English (en) |",
        "| | towns | jenin | Jenin | jenin.png | | jenin.mp3 | | north |",
        "| | towns | yafa | Yafa | | | | yafa.mp4 | |",
        "| | faces | glad | Glad | glad.png | glad_ar.png | | | |",
        "| | faces | sad | Sad | sad.png | sad.png | | | |",
    )
    assert [line for line in said(imported) if "choices" in line or "Row 2" in line] == [
        "Row 2, column media::audio: the file “intro.mp3” is not shown beside the question.",
        "Sheet choices, row 2, column media::image::English (en): the file is not shown beside the answer.",
        "Sheet choices, row 2, column media::audio: the file is not shown beside the answer.",
        "Sheet choices, row 2, column note::English (en): a further column is in no language, and this one is in "
        "several.",
        "Sheet choices, row 3, column video: the file is not shown beside the answer.",
        "Sheet choices, row 4, column media::image::Arabic (ar): the file is not shown beside the answer.",
    ]
    face = imported.definition.question("face")
    assert [option.attributes["image"] for option in face.config.options] == ["glad.png", "sad.png"]


def test_a_new_row_does_not_take_the_id_of_another_that_was_called_so_once():
    imported = form(
        "| survey | | | | |",
        "| | type | name | label | mashura_id |",
        "| | integer | years | Years? | age |",
        "| | text | age | Of which age? | |",
        "| | select_one kinds | kind | Kind? | |",
        "| choices | | | | |",
        "| | list_name | name | label | mashura_id |",
        "| | kinds | women | Women | w |",
        "| | kinds | w | Others | |",
    )
    definition = imported.definition
    assert [(q.id, q.name) for q in definition.questions()] == [
        ("age", "years"), ("age_2", "age"), ("kind", "kind"),
    ]  # fmt: skip
    assert [(o.id, o.name) for o in definition.question("kind").config.options] == [
        ("w", "women"),
        ("w_2", "w"),
    ]
    assert read_xlsform(xlsform_bytes(definition)).definition == definition


def test_scores_and_ranks_of_kobo_become_a_table_and_a_ranking():
    imported = form(
        "| survey | | | | | | |",
        "| | type | name | label | required | kobo--score-choices | kobo--rank-items |",
        "| | begin_score | heard | Were you heard? | yes | degrees | |",
        "| | score__row | board | By the board | | | |",
        "| | score__row | staff | By the staff | | | |",
        "| | end_score | | | | | |",
        "| | begin_rank | first | What comes first? | | | degrees |",
        "| | rank__level | one | 1st | | | |",
        "| | rank__level | two | 2nd | | | |",
        "| | end_rank | | | | | |",
        "| choices | | | |",
        "| | list_name | name | label |",
        "| | degrees | little | A little |",
        "| | degrees | some | Some |",
        "| | degrees | much | Much |",
    )
    heard, first = imported.definition.questions()
    assert (heard.name, heard.type, heard.required) == ("heard", "matrix", True)
    assert [line.name for line in heard.config.rows] == ["board", "staff"]
    assert [option.name for option in heard.config.columns] == ["little", "some", "much"]
    assert (first.name, first.type, first.config.places, first.required) == ("first", "ranking", 2, False)
    assert said(imported) == [
        "Row 2, column type: “begin_score” is not supported; it is asked as “Matrix”.",
        "Row 6, column type: “begin_rank” is not supported; it is asked as “Ranking”.",
        "Row 7, column label: the places of a ranking are numbers.",
        "Row 8, column label: the places of a ranking are numbers.",
    ]
    assert read_xlsform(xlsform_bytes(imported.definition)).definition == imported.definition


@pytest.mark.parametrize("written", ["a hundred", "-5", "1e3", "9" * 5000, "٣٫٥"])
def test_a_setting_that_is_no_number_is_told_by_row_and_column(written):
    imported = form(
        "| survey | | | | | |",
        "| | type | name | label | mashura_type | mashura_total | mashura_minimum |",
        "| | begin_group | share | Share out | budget | " + written + " | |",
        "| | integer | share-a | A | | | |",
        "| | integer | share-b | B | | | |",
        "| | end_group | | | | | |",
        "| | begin_repeat | again | Again | | | " + written + " |",
        "| | text | name | Name? | | | |",
        "| | end_repeat | | | | | |",
    )
    assert said(imported) == [
        "Row 2, column mashura_total: this is no whole number and is left out.",
        "Row 6, column mashura_minimum: this is no whole number and is left out.",
    ]
    assert imported.definition.question("share").config.total == 100
    assert imported.definition.sections[1].repeat.minimum == 1


@pytest.mark.parametrize(
    "attributes",
    [
        {"region": "north"}, {"My mark": "x", "region": "ا"}, {"apart": "yes"}, {"name": "x", "label": "y"},
        {"list_name": "x"}, {"media": "x"}, {"image": "a.png"}, {"audio": "x.mp3"}, {"order": " x "},
        {"mark::fr": "x"}, {"value": "z"}, {"mashura_id": "zz"}, {"x": "“curly”  ‘words’"}, {"علامة": "قيمة"},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_said_of_an_option_comes_back(attributes):
    options = (replace(ONE.config.options[0], attributes=attributes), *ONE.config.options[1:])
    question = replace(
        ONE, config=replace(ONE.config, options=options), choice_filter="region != ''",
        constraint=". != 'x'", constraint_message={"en": "Not “this”.", "ar": "ليس هذا"},
    )  # fmt: skip
    definition = survey(question, SHORT)
    imported = read_xlsform(xlsform_bytes(definition), languages=definition.languages)
    assert imported.definition == definition
    assert imported.warnings == ()
    assert "Not" in convert(BytesIO(xlsform_bytes(definition)), file_type=".xlsx").xform


def test_a_column_media_of_choices_ends_in_no_traceback():
    imported = form(
        "| survey | | | |", "| | type | name | label |", "| | select_one a | q | Q? |",
        "| choices | | | | |", "| | list_name | name | label | media |", "| | a | x | X | x.png |",
    )  # fmt: skip
    assert imported.definition.question("q").config.options[0].name == "x"


@pytest.mark.parametrize("written", ["[1]", "[[]]", "many", "{}", "null"])
def test_quotas_that_cannot_be_read_are_told(written):
    imported = form(
        "| survey | | | |", "| | type | name | label |", "| | text | name | Name? |",
        "| settings | | |", "| | form_title | mashura_quotas |", "| | T | " + written + " |",
    )  # fmt: skip
    assert said(imported) == ["Sheet settings, row 2, column mashura_quotas: this setting is not used."]
