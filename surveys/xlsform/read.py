"""From an XLSForm to a definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from surveys.definition import Definition, Section
from surveys.elements import Question, Quota, Repeat, ScreenOut
from surveys.errors import DefinitionError
from surveys.i18n import N_
from surveys.rules.logic import MOST_ROUNDS
from surveys.text import is_safe_label
from surveys.xlsform.asked import QuestionReader
from surveys.xlsform.languages import FIRST_PAGE, language_code
from surveys.xlsform.logic import LogicReader
from surveys.xlsform.notices import Notice, XlsformError
from surveys.xlsform.reading import Item, Reading, is_count
from surveys.xlsform.references import settled
from surveys.xlsform.sheet import ROW, read_sheets
from surveys.xlsform.shield import unshielded
from surveys.xlsform.unsupported import canonical_column, unused_columns, unused_settings, unused_sheets

GROUPS = frozenset({"group", "repeat", "loop"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A definition made of an XLSForm, and what had to be left out or put differently."""

    definition: Definition
    warnings: tuple[Notice, ...]


def read_xlsform(
    source: Path | bytes, *, languages: Sequence[str] | None = None, file_type: str = ""
) -> Imported:
    """Read an .xlsx, .xls, .csv or .md form. A form without groups is one page; a top-level group is a page, and
    so is every repeat.

    `languages`: those of the consultation; texts without a language belong to the first. Without it the
    languages are the form's own. Raises XlsformError with one clear line.
    """
    sheets = read_sheets(source, file_type=file_type)
    reading = Reading(sheets, fallback=_default_language(sheets.form, languages))
    try:
        definition = _Reader(reading).definition(languages)
    except DefinitionError as error:
        raise XlsformError(
            "xlsform_unusable", N_("This XLSForm cannot be used here. %(reason)s"), reason=error
        ) from error
    warnings = sorted((*sheets.notices, *reading.warnings), key=lambda notice: notice.params.get("row", 0))
    return Imported(definition, tuple(warnings))


def _default_language(form: Mapping[str, Any], languages: Sequence[str] | None) -> str:
    stated = str(form.get("default_language") or "default")
    code = language_code(stated, "")
    if languages:
        return code if code in languages else languages[0]
    return code or "en"


class _Reader:
    """Makes the pages."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.logic = LogicReader(reading, _lists(reading.sheets.form))
        self.questions = QuestionReader(reading, self.logic)

    def definition(self, languages: Sequence[str] | None) -> Definition:
        reading, form = self.reading, self.reading.sheets.form
        sections = tuple(self._pages(form.get("children", ())))
        stated = [code for code in str(form.get("mashura_languages") or "").split(", ") if code]
        own = stated or [reading.fallback, *(code for code in reading.found if code != reading.fallback)]
        for code, message, params in (*unused_settings(reading.sheets), *unused_sheets(reading.sheets)):
            reading.warn(code, message, **params)
        made = Definition(
            title=self._of_settings("mashura_title_", form.get("title")),
            languages=tuple(languages or own),
            default_language=reading.fallback,
            sections=sections,
            thanks=self._of_settings("mashura_thanks_", None),
            quotas=tuple(Quota.from_json(data) for data in self._stored("mashura_quotas")),
            screen_outs=tuple(ScreenOut.from_json(data) for data in self._stored("mashura_screen_outs")),
        )
        made, missing = settled(made, reading.renamed)
        for name in missing:
            reading.warn(
                "reference_to_nothing",
                N_("Row %(row)s, column name: “%(name)s” is referred to, but is not in the survey any more."),
                row=self._row_named(name),
                name=name,
            )
        return made

    def _row_named(self, name: str) -> int:
        """The row whose name it is; 0 where there is none."""
        rows = self.reading.sheets.survey.items()
        return next((number for number, cells in rows if name in cells.values()), 0)

    def _of_settings(self, prefix: str, default: Any) -> dict[str, str]:
        """A text whose languages are columns of the settings."""
        text = {self.reading.fallback: unshielded(str(default or ""))}
        for key, words in self.reading.sheets.form.items():
            if key.startswith(prefix) and words:
                text[key.removeprefix(prefix).replace("_", "-")] = unshielded(str(words))
        return {code: words for code, words in text.items() if words and is_safe_label(words)}

    def _stored(self, key: str) -> list[Any]:
        try:
            found = json.loads(unshielded(str(self.reading.sheets.form.get(key) or "[]")))
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(data, dict) for data in found):
            return found
        message = N_("Sheet settings, row %(row)s, column %(column)s: this setting is not used.")
        self.reading.warn("setting_left_out", message, row=2, column=key)
        return []

    def _pages(self, children: Sequence[Item]) -> Iterator[Section]:
        """Top-level groups are pages; questions between them make pages of their own."""
        loose: list[Question] = []
        number = 0
        for item in children:
            if item.get("type") in GROUPS and not self.questions.lines(item):
                if loose:
                    yield self._loose_page(loose, number := number + 1)
                    loose = []
                if ROW in item:  # not the block of device metadata that pyxform adds
                    yield from self._group(item, "")
            elif ROW in item:
                question = self.questions.question(item, "")
                loose += [question] if question else []
        if loose:
            yield self._loose_page(loose, number + 1)

    def _loose_page(self, questions: list[Question], number: int) -> Section:
        name = f"{FIRST_PAGE}{number}"
        while number and name in self.reading.taken:
            number += 1
            name = f"{FIRST_PAGE}{number}"
        self.reading.taken.add(name)
        return Section(id=name, name=name, questions=tuple(questions))

    def _group(self, item: Item, around: str) -> Iterator[Section]:
        """The page of a group, or several where repeats inside it part it."""
        if item["type"] == "loop":
            self._tell_once(item)
        self._tell_unused(item)
        name = self.reading.name(item)
        relevant = self.logic.relevant(item, around)
        page = Section(
            id=self.reading.id_of(item, name),
            name=name,
            title=self.reading.text(item.get("label"), item),
            intro=self.reading.text(item.get("hint"), item),
            relevant=relevant,
            repeat=self._repeat(item) if item["type"] == "repeat" else None,
        )
        parts = list(self._parts(item.get("children", ()), page, ""))
        if not parts:
            self.reading.warn_column(item, "type", N_("this group asks nothing and is left out"))
        yield from parts

    def _parts(self, items: Sequence[Item], page: Section, around: str) -> Iterator[Section]:
        """The questions of a page; a repeat among them ends it and is a page of its own."""
        questions: list[Question] = []
        is_first = True
        for item in items:
            for part in self._contents(item, page, around):
                if isinstance(part, Question):
                    questions.append(part)
                    continue
                if questions:
                    yield self._part(page, questions, is_first)
                    questions, is_first = [], False
                yield part
        if questions:
            yield self._part(page, questions, is_first)

    def _part(self, page: Section, questions: list[Question], is_first: bool) -> Section:
        if is_first:
            return replace(page, questions=tuple(questions))
        name = f"{page.name}_2"
        number = 2
        while name in self.reading.taken:
            number += 1
            name = f"{page.name}_{number}"
        self.reading.taken.add(name)
        return Section(id=name, name=name, questions=tuple(questions), relevant=page.relevant)

    def _contents(self, item: Item, page: Section, around: str) -> Iterator[Question | Section]:
        """What a row on a page gives: its question, those of a group inside it, or the pages of a repeat.

        `around` is the condition of the groups between the page and the row.
        """
        if ROW not in item:
            return
        if item.get("type") not in GROUPS or self.questions.lines(item):
            question = self.questions.question(item, around)
            if question is not None:
                yield question
        elif item["type"] == "repeat" and page.repeat is None:
            yield from self._group(item, _joined(page.relevant, around))
        else:
            yield from self._inner_group(item, page, around)

    def _inner_group(self, item: Item, page: Section, around: str) -> Iterator[Question | Section]:
        """A group inside a page: its heading becomes a note, its questions follow."""
        self._tell_unused(item)
        if item["type"] != "group":
            self._tell_once(item)
        inside = self.logic.relevant(item, around)
        label = self.reading.text(item.get("label"), item)
        name = self.reading.name(item) if label else ""
        inner = [part for row in item.get("children", ()) for part in self._contents(row, page, inside)]
        if label and any(isinstance(part, Question) for part in inner):
            yield Question(
                id=self.reading.id_of({}, name), name=name, type="note", label=label, relevant=inside
            )
        yield from inner

    def _repeat(self, item: Item) -> Repeat:
        written = next(
            (
                str(words)
                for header, words in self.reading.raw(item).items()
                if canonical_column(str(header)) == "repeat_count" and words
            ),
            "",
        )
        limits = {key: str(item.get(f"mashura_{key}") or "") for key in ("minimum", "maximum")}
        for key, words in limits.items():
            if words and not is_count(words):
                self.reading.warn_column(
                    item, f"mashura_{key}", N_("this is no whole number and is left out")
                )
        if is_count(written) and int(written) > MOST_ROUNDS:
            self.reading.warn_column(item, "repeat_count", N_("only the first 100 times are asked"))
        return Repeat(
            minimum=int(limits["minimum"]) if is_count(limits["minimum"]) else 1,
            maximum=int(limits["maximum"]) if is_count(limits["maximum"]) else 0,
            count=self.logic.expression(item, written, "repeat_count"),
            item=self.reading.text(item.get("mashura_item"), item),
        )

    def _tell_once(self, item: Item) -> None:
        self.reading.warn(
            "repeat_once",
            N_("Row %(row)s, column type: “%(name)s” repeats inside another page; it is asked once there."),
            row=int(item[ROW]),
            name=str(item.get("name", "")),
        )

    def _tell_unused(self, item: Item) -> None:
        for column, reason in unused_columns(self.reading.raw(item), kind=None, row=None, is_group=True):
            self.reading.warn_column(item, column, reason)
        self.reading.warn_media(item)


def _joined(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second


def _lists(form: Mapping[str, Any]) -> dict[str, str]:
    """List of choices → the first question that offers it."""
    found: dict[str, str] = {}
    waiting = list(form.get("children", ()))
    while waiting:
        item = waiting.pop(0)
        waiting = [*item.get("children", ()), *waiting]
        name = item.get("list_name") or item.get("itemset")
        if name and item.get("name"):
            found.setdefault(str(name), str(item["name"]))
    return found
