"""A page of a survey for whoever makes it: what a person meets after some answers, and what she does not, and why.

`surveys.pages` makes the page itself; here everything that it leaves out stands beside it, in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveys.definition import Section
from surveys.elements import Question
from surveys.pages import Making, Page, Round
from surveys.presentation import SurveyView
from surveys.questions import type_of
from surveys.questions.field import BoundField
from surveys.rules.flow import Flow
from surveys.text import Text

UNSEEN = "unseen-"
"""Begins the names of inputs that nobody fills in: they stand for questions that do not show."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A question on the way through a page.

    `met` is its field where a person meets it. `unseen` is one to look at only, where she does not, or where an
    answer on the same page may still close it; `rule` is then the condition for the script, `is_open` whether it
    shows now. `left_out` are the words of answers that a filter takes away. `silent` is true for what nobody is
    asked, with the `value` that it has.
    """

    question: Question
    met: BoundField | None
    unseen: BoundField | None
    rule: str = ""
    is_open: bool = True
    left_out: tuple[Text, ...] = ()
    silent: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """One round of a repeat, or the whole page; `number` as in `surveys.pages.Round`."""

    number: int
    stops: tuple[Stop, ...]


def walks_of(page: Page, survey: SurveyView, flow: Flow) -> tuple[Walk, ...]:
    """Every question of the page, round by round; one round also of a repeat that has none for these answers."""
    section = page.section.section
    if not section.repeat:
        return (Walk(0, tuple(_stops(page, page.rounds[0], survey, flow, section))),)
    rounds = zip(page.rounds, flow.rounds_of(section), strict=False)
    walks = tuple(
        Walk(made.number, tuple(_stops(page, made, survey, inner, flow.logic.round(section, made.number))))
        for made, inner in rounds
    )
    none = Round(1, [])
    blank = flow.round(section, 1, {})
    return walks or (Walk(0, tuple(_stops(page, none, survey, blank, flow.logic.round(section, 1)))),)


def _stops(page: Page, round_: Round, survey: SurveyView, flow: Flow, named: Section) -> Iterator[Stop]:
    section = page.section.section
    page_shows = flow.section_is_relevant(section) if flow.outer is None else _shows(flow, section)
    fields = {field.id: field for field in round_.fields}
    making = Making(survey, flow, {})
    for question, in_form in zip(section.questions, named.questions, strict=True):
        kind = type_of(question)
        if not kind.asks and not getattr(question.config, "shown", False):
            value = kind.text(
                question, flow.answer(question), language=survey.language, default_language=flow.language
            )
            yield Stop(question, None, None, silent=True, value=value)
            continue
        met = fields.get(in_form.id) if page_shows else None
        rule, is_open = page.depends.get(met.input_id, ("", True)) if met else ("", False)
        unseen = None
        if met is None or not is_open or rule:
            unseen = _to_look_at(making, question, in_form, flow)
        if not (is_open or rule):
            met = None
        yield Stop(question, met, unseen, rule, is_open, tuple(_left_out(question, flow)) if met else ())


def _shows(flow: Flow, section: Section) -> bool:
    assert flow.outer is not None
    return flow.outer.section_is_relevant(section)


def _to_look_at(making: Making, question: Question, in_form: Question, flow: Flow) -> BoundField:
    named = replace(in_form, id=f"{UNSEEN}{in_form.id}", name=f"{UNSEEN}{in_form.name}")
    return BoundField(making.field(question, named, flow), {}, None, flow.seed)


def _left_out(question: Question, flow: Flow) -> Iterator[Text]:
    if not question.choice_filter:
        return
    offered = flow.offered(question)
    for setting in type_of(question).choice_settings:
        kept = {option.id for option in getattr(offered.config, setting, ())}
        for option in getattr(question.config, setting, ()):
            if option.id not in kept:
                yield option.label or {flow.language: option.name}
