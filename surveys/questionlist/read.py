"""A table of questions as a survey. Every row that cannot be taken is named by its number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from surveys.definition import Definition, Section
from surveys.elements import Option, Question, settings_of
from surveys.errors import SurveyError
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.questionlist.words import LOCALIZED, NO, OTHER, YES, TypeWords, column_of, folded
from surveys.questions import QuestionType, question_types
from surveys.rules.names import RESERVED, free_name, is_name
from surveys.text import clean_words, is_safe_label
from surveys.xlsform.notices import Notice

MOST_OPTIONS = 200
_BREAKS = re.compile(r"[\n;؛|]")

Cells = Mapping[tuple[str, str], str]
"""(column, language) → what stands in the cell."""


class QuestionListError(SurveyError):
    """The list cannot be taken; `problems` name every bad row."""

    def __init__(self, notices: tuple[Notice, ...]) -> None:
        super().__init__(
            "bad_question_list",
            N_("The list cannot be taken as it is. Rows to correct: %(number)s."),
            number=len(notices),
        )
        self.problems = notices


@dataclass(frozen=True, slots=True)
class Imported:
    """A survey and what was put differently or left out."""

    definition: Definition
    warnings: tuple[Notice, ...] = ()


def is_question_list(headers: Sequence[str]) -> bool:
    """Whether a table has a column of questions, by any of its names."""
    found = (column_of(header, "en") for header in headers)
    return any(column is not None and column[0] == "question" for column in found)


def read_question_list(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    *,
    languages: Sequence[str],
    types: TypeWords,
    title: str = "",
) -> Imported:
    """The survey that a table stands for. `lines[i]` is the line of the file in which row i begins.

    Columns without a language are in the first of `languages`; those of other languages bear it in brackets.
    Raises QuestionListError with a notice for every bad row, and when there is no column of questions.
    """
    return _Reading(languages, types).read(headers, rows, lines, title)


class _Reading:
    def __init__(self, languages: Sequence[str], types: TypeWords) -> None:
        self.language = languages[0]
        self.languages = dict.fromkeys(languages)
        self.types = types
        self.taken: set[str] = set()
        self.warnings: list[Notice] = []
        self.errors: list[Notice] = []

    def read(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int], title: str
    ) -> Imported:
        columns = [self._column(header) for header in headers]
        if not any(column and column[0] == "question" for column in columns):
            message = N_(
                "There is no column of questions. Name it “question”, “السؤال”, “Question” or “Pregunta”."
            )
            raise QuestionListError((Notice("no_question_column", message),))
        sections: list[Section] = []
        for row, line in zip(rows, lines, strict=True):
            cells = {
                column: clean_words(value) for column, value in zip(columns, row, strict=False) if column
            }
            if any(cells.values()):
                self._row(cells, line, sections)
        if self.errors:
            raise QuestionListError(tuple(self.errors))
        definition = Definition(
            title={self.language: title} if title else {},
            languages=tuple(self.languages),
            default_language=self.language,
            sections=tuple(section for section in sections if section.questions),
        )
        return Imported(definition, tuple(self.warnings))

    def _column(self, header: str) -> tuple[str, str] | None:
        found = column_of(header, self.language)
        if found is None:
            if header.strip():
                message = N_("The column “%(column)s” is not known and was left out.")
                self.warnings.append(Notice("unknown_column", message, {"column": header.strip()[:60]}))
            return None
        if found[0] in LOCALIZED:
            self.languages.setdefault(found[1])
            return found
        return found[0], self.language

    def _row(self, cells: Cells, line: int, sections: list[Section]) -> None:
        self._open_section(cells, sections)
        label = self._text(cells, "question", line)
        if not label:
            self._error("no_question", N_("Row %(row)s: the question has no words."), line)
            return
        kind = self._kind(cells, line)
        if kind is None:
            return
        config = self._config(kind, cells, line)
        if config is None:
            return
        question = Question(
            id=new_id(),
            name=self._name(cells, line),
            type=kind.name,
            label=label,
            hint=self._text(cells, "hint", line),
            required=kind.takes_answer and self._is_required(cells, line),
            config=config,
        )
        flaws = [problem for problem in kind.check(question) if not problem.is_warning]
        for problem in flaws:
            said = problem.message % problem.params if problem.params else problem.message
            self._error("bad_settings", N_("Row %(row)s: %(reason)s"), line, reason=said)
        last = sections[-1]
        sections[-1] = replace(last, questions=(*last.questions, question))

    def _open_section(self, cells: Cells, sections: list[Section]) -> None:
        title = {code: words for (column, code), words in cells.items() if column == "section" and words}
        known = sections[-1].title if sections else None
        if known is None or (title and title.get(self.language) != known.get(self.language)):
            safe = {code: words for code, words in title.items() if is_safe_label(words)}
            number = len(sections) + 1
            sections.append(Section(id=new_id(), name=f"page{number}", title=safe))

    def _kind(self, cells: Cells, line: int) -> QuestionType | None:
        written = cells.get(("type", self.language), "")
        if not written:
            name = (
                "select_one" if any(cells.get(("options", code)) for code in self.languages) else "short_text"
            )
            return question_types[name]
        found = self.types.get(folded(written))
        if found is None or found not in question_types:
            close = get_close_matches(folded(written), self.types, 1)
            message = N_("Row %(row)s: there is no type “%(type)s”.")
            if close:
                message = N_("Row %(row)s: there is no type “%(type)s”. Is it “%(close)s”?")
            self._error("unknown_type", message, line, type=written[:60], close="".join(close))
            return None
        return question_types[found]

    def _config(self, kind: QuestionType, cells: Cells, line: int) -> Any:
        config = kind.starting_config()
        kinds = settings_of(type(config))
        lists = [setting.name for setting in kind.option_settings()]
        lists.sort(key=lambda name: name not in kind.choice_settings[:1])
        changes: dict[str, Any] = {}
        for column, setting in zip(("options", "lines"), lists, strict=False):
            options, other = self._options(cells, column, line, takes_other="other" in kinds)
            if options is None:
                return None
            if options:
                changes[setting] = options
            if other:
                changes |= {"other": True, "other_label": other}
        if not lists and any(cells.get(("options", code)) for code in self.languages):
            message = N_("Row %(row)s: this type has no answers to choose from; they were left out.")
            self.warnings.append(Notice("options_left_out", message, {"row": line}))
        return replace(config, **changes)

    def _options(
        self, cells: Cells, column: str, line: int, *, takes_other: bool
    ) -> tuple[tuple[Option, ...] | None, dict[str, str]]:
        by_language = {
            code: [part.strip() for part in _BREAKS.split(cells.get((column, code), "")) if part.strip()]
            for code in self.languages
        }
        own = by_language[self.language] or next((words for words in by_language.values() if words), [])
        for code, words in by_language.items():
            if words and len(words) != len(own):
                message = N_(
                    "Row %(row)s: there are %(found)s answers in “%(language)s” and %(expected)s before."
                )
                self._error(
                    "answers_differ", message, line, found=len(words), language=code, expected=len(own)
                )
                return None, {}
        if len(own) > MOST_OPTIONS or not all(
            is_safe_label(w) for words in by_language.values() for w in words
        ):
            self._error("bad_answers", N_("Row %(row)s: the answers to choose from cannot be used."), line)
            return None, {}
        options: list[Option] = []
        other: dict[str, str] = {}
        for place in range(len(own)):
            label = {code: texts[place] for code, texts in by_language.items() if texts}
            if takes_other and place == len(own) - 1 and folded(own[place]) in OTHER:
                other = label
            else:
                code = str(place + 1) if column == "options" else f"l{place + 1}"
                options.append(Option(new_id(), code, label))
        return tuple(options), other

    def _text(self, cells: Cells, column: str, line: int) -> dict[str, str]:
        text = {code: words for (name, code), words in cells.items() if name == column and words}
        if not all(is_safe_label(words) for words in text.values()):
            message = N_("Row %(row)s: a text has hidden signs that change the direction of writing.")
            self._error("unsafe_text", message, line)
            return {self.language: "…"}  # said already; not twice
        return text

    def _name(self, cells: Cells, line: int) -> str:
        wanted = cells.get(("name", self.language), "")
        name = free_name(wanted or f"q{len(self.taken) + 1}", self.taken)
        if wanted and (name != wanted or not is_name(wanted) or wanted in RESERVED):
            message = N_("Row %(row)s: the name “%(name)s” cannot be used here; it is now “%(new)s”.")
            self.warnings.append(Notice("renamed", message, {"row": line, "name": wanted[:60], "new": name}))
        self.taken.add(name)
        return name

    def _is_required(self, cells: Cells, line: int) -> bool:
        written = cells.get(("required", self.language), "").casefold().strip()
        if written not in YES | NO:
            message = N_(
                "Row %(row)s: “%(word)s” under “required” is neither yes nor no; the question is optional."
            )
            self.warnings.append(Notice("odd_required", message, {"row": line, "word": written[:40]}))
        return written in YES

    def _error(self, code: str, message: str, line: int, **params: object) -> None:
        self.errors.append(Notice(code, message, {"row": line, **params}))
