"""The report of a consultation as a workbook: about, questions, themes, themes by group, quotes, codebook, excerpts."""

from __future__ import annotations

from collections.abc import Iterator

from consult.reports import blocks
from consult.reports.closed_blocks import label_of
from consult.reports.composition import composed
from consult.reports.consultation_report import ConsultationReport, Figure, GroupShare, Quote, SummaryPart
from consult.reports.environment import LANGUAGE_NAMES
from consult.reports.method_blocks import question_name
from consult.reports.report_page import plain
from consult.reports.setting import Setting
from consult.reports.sheets import MIDDLE, NARROW, WIDE, Row, Sheets, Value
from consult.reports.summary_blocks import theme_name
from consult.reports.words import Words


def report_workbook(report: ConsultationReport, *, digits: str = "latn") -> bytes:
    """The workbook; the same report gives the same bytes."""
    return _Report(report, digits).made()


class _Report:
    def __init__(self, report: ConsultationReport, digits: str) -> None:
        self.report = report
        self.words = Words(report.language, digits)
        self.setting = Setting(self.words, report.k)
        self.document = composed(report, digits=digits)
        self.sheets = Sheets(self.document.title.text, self.words.is_right_to_left)

    def made(self) -> bytes:
        gettext = self.words.gettext
        share = gettext("Share")
        self.sheets.add(
            gettext("About"),
            [self.document.subtitle, self.document.title.text],
            list(self._about()),
            (MIDDLE, WIDE),
        )
        self.sheets.add(
            gettext("Questions"),
            [
                gettext("Question"),
                gettext("Statement or option"),
                gettext("Answer"),
                gettext("Answers"),
                share,
            ],
            list(self._closed()),
            (MIDDLE, MIDDLE, MIDDLE, NARROW, NARROW),
        )
        question = gettext("Question")
        self.sheets.add(
            gettext("Themes"),
            [question, gettext("Theme"), gettext("Answers"), share, gettext("Summary")],
            list(self._themes()),
            (MIDDLE, MIDDLE, NARROW, NARROW, WIDE),
        )
        self.sheets.add(
            gettext("Themes by group"),
            [
                question,
                gettext("Theme"),
                gettext("Group"),
                gettext("Answers of the group"),
                gettext("Answers"),
                share,
            ],
            list(self._groups()),
            (MIDDLE, MIDDLE, MIDDLE, NARROW, NARROW, NARROW),
        )
        self.sheets.add(
            gettext("Quotes"),
            [
                question,
                gettext("Theme"),
                gettext("Language"),
                gettext("Answer"),
                gettext("Reviewer’s translation"),
            ],
            list(self._quotes()),
            (MIDDLE, MIDDLE, NARROW, WIDE, WIDE),
        )
        if self.report.appendices:
            self._appendices()
        return self.sheets.saved()  # fmt: skip

    def _about(self) -> Iterator[Row]:
        """The title page, who answered, and how it was made, as lines."""
        done = False
        for block in (*self.document.opening, *self.document.blocks):
            if isinstance(block, blocks.Facts) and not done:
                yield from ((name, plain(line)) for name, line in block.rows)
            elif isinstance(block, blocks.Paragraph) and not done:
                yield ("", plain(block.words))
            elif isinstance(block, blocks.Heading) and block.level == 1:
                # Only what stands in no other sheet.
                done = plain(block.words) not in self._told()
                if not done:
                    yield (plain(block.words), "")

    def _told(self) -> set[str]:
        gettext = self.words.gettext
        return {gettext("Who was asked and who answered"), gettext("How this report was made")}

    def _number(self, figure: Figure) -> Value:
        return figure.count if figure.count is not None else self.setting.hidden(figure.hidden)

    def _share(self, figure: Figure) -> Value:
        return float(figure.share) if figure.count is not None and figure.share is not None else None

    def _closed(self) -> Iterator[Row]:
        for part in self.report.questions:
            if part.result is None:
                continue
            label = plain(question_name(self.setting, part))
            if part.result.groups:
                for group in part.result.groups:
                    name = plain(label_of(self.setting, group))
                    for row in group.rows:
                        figure = Figure(row.count, row.share, row.hidden)
                        said = plain(label_of(self.setting, row))
                        yield (label, name, said, self._number(figure), self._share(figure))
                continue
            for row in part.result.rows:
                figure = Figure(row.count, row.share, row.hidden)
                yield (
                    label,
                    "",
                    plain(label_of(self.setting, row)),
                    self._number(figure),
                    self._share(figure),
                )

    def _summaries(self) -> Iterator[tuple[str, SummaryPart]]:
        if self.report.whole is not None:
            yield self.words.gettext("The whole consultation"), self.report.whole
        for part in self.report.questions:
            if part.summary is not None:
                yield plain(question_name(self.setting, part)), part.summary

    def _themes(self) -> Iterator[Row]:
        for label, part in self._summaries():
            for theme in part.themes:
                text = plain(self.setting.person(theme.text))
                name = plain(theme_name(self.setting, theme))
                yield (label, name, self._number(theme.figure), self._share(theme.figure), text)
            for said in (part.introduction, part.dissent, part.limits):
                if said:
                    yield (label, "", None, None, plain(self.setting.person(said)))

    def _groups(self) -> Iterator[Row]:
        for label, part in self._summaries():
            for theme in part.themes:
                for group in theme.groups:
                    yield (
                        label,
                        plain(theme_name(self.setting, theme)),
                        self._group_name(group),
                        self._number(group.base),
                        self._number(group.figure),
                        self._share(group.figure),
                    )

    def _group_name(self, group: GroupShare) -> str:
        """The answer to another question stands behind that question here: the sheet holds all tables."""
        asked = plain(self.setting.person(group.asked))
        return " · ".join(filter(None, (asked, plain(self.setting.group_name(group)))))

    def _quotes(self) -> Iterator[Row]:
        for label, part in self._summaries():
            for theme in part.themes:
                for quote in theme.quotes:
                    yield (label, plain(theme_name(self.setting, theme)), *self._quote(quote))
            for quote in part.grave:
                yield (label, self.words.gettext("Dissenting and grave voices"), *self._quote(quote))

    def _quote(self, quote: Quote) -> tuple[str, str, str]:
        found = self.setting.quotation(quote)
        translated = found.translations[0].text if found.translations else ""
        return (
            LANGUAGE_NAMES.get(quote.language, quote.language),
            found.note or found.words.text,
            translated,
        )

    def _appendices(self) -> None:
        gettext = self.words.gettext
        entries: list[Row] = []
        excerpts: list[Row] = []
        for appendix in self.report.appendices:
            label = plain(self.setting.label(appendix.label, is_gathered=appendix.is_gathered))
            for entry in appendix.codebook:
                name = plain(self.setting.person(entry.name))
                entries.append((label, name, entry.definition, entry.include, entry.exclude, entry.example))
            for theme in appendix.excerpts:
                name = plain(self.setting.person(theme.name))
                excerpts += [
                    (label, name, LANGUAGE_NAMES.get(code, code), text) for text, code in theme.excerpts
                ]
        names = [
            gettext("Definition"),
            gettext("Belongs here"),
            gettext("Does not belong here"),
            gettext("Example"),
        ]
        widths = (MIDDLE, MIDDLE, WIDE, WIDE, WIDE, WIDE)
        self.sheets.add(gettext("Codebook"), [gettext("Question"), gettext("Theme"), *names], entries, widths)
        if excerpts:
            head = [gettext("Question"), gettext("Theme"), gettext("Language"), gettext("Answer")]
            self.sheets.add(gettext("Excerpts"), head, excerpts, (MIDDLE, MIDDLE, NARROW, WIDE))
