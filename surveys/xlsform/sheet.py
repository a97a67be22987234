"""The file itself: read by pyxform, with the number of its row put into each row beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveys.i18n import N_
from surveys.xlsform import kobo
from surveys.xlsform.notices import Notice, XlsformError
from surveys.xlsform.shield import cover_quotes

if TYPE_CHECKING:
    from pyxform.xls2json_backends import DefinitionData

ROW = "mashura_row"
SUFFIXES = {".xlsx", ".xlsm", ".xls", ".csv", ".md"}


@dataclass(frozen=True, slots=True)
class Sheets:
    """The parsed form and the raw cells by row number, header → text; `external` are the lists of the sheet
    external_choices, each choice as a row of the form has it. `notices` say what was changed before parsing."""

    form: dict[str, Any]
    survey: dict[int, dict[str, str]]
    choices: dict[int, dict[str, str]]
    settings: dict[str, str]
    names: tuple[str, ...]
    external: dict[str, list[dict[str, Any]]]
    notices: tuple[Notice, ...] = ()


def read_sheets(source: Path | bytes, *, file_type: str = "") -> Sheets:
    """Raises XlsformError, in one line, for whatever cannot be read or parsed."""
    # The parser takes longer to load than the rest of the engine, and few processes ever read a form.
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import get_xlsform

    kind = file_type or (source.suffix.lower() if isinstance(source, Path) else ".xlsx")
    if kind not in SUFFIXES:
        raise XlsformError(
            "not_xlsform", N_("An XLSForm is an .xlsx, .xls or .csv file, not %(kind)s."), kind=kind or "?"
        )
    data = source.read_bytes() if isinstance(source, Path) else source
    try:
        text = data.decode("utf-8-sig") if kind in {".csv", ".md"} else data
        workbook = get_xlsform(text, file_type=kind)
        external = _external_lists(workbook)
        settings = dict((workbook.settings or [{}])[0])
        notices = _with_terms_of_xlsform(workbook)
        survey, choices = _numbered(workbook)
        form = workbook_to_json(workbook, fallback_form_name="survey", warnings=[])
    except PyXFormError as error:
        raise XlsformError(
            "xlsform_refused", N_("This XLSForm has a mistake. %(reason)s"), reason=_line(error)
        ) from error
    except UnicodeDecodeError as error:
        raise XlsformError("not_utf8", N_("A CSV form must be in UTF-8.")) from error
    except Exception as error:  # the parser meets files that nobody foresaw; none may end in a traceback
        raise XlsformError(
            "xlsform_unreadable",
            N_("This file cannot be read as an XLSForm. %(reason)s"),
            reason=_line(error),
        ) from error
    names = tuple(workbook.sheet_names or ())
    return Sheets(form, survey, choices, settings, names, external, notices)


def _with_terms_of_xlsform(workbook: DefinitionData) -> tuple[Notice, ...]:
    notices = tuple(kobo.translated(workbook.survey or ()))
    if notices and workbook.survey_header:
        for column in ("appearance", "required", "mashura_places"):
            workbook.survey_header[0].setdefault(column, None)
    return notices


def _numbered(workbook: DefinitionData) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]]]:
    kept = []
    for rows, headers in (
        (workbook.survey, workbook.survey_header),
        (workbook.choices, workbook.choices_header),
    ):
        numbered = {number: dict(row) for number, row in enumerate(rows or (), start=2)}
        for number, row in enumerate(rows or (), start=2):
            if row:
                row.update(cover_quotes(row), **{ROW: str(number)})
        if headers and rows:
            headers[0][ROW] = None
        kept.append(numbered)
    for row in workbook.settings or ():
        row.update(cover_quotes(row))
    return kept[0], kept[1]


def _external_lists(workbook: DefinitionData) -> dict[str, list[dict[str, Any]]]:
    """The lists of the sheet external_choices by name, in the shape that pyxform gives to other choices."""
    lists: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(workbook.external_choices or (), start=2):
        choice: dict[str, Any] = {ROW: str(number), "is_external": True, "label": {}}
        for header, words in row.items():
            column, _, language = (part.strip() for part in str(header).partition("::"))
            if column.casefold() == "label":
                choice["label"][language or "default"] = words
            else:
                choice[{"list name": "list_name", "value": "name"}.get(column.casefold(), column)] = words
        if choice.get("list_name") and choice.get("name"):
            lists.setdefault(str(choice["list_name"]), []).append(choice)
    return lists


def _line(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 300 else f"{words[:299]}…"
