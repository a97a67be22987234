"""Options compared two by two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from surveys.elements import Config, Option, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import (
    Cell,
    Counts,
    Group,
    Problem,
    Projected,
    Raw,
    Setting,
    Tally,
    first,
    required_error,
)  # fmt: skip
from surveys.questions.choices import OPTIONS_SETTING, option_named, option_with
from surveys.questions.field import Field, PairLine
from surveys.questions.lines import LineType, joined_key, listed
from surveys.questions.registry import register
from surveys.questions.room import longest_id
from surveys.questions.rows import Cells, Row
from surveys.text import Text, pick

MOST_OPTIONS = 12
Pair = tuple[Option, Option]


@dataclass(frozen=True, slots=True)
class PairwiseConfig(Config):
    """`pairs`: how many comparisons each person is asked for, None for all; which ones differs by person."""

    options: tuple[Option, ...] = ()
    pairs: int | None = None


@register
class Pairwise(LineType):
    """The answer is a list of [winner's id, loser's id] in the order of all pairs.

    The input and column of a pair bears the codes of both, ``name-bread-water``, in the order of the alphabet: it is
    the same pair wherever its options stand, and whichever others there are.
    """

    name = "pairwise"
    label = N_("Choice between two")
    example = N_("Which of these two should come first? And of these two? Several short comparisons.")
    Config = PairwiseConfig
    settings = (
        OPTIONS_SETTING,
        Setting(
            "pairs",
            "integer",
            N_("How many comparisons each person makes"),
            hint=N_(
                "Leave empty for all. With fewer, each person gets others, and all come up equally often."
            ),
            minimum=1,
        ),
    )
    column_kind = "code"
    xlsform_types = frozenset({"rank"})
    xlsform_appearances = frozenset({"pairwise"})

    def pairs(self, question: Question) -> tuple[Pair, ...]:
        """All pairs of options, in their order."""
        return tuple(combinations(question.config.options, 2))

    def pair_name(self, question: Question, pair: Pair) -> str:
        """The name of a pair's input and column. Hyphens in codes are doubled, so that no two pairs share it."""
        codes = sorted(option.name.replace("-", "--") for option in pair)
        return f"{question.name}-{codes[0]}-{codes[1]}"

    def asked(self, question: Question) -> int:
        """How many comparisons a person is asked for."""
        every = len(self.pairs(question))
        return min(question.config.pairs or every, every)

    def input_names(self, question: Question) -> tuple[str, ...]:
        return tuple(self.pair_name(question, pair) for pair in self.pairs(question))

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        pairs = tuple(
            PairLine(name, *pair)
            for name, pair in zip(self.input_names(question), combinations(field.rows, 2), strict=True)
        )
        return replace(field, rows=(), pairs=pairs, asked=self.asked(question))

    def pinned(self, question: Question) -> int | None:
        return None

    def can_be_answered(self, question: Question) -> bool:
        return len(question.config.options) > 1

    def parse(self, question: Question, raw: Raw) -> list[list[str]] | None:
        chosen = []
        for pair in self.pairs(question):
            code = first(raw, self.pair_name(question, pair))
            if code:
                winner = option_named(pair, code)
                loser = pair[1] if winner is pair[0] else pair[0]
                chosen.append([winner.id, loser.id])
        return chosen or None

    def most_bytes(self, question: Question) -> int:
        """Room for all pairs: who sends a form of their own may compare more than were asked for."""
        return 2 + len(self.pairs(question)) * (2 * longest_id(self.lines(question)) + 4)

    def lacking(self, question: Question, value: list[list[str]] | None) -> AnswerError | None:
        if not value:
            return required_error()
        missing = self.asked(question) - len(value)
        if missing <= 0:
            return None
        message = N_("Please answer every line. Lines without an answer: %(number)s.")
        return AnswerError("required", message, number=missing)

    def form_data(self, question: Question, value: list[list[str]] | None) -> dict[str, list[str]]:
        return {name: [code] for name, code in self.export(question, value).items()}

    def text(
        self, question: Question, value: list[list[str]] | None, *, language: str, default_language: str
    ) -> str:
        labels = self.line_labels(question, language=language, default_language=default_language)
        arrow = " > "
        return listed(arrow.join(labels.get(key, key) for key in pair) for pair in value or [])

    def check(self, question: Question) -> Iterable[Problem]:
        yield from super().check(question)
        if len(question.config.options) > MOST_OPTIONS:
            message = N_("Compare at most %(limit)s answers, or there are too many pairs.")
            yield Problem("too_many_pairs", message, {"limit": MOST_OPTIONS}, question.id)

    def project(self, question: Question, value: list[list[str]] | None) -> tuple[Projected, ...]:
        return tuple(Projected(option_id=joined_key(*pair)) for pair in value or [])

    def tally_counts(self, question: Question, counts: Counts, *, answered: int, base: int) -> Tally:
        """A cell an option: how often it was preferred, of all comparisons in which it stood."""
        won = dict.fromkeys((line.id for line in self.lines(question)), 0)
        lost = dict(won)
        by_key = {key: n for (key, _), n in counts.items()}
        for one, two in self.pairs(question):
            for winner, loser in ((one, two), (two, one)):
                n = by_key.get(joined_key(winner.id, loser.id), 0)
                won[winner.id] += n
                lost[loser.id] += n
        lines = self.lines(question)
        return Tally(
            base=base,
            answered=answered,
            cells=tuple(Cell(line.id, line.label, won[line.id], group=line.id) for line in lines),
            groups=tuple(Group(line.id, line.label, won[line.id] + lost[line.id]) for line in lines),
            by_group=True,
            linked=True,
        )

    def codes(self, question: Question) -> tuple[tuple[str, Text], ...]:
        return tuple((line.name, line.label) for line in self.lines(question))

    def column_labels(self, question: Question) -> dict[str, Text]:
        languages = {code for line in self.lines(question) for code in line.label}
        return {
            self.pair_name(question, pair): {
                code: " / ".join(pick(option.label, code, code) for option in pair)
                for code in sorted(languages)
            }
            for pair in self.pairs(question)
        }

    def export(self, question: Question, value: list[list[str]] | None) -> dict[str, Any]:
        winners = {frozenset(pair): pair[0] for pair in value or []}
        data = {}
        for pair in self.pairs(question):
            winner = option_with(pair, winners.get(frozenset(option.id for option in pair)))
            if winner:
                data[self.pair_name(question, pair)] = winner.name
        return data

    def reads_row(self, row: Row) -> bool:
        return 2 <= len(row.options) <= MOST_OPTIONS

    def config_from_row(self, row: Row) -> PairwiseConfig:
        pairs = row.own.get("pairs", "")
        return PairwiseConfig(row.options + row.apart, pairs=int(pairs) if pairs.isdecimal() else None)

    def row_of(self, question: Question) -> Cells:
        own = {"pairs": str(question.config.pairs)} if question.config.pairs is not None else {}
        return Cells("rank", appearance="pairwise", options=question.config.options, own=own)
