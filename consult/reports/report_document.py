"""The report of a consultation as a Word document: real headings, a table of contents, captions, tables whose heads are
repeated, and everything right to left where it is read so. Bars are shaded cells, so nothing in it is a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from consult.reports import blocks
from consult.reports.report_page import whole_percents
from consult.reports.word_page import WordPage
from consult.reports.words import Line, Said

_WIDTH = 16.4
"""Of the text, in centimetres."""
_ACCENT, _SOFT = "0B5357", "5C5446"
_SHADES = ("", "EDF1EA", "E0EAE4", "D0E0DA", "BCD4CE", "A3C5BF", "84B1AC", "3F7C7C", "246669", _ACCENT)
_PARTS = ("063C40", "2F7376", "FFFDF8", "E7D3AE", "C99E5A", "8D6524", "54390D")
_DARK = {0, 1, 5, 6}
"""Parts of a stacked bar whose words are white."""


def report_document(document: blocks.Document) -> bytes:
    """The document as DOCX; the same document gives the same bytes."""
    return _Report(document).made()


class _Report:
    def __init__(self, document: blocks.Document) -> None:
        self.source = document
        self.page = WordPage(document.is_right_to_left)
        self._bookmarks = 0
        self._measure()

    def made(self) -> bytes:
        source, page = self.source, self.page
        self._soft(page.paragraph(source.subtitle))
        page.write(page.document.add_paragraph(style="Title"), (source.title,))
        for block in source.opening:
            self._set(block)
        page.document.add_page_break()
        self._contents()
        for block in source.blocks:
            self._set(block)
        return page.saved(source.title.text, language=source.language)

    def _measure(self) -> None:
        section = self.page.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        section.top_margin = section.bottom_margin = Cm(2.2)
        section.different_first_page_header_footer = True
        if self.source.is_right_to_left:
            section._sectPr.append(OxmlElement("w:bidi"))
        head = section.header.paragraphs[0]
        self.page.write(head, (self.source.title, Said(f" · {self.source.running}")))
        self._small(head)
        foot = section.footer.paragraphs[0]
        _field(foot, "PAGE", "1")
        self.page.mark(foot, self.source.is_right_to_left)
        for style in ("Heading 1", "Heading 2", "Heading 3"):
            found = self.page.document.styles[style]
            found.font.color.rgb = RGBColor.from_string("221D16" if style != "Heading 3" else _ACCENT)
        for style in ("Title", "Subtitle", "Caption"):
            # No letter apart from the next and none aslant: Arabic has neither.
            found = self.page.document.styles[style]
            found.font.italic = False
            for spacing in found.element.rPr.findall(qn("w:spacing")):
                found.element.rPr.remove(spacing)
            found.font.color.rgb = RGBColor.from_string("221D16" if style == "Title" else _SOFT)

    def _contents(self) -> None:
        """A field that Word fills with pages; until then it lists the headings, each leading to its place."""
        page = self.page
        page.write(page.document.add_paragraph(style="Subtitle"), (Said(self.source.contents),))
        headings = self.source.headings
        for number, heading in enumerate(headings):
            line = page.document.add_paragraph()
            line.paragraph_format.space_after = Pt(2)
            if heading.level == 2:
                _indent(line, 0.8)
            if number == 0:
                _begin_field(line, 'TOC \\o "1-2" \\h \\z \\u')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), f"_{heading.anchor}")
            before = len(line.runs)
            page.write(line, heading.words)
            for run in line.runs[before:]:
                link.append(run._r)
            line._p.append(link)
            if number == len(headings) - 1:
                _end_field(line)
        page.document.add_page_break()

    def _set(self, block: blocks.Block) -> None:
        setters: dict[type, Callable[[Any], None]] = {
            blocks.Heading: self._heading,
            blocks.Paragraph: self._paragraph,
            blocks.Facts: self._facts,
            blocks.Table: self._table,
            blocks.Stacked: self._stacked,
            blocks.Quotation: self._quotation,
        }
        setters[type(block)](block)

    def _heading(self, block: blocks.Heading) -> None:
        found = self.page.write(
            self.page.document.add_paragraph(style=f"Heading {min(block.level, 3)}"), block.words
        )
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), f"_{block.anchor}")
        found._p.insert(1 if found._p.pPr is not None else 0, start)
        found._p.append(end)

    def _paragraph(self, block: blocks.Paragraph) -> None:
        turned = _way(block.words)
        found = self.page.write(self.page.document.add_paragraph(), block.words, right_to_left=turned)
        if block.style in ("soft", "marked"):
            self._soft(found)
        if block.style == "lead":
            for run in found.runs:
                run.font.size = Pt(13)

    def _facts(self, block: blocks.Facts) -> None:
        table = self.page.new_table(2)
        for name, words in block.rows:
            row = table.add_row()
            self.page.write(row.cells[0].paragraphs[0], (Said(name),), bold=True)
            self._lines(row.cells[1], words)
        _ruled(table)
        _widths(table, (30, 70))
        self._gap()

    def _lines(self, cell: Any, words: Line) -> None:
        self.page.write(cell.paragraphs[0], words, right_to_left=_way(words))

    def _table(self, block: blocks.Table) -> None:
        self._caption(block)
        table = self.page.new_table(len(block.head))
        head = table.add_row()
        self.page.repeat(head)
        for cell, source in zip(head.cells, block.head, strict=True):
            self.page.write(cell.paragraphs[0], source.words, bold=True)
            self._aligned(cell, source)
        for row in block.rows:
            line = table.add_row()
            for place, (cell, source) in enumerate(zip(line.cells, row.cells, strict=True)):
                if source.share is not None:
                    self._bar(cell, source.share, _WIDTH * block.widths[place] / 100)
                    continue
                self.page.write(cell.paragraphs[0], source.words)
                self._aligned(cell, source)
                if place == 0 and row.depth:
                    _indent(cell.paragraphs[0], 0.5 * row.depth)
                if source.shade:
                    _shade(cell, _SHADES[source.shade])
                    if source.shade >= 7:
                        _white(cell.paragraphs[0])
        _ruled(table)
        _widths(table, block.widths)
        self._gap()

    def _caption(self, block: blocks.Table) -> None:
        found = self.page.document.add_paragraph(style="Caption")
        found.paragraph_format.keep_with_next = True
        self.page.write(found, (Said(f"{self.source.table_word} "),))
        _field(found, "SEQ Table \\* ARABIC", self.source.written(block.number))
        self.page.write(found, (Said(" "), *block.caption))
        self.page.mark(found, self.source.is_right_to_left)

    def _aligned(self, cell: Any, source: blocks.Cell) -> None:
        cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        for run in cell.paragraphs[0].runs:
            run.font.size = Pt(9.5)
        if source.is_number:
            _align_end(cell.paragraphs[0])

    def _bar(self, cell: Any, share: float, width: float) -> None:
        """A bar as a table of two cells in the cell, the first shaded."""
        inner = width - 0.4
        filled = max(0.0, min(1.0, share)) * inner
        if filled < 0.02:
            return
        self._strip(cell, [(filled, _ACCENT, "", False), (inner - filled, "", "", False)])

    def _strip(self, cell: Any, parts: Sequence[tuple[float, str, str, bool]]) -> None:
        """Cells in a row: (width in centimetres, colour, words, whether they are white)."""
        wide = [part for part in parts if part[0] >= 0.02]
        table = self.page.new_table(len(wide), inside=cell)
        row = table.add_row()
        for own, (width, colour, words, is_white) in zip(row.cells, wide, strict=True):
            own.width = Cm(width)
            if colour:
                _shade(own, colour)
            paragraph = own.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            self.page.write(paragraph, (Said(words or " "),))
            for run in paragraph.runs:
                run.font.size = Pt(8)
            if is_white:
                _white(paragraph)
        _exact(table, [part[0] for part in wide])
        # Word wants a paragraph behind a table; the empty first one goes.
        first, last = cell.paragraphs[0], cell.paragraphs[-1]
        if first._p is not last._p:
            first._p.getparent().remove(first._p)
        last.paragraph_format.space_after = Pt(0)
        last.paragraph_format.line_spacing = Pt(2)

    def _stacked(self, block: blocks.Stacked) -> None:
        if block.caption:
            self._soft(self.page.write(self.page.document.add_paragraph(), block.caption))
        legend = self.page.document.add_paragraph()
        legend.paragraph_format.keep_with_next = True
        for place, name in enumerate(block.legend):
            key = self.page.write(legend, (Said("■ "),)).runs[-1]
            key.font.color.rgb = RGBColor.from_string(_PARTS[place] if place != 2 else "B8AE9A")
            self.page.write(legend, (*name, Said("   ")))
        self._small(legend)
        table = self.page.new_table(2 if block.strips and block.strips[0].name else 1)
        inner = (_WIDTH * 0.62 if block.strips[0].name else _WIDTH) - 0.4
        for strip in block.strips:
            row = table.add_row()
            if strip.name:
                self.page.write(row.cells[0].paragraphs[0], strip.name)
                self._small(row.cells[0].paragraphs[0])
            percents = whole_percents(strip.parts)
            self._strip(
                row.cells[-1],
                [
                    (
                        inner * percent / 100,
                        _PARTS[place],
                        strip.written[place] if percent >= 9 else "",
                        place in _DARK,
                    )
                    for place, percent in enumerate(percents)
                ],
            )
        _widths(table, (38, 62) if block.strips[0].name else (100,))
        self._gap()

    def _quotation(self, block: blocks.Quotation) -> None:
        if block.note:
            self._soft(self.page.paragraph(block.note))
            return
        if not block.translations:
            self._quote(self.page.document.add_paragraph(style="Quote"), block.words)
            return
        table = self.page.new_table(2)
        row = table.add_row()
        self._quote(row.cells[0].paragraphs[0], block.words)
        self._soft(self.page.write(row.cells[1].paragraphs[0], (Said(self.source.translation_word),)))
        for other in block.translations:
            self._quote(row.cells[1].add_paragraph(), other)
        _widths(table, (50, 50))
        self._gap()

    def _quote(self, paragraph: Any, words: Said) -> None:
        turned = words.is_right_to_left
        rtl = self.source.is_right_to_left if turned is None else turned
        self.page.write(paragraph, (words,), right_to_left=rtl)
        _indent(paragraph, 0.5)
        tint = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F6F1E6")):
            tint.set(qn(f"w:{name}"), value)
        paragraph._p.get_or_add_pPr().insert_element_before(
            tint, "w:tabs", "w:suppressAutoHyphens", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
        for run in paragraph.runs:
            run.italic = False

    def _soft(self, paragraph: Any) -> None:
        for run in paragraph.runs:
            run.font.color.rgb = RGBColor.from_string(_SOFT)

    def _small(self, paragraph: Any) -> None:
        self._soft(paragraph)
        for run in paragraph.runs:
            run.font.size = Pt(9)

    def _gap(self) -> None:
        self.page.document.add_paragraph().paragraph_format.space_after = Pt(4)


def _way(words: Line) -> bool | None:
    """The direction of a paragraph that is one person's words; None: as the report runs."""
    first = next((said for said in words if said.text.strip()), None)
    return first.is_right_to_left if first is not None and first.is_person else None


def _field(paragraph: Any, code: str, shown: str) -> None:
    _begin_field(paragraph, code)
    paragraph.add_run(shown)
    _end_field(paragraph)


def _begin_field(paragraph: Any, code: str) -> None:
    for kind, words in (("begin", None), (None, code), ("separate", None)):
        run = paragraph.add_run()
        if words is not None:
            element = OxmlElement("w:instrText")
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            element.text = f" {words} "
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), str(kind))
            if kind == "begin" and code.startswith("TOC"):
                element.set(qn("w:dirty"), "true")
        run._r.append(element)


def _end_field(paragraph: Any) -> None:
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), "end")
    paragraph.add_run()._r.append(element)


def _shade(cell: Any, colour: str) -> None:
    element = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        element.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(element)


def _white(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.font.color.rgb = RGBColor(255, 255, 255)


def _indent(paragraph: Any, centimetres: float) -> None:
    """From where reading begins, whichever side that is."""
    properties = paragraph._p.get_or_add_pPr()
    element = OxmlElement("w:ind")
    element.set(qn("w:start"), str(int(centimetres * 567)))
    properties.insert_element_before(element, "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:rPr")


def _align_end(paragraph: Any) -> None:
    # In a paragraph from right to left Word takes "right" for the side where lines end: the left one.
    element = OxmlElement("w:jc")
    element.set(qn("w:val"), "right")
    paragraph._p.get_or_add_pPr().insert_element_before(element, "w:textDirection", "w:rPr")


def _ruled(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        element = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "D8CDB9")):
            element.set(qn(f"w:{name}"), value)
        borders.append(element)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _widths(table: Any, parts: Sequence[int]) -> None:
    whole = sum(parts)
    _exact(table, [_WIDTH * part / whole for part in parts])


def _exact(table: Any, centimetres: Iterable[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, centimetres, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
