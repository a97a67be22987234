"""Changes to a definition. Pure: each function returns a new definition and leaves the old one as it was.

Positions count from 0. All raise DefinitionError for an id that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from surveys.definition import Definition, Section
from surveys.elements import Config, Option, Question, option_lists, with_changed_options
from surveys.expressions import ExpressionError, expression
from surveys.expressions.checks import CHECKS, check_of, written_check
from surveys.expressions.conditions import written_condition
from surveys.expressions.filters import ITSELF, filter_of
from surveys.expressions.nodes import Node
from surveys.ids import new_id
from surveys.questions import type_of
from surveys.rules.logic import PIPE, names_of
from surveys.rules.names import free_name
from surveys.rules.sentences import read_condition

Item = TypeVar("Item", Section, Question)


def names_in(definition: Definition) -> set[str]:
    """Every name in use."""
    return {question.name for question in definition.questions()} | {s.name for s in definition.sections}


def next_name(definition: Definition, stem: str = "q") -> str:
    """The first free name of the form ``q1``, ``q2`` …"""
    taken = names_in(definition)
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def add_section(definition: Definition, section: Section, *, position: int | None = None) -> Definition:
    """Put a section in, at the end unless a position is given."""
    return replace(definition, sections=_inserted(definition.sections, section, position))


def update_section(definition: Definition, section: Section) -> Definition:
    """Replace the section of the same id."""
    definition.section(section.id)
    return _with_sections(definition, lambda old: section if old.id == section.id else old)


def move_section(definition: Definition, section_id: str, *, position: int) -> Definition:
    """Put the section at `position` among the sections."""
    section = definition.section(section_id)
    others = tuple(other for other in definition.sections if other.id != section_id)
    return replace(definition, sections=_inserted(others, section, position))


def remove_section(definition: Definition, section_id: str) -> Definition:
    """Take a section out with its questions."""
    definition.section(section_id)
    return replace(definition, sections=tuple(s for s in definition.sections if s.id != section_id))


def join(definition: Definition, more: Definition) -> Definition:
    """The definition with the pages of another one behind its own.

    They are new questions: they get ids of their own, and names that are taken get a number, which conditions
    and texts follow. Its quotas and screen-outs come along, and its thanks where there were none.
    """
    taken = names_in(definition)
    data = more.to_json()
    renamed: dict[str, str] = {}
    for section in data["sections"]:
        for part in (section, *section["questions"]):
            name = free_name(part["name"], taken) if part["name"] in taken else part["name"]
            taken.add(name)
            if name != part["name"]:
                renamed[part["name"]] = name
            part |= {"id": new_id(), "name": name}
    for ending in (*data.get("quotas", ()), *data.get("screen_outs", ())):
        ending["id"] = new_id()
    for question in more.questions():  # the columns of an answer bear the question's name
        now = replace(question, name=renamed.get(question.name, question.name))
        renamed |= dict(zip(names_of(question), names_of(now), strict=True))
    added = Definition.from_json(_changed_texts(data, lambda _key, text: _renamed(text, renamed)))
    return replace(
        definition,
        sections=(*definition.sections, *added.sections),
        quotas=(*definition.quotas, *added.quotas),
        screen_outs=(*definition.screen_outs, *added.screen_outs),
        thanks=definition.thanks or added.thanks,
    )


def add_question(
    definition: Definition, section_id: str, question: Question, *, position: int | None = None
) -> Definition:
    """Put a question into a section, at its end unless a position is given."""
    section = definition.section(section_id)
    return update_section(
        definition, replace(section, questions=_inserted(section.questions, question, position))
    )


def update_question(definition: Definition, question: Question) -> Definition:
    """Replace the question of the same id."""
    section = definition.section_of(question.id)
    questions = tuple(question if old.id == question.id else old for old in section.questions)
    return update_section(definition, replace(section, questions=questions))


def revise_question(definition: Definition, question: Question) -> Definition:
    """Replace the question of the same id, and let conditions and texts follow its new name and codes.

    ``${old}`` becomes ``${new}`` wherever it stands; a code is followed where a condition is one of menus
    (`surveys.expressions.conditions`).
    """
    old = definition.question(question.id)
    definition = update_question(definition, question)
    names = _changed_names(old, question)
    codes = _changed_codes(old, question)
    if not names and not codes:
        return definition
    if codes:
        definition = _with_marks(update_question(definition, _with_own_codes(question, codes)), old, codes)

    def follow(key: str, text: str) -> str:
        renamed = _renamed(text, names)
        return _with_codes(renamed, question, codes) if key in CONDITIONS else renamed

    return Definition.from_json(_changed_texts(definition.to_json(), follow))


CONDITIONS = frozenset({"relevant", "required_if", "condition"})
"""The fields of a stored definition that hold conditions."""


def _changed_texts(data: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """Stored data with every text in it changed; `change` is told under which key it stands."""
    if isinstance(data, dict):
        return {name: _changed_texts(value, change, name) for name, value in data.items()}
    if isinstance(data, list):
        return [_changed_texts(value, change, key) for value in data]
    return change(key, data) if isinstance(data, str) else data


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A text with every ``${old}`` in it as ``${new}``."""
    return PIPE.sub(lambda match: f"${{{names.get(match[1], match[1])}}}", text) if "${" in text else text


def _changed_names(old: Question, new: Question) -> dict[str, str]:
    """Old name → new one, of the question and of the columns of its answer. Which column is which is told by the ids of
    the options: where one goes or moves, no other takes its place."""
    bare = replace(old, name=new.name)
    if new.type != old.type:
        return {} if old.name == new.name else {old.name: new.name}
    kept = {
        (setting, option.id): option.name
        for setting, options in option_lists(new.config).items()
        for option in options
    }
    config = with_changed_options(
        bare.config,
        lambda setting, option: replace(option, name=kept.get((setting, option.id), option.name)),
    )
    pairs = zip(names_of(old), names_of(replace(bare, config=config)), strict=True)
    return {was: now for was, now in pairs if was != now}


def _changed_codes(old: Question, new: Question) -> dict[str, str]:
    """Old code → new one, of the answers that are in both by their ids."""
    now = {option.id: option.name for option in _options_of(new)}
    return {
        option.name: now[option.id]
        for option in _options_of(old)
        if option.id in now and now[option.id] != option.name
    }


def _options_of(question: Question) -> Iterator[Option]:
    for options in option_lists(question.config).values():
        yield from options


def _with_codes(written: str, question: Question, codes: Mapping[str, str]) -> str:
    condition = read_condition(written) if codes else None
    if condition is None:
        return written
    asked = names_of(question)
    clauses = tuple(
        replace(clause, value=codes.get(clause.value, clause.value)) if clause.question in asked else clause
        for clause in condition.clauses
    )
    return written if clauses == condition.clauses else written_condition(replace(condition, clauses=clauses))


def _with_own_codes(question: Question, codes: Mapping[str, str]) -> Question:
    """The question whose constraint, where it is one of menus, has its new codes."""
    kind = type_of(question).export_kinds(question).get(question.name, "")
    node = _node(question.constraint)
    condition = check_of(node, kind) if node else None
    if condition is None:
        return question
    clauses = tuple(
        replace(clause, value=codes.get(clause.value, clause.value))
        if CHECKS[clause.operator].takes == "code"
        else clause
        for clause in condition.clauses
    )
    if clauses == condition.clauses:
        return question
    return replace(question, constraint=written_check(replace(condition, clauses=clauses)))


def _with_marks(definition: Definition, asked: Question, codes: Mapping[str, str]) -> Definition:
    """The definition whose options say the new codes, where a filter compares a mark of theirs with the answer."""
    names = names_of(asked)
    for question in definition.questions():
        node = _node(question.choice_filter)
        marks = {
            clause.mark for clause in (filter_of(node) if node else None) or () if clause.question in names
        }
        changed = {
            setting: tuple(
                _marked(option, marks - {ITSELF}, codes) for option in getattr(question.config, setting)
            )
            for setting in type_of(question).choice_settings
            if marks and hasattr(question.config, setting)
        }
        if changed:
            definition = update_question(
                definition, replace(question, config=replace(question.config, **changed))
            )
    return definition


def _marked(option: Option, marks: set[str], codes: Mapping[str, str]) -> Option:
    attributes = {
        name: codes.get(value, value) if name in marks else value for name, value in option.attributes.items()
    }
    return option if attributes == option.attributes else replace(option, attributes=attributes)


def _node(written: str) -> Node | None:
    try:
        return expression(written).node if written else None
    except ExpressionError:
        return None


def remove_question(definition: Definition, question_id: str) -> Definition:
    """Take a question out. Answers already given to it stay where they are."""
    section = definition.section_of(question_id)
    questions = tuple(old for old in section.questions if old.id != question_id)
    return update_section(definition, replace(section, questions=questions))


def duplicate_question(definition: Definition, question_id: str) -> tuple[Definition, Question]:
    """A copy behind the original, with new ids and a free name; the definition and the copy."""
    section = definition.section_of(question_id)
    original = definition.question(question_id)
    copy = replace(
        original,
        id=new_id(),
        name=free_name(original.name, names_in(definition)),
        config=_with_new_ids(original.config),
    )
    place = section.questions.index(original) + 1
    return add_question(definition, section.id, copy, position=place), copy


def move_question(
    definition: Definition, question_id: str, *, position: int, section_id: str | None = None
) -> Definition:
    """Put a question at `position` of its section, or of another one."""
    question = definition.question(question_id)
    target = section_id or definition.section_of(question_id).id
    return add_question(remove_question(definition, question_id), target, question, position=position)


def move_question_up(definition: Definition, question_id: str) -> Definition:
    """One place up; from the top of a section to the end of the one before it."""
    section = definition.section_of(question_id)
    place = section.questions.index(definition.question(question_id))
    if place:
        return move_question(definition, question_id, position=place - 1)
    number = definition.sections.index(section)
    if not number:
        return definition
    before = definition.sections[number - 1]
    return move_question(definition, question_id, position=len(before.questions), section_id=before.id)


def move_question_down(definition: Definition, question_id: str) -> Definition:
    """One place down; from the end of a section to the top of the one after it."""
    section = definition.section_of(question_id)
    place = section.questions.index(definition.question(question_id))
    if place + 1 < len(section.questions):
        return move_question(definition, question_id, position=place + 1)
    number = definition.sections.index(section) + 1
    if number == len(definition.sections):
        return definition
    return move_question(definition, question_id, position=0, section_id=definition.sections[number].id)


def question_number(definition: Definition, question_id: str) -> int:
    """Where a question stands in the whole survey, from 1."""
    definition.question(question_id)
    return 1 + [question.id for question in definition.questions()].index(question_id)


def move_question_to_number(definition: Definition, question_id: str, *, number: int) -> Definition:
    """Make a question number `number` of the whole survey, in the section of the one that stood there."""
    question = definition.question(question_id)
    others = [other for other in definition.questions() if other.id != question_id]
    if not others:
        return definition
    target = max(1, min(number, len(others) + 1))
    before = question_number(definition, question_id) < target or target > len(others)
    neighbour = others[target - 2] if before else others[target - 1]
    without = remove_question(definition, question_id)
    section = without.section_of(neighbour.id)
    place = section.questions.index(neighbour) + before
    return add_question(without, section.id, question, position=place)


def _with_sections(definition: Definition, change: Callable[[Section], Section]) -> Definition:
    return replace(definition, sections=tuple(change(section) for section in definition.sections))


def _inserted(items: tuple[Item, ...], item: Item, position: int | None) -> tuple[Item, ...]:
    place = len(items) if position is None else max(0, min(position, len(items)))
    return items[:place] + (item,) + items[place:]


def _with_new_ids(config: Config) -> Config:
    made: Config = with_changed_options(config, lambda _, option: replace(option, id=new_id()))
    return made
