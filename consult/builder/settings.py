"""The settings of a question type as parts of a form: read from what was sent, shown again as typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.elements import Option
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.numbers import parse_number
from surveys.questions.base import Setting
from surveys.questions.choices import IMAGE
from surveys.questions.decimal import plain_number
from surveys.questions.shuffling import EXCLUSIVE
from surveys.rules.names import free_name, is_name
from surveys.text import is_safe_label

HIDDEN_SIGNS = N_("This text has hidden signs that change the direction of writing. Please type it again.")
NOT_WHOLE = N_("Please write a whole number, without a fraction.")
NOT_A_PICTURE = N_(
    "The picture of line %(number)s cannot be taken: a JPEG, PNG or WebP of at most 5 MB is needed."
)
TOO_MANY = N_("There are too many answers. Most allowed: %(limit)s.")
BLANK_ROWS = 3
MOST_OPTIONS = 300
MOST_MARKS = 20
Typed = Mapping[str, str]


class InputError(Exception):
    """What was typed into one input cannot be used; `message` is a marked string."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


@dataclass
class OptionRow:
    """One line of the table of answers, as typed. `place` orders the lines."""

    id: str = ""
    place: str = ""
    name: str = ""
    words: dict[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_emptied: bool = False

    @property
    def is_blank(self) -> bool:
        return self.is_emptied or not any(self.words.values())

    @property
    def image(self) -> str:
        return self.attributes.get(IMAGE, "")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a filter asks of each answer: the attribute `name`, which says one of the answers to an earlier question
    (`surveys` gives them as codes with their words)."""

    name: str
    asked: Any

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _words in self.asked.codes)


@dataclass
class SettingInput:
    """One setting in the form. `typed` is what the input shows, `error` what is wrong with it."""

    setting: Setting
    languages: Sequence[str]
    value: Any
    typed: str = ""
    words: dict[str, str] = field(default_factory=dict)
    rows: list[OptionRow] = field(default_factory=list)
    error: InputError | None = None
    has_columns: bool = False
    """Whether each line also has a field for what a typed filter asks of it (`Question.choice_filter`)."""
    marks: Sequence[Mark] = ()
    """What a filter made from menus asks of each line."""

    @property
    def name(self) -> str:
        return f"set-{self.setting.name}"

    @property
    def kind(self) -> str:
        return self.setting.kind

    @property
    def error_target(self) -> str:
        """The id of the input that a link in the error summary leads to."""
        if self.kind == "options":
            return f"{self.name}-0-{self.languages[0]}"
        return f"{self.name}-{self.languages[0]}" if self.kind == "texts" else self.name

    def columns_of(self, row: OptionRow) -> str:
        """What a typed filter may ask of a line, as it is typed: ``region=north; kind=a``."""
        own = {IMAGE, EXCLUSIVE} | {mark.name for mark in self.marks}
        return "; ".join(f"{name}={value}" for name, value in row.attributes.items() if name not in own)

    def show(self, value: Any) -> None:
        """Fill the inputs from a stored value."""
        self.value = value
        if self.kind == "options":
            self.rows = [
                OptionRow(option.id, str(number), option.name, dict(option.label), option.attributes)
                for number, option in enumerate(value, 1)
            ]
            self._add_blank_rows()
        elif self.kind == "texts":
            self.words = dict(value)
        elif self.kind == "boolean":
            self.typed = "yes" if value else ""
        else:
            self.typed = "" if value is None else str(value)

    def read(self, sent: Typed) -> None:
        """Take what was sent; on a mistake `error` is set and `value` stays."""
        self.error = None
        try:
            self.value = getattr(self, f"_read_{self.kind}")(sent)
        except InputError as error:
            self.error = error
        except AnswerError as error:
            self.error = InputError(error.message, **error.params)

    def _read_boolean(self, sent: Typed) -> bool:
        self.typed = sent.get(self.name, "")
        return self.typed == "yes"

    def _read_integer(self, sent: Typed) -> int | None:
        number = self._read_decimal(sent)
        if number is not None and number != int(number):
            raise InputError(NOT_WHOLE)
        return None if number is None else int(number)

    def _read_decimal(self, sent: Typed) -> float | None:
        self.typed = sent.get(self.name, "").strip()
        number = parse_number(self.typed)
        if number is None:
            return None
        low, high = self.setting.minimum, self.setting.maximum
        if low is not None and number < low:
            raise InputError(N_("The smallest number allowed is %(limit)s."), limit=low)
        if high is not None and number > high:
            raise InputError(N_("The largest number allowed is %(limit)s."), limit=high)
        return plain_number(number)

    def _read_text(self, sent: Typed) -> str:
        self.typed = sent.get(self.name, "").strip()
        if not is_safe_label(self.typed):
            raise InputError(HIDDEN_SIGNS)
        return self.typed

    def _read_choice(self, sent: Typed) -> str:
        self.typed = sent.get(self.name, "")
        known = [value for value, _ in self.setting.choices]
        return self.typed if self.typed in known else known[0]

    def _read_texts(self, sent: Typed) -> dict[str, str]:
        self.words = read_words(sent, self.name, self.languages, self.words)
        return self.words

    def _read_options(self, sent: Typed) -> tuple[Option, ...]:
        self.rows = []
        old = {option.id: option for option in self.value or ()}
        while f"{self.name}-{len(self.rows)}-place" in sent and len(self.rows) <= MOST_OPTIONS:
            self.rows.append(self._read_row(sent, f"{self.name}-{len(self.rows)}", old))
        self.typed = sent.get(f"{self.name}-list", "")
        if self.typed.strip():
            self.rows = rows_of_list(self.typed, self.languages, self.rows)
            self.typed = ""
        kept = [row for row in self.rows if not row.is_blank]
        self._add_blank_rows()
        self._check_pictures(sent)
        if len(kept) > MOST_OPTIONS:
            raise InputError(TOO_MANY, limit=MOST_OPTIONS)
        if any(not is_safe_label(words) for row in kept for words in (row.name, *row.words.values())):
            raise InputError(HIDDEN_SIGNS)
        return _options(sorted(kept, key=_place_of))

    def _read_row(self, sent: Typed, stem: str, old: Mapping[str, Option]) -> OptionRow:
        """A line as typed. Emptied in all languages shown, it goes, whatever words it has in others."""
        option = old.get(sent.get(f"{stem}-id", ""))
        before = dict(option.label) if option else {}
        words = _words(sent, stem, self.languages, before)
        had = any(before.get(code) for code in self.languages)
        return OptionRow(
            id=sent.get(f"{stem}-id", ""),
            place=sent.get(f"{stem}-place", "").strip(),
            name=sent.get(f"{stem}-name", "").strip(),
            words=words,
            attributes=self._attributes(sent, stem, option),
            is_emptied=had and not any(words.get(code) for code in self.languages),
        )

    def _attributes(self, sent: Typed, stem: str, option: Option | None) -> dict[str, str]:
        """What the line ticks and its picture; other attributes stay as they were."""
        found = dict(option.attributes) if option else {}
        for name, _label in self.setting.ticks:
            found.pop(name, None)
            if sent.get(f"{stem}-{name}") == "yes":
                found[name] = "yes"
        if f"{stem}-columns" in sent:
            own = {name for name, _label in self.setting.ticks} | {IMAGE}
            found = {name: value for name, value in found.items() if name in own}
            found |= read_columns(sent[f"{stem}-columns"])
        for name in sent.get(f"{self.name}-marks", "").split()[:MOST_MARKS]:
            if is_name(name) and is_safe_label(sent.get(f"{stem}-mark-{name}", "")):
                found.pop(name, None)
                found |= {name: sent[f"{stem}-mark-{name}"]} if sent.get(f"{stem}-mark-{name}") else {}
        if self.setting.picture and is_safe_label(sent.get(f"{stem}-image", "")):
            found.pop(IMAGE, None)
            found |= {IMAGE: sent[f"{stem}-image"]} if sent.get(f"{stem}-image") else {}
        return found

    def _check_pictures(self, sent: Typed) -> None:
        for number in range(len(self.rows)):
            if f"{self.name}-{number}-picture-refused" in sent:
                raise InputError(NOT_A_PICTURE, number=number + 1)

    def _add_blank_rows(self) -> None:
        blank = sum(1 for row in self.rows if row.is_blank)
        missing = max(BLANK_ROWS - blank, 4 - len(self.rows))
        self.rows += [OptionRow(place=str(len(self.rows) + number + 1)) for number in range(missing)]


def read_columns(typed: str) -> dict[str, str]:
    """``region=north; kind=a`` as attributes of an option; what is no pair or no safe text is left out."""
    pairs = (part.partition("=") for part in typed.replace("؛", ";").split(";"))
    cells = ((name.strip(), value.strip()) for name, _sign, value in pairs)
    return {name: value for name, value in cells if is_name(name) and value and is_safe_label(value)}


def rows_of_list(text: str, languages: Sequence[str], rows: Sequence[OptionRow]) -> list[OptionRow]:
    """The lines of a pasted list as lines of the table; of a spreadsheet, a column (tab) a language.

    A line that says what a line of the table says in some language is that one: it keeps its id, its code
    and its words in the other languages.
    """
    left = [row for row in rows if not row.is_blank]
    made: list[OptionRow] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        words = {code: cell for code, cell in zip(languages, cells, strict=False) if cell}
        if not words:
            continue
        same = next((row for row in left if _says_the_same(row, words)), None)
        if same is not None:
            left.remove(same)
        row = same or OptionRow()
        row.words = row.words | words
        row.place = str(len(made) + 1)
        made.append(row)
    return made


def _says_the_same(row: OptionRow, words: Mapping[str, str]) -> bool:
    return any(row.words.get(code) == text for code, text in words.items())


def read_words(sent: Typed, name: str, languages: Sequence[str], old: Mapping[str, str]) -> dict[str, str]:
    """A text in several languages; words in languages that the form does not show are kept."""
    words = _words(sent, name, languages, old)
    if any(not is_safe_label(text) for text in words.values()):
        raise InputError(HIDDEN_SIGNS)
    return words


def _words(sent: Typed, name: str, languages: Sequence[str], old: Mapping[str, str]) -> dict[str, str]:
    kept = {code: text for code, text in old.items() if code not in languages}
    typed = {code: sent.get(f"{name}-{code}", "").replace("\r\n", "\n").strip() for code in languages}
    return kept | {code: text for code, text in typed.items() if text}


def _place_of(row: OptionRow) -> float:
    """A line goes where its number says; one without a proper number goes to the end."""
    try:
        number = parse_number(row.place)
    except AnswerError:
        number = None
    return float("inf") if number is None else float(number)


def _options(rows: Sequence[OptionRow]) -> tuple[Option, ...]:
    """Lines as options: codes are made where none was typed, ids where the line is new."""
    taken = {row.name for row in rows if row.name} | {"other"}
    ids: set[str] = set()
    options = []
    for row in rows:
        name = row.name
        if not name:
            name = free_name(row.words.get("en", ""), taken) if row.words.get("en") else _numbered(taken)
            taken.add(name)
        option_id = row.id if row.id and row.id not in ids else new_id()
        ids.add(option_id)
        options.append(
            Option(id=option_id, name=name, label=dict(row.words), attributes=dict(row.attributes))
        )
    return tuple(options)


def _numbered(taken: set[str]) -> str:
    number = 1
    while f"a{number}" in taken:
        number += 1
    return f"a{number}"
