"""A survey's definition: immutable values, and their stored form.

Ids are stable for life and tie answers to questions over all versions; names are what forms, exports and
expressions use; texts are in several languages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from surveys.elements import (
    Config,
    Option,
    Question,
    Quota,
    Repeat,
    ScreenOut,
    expression,
    given,
    plain,
)  # fmt: skip
from surveys.errors import DefinitionError
from surveys.i18n import N_
from surveys.questions.registry import type_named
from surveys.text import Text, is_safe_label, pick, text_from_json

__all__ = [
    "Config", "Definition", "Option", "Question", "Quota", "Repeat", "ScreenOut", "Section", "Text", "pick",
    "question_from_json",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A page of questions. It shows where `relevant` holds; with `repeat` it is answered several times."""

    id: str
    name: str
    title: Text = field(default_factory=dict)
    intro: Text = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    relevant: str = ""
    repeat: Repeat | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            **given(title=dict(self.title), intro=dict(self.intro), relevant=self.relevant),
            **given(repeat=self.repeat.to_json() if self.repeat else None),
            "questions": [question_to_json(question) for question in self.questions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=plain(data, "id"),
            name=plain(data, "name"),
            title=text_from_json(data.get("title")),
            intro=text_from_json(data.get("intro")),
            questions=tuple(question_from_json(question) for question in data.get("questions", ())),
            relevant=expression(data, "relevant"),
            repeat=Repeat.from_json(data["repeat"]) if data.get("repeat") else None,
        )


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole survey. `thanks` is what people read who have sent their answers."""

    title: Text
    languages: tuple[str, ...]
    default_language: str
    sections: tuple[Section, ...] = ()
    thanks: Text = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    screen_outs: tuple[ScreenOut, ...] = ()

    def questions(self) -> Iterator[Question]:
        """All questions in the order of the pages."""
        for section in self.sections:
            yield from section.questions

    def question(self, question_id: str) -> Question:
        """Raises DefinitionError when there is none."""
        for question in self.questions():
            if question.id == question_id:
                return question
        raise DefinitionError("no_such_question", N_("This question is not in the survey any more."))

    def section(self, section_id: str) -> Section:
        """Raises DefinitionError when there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise DefinitionError("no_such_section", N_("This section is not in the survey any more."))

    def section_of(self, question_id: str) -> Section:
        """The section that holds a question. Raises DefinitionError when none does."""
        for section in self.sections:
            if any(question.id == question_id for question in section.questions):
                return section
        raise DefinitionError("no_such_question", N_("This question is not in the survey any more."))

    def to_json(self) -> dict[str, Any]:
        return {
            "title": dict(self.title),
            "languages": list(self.languages),
            "default_language": self.default_language,
            "sections": [section.to_json() for section in self.sections],
            **given(
                thanks=dict(self.thanks),
                quotas=[quota.to_json() for quota in self.quotas],
                screen_outs=[screen_out.to_json() for screen_out in self.screen_outs],
            ),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises DefinitionError when `data` is not a definition; ids must be unique."""
        languages = tuple(data.get("languages") or ())
        default = plain(data, "default_language")
        if not all(isinstance(code, str) and code and is_safe_label(code) for code in languages):
            raise DefinitionError("bad_language", N_("A language code cannot be used."))
        definition = cls(
            title=text_from_json(data.get("title")),
            languages=languages if default in languages else (default, *languages),
            default_language=default,
            sections=tuple(Section.from_json(section) for section in data.get("sections", ())),
            thanks=text_from_json(data.get("thanks")),
            quotas=tuple(Quota.from_json(quota) for quota in data.get("quotas", ())),
            screen_outs=tuple(ScreenOut.from_json(item) for item in data.get("screen_outs", ())),
        )
        _refuse_repeated_ids(definition)
        return definition

    def fingerprint(self) -> str:
        """SHA-256 of the stored form, in hex: equal for equal definitions."""
        stored = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(stored.encode()).hexdigest()


def question_to_json(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "name": question.name,
        "type": question.type,
        "label": dict(question.label),
        **given(
            hint=dict(question.hint),
            required=question.required,
            config=question.config.to_json(),
            relevant=question.relevant,
            required_if=question.required_if,
            constraint=question.constraint,
            constraint_message=dict(question.constraint_message),
            default=question.default,
            choice_filter=question.choice_filter,
            picture=question.picture,
            picture_words=dict(question.picture_words),
        ),
    }


def question_from_json(data: Mapping[str, Any]) -> Question:
    """Raises DefinitionError on an unknown type or setting."""
    kind = type_named(plain(data, "type"))
    return Question(
        id=plain(data, "id"),
        name=plain(data, "name"),
        type=kind.name,
        label=text_from_json(data.get("label")),
        hint=text_from_json(data.get("hint")),
        required=bool(data.get("required", False)),
        config=kind.Config.from_json(data.get("config") or {}),
        relevant=expression(data, "relevant"),
        required_if=expression(data, "required_if"),
        constraint=expression(data, "constraint"),
        constraint_message=text_from_json(data.get("constraint_message")),
        default=expression(data, "default"),
        choice_filter=expression(data, "choice_filter"),
        picture=expression(data, "picture"),
        picture_words=text_from_json(data.get("picture_words")),
    )


def _refuse_repeated_ids(definition: Definition) -> None:
    for ids in (
        [section.id for section in definition.sections],
        [question.id for question in definition.questions()],
        [quota.id for quota in definition.quotas],
        [screen_out.id for screen_out in definition.screen_outs],
    ):
        if len(set(ids)) < len(ids):
            raise DefinitionError("id_twice", N_("Two parts of the survey have the same id."))
