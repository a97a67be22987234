"""A survey as a participant sees it: everything that depends only on the version and the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition import Definition, Section
from surveys.errors import AnswerError
from surveys.questions import type_of
from surveys.questions.base import Tally, Value, language_shown
from surveys.questions.field import BoundField, Field, Raw
from surveys.text import pick


@dataclass(frozen=True, slots=True)
class SectionView:
    """One page in one language; `number` counts from 1. `section` is what it was made from."""

    id: str
    name: str
    number: int
    title: str
    intro: str
    fields: tuple[Field, ...]
    section: Section

    def bind(
        self, raw: Raw, errors: Mapping[str, AnswerError] | None = None, *, seed: str = ""
    ) -> list[BoundField]:
        """The fields filled with a submitted form and its errors by question id (`rules.check_section`).

        `seed` belongs to the person; it decides the order of what is shuffled.
        """
        errors = errors or {}
        return [BoundField(field, raw, errors.get(field.id), seed) for field in self.fields]

    def bind_answers(self, answers: Mapping[str, Value], *, seed: str = "") -> list[BoundField]:
        """The fields filled with stored answers (question id → value)."""
        return self.bind(form_data(self.section, answers), seed=seed)


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey in one language."""

    language: str
    default_language: str
    title: str
    sections: tuple[SectionView, ...]
    is_varied: bool = False
    """Whether some question is not the same for all who meet it, such as one with shuffled options."""

    def section(self, section_id: str) -> SectionView | None:
        return next((section for section in self.sections if section.id == section_id), None)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of the check page: the question and the answer in words, ``""`` when not given."""

    field: Field
    text: str
    data: Any = None


def localize(definition: Definition, language: str) -> SurveyView:
    """The definition in `language`; where words are missing, those of the default language."""
    default = definition.default_language
    sections = tuple(
        SectionView(
            id=section.id,
            name=section.name,
            number=number,
            title=pick(section.title, language, default),
            intro=pick(section.intro, language, default),
            fields=tuple(
                type_of(question).field(question, language=language, default_language=default)
                for question in section.questions
            ),
            section=section,
        )
        for number, section in enumerate(definition.sections, 1)
    )
    return SurveyView(
        language=language,
        default_language=default,
        title=pick(definition.title, language, default),
        sections=sections,
        is_varied=any(field.is_varied for section in sections for field in section.fields),
    )


def form_data(section: Section, answers: Mapping[str, Value]) -> dict[str, list[str]]:
    """What the section's form would hold for stored answers (question id → value)."""
    data: dict[str, list[str]] = {}
    for question in section.questions:
        value = answers.get(question.id)
        if value is not None:
            data.update(type_of(question).form_data(question, value))
    return data


def answer_lines(view: SectionView, answers: Mapping[str, Value], survey: SurveyView) -> list[AnswerLine]:
    """The answers of one section in words, for the check page; notes are left out."""
    lines = []
    for field, question in zip(view.fields, view.section.questions, strict=True):
        kind = type_of(question)
        if kind.takes_answer:
            value = answers.get(question.id)
            text = kind.text(
                question, value, language=survey.language, default_language=survey.default_language
            )
            lines.append(AnswerLine(field, text, value))
    return lines


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a result. `count` is None where it may not be shown; `hidden` then says why."""

    key: str
    label: str
    lang: str | None
    count: int | None
    share: float | None
    apart: bool = False
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """A row of a matrix, an option that was ranked: how many had a say on it, its figures and its lines.

    `answered` is None where it may not be shown; `statistics` are then left out, as beside any hidden line.
    """

    key: str
    label: str
    lang: str | None
    answered: int | None
    statistics: Mapping[str, float]
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """The tally of one question in one language, as its ``result.html`` shows it.

    `answered` and `base` are None where they may not be shown. `k` is the smallest count that is shown. Where
    `is_repeated`, they count the rounds of a repeat instead of responses.
    """

    field: Field
    answered: int | None
    base: int | None
    rows: tuple[ResultRow, ...]
    several: bool
    statistics: Mapping[str, float]
    k: int = 0
    groups: tuple[ResultGroup, ...] = ()
    is_repeated: bool = False

    @property
    def template(self) -> str:
        return f"questions/{self.field.type}/result.html"


def result_view(
    field: Field,
    tally: Tally,
    *,
    language: str,
    default_language: str,
    hidden: Mapping[str, str] | None = None,
    k: int = 0,
    is_repeated: bool = False,
) -> ResultView:
    """A tally in words.

    `hidden` names what disclosure control withholds: cell key → ``small`` or ``withheld``, with the keys
    ``:answered`` and ``:base`` for the totals and ``:group/KEY`` for those of groups. Statistics are left out
    as soon as anything is hidden.
    """
    hidden = hidden or {}
    answered = None if ":answered" in hidden else tally.answered
    bases = {group.key: None if f":group/{group.key}" in hidden else group.answered for group in tally.groups}
    rows = []
    for cell in tally.cells:
        why = hidden.get(cell.key, "")
        of = bases.get(cell.group) if tally.by_group else answered
        rows.append(
            ResultRow(
                key=cell.key,
                label=pick(cell.label, language, default_language),
                lang=language_shown(cell.label, language, default_language),
                count=None if why else cell.count,
                share=None if why or not of else cell.count / of,
                apart=cell.apart,
                hidden=why,
            )
        )
    groups = tuple(
        ResultGroup(
            key=group.key,
            label=pick(group.label, language, default_language),
            lang=language_shown(group.label, language, default_language),
            answered=bases[group.key],
            statistics={} if hidden else group.statistics,
            rows=tuple(row for row, cell in zip(rows, tally.cells, strict=True) if cell.group == group.key),
        )
        for group in tally.groups
    )
    return ResultView(
        field=field,
        answered=answered,
        base=None if ":base" in hidden else tally.base,
        rows=tuple(rows),
        several=tally.several,
        statistics={} if hidden else tally.statistics,
        k=k,
        groups=groups,
        is_repeated=is_repeated,
    )
