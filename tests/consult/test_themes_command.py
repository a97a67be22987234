import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from consult.themes_command import themes_command
from tests.consult.analysis.test_themes import SCHOOL, WATER


@pytest.fixture
def consult_themes(tmp_path):
    def run(data, *options, name="answers.csv"):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        out = tmp_path / "out.json"
        done = CliRunner().invoke(
            themes_command, [str(path), "--text", "text", "--json", str(out), *map(str, options)]
        )
        document = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return done, document

    return run


def csv_of(rows):
    return "side,text\n" + "".join(f'{side},"{text}"\n' for side, text in rows)


ANSWERS = csv_of(
    [("north", text) for text in WATER] + [("south", text) for text in SCHOOL] + [("south", "😀")]
)


def test_the_document(consult_themes):
    done, document = consult_themes(ANSWERS, "--group", "side")
    assert done.exit_code == 0, done.output
    assert list(document) == [
        "rows",
        "analysed",
        "languages",
        "engine",
        "themes",
        "parents",
        "letters",
        "assignments",
    ]
    assert (document["rows"], document["analysed"]) == (17, 16)
    assert document["languages"] == {"ar": 4, "en": 6, "es": 2, "fr": 4}
    first = document["themes"][0]
    assert (first["id"], first["count"], first["share"]) == ("t1", 8, 0.5)
    assert first["groups"] == {
        "side": {"north": {"count": 8, "share": 1.0}, "south": {"count": 0, "share": 0.0}}
    }
    assert first["stance"].keys() == {"support", "oppose", "mixed", "neutral"}
    assert [item["row"] for item in document["assignments"]] == list(range(17))
    assert document["assignments"][16] == {"row": 16, "language": "und", "themes": [], "stance": None}


def test_the_same_file_gives_the_same_bytes(consult_themes, tmp_path):
    consult_themes(ANSWERS)
    first = (tmp_path / "out.json").read_bytes()
    consult_themes(ANSWERS)
    assert (tmp_path / "out.json").read_bytes() == first


def test_a_codebook(consult_themes, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(
        "theme,definition,example\nWater,Clean drinking water,The well is dirty\nWater,,\n"
        "Teachers,School teachers and their pay,\n",
        encoding="utf-8",
    )
    done, document = consult_themes(ANSWERS, "--codebook", book)
    assert done.exit_code == 0, done.output
    assert [theme["label"] for theme in document["themes"]] == [{"en": "Water"}, {"en": "Teachers"}]
    mains = [item["themes"][0]["id"] if item["themes"] else None for item in document["assignments"]]
    assert mains == ["t1"] * 8 + ["t2"] * 8 + [None]


@pytest.mark.parametrize(
    ("data", "options", "last_line"),
    [
        (None, [], "cannot be read: no such file or directory."),
        ("", [], "The file answers.csv is empty."),
        ("text\n", [], "has a line of column names and no rows below it."),
        ("a,b\n1,2\n", [], "There is no column “text”. The columns are: a, b."),
        (ANSWERS, ["--group", "region"], "There is no column “region”. The columns are: side, text."),
        (ANSWERS, ["--language", "lang"], "There is no column “lang”. The columns are: side, text."),
        ('text\n"open\n', [], "a double quote that opens on line 2 is never closed."),
        (ANSWERS, ["--report", "out.txt"], "The report must end in one of .html, .pdf, .docx, .xlsx."),
        (ANSWERS, ["--json", "/no/such/folder/out.json"], "There is no folder /no/such/folder."),
    ],
)
def test_a_mistake_ends_with_one_clear_line(consult_themes, data, options, last_line):
    done, document = consult_themes(data, *options)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].endswith(last_line)
    assert "Traceback" not in done.output
    assert document is None


def test_wrong_usage(consult_themes):
    assert consult_themes(ANSWERS, "--themes", "0")[0].exit_code == 2


@pytest.mark.parametrize("encoding", ["utf-16", "cp1256"])
def test_other_encodings(consult_themes, encoding):
    texts = ["نحن نحتاج إلى مياه نظيفة في القرى", "هذه مياه الشرب غير نظيفة"] * 6
    done, document = consult_themes(csv_of([("x", text) for text in texts]).encode(encoding))
    assert done.exit_code == 0, done.output
    assert document["languages"] == {"ar": 12}
    assert document["themes"][0]["quotes"][0]["text"] in texts


@pytest.mark.parametrize(
    "texts", [["😀😀", "👍"], ["123", "٤٥٦"], ["كلمة " * 20_000, "water"], ["\x00a", "b"]]
)
def test_junk_gives_a_sensible_result(consult_themes, texts):
    done, document = consult_themes(csv_of([("x", text) for text in texts]))
    assert done.exit_code == 0, done.output
    assert document["rows"] == 2


def test_one_thread_and_two_give_the_same_bytes(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS, encoding="utf-8")
    written = []
    for threads in ("1", "2"):
        out = tmp_path / f"{threads}.json"
        subprocess.run(
            [sys.executable, "-m", "consult.themes_command", str(path), "--text", "text", "--json", str(out)],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            check=True,
            capture_output=True,
        )
        written.append(out.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    "texts",
    [
        ["a" * 20_000, "ماء " * 5_000, "x y " * 5_000],
        ["😀 👍", "🎉"] * 20,
        ["١٢٣", "456", "7.8"],
        ["the and of", "من على في", "de la le", "el la los"] * 5,
        ["We need clean water in all villages of the north, and soon, please"] * 10_000,
        ["water"],
        ["water", "school"],
        ["water", "school", "road", "مياه", "l'eau"],
        ["نريد funding للمنظمات and workshops في المنطقة", "ana 3ayez mayya nedifa", "7abibi el mayya wes5a"],
    ],
)
def test_bad_material_gives_a_sensible_result_and_never_an_error(consult_themes, texts):
    done, document = consult_themes(csv_of([("x", text) for text in texts]), "--group", "side")
    assert done.exit_code == 0, done.output
    assert document["rows"] == len(texts) == len(document["assignments"])
    assert len(document["themes"]) <= max(1, len(set(texts)))
    for theme in document["themes"]:
        assert theme["count"] >= 1
        assert theme["label"]
        assert theme["quotes"]
    if len(texts) == 10_000:
        assert document["letters"] == [{"count": 10_000, "rows": list(range(10_000))}]


def test_a_report_as_a_workbook(consult_themes, tmp_path):
    from openpyxl import load_workbook

    place = tmp_path / "report.xlsx"
    done, _ = consult_themes(ANSWERS, "--group", "side", "--report", place, "--lang", "ar")
    assert done.exit_code == 0, done.output
    first = place.read_bytes()
    book = load_workbook(place)
    assert [sheet.sheet_view.rightToLeft for sheet in book] == [True] * 5
    assert "مياه" in book.worksheets[0]["A2"].value
    assert (book.worksheets[0]["B2"].value, book.worksheets[0]["C2"].value) == (8, 0.5)
    assert book.worksheets[3].max_row == 1 + 8
    consult_themes(ANSWERS, "--group", "side", "--report", place, "--lang", "ar")
    assert place.read_bytes() == first


@pytest.mark.parametrize(
    ("kind", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype html>")]
)
def test_other_reports(consult_themes, tmp_path, kind, begins):
    place = tmp_path / f"report.{kind}"
    done, _ = consult_themes(ANSWERS, "--group", "side", "--report", place, "--lang", "fr")
    assert done.exit_code == 0, done.output
    assert place.read_bytes().startswith(begins)


def test_a_machine_that_cannot_set_pages_says_so_at_once(consult_themes, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    done, document = consult_themes(ANSWERS, "--report", tmp_path / "report.pdf")
    assert done.exit_code == 1 and document is None
    assert "needs the library Pango" in done.stderr.splitlines()[-1]
