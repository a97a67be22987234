"""Texts for translators as a workbook, and what a workbook that comes back would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from consult.builder.freshness import words_hash
from consult.builder.places import heading_of, part_of
from consult.i18n import direction
from consult.tabular import UPLOAD, Table, TableError, read_sheet
from surveys.definition import Definition
from surveys.i18n import N_
from surveys.text import is_safe_label
from surveys.translations import Place, texts_of

COLUMNS = ("id", "context", "source", "translation", "state")
MISSING, STALE, DONE = "missing", "stale", "done"
LONGEST = 10_000
UNKNOWN = N_("Row %(row)s: there is no text with the id “%(id)s” in this survey.")
UNSAFE = N_("Row %(row)s: the translation has signs that cannot be used.")
TOO_LONG = N_("Row %(row)s: the translation is longer than %(limit)s characters.")
TWICE = N_("Row %(row)s: the id “%(id)s” was there before.")


@dataclass(frozen=True, slots=True)
class NewWords:
    """One translation that would change. `source_hash` is of the source in the file; `is_stale` when that is
    not the source as it stands."""

    place: Place
    language: str
    words: str
    source_hash: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken: a marked string and its values."""

    language: str
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workbook would change; `unchanged` counts the rows that say what the survey says."""

    changes: tuple[NewWords, ...]
    refusals: tuple[Refusal, ...]
    unchanged: int
    sheets: tuple[str, ...]


def translation_workbook(definition: Definition, stale: Mapping[str, tuple[Place, ...]]) -> bytes:
    """One sheet a target language, named by its code; right to left where the language is."""
    import xlsxwriter  # when it is needed: each start of a process would be longer by it

    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    quiet = book.add_format({"font_color": "#666666", "valign": "top", "text_wrap": True})
    plain = book.add_format({"valign": "top", "text_wrap": True})
    open_cell = book.add_format({"valign": "top", "text_wrap": True, "bg_color": "#FFF6DD"})
    for code in targets_of(definition):
        sheet = book.add_worksheet(code)
        if direction(code) == "rtl":
            sheet.right_to_left()
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 3, 60)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, head)
        late = {place.key for place in stale.get(code, ())}
        for row, place in enumerate(_to_translate(definition), 1):
            words = place.text.get(code, "")
            state = MISSING if not words else STALE if place.key in late else DONE
            context = " · ".join(part for part in (heading_of(place, definition), part_of(place)) if part)
            sheet.write_string(row, 0, place.key, quiet)
            sheet.write_string(row, 1, context, quiet)
            sheet.write_string(row, 2, place.text[definition.default_language], plain)
            sheet.write_string(row, 3, words, plain if state == DONE else open_cell)
            sheet.write_string(row, 4, state, quiet)
    book.close()
    return out.getvalue()


def targets_of(definition: Definition) -> list[str]:
    """The languages to translate into."""
    return [code for code in definition.languages if code != definition.default_language]


def read_translations(path: Path, definition: Definition) -> Plan:
    """What the workbook would change. Raises TableError for a file that is none of ours."""
    places = {place.key: place for place in _to_translate(definition)}
    changes: list[NewWords] = []
    refusals: list[Refusal] = []
    sheets, unchanged = [], 0
    for code in targets_of(definition):
        table = read_sheet(path, code, limits=UPLOAD)
        if table is None:
            continue
        sheets.append(code)
        found, refused, same = _read(table, code, places, definition.default_language)
        changes += found
        refusals += refused
        unchanged += same
    if not sheets:
        raise TableError(
            "no_sheets",
            N_("No sheet of this workbook is named after a language of the survey: %(languages)s."),
            languages=", ".join(targets_of(definition)),
        )
    return Plan(tuple(changes), tuple(refusals), unchanged, tuple(sheets))


def _read(
    table: Table, code: str, places: Mapping[str, Place], source_language: str
) -> tuple[list[NewWords], list[Refusal], int]:
    changes, refusals, unchanged = [], [], 0
    seen: set[str] = set()
    rows = zip(
        table.lines, table.column("id"), table.column("source"), table.column("translation"), strict=True
    )
    for line, key, source, typed in rows:
        key, words = key.strip(), typed.replace("\r\n", "\n").strip()
        if not key or not words:
            continue
        message = _refused(key, words, places, seen)
        seen.add(key)
        if message:
            refusals.append(Refusal(code, message, {"row": line, "id": key, "limit": LONGEST}))
        elif places[key].text.get(code) == words:
            unchanged += 1
        else:
            place = places[key]
            source_hash = words_hash(source.replace("\r\n", "\n").strip())
            is_stale = source_hash != words_hash(place.text[source_language].strip())
            changes.append(NewWords(place, code, words, source_hash, is_stale))
    return changes, refusals, unchanged


def _refused(key: str, words: str, places: Mapping[str, Place], seen: set[str]) -> str:
    if key not in places:
        return UNKNOWN
    if key in seen:
        return TWICE
    if len(words) > LONGEST:
        return TOO_LONG
    return "" if is_safe_label(words) else UNSAFE


def _to_translate(definition: Definition) -> list[Place]:
    """The texts that have words in the first language; the title is the consultation's."""
    return [
        place
        for place in texts_of(definition)
        if place.text.get(definition.default_language) and place.key != "title"
    ]
