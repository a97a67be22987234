"""What every chapter of a report is set with: words, shown figures, numbered tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from consult.analysis.disclosure import Hidden
from consult.reports.blocks import Cell, Paragraph, Quotation, Row, Table
from consult.reports.consultation_report import Figure, GroupShare, Quote
from consult.reports.environment import LANGUAGE_NAMES
from consult.reports.words import Line, Said, Words, clean


def under(question: Line, caption: Line | str) -> Line:
    """The caption of a table, which names the question that the table is about."""
    said = (Said(caption),) if isinstance(caption, str) else caption
    return (*question, Said(" · "), *said) if question else said


class Setting:
    """The words of one report, and how many tables it has so far."""

    def __init__(self, words: Words, k: int) -> None:
        self.words = words
        self.k = k
        self._tables = 0
        self._anchors = 0

    def anchor(self) -> str:
        """A name for a place in the report."""
        self._anchors += 1
        return f"s{self._anchors}"

    def person(self, text: Mapping[str, str] | None, otherwise: str = "") -> Line:
        """What people wrote in several languages; where the report's is missing, what language it is in."""
        said = self.words.picked(text)
        if not said.text:
            return (Said(otherwise),) if otherwise else ()
        return (said, *self.marked(said))

    def label(self, label: Mapping[str, str], *, is_gathered: bool) -> Line:
        """The words of a question, or what stands in place of one."""
        if is_gathered:
            return (Said(self.words.gettext("Interviews, notes, documents and feedback")),)
        return self.person(label)

    def group_name(self, group: GroupShare) -> Line:
        """What a group of answers is called."""
        return self.person(group.name, self.words.gettext("not stated"))

    def marked(self, said: Said) -> Line:
        """A mark behind words that stand in for those that nobody wrote in the report's language."""
        if not said.is_fallback or said.language not in LANGUAGE_NAMES:
            return ()
        return (Said(f" ({LANGUAGE_NAMES[said.language]})"),)

    def paragraphs(self, text: Mapping[str, str] | None, style: str = "body") -> Iterator[Paragraph]:
        """A text of a reviewer's, which keeps its paragraphs."""
        said = self.words.picked(text)
        pieces = [piece.strip() for piece in said.text.split("\n\n") if piece.strip()]
        for place, piece in enumerate(pieces):
            own = Said(piece, said.language, said.is_fallback, is_person=True)
            yield Paragraph((own, *(self.marked(said) if place == len(pieces) - 1 else ())), style)

    def count(self, figure: Figure) -> str:
        """A count, or why there is none."""
        if figure.count is not None:
            return self.words.number(figure.count)
        return self.hidden(figure.hidden)

    def hidden(self, why: str) -> str:
        """Why a figure is not shown."""
        if why == Hidden.SMALL:
            return self.words.gettext("fewer than %(number)s", number=self.words.number(self.k))
        return self.words.gettext("not shown")

    def share(self, share: float | None) -> str:
        return "" if share is None else self.words.percent(share)

    def answers(self, figure: Figure) -> str:
        """How many answers, in words."""
        if figure.count is None:
            return self.words.gettext("Too few answers to show how many")
        return self.words.ngettext("%(num)s answer", "%(num)s answers", figure.count)

    def number(self, words: str, shade: int = 0) -> Cell:
        """A cell with a number."""
        return Cell((Said(words),), is_number=True, shade=shade)

    def name(self, words: Line | str) -> Cell:
        """A cell with a name."""
        return Cell((Said(words),) if isinstance(words, str) else words)

    def table(
        self,
        caption: Line | str,
        head: Sequence[Cell],
        rows: Sequence[Row],
        widths: Sequence[int],
        *,
        is_heat: bool = False,
    ) -> Table:
        """A table with the next number."""
        self._tables += 1
        words = (Said(caption),) if isinstance(caption, str) else caption
        return Table(self._tables, words, tuple(head), tuple(rows), tuple(widths), is_heat)

    def bars(
        self,
        caption: Line | str,
        first: str,
        rows: Sequence[tuple[Line, Figure, int, bool]],
    ) -> Table:
        """A chart: name, bar, count and share a line. Rows are (name, figure, depth, whether it stands apart)."""
        gettext = self.words.gettext
        head = [self.name(first), Cell(), self.number(gettext("Answers")), self.number(gettext("Share"))]
        lines = [
            Row(
                (
                    self.name(name),
                    Cell(share=figure.share if figure.count is not None else None),
                    self.number(self.count(figure)),
                    self.number(self.share(figure.share) if figure.count is not None else "–"),
                ),
                depth=depth,
                is_apart=is_apart,
            )
            for name, figure, depth, is_apart in rows
        ]
        return self.table(caption, head, lines, (40, 32, 16, 12))

    def quotation(self, quote: Quote) -> Quotation:
        """Words of a participant, with the reviewer's translation into the report's language beside them."""
        if quote.is_erased:
            return Quotation(
                Said(""), note=self.words.gettext("This answer was erased after the summary was signed.")
            )
        own = Said(clean(quote.text), quote.language, is_person=True)
        translated = quote.translations.get(self.words.language, "")
        if not translated or quote.language == self.words.language:
            return Quotation(own)
        return Quotation(own, (Said(clean(translated), self.words.language, is_person=True),))
