"""What the types with options share: reading a ticked option, "other, please say", counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from surveys.elements import Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import (
    Cell,
    Counts,
    Problem,
    Projected,
    QuestionType,
    Raw,
    Setting,
    first,
    language_shown,
)  # fmt: skip
from surveys.questions.field import Choice, Field
from surveys.questions.room import all_ids, json_bytes, text_bytes
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import EXCLUSIVE, check_pinned, is_exclusive, pinned_of, shuffle_cells
from surveys.text import Text, check_length, clean_answer, pick

OTHER = "other"
"""The value that the form sends for "other, please say", and its key in tallies."""
OTHER_LENGTH = 200
IMAGE = "image"
"""The attribute of an option that names its picture."""
OTHER_LABEL = N_("Other, please say")

Chosen = str | dict[str, str]
"""An option id, or ``{"other": words}``."""

OTHER_SETTINGS = (
    Setting("other", "boolean", N_("People may also write an answer of their own (“Other, please say”)")),
    Setting(
        "other_label",
        "texts",
        N_("Words for “Other, please say”"),
        hint=N_("Leave empty for the usual words."),
    ),
)
OPTIONS_SETTING = Setting("options", "options", N_("Answers to choose from"), hint=N_("One answer a line."))
OPTIONS_THAT_MAY_EXCLUDE = Setting(
    "options",
    "options",
    N_("Answers to choose from"),
    hint=N_("One answer a line. Mark an answer such as “none of these” to stand alone."),
    ticks=((EXCLUSIVE, N_("Stands alone")),),
)


def choices_for(
    options: Iterable[Option],
    input_id: str,
    *,
    language: str,
    default_language: str,
    start: int = 1,
    names: Callable[[Option], str] | None = None,
) -> tuple[Choice, ...]:
    """The options in one language, their inputs numbered from `start`; `names` gives each its own input."""
    return tuple(
        Choice(
            value=option.name,
            input_id=choice_id(input_id, number),
            label=pick(option.label, language, default_language) or option.name,
            lang=language_shown(option.label, language, default_language),
            name=names(option) if names else "",
            image=option.attributes.get(IMAGE, ""),
            is_exclusive=is_exclusive(option),
        )
        for number, option in enumerate(options, start)
    )


def choice_id(input_id: str, number: int) -> str:
    """The id of a choice's input. The first has the question's own, so that a link to it focuses an input."""
    return input_id if number == 1 else f"{input_id}-{number}"


def option_named(options: Iterable[Option], name: str) -> Option:
    """The option that the form named. Raises AnswerError when it is not offered."""
    for option in options:
        if option.name == name:
            return option
    raise AnswerError("unknown_option", N_("Please choose from the answers in the list."))


def option_with(options: Iterable[Option], option_id: object) -> Option | None:
    """The option of that id, None when the question has no such option."""
    return next((option for option in options if option.id == option_id), None)


def check_options(question: Question, options: Sequence[Option], *, least: int = 1) -> Iterable[Problem]:
    """Problems of a list of options: too few, a name twice, a name that a form cannot carry, no words."""
    if len(options) < least:
        yield Problem(
            "too_few_options",
            N_("Give at least %(least)s answers to choose from."),
            {"least": least},
            question.id,
        )
    seen: set[str] = set()
    for option in options:
        if option.name in seen:
            yield Problem(
                "option_twice",
                N_("Two answers have the same code: %(name)s."),
                {"name": option.name},
                question.id,
            )
        seen.add(option.name)
    if len({option.id for option in options}) < len(options):
        yield Problem("option_id_twice", N_("Two answers have the same id."), question_id=question.id)


class ChoiceType(QuestionType):
    """Base of one-of-many and several-of-many; the config has `options`, `other` and `other_label`."""

    def options(self, question: Question) -> tuple[Option, ...]:
        return question.config.options

    def reads_row(self, row: Row) -> bool:
        """Where not every answer is a picture, which is another type."""
        offered = row.options + row.apart
        return bool(offered) and not all(option.attributes.get(IMAGE) for option in offered)

    def input_names(self, question: Question) -> tuple[str, ...]:
        return (question.name, f"{question.name}-other") if question.config.other else (question.name,)

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        languages: dict[str, Any] = {"language": language, "default_language": default_language}
        choices = choices_for(self.options(question), field.input_id, **languages)
        if question.config.other:
            label: Text = question.config.other_label
            choices += (
                Choice(
                    value=OTHER,
                    input_id=choice_id(field.input_id, len(choices) + 1),
                    label=pick(label, language, default_language),
                    lang=language_shown(label, language, default_language),
                    is_other=True,
                ),
            )
        pinned = pinned_of(question.config, self.options(question), other=question.config.other)
        alone = any(choice.is_exclusive for choice in choices)
        return replace(field, choices=choices, pinned=pinned, is_enhanced=alone)

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        other = ((OTHER, question.config.other_label),) if question.config.other else ()
        return tuple((option.name, option.label) for option in self.options(question)) + other

    def column_labels(self, question: Question) -> dict[str, Text]:
        words = question.config.other_label if question.config.other else {}
        return {f"{question.name}-{OTHER}": words} if words else {}

    def column_words(self, question: Question) -> dict[str, str]:
        return {f"{question.name}-{OTHER}": OTHER_LABEL} if question.config.other else {}

    def export_kinds(self, question: Question) -> dict[str, str]:
        return dict.fromkeys(self.export_columns(question), "text") | {question.name: self.column_kind}

    def choice_cells(self, question: Question, written: str) -> Cells:
        parameters, own = shuffle_cells(question.config)
        return Cells(
            written,
            parameters=parameters,
            options=self.options(question),
            other=question.config.other,
            other_label=question.config.other_label,
            own=own,
        )

    def check(self, question: Question) -> Iterable[Problem]:
        yield from check_options(question, self.options(question), least=0 if question.config.other else 1)
        yield from check_pinned(
            question, self.options(question), pinned_of(question.config, self.options(question))
        )
        if question.config.other and any(option.name == OTHER for option in self.options(question)):
            yield Problem(
                "option_named_other",
                N_("An answer has the code “other”, which “Other, please say” needs. Give it another code."),
                question_id=question.id,
            )

    def chosen(self, question: Question, name: str, raw: Raw) -> Chosen:
        """The stored form of one ticked value."""
        if name == OTHER and question.config.other:
            words = clean_answer(first(raw, f"{question.name}-other"))
            if not words:
                raise AnswerError("other_empty", N_("You chose “Other”. Please write your answer there."))
            check_length(words, OTHER_LENGTH)
            return {OTHER: words}
        return option_named(self.options(question), name).id

    def most_bytes(self, question: Question) -> int:
        """Room for all ids and the words of "other": enough for one and for several."""
        words = text_bytes(OTHER_LENGTH) + json_bytes({OTHER: 0}) if question.config.other else 0
        return all_ids(self.options(question)) + words

    def can_be_answered(self, question: Question) -> bool:
        return bool(question.config.other or self.options(question))

    def own_words(self, question: Question, raw: Raw) -> str:
        """What stands in the "other" field, whether or not it is ticked."""
        return clean_answer(first(raw, f"{question.name}-other")) if question.config.other else ""

    def as_form(self, question: Question, chosen: Sequence[Chosen]) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for value in chosen:
            data.setdefault(question.name, []).append(self.name_of(question, value))
            if isinstance(value, dict):
                data[f"{question.name}-other"] = [value[OTHER]]
        return data

    def name_of(self, question: Question, value: Chosen) -> str:
        """The code of a stored choice; an id that no option has any more stands for itself."""
        if isinstance(value, dict):
            return OTHER
        option = option_with(self.options(question), value)
        return option.name if option else value

    def label_of(self, question: Question, value: Chosen, *, language: str, default_language: str) -> str:
        if isinstance(value, dict):
            return value[OTHER]
        option = option_with(self.options(question), value)
        return (pick(option.label, language, default_language) or option.name) if option else value

    def rows(self, chosen: Iterable[Chosen]) -> tuple[Projected, ...]:
        return tuple(
            Projected(option_id=OTHER, text=value[OTHER])
            if isinstance(value, dict)
            else Projected(option_id=value)
            for value in chosen
        )

    def cells(self, question: Question, counts: Counts) -> tuple[Cell, ...]:
        """One cell an option, also where nobody chose it; then "other"; then ids no longer offered."""
        by_id = {option_id: n for (option_id, _), n in counts.items() if option_id is not None}
        cells = [Cell(option.id, option.label, by_id.pop(option.id, 0)) for option in self.options(question)]
        if question.config.other or OTHER in by_id:
            cells.append(Cell(OTHER, question.config.other_label, by_id.pop(OTHER, 0)))
        cells.extend(Cell(option_id, {}, n) for option_id, n in sorted(by_id.items()))
        return tuple(cells)

    def exported(self, question: Question, chosen: Sequence[Chosen], names: Any) -> dict[str, Any]:
        data = {question.name: names}
        data.update({f"{question.name}-other": value[OTHER] for value in chosen if isinstance(value, dict)})
        return data
