"""The report of `consult themes` as a Word document, with real headings and tables, right to left where it is read so.

The same numbers as in the HTML report, after the same disclosure control; the same result gives the same bytes.
"""

from __future__ import annotations

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
from consult.reports.word_page import WordPage


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
        self.page = WordPage(direction(language) == "rtl")

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
            return page.saved(mask_contacts(title), language=self.language)
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
        return page.saved(mask_contacts(title), language=self.language)

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
        self.page.paragraph(" · ".join([self.told(self.say("Answers"), figures), *others]))
        if theme.keywords:
            self.page.paragraph(self.told(self.say("Keywords"), " · ".join(theme.keywords)))
        if hints := stance_cells(theme, self.k):
            words = self.stance_words()
            said = [f"{words[name]} {self.shown(item)}" for name, item in hints if item.shown != 0]
            tone = f"{self.say('The answers’ tone:')} {' · '.join(said)}"
            self.page.paragraph(self.told(self.say("a machine’s hint"), tone))
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

    def told(self, title: str, note: str) -> str:
        """A title and what it tells, with the colon as the language sets it."""
        return self.say("%(title)s: %(note)s") % {"title": title, "note": note}

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


def _language(code: str) -> str:
    return LANGUAGE_NAMES.get(code, code)
