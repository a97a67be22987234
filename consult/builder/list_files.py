"""Files with questions at the edge: a plain list or an XLSForm in, a list out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from flask_babel import force_locale, gettext

from consult.config import LANGUAGES
from consult.errors import DomainError
from consult.i18n import direction
from consult.tabular import LOCAL, UPLOAD, Limits, Table, TableError, read_table
from surveys import xlsform
from surveys.definition import Definition
from surveys.exports.csv import safe_cell
from surveys.questionlist import (
    TypeWords,
    example_rows,
    is_question_list,
    question_list_rows,
    read_question_list,
    type_words,
)
from surveys.xlsform.notices import Notice


def read_survey_file(
    path: Path, *, languages: Sequence[str], title: str = "", limits: Limits = UPLOAD
) -> tuple[Definition, tuple[Notice, ...]]:
    """The survey in a file, whether it is a list of questions or an XLSForm, and what was put differently.

    Raises QuestionListError, XlsformError or DomainError with what is wrong.
    """
    table = _list_in(path, limits)
    if table is None:
        imported = xlsform.read_xlsform(path, languages=list(languages))
        return imported.definition, tuple(imported.warnings)
    found = read_question_list(
        table.columns, table.rows, table.lines, languages=languages, types=known_types(), title=title
    )
    return found.definition, found.warnings


def _list_in(path: Path, limits: Limits) -> Table | None:
    """The table of a plain list; None for an XLSForm. A file from outside is opened with limits in any case."""
    is_form = _has_survey_sheet(path)
    if is_form and limits is LOCAL:
        return None
    try:
        table = read_table(path, limits=limits)
    except TableError as error:
        if is_form and error.code not in DANGEROUS:
            return None
        raise DomainError(error.code, error.message, **error.params) from error
    is_list = is_question_list(table.columns) and not _is_xlsform(table)
    return table if is_list or not (is_form or _is_xlsform(table)) else None


def _has_survey_sheet(path: Path) -> bool:
    """Whether a workbook has a sheet called ``survey``, as XLSForms do."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as book:
            return re.search(rb'<(?:\w+:)?sheet [^>]*name="survey"', book.read(1_000_000), re.I) is not None
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return False


def _is_xlsform(table: Table) -> bool:
    """An XLSForm's sheet ``survey`` has `type` and `name` and a label that is called ``label``."""
    columns = {column.casefold() for column in table.columns}
    has_label = any(column == "label" or column.startswith("label::") for column in columns)
    return {"type", "name"} <= columns and (has_label or "calculation" in columns)


def list_file(definition: Definition, *, kind: str, language: str) -> tuple[bytes, tuple[Notice, ...]]:
    """The survey as a list, ``csv`` or ``xlsx``, and what it cannot hold."""
    with force_locale(language):
        rows, notices = question_list_rows(definition, language=language, say=gettext)
    return _file(rows, kind=kind, language=language), notices


def example_file(*, kind: str, language: str) -> bytes:
    """A short list to begin with."""
    with force_locale(language):
        return _file(example_rows(language, say=gettext), kind=kind, language=language)


def _file(rows: Sequence[Sequence[str]], *, kind: str, language: str) -> bytes:
    return (_csv if kind == "csv" else _xlsx)(rows, language)


def _csv(rows: Sequence[Sequence[str]], language: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Sequence[str]], language: str) -> bytes:
    import xlsxwriter  # when it is needed: each start of a process would be longer by it

    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet("questions")
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    if direction(language) == "rtl":
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(rows[0]) - 1, 0), 28, wrapped)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write_string(row, column, value, wrapped)
    workbook.close()
    return out.getvalue()


@cache
def known_types() -> TypeWords:
    """What types may be called, in the four languages of the house."""
    return type_words(_translator(code) for code in LANGUAGES)


def _translator(language: str) -> Callable[[str], str]:
    def translate(message: str) -> str:
        with force_locale(language):
            return gettext(message)

    return translate


DANGEROUS = frozenset({"too_large", "too_much", "damaged", "unreadable"})
