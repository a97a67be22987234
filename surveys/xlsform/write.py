"""From a definition to an XLSForm workbook that `read_xlsform` reads back to an equal one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from surveys.definition import Definition, Section
from surveys.elements import Option, Question, Repeat
from surveys.i18n import N_
from surveys.questions import type_of
from surveys.questions.rows import Cells
from surveys.text import Text
from surveys.xlsform.languages import FIRST_PAGE, language_header
from surveys.xlsform.lines import IMAGE_COLUMN, written_attributes, written_lines
from surveys.xlsform.logic import written_logic
from surveys.xlsform.reading import OWN_MARK
from surveys.xlsform.shield import shielded

OTHER = "other"
OTHER_WORDS = N_("Other")
LOGIC_COLUMNS = (
    "relevant", "constraint", "calculation", "choice_filter", "default", "repeat_count", "mashura_required",
    "mashura_constraint", "mashura_limits", "mashura_default", "mashura_choice_filter",
)  # fmt: skip
Line = dict[str, str]


def write_xlsform(definition: Definition, out: Path | BinaryIO) -> None:
    """Write the survey as an .xlsx form. Limits are written as constraints, ids only where they differ
    from names, titles in further languages in the settings."""
    workbook = xlsxwriter.Workbook(
        out if not isinstance(out, Path) else str(out), {"in_memory": True, "strings_to_formulas": False}
    )
    codes = list(definition.languages)
    survey = list(_survey(definition))
    choices = list(_choices(definition))
    languages = [f"label::{language_header(code)}" for code in codes]
    hints = [f"hint::{language_header(code)}" for code in codes]
    _write(
        workbook,
        "survey",
        [
            "type",
            "name",
            *languages,
            *hints,
            "required",
            "appearance",
            "parameters",
            *LOGIC_COLUMNS,
            "mashura_id",
        ],
        survey,
    )
    _write(workbook, "choices", ["list_name", "name", *languages, "apart", "mashura_id"], choices)
    settings = _settings(definition)
    _write(workbook, "settings", list(settings), [settings])
    workbook.close()


def xlsform_bytes(definition: Definition) -> bytes:
    """The same as the bytes of a file."""
    out = BytesIO()
    write_xlsform(definition, out)
    return out.getvalue()


def _survey(definition: Definition) -> Iterator[Line]:
    for number, section in enumerate(definition.sections, 1):
        loose = _is_loose(definition, section, number)
        if not loose:
            yield {
                "type": "begin_repeat" if section.repeat else "begin_group",
                "name": section.name,
                **_words("label", section.title),
                **_words("hint", section.intro),
                "relevant": section.relevant,
                **(_repeat(section.repeat) if section.repeat else {}),
                **_own_id(section.id, section.name),
            }
        for question in section.questions:
            yield from _question(question)
        if not loose:
            yield {"type": "end_repeat" if section.repeat else "end_group"}


def _repeat(repeat: Repeat) -> Line:
    return {
        "repeat_count": repeat.count,
        **({"mashura_minimum": str(repeat.minimum)} if repeat.minimum != 1 else {}),
        **({"mashura_maximum": str(repeat.maximum)} if repeat.maximum else {}),
        **_words("mashura_item", repeat.item),
    }


def _is_loose(definition: Definition, section: Section, number: int) -> bool:
    """Whether the page needs no group: the only one, without words of its own."""
    name = f"{FIRST_PAGE}{number}"
    return len(definition.sections) == 1 and section == Section(name, name, questions=section.questions)


def _question(question: Question) -> Iterator[Line]:
    """The row of a question; where it has lines, a group around theirs."""
    cells = type_of(question).row_of(question)
    if cells.lines:
        yield _row(question, cells, "begin_group") | {"required": ""}
        yield from written_lines(question, cells, _words)
    else:
        kind = f"{cells.type} {question.name}" if cells.options else cells.type
        yield _row(question, cells, f"{kind} or_other" if cells.other else kind)


def _picture(question: Question, cells: Cells) -> Line:
    """The picture beside a question; other programs know a file of that name, and no words for it."""
    words = _words("mashura_picture_words", question.picture_words)
    if not question.picture:
        return words
    shown = {} if cells.lines else {IMAGE_COLUMN: question.picture}
    return {**shown, "mashura_picture": question.picture, **words}


def _row(question: Question, cells: Cells, written_type: str) -> Line:
    return {
        "type": written_type,
        "name": question.name,
        **_words("label", question.label),
        **_words("hint", question.hint),
        "appearance": cells.appearance,
        "parameters": cells.parameters,
        **written_logic(question, cells.constraint, other=cells.other),
        **_words("constraint_message", question.constraint_message),
        **_picture(question, cells),
        "calculation": cells.calculation,
        **{
            column: words
            for name, text in cells.texts.items()
            for column, words in _words(f"mashura_{name}", text).items()
        },
        **{f"mashura_{name}": value for name, value in cells.own.items()},
        **_own_id(question.id, question.name),
    }


def _choices(definition: Definition) -> Iterator[Line]:
    for question in definition.questions():
        cells = type_of(question).row_of(question)
        yield from _options(question.name, cells.options, apart="")
        yield from _options(question.name, cells.apart, apart="yes")
        if cells.other and cells.other_label:
            yield {"list_name": question.name, "name": OTHER, **_words("label", cells.other_label)}


def _options(list_name: str, options: Sequence[Option], *, apart: str) -> Iterator[Line]:
    for option in options:
        yield {
            "list_name": list_name,
            "name": option.name,
            **_words("label", option.label),
            "apart": apart,
            **written_attributes(option.attributes),
            **_own_id(option.id, option.name),
        }


def _settings(definition: Definition) -> Line:
    default = definition.default_language
    titles = {
        f"mashura_title_{code.replace('-', '_')}": shielded(words)
        for code, words in definition.title.items()
        if code != default
    }
    return {
        "form_title": shielded(definition.title.get(default, "")),
        "form_id": "survey",
        "default_language": language_header(default),
        "clean_text_values": "no",  # spaces inside texts stay as they are
        OWN_MARK: "1",
        "mashura_languages": ", ".join(definition.languages),
        **titles,
        **{
            f"mashura_thanks_{code.replace('-', '_')}": shielded(words)
            for code, words in definition.thanks.items()
        },
        **_stored("mashura_quotas", [quota.to_json() for quota in definition.quotas]),
        **_stored("mashura_screen_outs", [item.to_json() for item in definition.screen_outs]),
    }


def _stored(column: str, data: list[Any]) -> Line:
    return {column: shielded(json.dumps(data, ensure_ascii=False))} if data else {}


def _words(column: str, text: Text) -> Line:
    return {f"{column}::{language_header(code)}": shielded(words) for code, words in text.items()}


def _own_id(own: str, name: str) -> Line:
    return {"mashura_id": own} if own != name else {}


def _write(workbook: Any, name: str, headers: Sequence[str], lines: Sequence[Line]) -> None:
    """One sheet, every cell a text; columns that nothing fills are left out, but never the first two."""
    extra = sorted({header for line in lines for header in line} - set(headers))
    used = [
        header
        for place, header in enumerate([*headers, *extra])
        if place < 2 or any(line.get(header) for line in lines)
    ]
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 2)
    for column, header in enumerate(used):
        sheet.write_string(0, column, header)
        sheet.set_column(column, column, 40 if "::" in header else 18)
    for row, line in enumerate(lines, start=1):
        for column, header in enumerate(used):
            if line.get(header):
                sheet.write_string(row, column, line[header])
