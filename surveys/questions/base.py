"""What a question type is. A new type is one module with one class, and one folder of templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.field import Field, Raw, first
from surveys.questions.pictures import is_kept
from surveys.questions.rows import Cells, Row
from surveys.text import Text, pick

KINDS = ("text", "number", "date", "time", "datetime", "code", "codes", "ranks", "any")
"""What a column of an export holds. ``date``, ``time`` and ``datetime`` are ISO texts (``2027-03-07``, ``18:30``,
``2027-03-07T18:30``); ``code`` is one of the question's `codes`, ``codes`` a list of them in the order of the
options, ``ranks`` a list of them, first place first; ``any`` is a text, a number or a truth value."""

Value = Any
"""An accepted answer: a JSON value under stable option ids; None when there is no answer."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in the builder. `name` is a field of the type's Config; texts are marked strings.

    `kind`: ``integer``, ``decimal``, ``boolean``, ``text`` (one line), ``texts`` (in every language),
    ``options`` (a list of answers) or ``choice`` (one of `choices`). For options, `ticks` are attributes
    of an option that are ticked in the builder (attribute, label), `picture` whether each has an image.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    ticks: tuple[tuple[str, str], ...] = ()
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Projected:
    """One row of the `answer` projection."""

    option_id: str | None = None
    number: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a tally. `label` is empty for what the application words itself (``other``); `group` is
    the key of the group it belongs to, where there are groups."""

    key: str
    label: Text
    count: int
    apart: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A row of a matrix, an option that was ranked: `answered` had a say on it, `statistics` are theirs."""

    key: str
    label: Text
    answered: int
    statistics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the answers to one question.

    `base`: responses counted; `answered`: those with an answer. Shares are of `answered`; where `several`
    is true one answer may stand in several cells. `statistics` are named figures of all answers outside
    the cells set apart; whoever publishes must check them as it does the cells.

    Where `by_group` is true the cells of each group are shares of that group's answers; where `linked`, one
    cell can be worked out from the others, so that all are shown or none.
    """

    base: int
    answered: int
    cells: tuple[Cell, ...] = ()
    several: bool = False
    statistics: Mapping[str, float] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    by_group: bool = False
    linked: bool = False


Counts = Mapping[tuple[str | None, float | None], int]
"""How often each (option id, number) stands in the projection of one question."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to correct before publishing; `is_warning` when publishing is possible all the same."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    question_id: str | None = None
    section_id: str | None = None
    is_warning: bool = False


class QuestionType:
    """Base of all types. Instances hold no state; a `Question` comes in with every call."""

    name: ClassVar[str]
    label: ClassVar[str]
    example: ClassVar[str]
    Config: ClassVar[type[Config]] = Config
    settings: ClassVar[tuple[Setting, ...]] = ()
    takes_answer: ClassVar[bool] = True
    asks: ClassVar[bool] = True
    """Whether a person gives the answer. What is not asked has no input: the rules give its value."""
    column_kind: ClassVar[str] = "text"
    """The kind, one of `KINDS`, of all columns of an export, unless `export_kinds` says it of each."""
    is_free_text: ClassVar[bool] = False
    takes_file: ClassVar[bool] = False
    """Whether an answer comes with a file, which the application keeps (see `questions.uploads`)."""
    is_enhanced: ClassVar[bool] = False
    """Whether the page's script makes it handier. Without script everything works too."""
    is_ordered: ClassVar[bool] = False
    """Whether the codes or numbers of an answer have an order, as on a scale (SPSS: ordinal)."""
    choice_settings: ClassVar[tuple[str, ...]] = ("options",)
    """The settings that hold the answers to choose from, if the type has any."""
    device_features: ClassVar[frozenset[str]] = frozenset()
    """What of the device the script may ask for, by the names of Permissions-Policy."""
    xlsform_types: ClassVar[frozenset[str]] = frozenset()
    xlsform_appearances: ClassVar[frozenset[str]] = frozenset()
    xlsform_parameters: ClassVar[frozenset[str]] = frozenset()

    def starting_config(self) -> Any:
        """The settings that a new question begins with in the builder."""
        return self.Config()

    def option_settings(self) -> tuple[Setting, ...]:
        """The settings that are lists of options, in the order of the builder."""
        return tuple(setting for setting in self.settings if setting.kind == "options")

    def input_names(self, question: Question) -> tuple[str, ...]:
        """Names of the inputs on the page, first the question's own."""
        return (question.name,) if self.takes_answer and self.asks else ()

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        """The question in one language, as its template shows it."""
        return Field(
            id=question.id,
            name=question.name,
            type=question.type,
            label=pick(question.label, language, default_language),
            hint=pick(question.hint, language, default_language),
            lang=language_shown(question.label, language, default_language),
            required=question.required,
            config=question.config,
            is_enhanced=self.is_enhanced,
            takes_file=self.takes_file,
            device_features=self.device_features,
            picture=question.picture if is_kept(question.picture) else "",
            picture_words=pick(question.picture_words, language, default_language),
            picture_lang=language_shown(question.picture_words, language, default_language),
        )

    def parse(self, question: Question, raw: Raw) -> Value | None:
        """The answer in a submitted form, None if empty. Raises AnswerError with a message for the person."""
        raise NotImplementedError

    def form_data(self, question: Question, value: Value | None) -> dict[str, list[str]]:
        """The inverse of `parse`: what the form would hold for a stored answer."""
        return {} if self.is_empty(value) else {question.name: [str(value)]}

    def is_empty(self, value: Value | None) -> bool:
        return value is None or value == "" or value == []

    def most_bytes(self, question: Question) -> int | None:
        """The room that any accepted answer fits into, as `room.json_bytes` counts, where free text has two bytes a
        character; None for what has no limit or does not lie in the answer itself."""
        return None

    def lacking(self, question: Question, value: Value | None) -> AnswerError | None:
        """What a question that must be answered still lacks; None when the answer is whole.

        The code is always ``required``: a half-filled answer is kept, and asked for only at the end.
        """
        return required_error() if self.is_empty(value) else None

    def text(self, question: Question, value: Value | None, *, language: str, default_language: str) -> str:
        """The answer in words; ``""`` for none."""
        return "" if self.is_empty(value) else str(value)

    def check(self, question: Question) -> Iterable[Problem]:
        """What is wrong with the question's settings."""
        return ()

    def project(self, question: Question, value: Value | None) -> tuple[Projected, ...]:
        """The answer as rows for counting; a text is counted, not read."""
        return () if self.is_empty(value) else (Projected(text=str(value)),)

    def tally(self, question: Question, values: Iterable[Value | None]) -> Tally:
        """Counts over the answers of all responses, None among them for those without one."""
        counts: Counter[tuple[str | None, float | None]] = Counter()
        base = answered = 0
        for value in values:
            base += 1
            rows = self.project(question, value)
            answered += bool(rows)
            counts.update((row.option_id, row.number) for row in rows)
        return self.tally_counts(question, counts, answered=answered, base=base)

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """The same from counts of the projection."""
        return Tally(base=base, answered=answered)

    def export(self, question: Question, value: Value | None) -> dict[str, Any]:
        """The answer for exports: column name → JSON value with names instead of ids; empty for none."""
        return {} if self.is_empty(value) else {question.name: value}

    def given(self, question: Question) -> Value | None:
        """The value of a question that is not asked, before anything is known of the person."""
        return None

    def calculation(self, question: Question) -> str:
        """The expression that gives the value of a question that is not asked, ``""`` for none."""
        return ""

    def with_options(self, question: Question, keep: Callable[[Option], bool]) -> Question:
        """The question with only those answers to choose from that `keep` (see `Question.choice_filter`)."""
        kept = {
            name: tuple(option for option in getattr(question.config, name) if keep(option))
            for name in self.choice_settings
            if hasattr(question.config, name)
        }
        return replace(question, config=replace(question.config, **kept)) if kept else question

    def can_be_answered(self, question: Question) -> bool:
        """Whether there is anything to choose from, where an answer is a choice."""
        names = [name for name in self.choice_settings if hasattr(question.config, name)]
        return not names or any(getattr(question.config, name) for name in names)

    def from_link(self, question: Question, words: str) -> Value | None:
        """The value that a link to the survey may bring along under the question's name; None for none."""
        return None

    def export_columns(self, question: Question) -> tuple[str, ...]:
        """Every column that `export` can fill, in order."""
        return self.input_names(question)

    def export_kinds(self, question: Question) -> dict[str, str]:
        """Column → what kind of value it holds, one of `KINDS`; for formats that type their columns."""
        return dict.fromkeys(self.export_columns(question), self.column_kind)

    def column_labels(self, question: Question) -> dict[str, Text]:
        """Column → what it is about, beside the question itself: the row of a matrix, the option of a
        budget; only columns that have such words."""
        return {}

    def column_words(self, question: Question) -> dict[str, str]:
        """Column → the engine's own words (to be translated) for what it holds, where nobody wrote
        any (`column_labels`): the latitude of a place, the words beside "other"."""
        return {}

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        """The codes that columns of the kinds ``code``, ``codes`` and ``ranks`` can hold, and what each
        stands for; none for free answers."""
        return ()

    def codes_apart(self, question: Question) -> frozenset[str]:
        """Those of the codes that stand outside the scale: "I don't know" (SPSS: user-missing values)."""
        return frozenset()

    def reads_row(self, row: Row) -> bool:
        """Whether an XLSForm row of one of `xlsform_types` can become this type.

        A type with `xlsform_appearances` is asked first, and only for rows that have one of them.
        """
        return True

    def takes_constraint(self, row: Row) -> bool:
        """Whether `config_from_row` makes something of the row's constraint."""
        return False

    def config_from_row(self, row: Row) -> Any:
        """The settings that an XLSForm row stands for."""
        return self.Config()

    def row_of(self, question: Question) -> Cells:
        """The question as an XLSForm row that `config_from_row` reads back."""
        raise NotImplementedError


def required_error() -> AnswerError:
    return AnswerError("required", N_("Please answer this question."))


def language_shown(text: Text, language: str, default_language: str) -> str | None:
    """The language of the words that `pick` returns, when it is not the one asked for."""
    if not text or language in text:
        return None
    return default_language if default_language in text else next(iter(text))


__all__ = [
    "KINDS", "Cell", "Counts", "Field", "Group", "Problem", "Projected", "QuestionType", "Raw", "Setting",
    "Tally", "Value", "first", "language_shown", "required_error",
]  # fmt: skip
