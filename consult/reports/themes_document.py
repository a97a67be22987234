"""The report of `consult themes` as a Word document, with real headings and tables, right to left where it is read so.

The same numbers as in the HTML report, after the same disclosure control; the same result gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from consult.analysis.disclosure import INSIDE, Cell
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.values import Theme, ThemeResult
from consult.reports.environment import LANGUAGE_NAMES, direction, translations
from consult.reports.themes_report import (
    GroupTable,
    best_text,
    dominant_language,
    group_tables,
    language_cells,
    other_texts,
    percent,
    silent_languages,
    stance_cells,
    theme_cells,
)

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ZIPPED = (2000, 1, 1, 0, 0, 0)
_FONT, _ARABIC_FONT = "Calibri", "Arial"
# What XML cannot hold, and marks that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def themes_document(
    result: ThemeResult, *, title: str, question: str = "", language: str | None = None, k: int = INSIDE
) -> bytes:
    """The document, in `language` or the one most answers are in. No count of 1 to k-1 is shown."""
    return _Report(result, language or dominant_language(result), k).made(title, question)


class _Report:
    def __init__(self, result: ThemeResult, language: str, k: int) -> None:
        self.result = result
        self.language = language
        self.k = k
        self.say = translations(language).gettext
        self.page = _Page(direction(language) == "rtl")

    def made(self, title: str, question: str) -> bytes:
        say, page, result = self.say, self.page, self.result
        page.heading(mask_contacts(title), 0)
        if question:
            page.paragraph(question)
        page.paragraph(
            say(
                "A program made these themes. No person has checked them yet. Read them as suggestions, and "
                "read the answers behind a number before you rely on it."
            )
        )
        page.table(
            [say("Rows in the file"), str(result.rows)],
            [
                [say("Answers with words"), str(result.analysed)],
                *([_language(code), self.shown(cell)] for code, cell in language_cells(result, self.k)),
            ],
        )
        page.heading(say("All themes"), 1)
        cells = theme_cells(result, self.k)
        if not cells:
            page.paragraph(say("The answers hold no words from which themes could be made."))
            return page.saved(title)
        page.table(
            [say("Theme"), say("Answers"), say("Share")],
            [[self.name(theme), self.shown(cell), self.share(theme.share, cell)] for theme, cell in cells],
        )
        for table in group_tables(result, self.k):
            self._by_group(table)
        page.heading(say("Each theme in people’s words"), 1)
        for theme, cell in cells:
            self._theme(theme, cell)
        self._notes()
        return page.saved(title)

    def _by_group(self, table: GroupTable) -> None:
        say = self.say
        named = (
            say("Themes by %(column)s") % {"column": table.name} if table.name else say("Themes by language")
        )
        self.page.heading(named, 1)
        columns = [
            say("other values") if v is None else (v if table.name else _language(v)) for v, _ in table.values
        ]
        bases = [say("Answers"), *(self.shown(base) for _, base in table.values)]
        rows = [[self.name(theme), *(self.shown(item.cell) for item in items)] for theme, items in table.rows]
        self.page.table([say("Theme"), *(name or say("not given") for name in columns)], [bases, *rows])

    def _theme(self, theme: Theme, cell: Cell) -> None:
        self.page.heading(self.name(theme), 2)
        figures = " · ".join(filter(None, (self.shown(cell), self.share(theme.share, cell))))
        others = [text for _, text in other_texts(theme.label, self.language, self.result)]
        self.page.paragraph(" · ".join([f"{self.say('Answers')}: {figures}", *others]))
        if theme.keywords:
            self.page.paragraph(f"{self.say('Keywords')}: " + " · ".join(theme.keywords))
        if hints := stance_cells(theme, self.k):
            words = self.stance_words()
            said = [f"{words[name]} {self.shown(item)}" for name, item in hints if item.shown != 0]
            self.page.paragraph(
                f"{self.say('a machine’s hint')}: {self.say('The answers’ tone:')} " + " · ".join(said)
            )
        for quote in theme.quotes:
            self.page.paragraph(
                mask_contacts(quote.text), "Quote", right_to_left=direction(quote.language) == "rtl"
            )

    def _notes(self) -> None:
        say, page = self.say, self.page
        page.heading(say("How this was made"), 1)
        page.paragraph(
            say(
                "The shares say how often a matter was raised, not how many members hold it. People who did "
                "not answer are not counted."
            )
        )
        if silent := silent_languages(self.result):
            names = ("، " if self.language == "ar" else ", ").join(map(_language, silent))
            page.paragraph(
                say("A stance is not shown for answers in %(languages)s: there the hint is not good enough.")
                % {"languages": names}
            )
        page.paragraph(
            " · ".join(f"{part}: {made}" for part, made in self.result.engine.items()), right_to_left=False
        )

    def name(self, theme: Theme | None) -> str:
        found = (
            best_text(theme.label, self.language, self.result)
            if theme
            else (self.language, self.say("No theme"))
        )
        return found[1] if found else self.say("Theme without a name")

    def shown(self, cell: Cell) -> str:
        if cell.shown is not None:
            return str(cell.shown)
        return (
            self.say("fewer than %(k)s") % {"k": self.k} if cell.reason == "small" else self.say("withheld")
        )

    def share(self, part: float, cell: Cell) -> str:
        return f"{percent(part)}%" if cell.shown is not None else ""

    def stance_words(self) -> dict[str, str]:
        say = self.say
        return {
            "support": say("in favour"),
            "oppose": say("against"),
            "mixed": say("both in favour and against"),
            "neutral": say("neither in favour nor against"),
        }


class _Page:
    """Adds paragraphs and tables, each marked with its direction."""

    def __init__(self, right_to_left: bool) -> None:
        self._document = docx.Document()
        self._right_to_left = right_to_left
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(11)

    def heading(self, text: str, level: int) -> None:
        self._mark(self._document.add_heading(_clean(text), level), self._right_to_left)

    def paragraph(self, text: str, style: str | None = None, *, right_to_left: bool | None = None) -> None:
        rtl = self._right_to_left if right_to_left is None else right_to_left
        self._mark(self._document.add_paragraph(_clean(text), style), rtl)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """The first line is repeated on each page."""
        table = self._document.add_table(rows=0, cols=len(head), style="Light Grid Accent 1")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        if self._right_to_left:
            table._tbl.tblPr.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblW", "w:jc", "w:tblLook")
        for number, row in enumerate((head, *rows)):
            line = table.add_row()
            if number == 0:
                line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = _clean(text)
                self._mark(cell.paragraphs[0], self._right_to_left)

    def saved(self, title: str) -> bytes:
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = _clean(mask_contacts(title))[:200], "", ""
        properties.created = properties.modified = _MADE
        out = BytesIO()
        self._document.save(out)
        return _without_times(out.getvalue())

    def _mark(self, paragraph: Any, right_to_left: bool) -> None:
        for run in paragraph.runs:
            fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
            fonts.set(qn("w:cs"), _ARABIC_FONT)
            if right_to_left:
                run.font.rtl = True
        if right_to_left:
            properties = paragraph._p.get_or_add_pPr()
            properties.insert_element_before(
                OxmlElement("w:bidi"),
                "w:adjustRightInd",
                "w:snapToGrid",
                "w:spacing",
                "w:ind",
                "w:jc",
                "w:rPr",
            )


def _language(code: str) -> str:
    return LANGUAGE_NAMES.get(code, code)


def _clean(text: str) -> str:
    return _UNFIT.sub("", text)


def _without_times(content: bytes) -> bytes:
    """The same archive with a fixed time on each part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _ZIPPED)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()
