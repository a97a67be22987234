"""A survey laid out for paper: numbered questions on sheets of about one page each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.expressions.conditions import Condition
from surveys.questions import type_of
from surveys.questions.field import Field
from surveys.rules.logic import PIPE, Logic
from surveys.rules.sentences import read_condition, sentence
from surveys.text import pick

LINES_OF_A_SHEET = 48
SIGNS_OF_A_LINE = 80
LINES_OF_A_PICTURE = 14
MOST_ROUNDS = 4
"""How many rounds of a repeat without a limit are printed."""
BLANK = "………"

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on paper. `number` counts over the whole form, 0 for a note; `only_if` is a condition in
    words, or as it is written where it has no words; `writing_lines` are lines to write on. `ticks` says how
    many boxes are to be ticked: ``one``, ``several`` or ``""`` where there are none."""

    field: Field
    number: int
    only_if: str = ""
    writing_lines: int = 1
    ticks: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A section, or one round of a repeat; `title` and `intro` stand at its head."""

    title: str
    intro: str
    only_if: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on one sheet; `number` counts from 1."""

    number: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A whole form in one language."""

    language: str
    title: str
    sheets: tuple[Sheet, ...]


def paper_form(definition: Definition, language: str, *, say: Say) -> PaperForm:
    """The form in `language`; `say` translates the words between names and values of a condition."""
    laying = _Laying(definition, language, say)
    blocks = [block for section in definition.sections for block in laying.blocks(section)]
    return PaperForm(
        language=language,
        title=pick(definition.title, language, definition.default_language),
        sheets=tuple(Sheet(number, tuple(found)) for number, found in enumerate(_sheets(blocks), 1)),
    )


class _Laying:
    """Numbers the questions and puts their conditions in words."""

    def __init__(self, definition: Definition, language: str, say: Say) -> None:
        self.definition = definition
        self.languages = {"language": language, "default_language": definition.default_language}
        self.language = language
        self.say = say
        self.logic = Logic(definition)
        self.number = 0
        self.numbered = definition

    def blocks(self, section: Section) -> Iterator[Block]:
        default = self.definition.default_language
        title, intro = (pick(text, self.language, default) for text in (section.title, section.intro))
        only_if = self.condition(section.relevant)
        if section.repeat is None:
            yield self._block(title, intro, only_if, section)
            return
        item = pick(section.repeat.item, self.language, default) or title
        rounds = section.repeat.maximum or max(section.repeat.minimum, MOST_ROUNDS)
        for number in range(1, min(rounds, 12) + 1):
            heading = f"{item} {number}".strip()
            yield self._block(heading, intro if number == 1 else "", only_if if number == 1 else "", section)

    def _block(self, title: str, intro: str, only_if: str, section: Section) -> Block:
        asked = []
        for question in section.questions:
            kind = type_of(question)
            if not kind.asks:
                continue
            field = _plain(kind.field(question, **self.languages))
            if not kind.takes_answer:
                asked.append(Asked(field, 0, self.condition(question.relevant)))
                continue
            self.number += 1
            label = pick(question.label, self.language, self.definition.default_language)
            self._know(question, f"{self.number}. {label}")
            lines = writing_lines(field) if kind.is_free_text else 1
            asked.append(
                Asked(field, self.number, self.condition(question.relevant), lines, _ticks(question, field))
            )
        return Block(_without_pipes(title), _without_pipes(intro), only_if, tuple(asked))

    def _know(self, question: Question, label: str) -> None:
        """From now on conditions name the question with its number."""
        self.numbered = replace(
            self.numbered,
            sections=tuple(
                replace(
                    section,
                    questions=tuple(
                        replace(other, label={self.language: label}) if other.id == question.id else other
                        for other in section.questions
                    ),
                )
                for section in self.numbered.sections
            ),
        )

    def condition(self, written: str) -> str:
        """A condition in words; as it is written, with the questions' words in it, where it has none."""
        if not written:
            return ""
        condition: Condition | None = read_condition(written)
        if condition is not None:
            return sentence(condition, self.numbered, language=self.language, say=self.say)
        return PIPE.sub(lambda match: f"“{self._label(match[1])}”", written)

    def _label(self, name: str) -> str:
        placed = self.logic.placed.get(name)
        if placed is None:
            return name
        numbered = self.numbered.question(placed.question.id)
        return pick(numbered.label, self.language, self.definition.default_language)


def _ticks(question: Question, field: Field) -> str:
    if not field.choices or field.rows or field.pairs:
        return ""
    kind = type_of(question).export_kinds(question).get(question.name)
    return "several" if kind == "codes" and getattr(question.config, "max", None) != 1 else "one"


def writing_lines(field: Field) -> int:
    """Lines to write on: one for every 60 characters that fit, at most eight."""
    return max(1, min(8, getattr(field.config, "max_length", 60) // 250 + 1))


def _plain(field: Field) -> Field:
    """Earlier answers cannot stand in words on paper: a blank stands there."""
    return replace(field, label=_without_pipes(field.label), hint=_without_pipes(field.hint))


def _without_pipes(words: str) -> str:
    return PIPE.sub(BLANK, words)


def _sheets(blocks: list[Block]) -> Iterator[list[Block]]:
    """The blocks by sheets, parted between questions where one does not fit any more."""
    sheet: list[Block] = []
    left: float = LINES_OF_A_SHEET - 8  # the head of the form
    for block in blocks:
        part = replace(block, asked=())
        left -= _head_height(block)
        for asked in block.asked:
            height = question_height(asked)
            if height > left and (sheet or part.asked):
                if part.asked:
                    sheet.append(part)
                yield sheet
                sheet, left = [], LINES_OF_A_SHEET
                if part.asked:
                    part = Block("", "", "", ())
                else:
                    left -= _head_height(block)
            part = replace(part, asked=(*part.asked, asked))
            left -= height
        if part.asked or part.title or part.intro:
            sheet.append(part)
    if sheet:
        yield sheet


def _head_height(block: Block) -> float:
    return 3.0 * bool(block.title) + _lines(block.intro) + _lines(block.only_if)


def question_height(asked: Asked) -> float:
    """About how many lines of type a question takes, for parting sheets."""
    field = asked.field
    height = 1.4 + _lines(field.label) + _lines(field.hint) + _lines(asked.only_if)
    height += LINES_OF_A_PICTURE if field.picture else 0
    if field.rows:
        height += 2 + sum(0.7 + _lines(row.label) for row in field.rows)
    elif field.pairs:
        height += sum(1.6 for _ in field.pairs)
    elif field.choices:
        short = all(len(choice.label) <= 3 for choice in field.choices)
        height += (
            1.6 if short else sum(1.35 * max(1, _lines(c.label)) for c in (*field.choices, *field.apart))
        )
    else:
        height += 1.9 * asked.writing_lines
    return height


def _lines(words: str) -> float:
    return sum(-(-len(line) // SIGNS_OF_A_LINE) for line in words.split("\n")) if words else 0
