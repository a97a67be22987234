"""Counting the answers of a survey. Pure: definitions and answers in, `Tally` values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.questions import type_of
from surveys.questions.base import Cell, Counts, Tally, Value

__all__ = [
    "Cell",
    "QuestionCounts",
    "Tally",
    "in_rounds",
    "tally_documents",
    "tally_question",
    "tally_rounds",
]


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """The counted projection of one question: `answered` responses, and how often each value is there."""

    answered: int = 0
    counts: Counts = field(default_factory=dict)


def tally_documents(definition: Definition, documents: Iterable[Mapping[str, Value]]) -> dict[str, Tally]:
    """Question id → tally over whole responses (question id → value), in a repeat over the rounds of all."""
    kept = list(documents)
    tallies: dict[str, Tally] = {}
    for section in definition.sections:
        for question in section.questions:
            kind = type_of(question)
            if not kind.takes_answer:
                continue
            if section.repeat:
                given = [value for document in kept for value in in_rounds(document, section, question)]
            else:
                given = [document.get(question.id) for document in kept]
            tallies[question.id] = kind.tally(question, given)
    return tallies


def in_rounds(document: Mapping[str, Value], section: Section, question: Question) -> list[Value | None]:
    """The answers of a response to a question of a repeat, one for each round, None where there is none."""
    return [given.get(question.id) for given in document.get(section.id) or ()]


def tally_rounds(question: Question, responses: Iterable[Sequence[Value | None]]) -> tuple[Tally, Tally]:
    """A question of a repeat: over all rounds of all responses (what `in_rounds` gives), and over the responses, of
    which each counts once a value however often it gave it: so many people stand behind a figure."""
    kind = type_of(question)
    kept = [list(rounds) for rounds in responses if rounds]
    people: Counter[tuple[str | None, float | None]] = Counter()
    answered = 0
    for rounds in kept:
        own = {(row.option_id, row.number) for value in rounds for row in kind.project(question, value)}
        people.update(own)
        answered += bool(own)
    over_rounds = kind.tally(question, (value for rounds in kept for value in rounds))
    return over_rounds, kind.tally_counts(question, people, answered=answered, base=len(kept))


def tally_question(question: Question, counted: QuestionCounts, *, base: int) -> Tally:
    """The same for one question from the counted projection; `base` is the number of responses asked."""
    return type_of(question).tally_counts(question, counted.counts, answered=counted.answered, base=base)
