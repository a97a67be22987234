"""The forms of the builder. They keep what was typed, and never lose words in a language they do not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from consult.builder.logic_forms import QuestionLogic, SectionLogic
from consult.builder.settings import HIDDEN_SIGNS, InputError, SettingInput, read_words
from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.questions import question_types, type_of
from surveys.questions.pictures import is_kept
from surveys.rules.names import RESERVED, is_name

PICTURE, PICTURE_REFUSED = "set-question-image", "set-question-picture-refused"
"""What `pictures.sent_form` makes of the picture beside the question."""
NOT_THIS_PICTURE = N_("This picture cannot be taken: a JPEG, PNG or WebP of at most 5 MB is needed.")
Problems = list[tuple[str, str, InputError]]
"""(id of the input, its label, the error), for the summary; labels are marked strings."""


class SectionForm:
    """Title and introduction of a section, when it shows, and whether it repeats."""

    def __init__(self, section: Section, definition: Definition, languages: Sequence[str]) -> None:
        self.section = section
        self.logic = SectionLogic(section, definition, languages)
        self.languages = list(languages)
        self.title = dict(section.title)
        self.intro = dict(section.intro)
        self.errors: dict[str, InputError] = {}

    def read(self, sent: Mapping[str, str]) -> Section:
        """The section as sent; look at `errors` before using it."""
        for part in ("title", "intro"):
            try:
                setattr(self, part, read_words(sent, part, self.languages, getattr(self, part)))
            except InputError as error:
                self.errors[part] = error
        return self.logic.read(sent, replace(self.section, title=self.title, intro=self.intro))

    def forget_errors(self) -> None:
        """For a page that only redraws what was typed."""
        self.errors.clear()
        self.logic.errors.clear()
        self.logic.relevant.error = None

    @property
    def problems(self) -> Problems:
        labels = {"title": N_("Title of the section"), "intro": N_("Text before the questions")}
        own = [(f"{part}-{self.languages[0]}", labels[part], error) for part, error in self.errors.items()]
        return own + self.logic.problems


class QuestionForm:
    """One question in all languages: words, hint, its type's settings, its logic."""

    def __init__(self, question: Question, definition: Definition, languages: Sequence[str]) -> None:
        self.question = question
        self.definition = definition
        self.languages = list(languages)
        self.kind = type_of(question)
        self.label = dict(question.label)
        self.hint = dict(question.hint)
        self.picture = question.picture
        self.picture_words = dict(question.picture_words)
        self.required = question.required
        self.name = question.name
        self.errors: dict[str, InputError] = {}
        self.logic = QuestionLogic(question, definition, languages)
        self.settings = [SettingInput(setting, self.languages, None) for setting in self.kind.settings]
        for item in self.settings:
            item.show(getattr(question.config, item.setting.name))
        self._show_marks()

    def setting(self, name: str) -> SettingInput:
        """The input of one setting, for a type's own template."""
        return next(item for item in self.settings if item.setting.name == name)

    def read(self, sent: Mapping[str, str]) -> Question:
        """The question as sent; look at `problems` before using it."""
        for part in ("label", "hint", "picture_words"):
            if part == "picture_words" and PICTURE not in sent:
                continue
            try:
                setattr(self, part, read_words(sent, part, self.languages, getattr(self, part)))
            except InputError as error:
                self.errors[part] = error
        self._read_picture(sent)
        self.required = sent.get("required") == "yes"
        self.name = sent.get("name", "").strip() or self.question.name
        self._check_name()
        values: dict[str, Any] = {}
        for item in self.settings:
            item.read(sent)
            if item.value is not None or _may_be_empty(self.question, item.setting.name):
                values[item.setting.name] = item.value
        question = replace(
            self.question,
            label=self.label,
            hint=self.hint,
            picture=self.picture,
            picture_words=self.picture_words if self.picture else {},
            required=self.required and self.kind.takes_answer,
            name=self.name,
            config=replace(self.question.config, **values),
        )
        question = self.logic.read(sent, question)
        self._show_marks()
        if not self.problems:
            self._check_whole(question)
        return question

    def _read_picture(self, sent: Mapping[str, str]) -> None:
        """The picture that was sent, or the one that stood there, if it is to stay."""
        if PICTURE in sent:
            self.picture = sent[PICTURE] if is_kept(sent[PICTURE]) else ""
        if sent.get("picture-remove") == "yes":
            self.picture = ""
        if PICTURE_REFUSED in sent:
            self.errors["picture"] = InputError(NOT_THIS_PICTURE)

    def _show_marks(self) -> None:
        """Let the tables of answers ask for what the filter needs, and show what else stands there."""
        marks = self.logic.choice_filter.marks
        for item in self.settings:
            if item.kind == "options" and item.setting.name in self.kind.choice_settings:
                item.marks = marks
                item.has_columns = bool(self.logic.choice_filter.typed) or any(
                    item.columns_of(row) for row in item.rows
                )

    def forget_errors(self) -> None:
        """For a page that only redraws what was typed."""
        self.errors.clear()
        self.logic.forget_errors()

    def _check_name(self) -> None:
        others = {q.name for q in self.definition.questions() if q.id != self.question.id}
        if not is_name(self.name) or self.name in RESERVED:
            message = N_(
                "Use letters, digits and _ only, and begin with a letter. “%(name)s” cannot be used."
            )
            self.errors["name"] = InputError(message, name=self.name)
        elif self.name in others:
            self.errors["name"] = InputError(N_("Another question has this name."))

    def _check_whole(self, question: Question) -> None:
        """Words in some language, and what the type itself asks of its settings."""
        if not question.label:
            self.errors["label"] = InputError(N_("Write the question in one language at least."))
        if question.picture and not question.picture_words:
            self.errors["picture_words"] = InputError(
                N_("Say what the picture shows, for people who do not see it.")
            )
        for problem in self.kind.check(question):
            self.errors.setdefault("settings", InputError(problem.message, **problem.params))

    @property
    def problems(self) -> Problems:
        labels = {
            "label": N_("Question"),
            "hint": N_("Hint"),
            "picture": N_("Picture"),
            "picture_words": N_("What the picture shows"),
            "name": N_("Name"),
            "settings": N_("Settings"),
        }
        first = self.languages[0]
        targets = {
            "label": f"label-{first}",
            "hint": f"hint-{first}",
            "picture": "set-question-picture",
            "picture_words": f"picture_words-{first}",
            "name": "name",
            "settings": "settings",
        }
        found = [(targets[part], labels[part], error) for part, error in self.errors.items()]
        found += [(item.error_target, item.setting.label, item.error) for item in self.settings if item.error]
        return found + self.logic.problems


def blank_question(definition: Definition, type_name: str, name: str) -> Question:
    """A new question of a type, not yet in the survey. Raises KeyError for an unknown type."""
    kind = question_types[type_name]
    return Question(id=new_id(), name=name, type=kind.name, label={}, config=kind.starting_config())


def _may_be_empty(question: Question, name: str) -> bool:
    """Whether None is a value of this setting, as for an open limit; others keep what they had."""
    return type(question.config).__dataclass_fields__[name].default is None


__all__ = ["HIDDEN_SIGNS", "QuestionForm", "SectionForm", "blank_question"]
