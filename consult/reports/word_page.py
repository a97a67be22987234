"""A Word document whose every paragraph and table knows its direction, and whose bytes know no time of making."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from consult.reports.archive import MADE, without_times
from consult.reports.words import Said, clean

_FONT, _ARABIC_FONT = "Calibri", "Arial"
_TONGUES = {"ar": "ar-SA", "en": "en-US", "fr": "fr-FR", "es": "es-ES"}
"""Word checks spelling by language and country."""
_AFTER_BIDI = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")


class WordPage:
    """Adds paragraphs and tables, each marked with its direction."""

    def __init__(self, right_to_left: bool) -> None:
        self.document = docx.Document()
        _without_thumbnail(self.document)
        self.right_to_left = right_to_left
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(11)

    def heading(self, text: str, level: int) -> Any:
        found = self.document.add_heading(clean(text), level)
        self.mark(found, self.right_to_left)
        return found

    def paragraph(self, text: str, style: str | None = None, *, right_to_left: bool | None = None) -> Any:
        rtl = self.right_to_left if right_to_left is None else right_to_left
        found = self.document.add_paragraph(clean(text), style)
        self.mark(found, rtl)
        return found

    def write(
        self, paragraph: Any, line: Sequence[Said], *, right_to_left: bool | None = None, bold: bool = False
    ) -> Any:
        """Put words into a paragraph, a run for each that may be of another direction than the paragraph."""
        rtl = self.right_to_left if right_to_left is None else right_to_left
        for said in line:
            run = paragraph.add_run(clean(said.text))
            run.bold = True if bold else None
            turned = said.is_right_to_left
            self._dress(run, rtl if turned is None else turned, said.language)
        if rtl:
            self._turn(paragraph)
        return paragraph

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """The first line is repeated on each page."""
        table = self.new_table(len(head))
        table.style = "Light Grid Accent 1"
        for number, row in enumerate((head, *rows)):
            line = table.add_row()
            if number == 0:
                self.repeat(line)
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = clean(text)
                self.mark(cell.paragraphs[0], self.right_to_left)

    def new_table(self, columns: int, *, inside: Any = None) -> Any:
        """An empty table whose first column stands where reading begins; `inside`: a cell that holds it."""
        holder = inside if inside is not None else self.document
        table = holder.add_table(rows=0, cols=columns)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER if inside is None else None
        if self.right_to_left:
            table._tbl.tblPr.insert_element_before(
                OxmlElement("w:bidiVisual"), "w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW", "w:jc",
                "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook",
            )  # fmt: skip
        return table

    @staticmethod
    def repeat(row: Any) -> None:
        """Let a line of a table stand at the top of each page that the table runs over."""
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    def saved(self, title: str, *, language: str = "") -> bytes:
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = clean(title)[:200], "", ""
        if language:
            properties.language = language
            self._speaks(language)
        properties.created = properties.modified = MADE
        for part in self._parts():
            for dress in part.iter(qn("w:rPr")):
                _for_arabic_too(dress)
        out = BytesIO()
        self.document.save(out)
        return without_times(out.getvalue())

    def _speaks(self, language: str) -> None:
        """The language of whatever names none: Word keeps that of Arabic letters apart from that of others."""
        tongue = _TONGUES.get(language, language)
        bidi = tongue if self.right_to_left else _TONGUES["ar"]
        found = [
            *self.document.styles.element.iter(qn("w:lang")),
            *self.document.settings.element.iter(qn("w:themeFontLang")),
        ]
        for element in found:
            element.set(qn("w:val"), tongue)
            element.set(qn("w:bidi"), bidi)

    def _parts(self) -> Iterator[Any]:
        yield self.document.element
        yield self.document.styles.element
        for section in self.document.sections:
            yield from (section.header._element, section.footer._element)

    def mark(self, paragraph: Any, right_to_left: bool) -> None:
        """Give a paragraph and its runs a direction."""
        for run in paragraph.runs:
            self._dress(run, right_to_left, None)
        if right_to_left:
            self._turn(paragraph)

    def _dress(self, run: Any, right_to_left: bool, language: str | None) -> None:
        properties = run._r.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:cs"), _ARABIC_FONT)
        if right_to_left:
            run.font.rtl = True
        if language and len(language) == 2:
            tongue = OxmlElement("w:lang")
            tongue.set(qn("w:bidi" if right_to_left else "w:val"), language)
            properties.append(tongue)

    def _turn(self, paragraph: Any) -> None:
        properties = paragraph._p.get_or_add_pPr()
        if properties.find(qn("w:bidi")) is None:
            properties.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)


def _without_thumbnail(document: Any) -> None:
    """The template's picture of an empty page is none of this document."""
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]


def _for_arabic_too(dress: Any) -> None:
    """Word keeps size, weight and slope of Arabic letters apart from those of Latin ones: make them the same."""
    for own, twin in (("w:b", "w:bCs"), ("w:i", "w:iCs"), ("w:sz", "w:szCs")):
        found = dress.find(qn(own))
        if found is not None:
            for old in dress.findall(qn(twin)):
                dress.remove(old)
            made = OxmlElement(twin)
            for name, value in found.attrib.items():
                made.set(name, value)
            found.addnext(made)
