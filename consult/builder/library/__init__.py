"""Questions and whole surveys to begin from, in four languages, as data files beside this module.

`questions.json` is a list of questions under keys that are their names in exports, so that the same question
asked in two surveys has the same column; `scales.json` holds the answers that several share, by name;
`templates.json` puts questions together into surveys of several pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from consult.analysis.arabic import fold_letters
from surveys import editing
from surveys.definition import Definition, Section
from surveys.elements import Option, Question
from surveys.expressions import ExpressionError, expression
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.questions import QuestionType, type_of
from surveys.questions.registry import type_named
from surveys.questions.shuffling import EXCLUSIVE
from surveys.rules.logic import PIPE, names_of
from surveys.rules.names import free_name
from surveys.text import Text, text_from_json

TOPICS = {
    "demographics": N_("About people, with care"),
    "membership": N_("Organisation and membership"),
    "participation": N_("Participation"),
    "governance": N_("Governance"),
    "strategy": N_("Strategy"),
    "review": N_("After a review"),
    "satisfaction": N_("Satisfaction"),
    "recommendation": N_("Recommendation (NPS)"),
    "accessibility": N_("Accessibility and safety"),
    "events": N_("Events"),
    "services": N_("Services"),
    "baseline": N_("Baseline"),
    "stakeholders": N_("Stakeholders"),
    "open": N_("Open questions and closing"),
}
ALONE = frozenset({"none", "nothing", "dont_know", "prefer_not"})
"""Codes of answers that cannot stand beside others where several may be chosen."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question of the library. Its name is its key; `topic` is one of TOPICS."""

    key: str
    topic: str
    question: Question

    @property
    def kind(self) -> QuestionType:
        return type_of(self.question)


@dataclass(frozen=True, slots=True)
class Template:
    """A whole survey: what it is for, when to use it, and its pages with questions under fixed ids."""

    key: str
    title: Text
    description: Text
    use: Text
    sections: tuple[Section, ...]

    @property
    def questions(self) -> int:
        """How many questions take an answer."""
        return sum(type_of(q).takes_answer for section in self.sections for q in section.questions)


@cache
def library_items() -> Mapping[str, Item]:
    """Key → question, in the order of the file, which is that of the topics."""
    scales = _read("scales.json")
    found = (Item(data["key"], data["topic"], _question(data, scales)) for data in _read("questions.json"))
    return {item.key: item for item in found}


@cache
def templates() -> Mapping[str, Template]:
    """Key → template, in the order in which they are offered."""
    return {data["key"]: _template(data) for data in _read("templates.json")}


def search(items: Iterable[Item], words: str = "", topic: str = "") -> list[Item]:
    """Those of a topic that hold every word in their texts, in any language; letters are folded."""
    wanted = _folded(words).split()
    return [
        item
        for item in items
        if (not topic or item.topic == topic) and all(word in _searched(item.question) for word in wanted)
    ]


def with_questions(
    definition: Definition, section_id: str, questions: Sequence[Question]
) -> tuple[Definition, list[Question]]:
    """Copies of questions at the end of a section, with new ids and free names; they and the definition.

    Conditions follow the new names; one that asks for a question that is not there is left out.
    """
    copies = _copies(definition, questions)
    for copy in copies:
        definition = editing.add_question(definition, section_id, copy)
    return definition, copies


def with_template(definition: Definition, template: Template) -> Definition:
    """A definition with a template's pages behind its own."""
    questions = [question for section in template.sections for question in section.questions]
    copies = iter(_copies(definition, questions))
    renamed = _new_names(definition, questions)
    for section in template.sections:
        made = replace(
            section,
            id=new_id(),
            name=free_name(section.name, editing.names_in(definition)),
            questions=tuple(next(copies) for _ in section.questions),
            relevant=_renamed(section.relevant, renamed),
        )
        definition = editing.add_section(definition, made)
    return definition


def _copies(definition: Definition, questions: Sequence[Question]) -> list[Question]:
    renamed = _new_names(definition, questions)
    known = {name for question in definition.questions() for name in names_of(question)}
    copies = []
    for question in questions:
        copy = replace(question, id=new_id(), name=renamed[question.name])
        parts: dict[str, Any] = {
            part: _kept(_renamed(getattr(copy, part), renamed), known)
            for part in ("relevant", "required_if", "constraint", "default", "choice_filter")
        }
        copies.append(replace(copy, **parts))
        known.update(names_of(copy))
    return copies


def _new_names(definition: Definition, questions: Sequence[Question]) -> dict[str, str]:
    taken = editing.names_in(definition)
    names: dict[str, str] = {}
    for question in questions:
        names[question.name] = free_name(question.name, taken)
        taken.add(names[question.name])
    return names


def _renamed(written: str, names: Mapping[str, str]) -> str:
    return PIPE.sub(lambda match: f"${{{names.get(match[1], match[1])}}}", written)


def _kept(written: str, known: set[str]) -> str:
    try:
        return written if not written or expression(written).references <= known else ""
    except ExpressionError:
        return ""


def _searched(question: Question) -> str:
    texts = [question.label, question.hint, *(label for _code, label in type_of(question).codes(question))]
    return _folded(" ".join(words for text in texts for words in text.values()))


def _folded(words: str) -> str:
    return fold_letters(words).casefold()


def _read(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _question(data: Mapping[str, Any], scales: Mapping[str, Any]) -> Question:
    kind = type_named(data["type"])
    return Question(
        id=data["key"],
        name=data["key"],
        type=kind.name,
        label=text_from_json(data["label"]),
        hint=text_from_json(data.get("hint")),
        required=data.get("required", False),
        config=_config(kind, data, scales),
        relevant=data.get("relevant", ""),
    )


def _config(kind: QuestionType, data: Mapping[str, Any], scales: Mapping[str, Any]) -> Any:
    """The type's usual settings with what the file says: its answers go where the type has its first list."""
    config = kind.starting_config()
    lists = kind.option_settings()
    values: dict[str, Any] = {}
    answers = data.get("options") or scales.get(data.get("scale", ""))
    if answers:
        may_stand_alone = any(attribute == EXCLUSIVE for attribute, _label in lists[0].ticks)
        values[lists[0].name] = _options(answers, may_stand_alone=may_stand_alone)
    if "apart" in data:
        values["apart"] = _options(scales[data["apart"]])
    if "other_label" in data:
        values["other_label"] = text_from_json(data["other_label"])
    values |= {name: data[name] for name in ("other", "min", "max") if name in data}
    return replace(config, **values)


def _options(answers: Sequence[Mapping[str, Any]], *, may_stand_alone: bool = False) -> tuple[Option, ...]:
    return tuple(
        Option(
            id=answer["code"],
            name=answer["code"],
            label=text_from_json(answer["label"]),
            attributes={EXCLUSIVE: "yes"} if may_stand_alone and answer["code"] in ALONE else {},
        )
        for answer in answers
    )


def _template(data: Mapping[str, Any]) -> Template:
    return Template(
        key=data["key"],
        title=text_from_json(data["title"]),
        description=text_from_json(data["description"]),
        use=text_from_json(data["use"]),
        sections=tuple(_section(page, number) for number, page in enumerate(data["pages"], 1)),
    )


def _section(data: Mapping[str, Any], number: int) -> Section:
    return Section(
        id=f"page{number}",
        name=f"page{number}",
        title=text_from_json(data["title"]),
        intro=text_from_json(data.get("intro")),
        questions=tuple(_asked(entry) for entry in data["questions"]),
        relevant=data.get("relevant", ""),
    )


def _asked(entry: Mapping[str, Any]) -> Question:
    question = library_items()[entry["key"]].question
    return replace(question, required=entry.get("required", question.required))
