"""One page for how a survey ends: its thank-you text, its screen-outs and its quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder.blueprint import languages_of, save, sent_revision
from consult.builder.conditions import ConditionInput, asked_before, condition_menus
from consult.builder.services import definition_of
from consult.builder.settings import InputError, read_words
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.i18n import is_language_switch, language
from consult.transaction import commits
from surveys.definition import Definition
from surveys.elements import Quota, ScreenOut
from surveys.errors import AnswerError
from surveys.expressions import ExpressionError, expression
from surveys.i18n import N_
from surveys.ids import new_id
from surveys.numbers import parse_number
from surveys.questions import type_of
from surveys.rules.logic import names_of
from surveys.rules.sentences import read_condition, sentence
from surveys.text import is_safe_label, pick

blueprint = Blueprint("endings", __name__, url_prefix="/manage/<slug>/survey/endings")
PERMISSIONS = {"endings.page": Right.CONSULTATION_EDIT, "endings.save_page": Right.CONSULTATION_EDIT}

MOST_ROWS = 60
MOST_LIMIT = 10_000_000
SCREEN_OUT = N_("Screen people out")
COUNT = N_("Count a response")
NO_CONDITION = N_("Write a condition.")
NOT_A_NAME = N_("No question has the name “%(name)s”.")
NO_LIMIT = N_("Write how many responses are wanted, a whole number from 1.")
NO_TITLE = N_("Give the quota a name.")
UNSAFE = N_("This text has hidden signs that change the direction of writing. Please type it again.")


@dataclass
class Line:
    """A quota or screen-out as it stands in the form: `stem` begins its inputs' names."""

    stem: str
    id: str = ""
    condition: str = ""
    limit: str = ""
    title: dict[str, str] = field(default_factory=dict)
    message: dict[str, str] = field(default_factory=dict)
    errors: dict[str, InputError] = field(default_factory=dict)
    said: str = ""
    menus: ConditionInput | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.condition or self.limit or self.title or self.message or self.errors)


class EndingsForm:
    """What was typed, and the definition that comes of it."""

    def __init__(self, definition: Definition, languages: Sequence[str]) -> None:
        self.definition = definition
        self.languages = list(languages)
        self.asked = list(asked_before(definition, None))
        self.thanks = dict(definition.thanks)
        self.errors: dict[str, InputError] = {}
        self.screen_outs = [
            Line(f"screen-out-{n}", item.id, item.condition, message=dict(item.message))
            for n, item in enumerate(definition.screen_outs)
        ]
        self.quotas = [
            Line(f"quota-{n}", item.id, item.condition, str(item.limit), dict(item.title), dict(item.message))
            for n, item in enumerate(definition.quotas)
        ]
        self._close()

    def read(self, sent: Mapping[str, str]) -> Definition:
        """The definition as sent; look at `problems` before using it. A line emptied or ticked goes."""
        try:
            self.thanks = read_words(sent, "thanks", self.languages, self.thanks)
        except InputError as error:
            self.errors["thanks"] = error
            self.thanks = _as_typed(sent, "thanks", self.languages)
        self.screen_outs = self._lines(sent, "screen-out", self.screen_outs)
        self.quotas = self._lines(sent, "quota", self.quotas)
        for line in self.screen_outs:
            self._check_condition(line, may_lack=False)
        limits = [self._check_quota(line) for line in self.quotas]
        changed = replace(
            self.definition,
            thanks=self.thanks,
            screen_outs=tuple(ScreenOut(line.id, line.condition, line.message) for line in self.screen_outs),
            quotas=tuple(
                Quota(line.id, line.title, line.condition, limit, line.message)
                for line, limit in zip(self.quotas, limits, strict=True)
            ),
        )
        self._close()
        return changed

    def forget_errors(self) -> None:
        """For a page that only redraws what was typed."""
        self.errors.clear()
        for line in (*self.screen_outs, *self.quotas):
            line.errors.clear()
            if line.menus is not None:
                line.menus.error = None

    @property
    def problems(self) -> list[tuple[str, str, InputError]]:
        labels = {"condition": N_("Condition"), "limit": N_("Responses wanted"), "title": N_("Name"),
                  "message": N_("What people read")}  # fmt: skip
        first = self.languages[0]
        found = [(f"thanks-{first}", N_("Thank-you text"), error) for error in self.errors.values()]
        for line in (*self.screen_outs, *self.quotas):
            for part, error in line.errors.items():
                place = f"{line.stem}-{part}" + (f"-{first}" if part in ("title", "message") else "")
                if part == "condition" and line.menus is not None:
                    place = line.menus.error_target
                found.append((place, labels[part], error))
        return found

    def _menus(self, line: Line) -> ConditionInput:
        label = SCREEN_OUT if line.stem.startswith("screen-out") else COUNT
        return ConditionInput(f"{line.stem}-condition", label, line.condition, self.asked)

    def _lines(self, sent: Mapping[str, str], stem: str, old: Sequence[Line]) -> list[Line]:
        known = {line.id: line for line in old if line.id}
        lines = []
        for number in range(MOST_ROWS):
            name = f"{stem}-{number}"
            if f"{name}-id" not in sent:
                break
            before = known.get(sent.get(f"{name}-id", ""), Line(name))
            line = Line(name, before.id or new_id())
            line.menus = self._menus(replace(before, stem=name))
            line.condition = line.menus.read(sent)
            if line.menus.error:
                line.errors["condition"] = line.menus.error
            line.limit = sent.get(f"{name}-limit", "").strip()
            for part in ("title", "message"):
                try:
                    setattr(
                        line, part, read_words(sent, f"{name}-{part}", self.languages, getattr(before, part))
                    )
                except InputError as error:
                    line.errors[part] = error
                    setattr(line, part, _as_typed(sent, f"{name}-{part}", self.languages))
            if not line.is_blank and sent.get(f"{name}-remove") != "yes":
                lines.append(line)
        for number, line in enumerate(lines):
            line.stem = f"{stem}-{number}"
            assert line.menus is not None
            line.menus.name = f"{line.stem}-condition"
        return lines

    def _check_quota(self, line: Line) -> int:
        self._check_condition(line, may_lack=True)
        if not line.title and "title" not in line.errors:
            line.errors["title"] = InputError(NO_TITLE)
        try:
            limit = parse_number(line.limit)
        except AnswerError:
            limit = None
        if limit is None or limit != int(limit) or not 1 <= limit <= MOST_LIMIT:
            line.errors["limit"] = InputError(NO_LIMIT)
            return 1
        return int(limit)

    def _check_condition(self, line: Line, *, may_lack: bool) -> None:
        if "condition" in line.errors:
            return
        error = condition_error(line.condition, self.definition)
        if line.condition and error:
            line.errors["condition"] = error
        elif not line.condition and not may_lack:
            line.errors["condition"] = InputError(NO_CONDITION)
        if line.menus is not None:
            line.menus.error = line.errors.get("condition")

    def _close(self) -> None:
        """An empty line to write in at the end of each list, and every condition in words."""
        for stem, lines in (("screen-out", self.screen_outs), ("quota", self.quotas)):
            lines.append(Line(f"{stem}-{len(lines)}"))
            for line in lines:
                line.menus = line.menus or self._menus(line)
                condition = read_condition(line.condition)
                if condition is not None:
                    line.said = sentence(condition, self.definition, language=language(), say=_)


def _as_typed(sent: Mapping[str, str], name: str, languages: Sequence[str]) -> dict[str, str]:
    return {code: sent.get(f"{name}-{code}", "") for code in languages}


def condition_error(written: str, definition: Definition) -> InputError | None:
    """What is wrong with a condition on the answers of a whole response."""
    if not is_safe_label(written):
        return InputError(UNSAFE)
    try:
        references = expression(written).references if written else frozenset()
    except ExpressionError as error:
        return InputError(error.message, **error.params)
    names = {name for question in definition.questions() for name in names_of(question)}
    names |= {section.name for section in definition.sections if section.repeat}
    unknown = sorted(references - names)
    return InputError(NOT_A_NAME, name=unknown[0]) if unknown else None


@blueprint.get("")
def page(slug: str) -> str:
    consultation = load_consultation(slug)
    return _page(consultation, EndingsForm(definition_of(consultation), languages_of(consultation)))


@blueprint.post("")
@commits
def save_page(slug: str) -> Response | str | tuple[str, int]:
    consultation = load_consultation(slug)
    form = EndingsForm(definition_of(consultation), languages_of(consultation))
    changed = form.read(request.form)
    if is_language_switch() or request.form.get("action") == "more-rows":
        form.forget_errors()
        return _page(consultation, form)
    if form.problems:
        return _page(consultation, form), 422
    try:
        save(consultation, changed, "endings")
    except SurveyError as error:
        return _page(consultation, form, refusal=error), 422
    flash(_("Saved."))
    return redirect(url_for("endings.page", slug=slug), 303)


def _page(consultation: Consultation, form: EndingsForm, *, refusal: SurveyError | None = None) -> str:
    return render_template(
        "builder/endings.html",
        consultation=consultation,
        form=form,
        names=list(_names(form.definition)),
        **condition_menus(),
        revision=sent_revision(consultation),
        refusal=refusal,
    )


def _names(definition: Definition) -> Any:
    """What conditions may ask for: each question's name, its words, and its codes with theirs."""
    for question in definition.questions():
        kind = type_of(question)
        if kind.takes_answer:
            codes = [
                (code, pick(words, language(), definition.default_language))
                for code, words in kind.codes(question)
            ]
            yield question.name, pick(question.label, language(), definition.default_language), codes
