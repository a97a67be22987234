"""What the types share whose answer is one value for each of several lines: an input a line, a column a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from surveys.elements import Option, Question
from surveys.questions.base import Problem, QuestionType
from surveys.questions.choices import check_options, choices_for
from surveys.questions.field import Choice, Field, lot
from surveys.questions.rows import Row
from surveys.questions.shuffling import check_pinned, pinned_of
from surveys.text import Text, pick

LONGEST_KEY = 64
"""What the projection can hold as the id of an option."""


class LineType(QuestionType):
    """The answer is a dict, option id → value, in the order of the lines; the inputs are ``name-line``."""

    fewest_lines: ClassVar[int] = 2

    def lines(self, question: Question) -> tuple[Option, ...]:
        """The lines of the question; each has an input of its own."""
        return question.config.options

    def options(self, question: Question) -> tuple[Option, ...]:
        """All options of the question: what must have words."""
        return self.lines(question)

    def input_name(self, question: Question, line: Option) -> str:
        return f"{question.name}-{line.name}"

    def input_names(self, question: Question) -> tuple[str, ...]:
        return tuple(self.input_name(question, line) for line in self.lines(question))

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        return replace(
            field,
            rows=self.choices_of_lines(
                question, field.input_id, language=language, default_language=default_language
            ),
            pinned=self.pinned(question),
        )

    def pinned(self, question: Question) -> int | None:
        """How many of the last lines keep their place, None where none is shuffled."""
        return pinned_of(question.config, self.lines(question))

    def choices_of_lines(
        self, question: Question, input_id: str, *, language: str, default_language: str
    ) -> tuple[Choice, ...]:
        return choices_for(
            self.lines(question),
            input_id,
            language=language,
            default_language=default_language,
            names=lambda line: self.input_name(question, line),
        )

    def check(self, question: Question) -> Iterable[Problem]:
        yield from check_options(question, self.lines(question), least=self.fewest_lines)
        yield from check_pinned(question, self.lines(question), self.pinned(question))

    def line_labels(self, question: Question, *, language: str, default_language: str) -> dict[str, str]:
        """Option id → its words; a line without words has its name."""
        return {
            line.id: pick(line.label, language, default_language) or line.name
            for line in self.lines(question)
        }

    def column_labels(self, question: Question) -> dict[str, Text]:
        return {self.input_name(question, line): line.label for line in self.lines(question)}

    def reads_row(self, row: Row) -> bool:
        return row.own.get("type") == self.name and len(row.lines) >= self.fewest_lines


def joined_key(*ids: str) -> str:
    """Several ids as one key of the projection, which holds 64 characters."""
    key = "/".join(ids)
    return key if len(key) <= LONGEST_KEY else lot(*ids).hex()


def in_order(lines: Sequence[Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by line id in the order of the lines, then those of lines that are no longer there."""
    known = {line.id: values[line.id] for line in lines if line.id in values}
    return known | {key: value for key, value in values.items() if key not in known}


def listed(parts: Iterable[str]) -> str:
    """The lines of an answer in words, one below the other."""
    return "\n".join(parts)
