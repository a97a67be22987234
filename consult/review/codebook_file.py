"""A codebook as a file: CSV (or a workbook when it is read), and the exchange format of programs for coding.

The CSV has the columns of `consult themes --codebook` and more: `theme`, `theme (CODE)` for each further
language, `mark`, `definition`, `include`, `exclude`, `example`, `parent` (the name of another row's theme).

The other is a codebook of REFI-QDA (.qdc; www.qdasoftware.org, version 1.0), which MAXQDA, NVivo, ATLAS.ti
and others read and write. It knows one name and one description. What belongs and what does not, the example, the
mark and the names in other languages stand in the description as paragraphs that begin with a word of their own
(`Include: `, `Exclude: `, `Example: `, `Mark: `, `Name (fr): `); where a text itself has a line that begins so, a
backslash stands before it. `origin` ends with the language of the names in brackets; a theme that has no name in it
says with `Language: ` which one its name is in. So a file of this house comes back as it went out, up to the
order of the themes.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree  # noqa: S405 - to write; what is read goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from consult.config import LANGUAGES
from consult.errors import DomainError
from consult.review.errors import ReviewError
from consult.review.marks import clean_mark
from consult.review.models import MOST_NAME, MOST_TEXT, TEXTS
from consult.review.naming import name_key
from consult.tabular import Table
from surveys.exports.csv import safe_cell
from surveys.i18n import N_
from surveys.text import is_safe_label

NAMESPACE = "urn:QDA-XML:codebook:1.0"
MOST_THEMES = 500
_WORD = r"Include|Exclude|Example|Mark|Language|Name \([a-z]{2,8}\)"
_PART = re.compile(rf"^({_WORD}): ", re.MULTILINE)
_LIKE_A_PART = re.compile(rf"^(?=\\*(?:{_WORD}): )", re.MULTILINE)
_ESCAPED = re.compile(rf"^\\(?=\\*(?:{_WORD}): )", re.MULTILINE)
_ORIGIN = re.compile(r"^Mashura\b.*\[([a-z]{2})\]$", re.DOTALL)
_LINE_END = re.compile("\r\n?")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HOUSE = uuid.UUID("5f8d3c0e-5d0b-5a53-9b60-2f6f1c1d7a11")


@dataclass(frozen=True, slots=True)
class Entry:
    """A theme of a codebook. `names`: language → name; `parent` is the place of another entry, counted from 0;
    `copied_from_id`: the theme of another question that it is taken from."""

    names: Mapping[str, str]
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    parent: int | None = None
    copied_from_id: int | None = None
    mark: str = ""


class CodebookFileError(DomainError):
    """A file that is no codebook."""


def write_csv(entries: Sequence[Entry], languages: Sequence[str]) -> bytes:
    """The codebook as UTF-8 with a byte order mark; `languages[0]` heads the column `theme`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    first, *others = languages
    writer.writerow(["theme", *(f"theme ({code})" for code in others), "mark", *TEXTS, "parent"])
    for entry in entries:
        above = entries[entry.parent] if entry.parent is not None else None
        cells = [
            entry.names.get(first, ""),
            *(entry.names.get(code, "") for code in others),
            entry.mark,
            *(getattr(entry, key) for key in TEXTS),
            main_name(above.names, languages) if above else "",
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


@dataclass(slots=True)
class _Row:
    """A theme as the rows of a table tell it so far; `line` is where it stood first."""

    line: int
    names: dict[str, str]
    mark: str
    parent: str
    texts: dict[str, Any]

    def add(self, texts: Mapping[str, str]) -> None:
        """What a further row of the same theme says."""
        for key, text in texts.items():
            self.texts[key] = "\n".join(part for part in (self.texts[key], text) if part)[:MOST_TEXT]


def read_table_of_themes(table: Table, languages: Sequence[str]) -> list[Entry]:
    """The themes of a table; a further row of the same name only adds to what stands there.

    Raises CodebookFileError naming the row.
    """
    if not table.has("theme"):
        raise CodebookFileError("no_theme_column", N_("The file has no column “theme”."))
    found: dict[str, _Row] = {}
    for row in _rows(table, languages):
        key = name_key(main_name(row.names, languages))
        if key in found:
            found[key].add(row.texts)
        else:
            found[key] = row
            _refuse_too_many(len(found))
    places = {key: place for place, key in enumerate(found)}
    parents: list[int | None] = []
    for row in found.values():
        if row.parent and name_key(row.parent) not in places:
            raise CodebookFileError(
                "unknown_parent", N_("Row %(row)s: there is no theme “%(parent)s” to stand under."),
                row=row.line, parent=row.parent,
            )  # fmt: skip
        parents.append(places[name_key(row.parent)] if row.parent else None)
    _refuse_circles(parents, [row.line for row in found.values()])
    return [
        Entry(names=row.names, **row.texts, parent=parent, mark=row.mark)
        for row, parent in zip(found.values(), parents, strict=True)
    ]


def _rows(table: Table, languages: Sequence[str]) -> Iterator[_Row]:
    """The rows as themes, each text checked. Raises CodebookFileError."""
    first, *others = languages
    headings = {first: "theme"} | {code: f"theme ({code})" for code in others}
    named = {code: table.column(heading) for code, heading in headings.items() if table.has(heading)}
    columns = {key: table.column(key) for key in (*TEXTS, "mark", "parent") if table.has(key)}
    for row, line in enumerate(table.lines):
        names = {code: _one_line(_unsafe(values[row])) for code, values in named.items()}
        if not any(map(name_key, names.values())):
            raise CodebookFileError("row_without_theme", N_("Row %(row)s names no theme."), row=line)
        texts = dict.fromkeys((*TEXTS, "mark", "parent"), "")
        texts |= {key: _unsafe(values[row]).strip() for key, values in columns.items()}
        for code, name in names.items():
            _check_cell(name, headings[code], line, longest=MOST_NAME)
        for key, text in texts.items():
            _check_cell(text, key, line, longest=MOST_NAME if key in ("mark", "parent") else MOST_TEXT)
        parent, mark = _one_line(texts.pop("parent")), _mark(texts.pop("mark"), line)
        yield _Row(line, {code: name for code, name in names.items() if name_key(name)}, mark, parent, texts)


def _mark(text: str, line: int) -> str:
    try:
        return clean_mark(text)
    except ReviewError as error:
        raise CodebookFileError(
            "bad_mark",
            N_(
                "Row %(row)s, column “mark”: a mark is one to three letters or digits, or one of these signs: "
                "● ○ ■ □ ▲ △ ◆ ★"
            ),
            row=line,
        ) from error


def _check_cell(text: str, column: str, line: int, *, longest: int) -> None:
    if not is_safe_label(text):
        raise CodebookFileError(
            "hidden_signs", N_("Row %(row)s, column “%(column)s” has signs that nobody sees."),
            row=line, column=column,
        )  # fmt: skip
    if len(text) > longest:
        raise CodebookFileError(
            "too_long", N_("Row %(row)s, column “%(column)s”: this is too long."), row=line, column=column
        )


def write_qdc(entries: Sequence[Entry], *, language: str, origin: str) -> bytes:
    """The codebook for programs that read REFI-QDA, names in `language`. The same codebook gives the same bytes."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}CodeBook", {"origin": f"{origin} [{language}]"})
    codes = ElementTree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    inside: dict[int | None, list[int]] = {}
    for place, entry in enumerate(entries):
        inside.setdefault(entry.parent, []).append(place)

    def add(above: ElementTree.Element, place: int) -> None:
        name = _storable(main_name(entries[place].names, [language]))
        guid = uuid.uuid5(_HOUSE, f"{origin}|{place}|{name}")
        code = ElementTree.SubElement(
            above, f"{{{NAMESPACE}}}Code", {"guid": str(guid), "name": name, "isCodable": "true"}
        )
        if described := _described(entries[place], language):
            ElementTree.SubElement(code, f"{{{NAMESPACE}}}Description").text = _storable(described)
        for below in inside.get(place, ()):
            add(code, below)

    for place in inside.get(None, ()):
        add(codes, place)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _described(entry: Entry, language: str) -> str:
    """What the description of a code says: the definition, then a paragraph for everything else."""
    own = language if language in entry.names else next(iter(entry.names), language)
    parts = [("", entry.definition), *((f"{key.capitalize()}: ", getattr(entry, key)) for key in TEXTS[1:])]
    parts.append(("Mark: ", entry.mark))
    if own != language:
        parts.append(("Language: ", own))
    parts += [(f"Name ({code}): ", text) for code, text in entry.names.items() if code != own]
    return "\n".join(
        word + _LIKE_A_PART.sub(r"\\", _LINE_END.sub("\n", text)) for word, text in parts if text
    )


def read_qdc(data: bytes, language: str) -> list[Entry]:
    """The codes of a REFI-QDA codebook, names in the language that the file tells or else in `language`.

    Raises CodebookFileError.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise no_codebook() from error
    codes = root.find(f"{{{NAMESPACE}}}Codes")
    if root.tag != f"{{{NAMESPACE}}}CodeBook" or codes is None:
        raise no_codebook()
    told = _ORIGIN.match(root.get("origin") or "")
    language = told[1] if told and told[1] in LANGUAGES else language
    entries: list[Entry] = []
    waiting: list[tuple[ElementTree.Element, int | None]] = [(code, None) for code in _codes(codes)]
    while waiting:
        code, parent = waiting.pop(0)
        name = _one_line(code.get("name") or "")
        described = code.findtext(f"{{{NAMESPACE}}}Description") or ""
        if not name_key(name) or not (is_safe_label(name) and is_safe_label(described)):
            raise CodebookFileError(
                "code_without_name", N_("A code in the file has no name that can be read.")
            )
        entries.append(_entry(name, described, language, parent))
        _refuse_too_many(len(entries))
        waiting += [(below, len(entries) - 1) for below in _codes(code)]
    if not entries:
        raise no_codebook()
    return entries


def _entry(name: str, described: str, language: str, parent: int | None) -> Entry:
    parts = _parts(described)
    own = parts.pop("language", language)
    names = {own if own in LANGUAGES else language: name[:MOST_NAME]}
    for key in [key for key in parts if key.startswith("name (")]:
        code, text = key[6:-1], _one_line(parts.pop(key))[:MOST_NAME]
        if code in LANGUAGES and name_key(text):
            names.setdefault(code, text)
    try:
        mark = clean_mark(parts.pop("mark", ""))
    except ReviewError:
        mark = ""
    texts: dict[str, Any] = {key: parts[key] for key in TEXTS if key in parts}
    return Entry(names, **texts, parent=parent, mark=mark)


def is_qdc(data: bytes) -> bool:
    """Whether a file looks like XML: a table never begins with a pointed bracket."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _codes(element: ElementTree.Element) -> list[ElementTree.Element]:
    return element.findall(f"{{{NAMESPACE}}}Code")


def _parts(described: str) -> dict[str, str]:
    """The definition, and what stands behind each word of ours: word in small letters → text."""
    pieces = _PART.split(described)
    found = {"definition": _plain(pieces[0])}
    for word, text in zip(pieces[1::2], pieces[2::2], strict=True):
        key = word.lower()
        found[key] = "\n".join(part for part in (found.get(key, ""), _plain(text)) if part)[:MOST_TEXT]
    return found


def _plain(text: str) -> str:
    return _ESCAPED.sub("", text.strip())[:MOST_TEXT]


def main_name(names: Mapping[str, str], languages: Sequence[str]) -> str:
    """The name in the first of the languages that has one, or else in any; "" for none."""
    return next((names[code] for code in (*languages, *names) if names.get(code)), "")


def _storable(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unsafe(cell: str) -> str:
    """A cell without the apostrophe that `safe_cell` puts before what a spreadsheet takes for a formula."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell


def _refuse_too_many(count: int) -> None:
    if count > MOST_THEMES:
        raise CodebookFileError("too_many", N_("The file has more than %(most)s themes."), most=MOST_THEMES)


def _refuse_circles(parents: Sequence[int | None], lines: Sequence[int]) -> None:
    for start, line in enumerate(lines):
        seen, place = {start}, parents[start]
        while place is not None:
            if place in seen:
                raise CodebookFileError(
                    "circle", N_("Row %(row)s: a theme cannot stand under itself."), row=line
                )
            seen.add(place)
            place = parents[place]


def no_codebook() -> CodebookFileError:
    """For a file that is neither a table nor a codebook of another program."""
    return CodebookFileError(
        "no_codebook",
        N_(
            "This file cannot be read as a codebook. Send a table (.csv, .xlsx or .xls) or a REFI-QDA codebook (.qdc)."
        ),
    )
