"""Several of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import Counts, Problem, Projected, Raw, Setting, Tally
from surveys.questions.choices import OPTIONS_THAT_MAY_EXCLUDE, OTHER, OTHER_SETTINGS, ChoiceType, Chosen
from surveys.questions.limits import read_limits, written_limits
from surveys.questions.registry import register
from surveys.questions.rows import Cells, Row
from surveys.questions.shuffling import SHUFFLE_SETTINGS, is_exclusive, shuffle_of_row
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class SelectMultipleConfig(Config):
    options: tuple[Option, ...] = ()
    other: bool = False
    other_label: Text = field(default_factory=dict)
    min: int | None = None
    max: int | None = None
    shuffle: bool = False
    pinned: int = 0


@register
class SelectMultiple(ChoiceType):
    """The answer is a list of option ids in the order of the options, ``{"other": words}`` last."""

    name = "select_multiple"
    label = N_("Several of many")
    example = N_("Which of these services do you use? People choose as many as they like.")
    Config = SelectMultipleConfig
    column_kind = "codes"
    settings = (
        OPTIONS_THAT_MAY_EXCLUDE,
        *OTHER_SETTINGS,
        Setting("min", "integer", N_("Fewest answers to choose"), minimum=0),
        Setting("max", "integer", N_("Most answers to choose"), minimum=1),
        *SHUFFLE_SETTINGS,
    )

    xlsform_parameters = frozenset({"randomize", "seed"})
    xlsform_types = frozenset({"select all that apply"})

    def takes_constraint(self, row: Row) -> bool:
        return read_limits("count-selected(.)", row.constraint) is not None

    def config_from_row(self, row: Row) -> SelectMultipleConfig:
        least, most = read_limits("count-selected(.)", row.constraint) or (None, None)
        return SelectMultipleConfig(
            row.options + row.apart,
            row.other,
            row.other_label,
            min=None if least is None else int(least),
            max=None if most is None else int(most),
            **shuffle_of_row(row),
        )

    def row_of(self, question: Question) -> Cells:
        limits = written_limits("count-selected(.)", question.config.min, question.config.max)
        return replace(self.choice_cells(question, "select_multiple"), constraint=limits)

    def parse(self, question: Question, raw: Raw) -> list[Chosen] | None:
        names = {name for name in raw.get(question.name, ()) if name}
        if self.own_words(question, raw):
            names.add(OTHER)
        chosen = [self.chosen(question, name, raw) for name in names]
        if not self.stands_alone(question, chosen):
            self.check_number(question, len(chosen))
        order = {option.id: position for position, option in enumerate(question.config.options)}
        last = len(order)
        return (
            sorted(chosen, key=lambda value: order.get(value, last) if isinstance(value, str) else last)
            or None
        )

    def stands_alone(self, question: Question, chosen: list[Chosen]) -> bool:
        """Whether "none of these" was chosen. Raises AnswerError when it was chosen beside others."""
        alone = {option.id for option in question.config.options if is_exclusive(option)}
        found = any(isinstance(value, str) and value in alone for value in chosen)
        if found and len(chosen) > 1:
            raise AnswerError(
                "not_alone",
                N_(
                    "You chose an answer that stands alone, such as “none of these”, together with others. "
                    "Keep that one or the others."
                ),
            )
        return found

    def check_number(self, question: Question, number: int) -> None:
        """Raise AnswerError when too few or too many are ticked; none at all is for the required check.

        Of fewer answers than the least number (`Question.choice_filter` left no more) all are enough.
        """
        least, most = question.config.min, question.config.max
        if number and least is not None:
            together = sum(not is_exclusive(option) for option in question.config.options)
            least = min(least, together + question.config.other)
            if number < least:
                raise AnswerError(
                    "too_few", N_("Please choose at least %(limit)s of the answers."), limit=least
                )
        if most is not None and number > most:
            raise AnswerError(
                "too_many",
                N_("Please choose at most %(limit)s of the answers. You chose %(number)s."),
                limit=most,
                number=number,
            )

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        least, most = question.config.min, question.config.max
        offered = len(question.config.options) + question.config.other
        if (least is not None and least > (offered if most is None else min(most, offered))) or most == 0:
            yield Problem(
                "choose_reversed",
                N_("The fewest answers to choose are more than people can choose."),
                question_id=question.id,
            )

    def form_data(self, question: Question, value: list[Chosen] | None) -> dict[str, list[str]]:
        return self.as_form(question, value or [])

    def text(
        self, question: Question, value: list[Chosen] | None, *, language: str, default_language: str
    ) -> str:
        comma = "، " if language in {"ar", "fa", "ur"} else ", "
        return comma.join(
            self.label_of(question, chosen, language=language, default_language=default_language)
            for chosen in value or []
        )

    def project(self, question: Question, value: list[Chosen] | None) -> tuple[Projected, ...]:
        return self.rows(value or [])

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        return Tally(base=base, answered=answered, cells=self.cells(question, counts), several=True)

    def export(self, question: Question, value: list[Chosen] | None) -> dict[str, Any]:
        if not value:
            return {}
        return self.exported(question, value, [self.name_of(question, chosen) for chosen in value])
