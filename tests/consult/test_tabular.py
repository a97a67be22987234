import io
import zipfile
from dataclasses import replace

import pytest
import xlsxwriter

from consult.tabular import LOCAL, UPLOAD, Table, TableError, read_table

ARABIC = "الاسم,الرأي\nليلى,نحن نريد من المجلس أن يدعم المدارس في القرى\nعمر,لا أوافق على هذا القرار\n"
FRENCH = "nom;avis\nÉlise;Il faut aider les écoles à la campagne où elles sont fermées\n"
SPANISH = "nombre;opinión\nÍñigo;También queremos más escuelas aquí en los pueblos según el año\n"


@pytest.fixture
def saved(tmp_path):
    def save(data, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return save


def error_of(path, limits=UPLOAD):
    with pytest.raises(TableError) as caught:
        read_table(path, limits=limits)
    return caught.value


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ARABIC, "utf-8"),
        (ARABIC, "utf-8-sig"),
        (ARABIC, "utf-16"),
        (ARABIC, "utf-16-le"),
        (ARABIC, "utf-16-be"),
        (ARABIC, "cp1256"),
        (ARABIC, "iso8859-6"),
        (FRENCH, "cp1252"),
        (SPANISH, "cp1252"),
        (SPANISH, "mac_roman"),
        (FRENCH, "utf-16"),
    ],
)
def test_encodings(saved, text, encoding):
    table = read_table(saved(text.encode(encoding)))
    assert table == read_table(saved(text.encode("utf-8")))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(saved, separator):
    lines = [["a", "b"], ["1", '"x, y; z"'], ["2", "w"]]
    table = read_table(saved("\n".join(separator.join(line) for line in lines)))
    assert (table.columns, table.rows) == (("a", "b"), (("1", "x, y; z"), ("2", "w")))


def test_quoted_line_breaks_quotes_and_lines(saved):
    table = read_table(saved('id,text\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n2,x\r\n'))
    assert table == Table(("id", "text"), (("1", 'two\r\nlines, "quoted"'), ("2", "x")), (2, 5))


def test_one_column(saved):
    assert read_table(saved("text\nwater\n\nroads, schools\n")).rows == (("water",), ("roads, schools",))


def test_short_rows_are_filled_and_nul_is_dropped(saved):
    assert read_table(saved(b"a,b\n1\nx\x00y,\n")).rows == (("1", ""), ("xy", ""))


def test_a_very_long_value(saved):
    assert len(read_table(saved("a,b\n1," + "x" * 300_000)).rows[0][1]) == 300_000


def test_repeated_and_blank_names(saved):
    assert read_table(saved("a,,a\n1,2,3\n")).columns == ("a", "column 2", "a (2)")


def test_a_column_is_found_without_regard_to_case(saved):
    assert read_table(saved("My  Text,b\nx,y\n")).column("my text") == ["x"]


def test_a_missing_column_names_those_there_are(saved):
    with pytest.raises(TableError) as caught:
        read_table(saved("a,b\n1,2\n")).column("text")
    assert str(caught.value) == "There is no column “text”. The columns are: a, b."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b\n", "no_rows"),
        (b"a,b\n1,2,3\n", "ragged"),
        (b'a,b\n1,"open\n2,x\n', "open_quote"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "no_table"),
        (b"\xff\xfea", "encoding"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nor this", "damaged"),
    ],
)
def test_what_is_no_table(saved, data, code):
    assert error_of(saved(data)).code == code


def test_a_ragged_line_is_named(saved):
    assert str(error_of(saved("a,b\n1,2\n1,2,3\n"))).startswith(
        "Line 3 has 3 values, but there are 2 columns."
    )


def test_a_file_that_is_not_there(tmp_path):
    assert error_of(tmp_path / "none.csv").code == "unreadable"


def test_a_folder(tmp_path):
    assert error_of(tmp_path).code == "unreadable"


def test_limits(saved):
    small = replace(UPLOAD, rows=2, columns=3, bytes=100)
    assert error_of(saved("a\n1\n2\n3\n"), small).code == "too_long"
    assert error_of(saved("a,b,c,d\n1\n"), small).code == "too_wide"
    assert error_of(saved("a\n" + "x" * 200), small).code == "too_large"


def workbook(tmp_path, rows, name="table.xlsx"):
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in rows:
            sheet.write_row(number, 0, row)
    return path


def test_a_workbook(tmp_path):
    path = workbook(tmp_path, [(0, ["id", "رأي"]), (1, [1, "نريد الماء"]), (3, [2.5, ""])])
    assert read_table(path) == Table(("id", "رأي"), (("1", "نريد الماء"), ("2.5", "")), (2, 4))


def test_a_sparse_workbook_is_read_or_refused_soon(tmp_path):
    path = tmp_path / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "text")
        sheet.write(1_048_575, 0, "far")
    assert read_table(path).rows == (("far",),)


def test_a_value_in_the_last_column_is_refused(tmp_path):
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "text")
        sheet.write(1, 16_383, "far")
    assert error_of(path).code == "too_wide"


def test_a_bomb_is_not_unpacked(tmp_path):
    path = workbook(tmp_path, [(0, ["text"]), (1, ["x"])])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(60_000_000))
    assert path.stat().st_size < 1_000_000
    assert error_of(path).code == "too_large"


def test_entities_are_not_expanded(tmp_path):
    path = workbook(tmp_path, [(0, ["text"]), (1, ["x"])])
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as archive:
        for entry in source.namelist():
            archive.writestr(entry, bomb if entry.endswith("sheet1.xml") else source.read(entry))
    assert error_of(path).code in ("damaged", "empty")


def test_a_child_that_takes_too_much_is_stopped(tmp_path):
    # Different texts, so that each takes room of its own: more than a process can have free already.
    path = workbook(tmp_path, [(n, ["text", f"{n} " * 300]) for n in range(20_000)])
    assert error_of(path, replace(LOCAL, memory=30_000_000)).code == "too_much"
