"""Every question type of the registry through every format: what is read back is what was stored."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from types import SimpleNamespace

import openpyxl
import pyreadstat
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from surveys.definition import Definition, Option, Question, Section
from surveys.elements import Repeat
from surveys.exports import Choices, write_file
from surveys.exports.columns import sheets_of
from surveys.exports.csv import safe_cell
from surveys.exports.layout import title_of, words_of
from surveys.exports.records import ABOUT, table_of
from surveys.exports.spss import numbers_of, spss_name
from surveys.models import utc_now
from surveys.questions import question_types, type_of
from surveys.questions.select_multiple import SelectMultipleConfig
from surveys.questions.select_one import SelectOneConfig
from surveys.questions.texts import LongTextConfig
from surveys.versions import Compiled, Version
from tests.surveys import strategies

EVERY = sorted(name for name, kind in question_types.items() if kind.takes_answer)
FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
ARABIC = Choices(language="ar")


def version(definition: Definition, number: int = 1) -> Version:
    return Version(number, 1, number, definition.fingerprint(), utc_now(), Compiled(definition))


def survey(*questions: Question, repeat: Repeat | None = None, **texts) -> Definition:
    section = Section("s", "group", questions=questions, repeat=repeat)
    return Definition({"en": "T"}, ("ar", "en"), "ar", (section,), **texts)


def responses(*documents: dict, version_id: int = 1) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            public_id=f"r{number}", version_id=version_id, language="ar", channel="online",
            submitted_at=utc_now(), quote_consent=False, answers=document,
        )
        for number, document in enumerate(documents)
    ]  # fmt: skip


def file_of(versions: list[Version], rows: list, kind: str, choices: Choices = ARABIC) -> bytes:
    out = io.BytesIO()
    write_file(table_of(versions, rows), kind=kind, out=out, choices=choices)
    return out.getvalue()


def sav_of(data: bytes, tmp_path_factory):
    path = tmp_path_factory.mktemp("sav") / "a.sav"
    path.write_bytes(data)
    return pyreadstat.read_sav(path, output_format="dict", user_missing=True)


@st.composite
def answered(draw, name: str) -> tuple[Question, list]:
    """A question of the type and accepted answers to it."""
    question = draw(strategies.questions(name))
    values = []
    for _ in range(draw(st.integers(1, 4))):
        values.append(type_of(question).parse(question, draw(strategies.answers_to[name](question))))
    return question, [value for value in values if value is not None]


def stored_of(question: Question, values: list) -> tuple[list[Version], list, list[dict]]:
    documents = [json.loads(json.dumps({question.id: value})) for value in values]
    expected = [type_of(question).export(question, value) for value in values]
    return [version(survey(question))], responses(*documents, {}), expected


@pytest.mark.parametrize("name", EVERY)
@FEW
@given(data=st.data())
def test_json_csv_and_workbook_give_back_what_was_stored(name, data):
    question, values = data.draw(answered(name))
    versions, rows, expected = stored_of(question, values)
    columns = type_of(question).export_columns(question)

    read = json.loads(file_of(versions, rows, "json"))["responses"]
    assert [line["answers"] for line in read] == [*expected, {}]

    text = file_of(versions, rows, "csv").decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert tuple(head[len(ABOUT) :]) == tuple(columns)
    assert [line[len(ABOUT) :] for line in lines] == [
        [safe_cell(answers.get(column)) for column in columns] for answers in [*expected, {}]
    ]

    book = openpyxl.load_workbook(io.BytesIO(file_of(versions, rows, "xlsx")))
    _, *lines = book["codes"].iter_rows(values_only=True)
    for line, answers in zip(lines, [*expected, {}], strict=True):
        assert [shown(value) for value in line[len(ABOUT) :]] == [cell(answers.get(name)) for name in columns]
    _, *lines = book["words"].iter_rows(values_only=True)
    sheet = sheets_of(versions)[0]
    for line, answers in zip(lines, [*expected, {}], strict=True):
        for column, value in zip(sheet.columns, line[len(ABOUT) :], strict=True):
            assert in_words(column, value) == worded(column, answers.get(column.name))


def shown(value) -> str:
    """A cell as openpyxl reads it, which leaves the escapes of inline texts as they are."""
    return "" if value is None else number(value) if isinstance(value, int | float) else unescape(value)


def cell(value) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return safe_cell(value).removeprefix("'") if not str(value).startswith("'") else safe_cell(value)


def number(value: float) -> str:
    return f"{float(value) + 0:.12g}"


def worded(column, value) -> str:
    words = words_of(column, ARABIC, "ar")
    if isinstance(value, list):
        return "، ".join(words.get(code, str(code)) for code in value)
    return words.get(value, cell(value)) if value is not None else ""


def in_words(column, value) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if column.kind == "date" else value.isoformat()[:16]
    if isinstance(value, date | time):
        return value.isoformat()[: 16 if column.kind == "datetime" else 10 if column.kind == "date" else 5]
    return shown(value)


@pytest.mark.parametrize("name", EVERY)
@FEW
@given(data=st.data())
def test_spss_gives_back_what_was_stored(name, data, tmp_path_factory):
    question, values = data.draw(answered(name))
    versions, rows, expected = stored_of(question, values)
    frame, meta = sav_of(file_of(versions, rows, "sav"), tmp_path_factory)
    names = iter(list(frame)[len(ABOUT) :])
    for column in sheets_of(versions)[0].columns:
        given = [answers.get(column.name) for answers in [*expected, {}]]
        words = words_of(column, ARABIC, "ar")
        if column.kind in ("codes", "ranks"):
            for place, (code, _) in enumerate(column.codes):
                variable = next(names)
                assert list(map(plain, frame[variable])) == [chosen(column.kind, code, v) for v in given]
                assert meta.variable_measure[variable] == (
                    "nominal" if column.kind == "codes" else "ordinal"
                ), place
            continue
        variable = next(names)
        assert title_of(column, ARABIC, "ar")[:40] in meta.column_names_to_labels[variable]
        if column.kind == "code":
            numbers = numbers_of(column) or {}
            assert list(map(plain, frame[variable])) == [numbers.get(v, v) for v in given]
            labels = meta.variable_value_labels[variable]
            assert {numbers.get(code, code): words[code] for code in words} == labels
            apart = {numbers[code] for code in column.apart}
            assert {edge["lo"] for edge in meta.missing_ranges.get(variable, ())} == apart
        elif column.kind in ("number", "any") and any(isinstance(v, int | float) for v in given):
            assert [plain(v) for v in frame[variable]] == given
            assert meta.variable_measure[variable] in ("scale", "ordinal")
        else:
            assert [moment(column.kind, v) for v in frame[variable]] == given
    assert next(names, None) is None


HOUSEHOLD = Question("h1", "age", "integer", {"en": "Age", "ar": "العمر"})


def test_the_rounds_of_a_repeat_are_a_second_table(tmp_path_factory):
    town = Question("t1", "town", "short_text", {"ar": "البلدة"})
    definition = Definition(
        {"en": "T"}, ("ar", "en"), "ar",
        (
            Section("s1", "you", questions=(town,)),
            Section("s2", "household", questions=(HOUSEHOLD,), repeat=Repeat()),
        ),
    )  # fmt: skip
    versions = [version(definition)]
    rows = responses({"t1": "غزة", "s2": [{"h1": 7}, {}, {"h1": 40}]}, {"t1": "رفح"})
    read = json.loads(file_of(versions, rows, "json"))["responses"]
    assert [line["answers"] for line in read] == [
        {"town": "غزة", "household": [{"age": 7}, {}, {"age": 40}]}, {"town": "رفح"},
    ]  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(file_of(versions, rows, "csv")))
    assert archive.namelist() == ["responses.csv", "household.csv"]
    assert archive.read("household.csv").decode("utf-8-sig").splitlines() == [
        "id,round,age", "r0,1,7", "r0,2,", "r0,3,40",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(file_of(versions, rows, "xlsx")))
    assert book.sheetnames == ["words", "household words", "codes", "household codes", "codebook"]
    assert list(book["household codes"].iter_rows(min_row=2, values_only=True)) == [
        ("r0", 1, 7), ("r0", 2, None), ("r0", 3, 40),
    ]  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(file_of(versions, rows, "sav")))
    frame, meta = sav_of(archive.read("household.sav"), tmp_path_factory)
    assert [list(frame["id"]), list(frame["round"])] == [["r0"] * 3, [1, 2, 3]]
    assert list(map(plain, frame["age"])) == [7, None, 40]
    assert meta.column_names_to_labels["age"] == "العمر"


def test_versions_are_joined_by_id_and_the_codebook_says_where_words_changed():
    options = tuple(Option(i, n, {"en": n.upper()}) for i, n in (("o1", "a"), ("o2", "b")))
    first = Question("q1", "old", "select_one", {"en": "One?"}, config=SelectOneConfig(options=options))
    second = replace(
        first, name="new", label={"en": "One or two?"},
        config=SelectOneConfig(options=(replace(options[0], name="first"), Option("o3", "c", {"en": "C"}))),
    )  # fmt: skip
    retired = Question("q2", "new", "short_text", {"en": "Gone"})
    versions = [version(survey(first, retired)), version(survey(second), 2)]
    rows = responses({"q1": "o1", "q2": "x"}, {"q1": "o2"}) + responses({"q1": "o3"}, version_id=2)
    read = json.loads(file_of(versions, rows, "json"))["responses"]
    assert [line["answers"] for line in read] == [
        {"new": "first", "new_2": "x"}, {"new": "b"}, {"new": "c"},
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(file_of(versions, rows, "xlsx", Choices("en"))))
    assert [line[6] for line in book["words"].iter_rows(min_row=2, values_only=True)] == ["A", "B", "C"]
    assert not book["words"].sheet_view.rightToLeft
    lines = [line[1:] for line in book["codebook"].iter_rows(min_row=2, values_only=True)]
    assert [(line[0], line[5], line[7], line[8], line[9]) for line in lines] == [
        ("new", "first", "A", "1, 2", "2"), ("new", "c", "C", "1, 2", "2"), ("new", "b", "B", "1, 2", "2"),
        ("new_2", None, None, "1", None),
    ]  # fmt: skip


def test_spss_takes_no_name_twice_and_no_reserved_or_long_one(tmp_path_factory):
    names = ["with", "Q", "q", "q.", "id", "سؤال" * 12, "سؤال" * 12 + "ب", "1st", "a-b", "a_b", "_x"]
    questions = [
        Question(f"i{number}", name, "short_text", {"ar": f"سؤال {number} " * 40})
        for number, name in enumerate(names)
    ]
    document = {question.id: f"جواب {question.id}" for question in questions}
    frame, meta = sav_of(file_of([version(survey(*questions))], responses(document), "sav"), tmp_path_factory)
    made = list(frame)
    assert len(set(map(str.casefold, made))) == len(ABOUT) + len(names)
    assert made[0] == "response_id"
    assert "id" in made[len(ABOUT) :]
    assert [frame[name][0] for name in made[len(ABOUT) :]] == list(document.values())
    for name, original in zip(made[len(ABOUT) :], names, strict=True):
        label = meta.column_names_to_labels[name]
        assert len(name.encode()) <= 64
        assert len(label.encode()) <= 255
        assert name == original or label.endswith(f"[{original}]")


def test_spss_keeps_what_it_cannot_hold_as_a_text_or_says_so(tmp_path_factory):
    day = Question("d1", "day", "date", {"en": "Day"})
    long = Question("l1", "long", "long_text", {"en": "Long"}, config=LongTextConfig(max_length=20_000))
    rows = responses({"d1": "1200-02-29", "l1": "ش" * 20_000}, {"d1": "2027-03-07"})
    frame, meta = sav_of(file_of([version(survey(day, long))], rows, "sav"), tmp_path_factory)
    assert list(frame["day"]) == ["1200-02-29", "2027-03-07"]
    assert list(frame["long"]) == ["ش" * (32_767 // 2), ""]
    assert any("long: 1 texts cut" in note for note in meta.notes)


@pytest.mark.parametrize("kind", ["csv", "json", "sav", "xlsx"])
def test_a_survey_that_nobody_answered_can_be_exported(kind):
    assert file_of([version(survey(HOUSEHOLD))], [], kind)
    assert file_of([], [], kind)


def test_labels_and_one_column_an_option():
    several = Question("m1", "several", "select_multiple", {"ar": "أيّها؟"},
        config=SelectMultipleConfig(
            options=tuple(Option(name, name, {"ar": f"«{name}»"}) for name in "abc"), other=True
        ))  # fmt: skip
    rows = responses({"m1": ["a", "c"]}, {"m1": [{"other": "=x"}]}, {})
    choices = Choices("ar", values="labels", spread=True, titles=True, translate=lambda _message: "غير ذلك")
    text = file_of([version(survey(several))], rows, "csv", choices).decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head[6:] == [
        "أيّها؟", "أيّها؟/«a»", "أيّها؟/«b»", "أيّها؟/«c»", "أيّها؟/غير ذلك", "أيّها؟ – غير ذلك",
    ]  # fmt: skip
    assert [line[6:] for line in lines] == [
        ["«a»، «c»", "1", "0", "1", "0", ""], ["غير ذلك", "0", "0", "0", "1", "'=x"], [""] * 6,
    ]  # fmt: skip


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_names_become_legal_and_unique(wanted):
    taken: set[str] = set()
    for name in wanted:
        made = spss_name(name, taken)
        assert len(made.encode()) <= 64
        assert made[0].isalpha()
        assert not made.endswith(".")
        assert all(sign.isalnum() or sign in "._" for sign in made)
    assert len(taken) == len(wanted)


def plain(value):
    """What pyreadstat reads, with None for nothing."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def moment(kind: str, value):
    value = plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if kind == "date" else value.isoformat()[:16]
    return value.isoformat()[:5] if isinstance(value, time) else str(value) if value is not None else None


def chosen(kind: str, code: str, given: list | None) -> int | None:
    if given is None:
        return None
    if kind == "codes":
        return int(code in given)
    return given.index(code) + 1 if code in given else None


def test_a_column_of_pairs_is_the_same_pair_in_every_version():
    bread, water, work, care = (
        Option(f"id-{n}", n, {"en": n}) for n in ("bread", "water", "work", "child-care")
    )
    config = question_types["pairwise"].Config
    first = Question("q1", "first", "pairwise", {"en": "Which?"}, config=config(options=(bread, water)))
    renamed = replace(water, name="clean_water")
    second = replace(first, config=config(options=(work, renamed, care, bread)))
    rows = responses({"q1": [["id-bread", "id-water"]]})
    rows += responses({"q1": [["id-work", "id-child-care"], ["id-water", "id-bread"]]}, version_id=2)
    read = json.loads(file_of([version(survey(first)), version(survey(second), 2)], rows, "json"))[
        "responses"
    ]
    assert [line["answers"] for line in read] == [
        {"first-bread-clean_water": "bread"},
        {"first-child--care-work": "work", "first-bread-clean_water": "clean_water"},
    ]  # fmt: skip


def test_a_code_that_another_option_has_now_does_not_stand_for_both():
    config = question_types["select_one"].Config
    a, b = Option("o1", "a", {"en": "A"}), Option("o2", "b", {"en": "B"})
    first = Question("q1", "one", "select_one", {"en": "One?"}, config=config(options=(a, b)))
    second = replace(first, config=config(options=(replace(b, name="a"),)))
    rows = responses({"q1": "o1"}, {"q1": "o2"}) + responses({"q1": "o2"}, version_id=2)
    read = json.loads(file_of([version(survey(first)), version(survey(second), 2)], rows, "json"))[
        "responses"
    ]
    assert [line["answers"] for line in read] == [{"one": "a_2"}, {"one": "a"}, {"one": "a"}]


def test_no_two_columns_or_tables_bear_one_name():
    upload = Question("u", "a", "upload", {"en": "A"}, config=question_types["upload"].Config())
    texts = [
        Question(f"t{number}", name, "short_text", {"en": name})
        for number, name in enumerate(("a-file", "id", "_id", "household"))
    ]
    age = Question("age", "age", "integer", {"en": "Age"})
    definition = Definition(
        {"en": "T"}, ("ar", "en"), "ar",
        (
            Section("s1", "you", questions=(upload, *texts)),
            Section("s2", "household", questions=(age,), repeat=Repeat()),
            Section("s3", "responses", questions=(replace(age, id="age2", name="age2"),), repeat=Repeat()),
        ),
    )  # fmt: skip
    versions = [version(definition)]
    document = {question.id: f"said {question.name}" for question in texts}
    document |= {"u": {"file": "f1", "name": "x.pdf", "size": 7}, "s2": [{"age": 7}], "s3": [{"age2": 8}]}
    (read,) = json.loads(file_of(versions, responses(document), "json"))["responses"]
    assert read["answers"] == {
        "a": "x.pdf", "a-file_2": "f1", "a-file": "said a-file", "id": "said id", "_id": "said _id",
        "household": "said household", "household_2": [{"age": 7}], "responses_2": [{"age2": 8}],
    }  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(file_of(versions, responses(document), "csv")))
    assert archive.namelist() == ["responses.csv", "household_2.csv", "responses_2.csv"]
    lines = list(csv.reader(io.StringIO(archive.read("responses.csv").decode("utf-8-sig"))))
    assert len(set(lines[0])) == len(lines[0])
    assert {"__id", "_id", "id", "a", "a-file", "a-file_2", "household"} <= set(lines[0])
