"""A survey as a plain list of questions, and an example to begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from surveys.definition import Definition, Section
from surveys.elements import Question
from surveys.i18n import N_
from surveys.questionlist.words import COLUMNS, LOCALIZED, YES_WORD
from surveys.questions import question_types, type_of
from surveys.text import Text
from surveys.xlsform.notices import Notice

Say = Callable[[str], str]
"""Translates a marked string into the language of the list."""


def question_list_rows(
    definition: Definition, *, language: str, say: Say
) -> tuple[list[list[str]], tuple[Notice, ...]]:
    """Header and rows, headed in `language`, and what such a list cannot hold."""
    columns = _columns(definition.languages, definition.default_language)
    rows = [[_header(column, code, definition.default_language, language) for column, code in columns]]
    notices: list[Notice] = []
    for section in definition.sections:
        notices += _lost_of_section(section)
        for place, question in enumerate(section.questions):
            cells = _cells(question, section if place == 0 else None, definition, language, say)
            rows.append([cells.get(column, "") for column in columns])
            notices += _lost(question)
    if definition.quotas or definition.screen_outs:
        notices.append(Notice("endings_left_out", N_("Quotas and screen-outs are left out.")))
    return rows, tuple(notices)


def _columns(languages: Sequence[str], default: str) -> list[tuple[str, str]]:
    others = [code for code in languages if code != default]
    columns = []
    for column in ("section", "question", "type", "options", "lines", "required", "hint", "name"):
        columns.append((column, default))
        if column in LOCALIZED:
            columns += [(column, code) for code in others]
    return columns


def _header(column: str, code: str, default: str, language: str) -> str:
    names = COLUMNS[column]
    name = names.get(language, names["en"])[0]
    return name if code == default else f"{name} ({code})"


def _cells(
    question: Question, section: Section | None, definition: Definition, language: str, say: Say
) -> dict[tuple[str, str], str]:
    kind, default = type_of(question), definition.default_language
    cells = {
        ("type", default): say(kind.label),
        ("required", default): YES_WORD.get(language, "yes") if question.required else "",
        ("name", default): question.name,
    }
    lists = _option_lists(question)
    for code in definition.languages:
        cells["question", code] = question.label.get(code, "")
        cells["hint", code] = question.hint.get(code, "")
        cells["section", code] = section.title.get(code, "") if section else ""
        for column, texts in zip(("options", "lines"), lists, strict=False):
            words = [text.get(code, "") for text in texts]
            cells[column, code] = "\n".join(words) if all(words) else ""
    return cells


def _option_lists(question: Question) -> list[list[Text]]:
    kind = type_of(question)
    names = [setting.name for setting in kind.option_settings()]
    names.sort(key=lambda name: name not in kind.choice_settings[:1])
    lists = [[option.label for option in getattr(question.config, name)] for name in names]
    if lists and getattr(question.config, "other", False):
        lists[0].append(question.config.other_label or _OTHER)
    return lists


_OTHER = {"ar": "غير ذلك", "en": "Other", "fr": "Autre", "es": "Otro"}
_LOGIC = ("relevant", "required_if", "constraint", "default", "choice_filter")


def _lost(question: Question) -> list[Notice]:
    """What of a question such a list cannot hold."""
    kept = {"other", "other_label", *(setting.name for setting in type_of(question).option_settings())}
    usual: Any = type_of(question).starting_config()
    settings = [s.name for s in type_of(question).settings if s.name not in kept]
    differs = any(getattr(question.config, name) != getattr(usual, name) for name in settings)
    if differs or any(getattr(question, part) for part in _LOGIC):
        message = N_("The question “%(name)s” has conditions or settings that such a list cannot hold.")
        return [Notice("settings_left_out", message, {"name": question.name})]
    return []


def _lost_of_section(section: Section) -> list[Notice]:
    if section.relevant or section.repeat or section.intro:
        message = N_(
            "The page “%(name)s” has a text, a condition or a repetition that such a list cannot hold."
        )
        return [Notice("page_left_out", message, {"name": section.name})]
    return []


EXAMPLE: dict[str, tuple[tuple[str, str, str, bool, str, str], ...]] = {
    "ar": (
        ("عنكم", "ما صفتكم في التحالف؟", "select_one", True, "عضو\nشريك\nموظف\nأخرى", ""),
        ("", "أي خدماتنا تستفيدون منها؟", "select_multiple", False, "التدريب\nالمنح\nالمشورة", "اختاروا ما تشاؤون."),
        ("رأيكم", "التحالف يصغي إلى أعضائه.", "agreement", False, "", ""),
        ("", "كم شخصًا يعمل في منظمتكم؟", "integer", False, "", ""),
        ("", "ما الذي ينبغي أن يتغير؟", "long_text", True, "", "لا تذكروا أسماء أشخاص."),
    ),
    "en": (
        ("About you", "What are you in the alliance?", "select_one", True, "Member\nPartner\nStaff\nOther", ""),
        ("", "Which of our services do you use?", "select_multiple", False, "Training\nGrants\nAdvice",
         "Choose as many as you like."),
        ("Your view", "The alliance listens to its members.", "agreement", False, "", ""),
        ("", "How many people work in your organisation?", "integer", False, "", ""),
        ("", "What should change?", "long_text", True, "", "Do not name people."),
    ),
    "fr": (
        ("Vous", "Qu’êtes-vous dans l’alliance ?", "select_one", True, "Membre\nPartenaire\nSalarié\nAutre", ""),
        ("", "Lesquels de nos services utilisez-vous ?", "select_multiple", False, "Formation\nSubventions\nConseil",
         "Autant que vous voulez."),
        ("Votre avis", "L’alliance écoute ses membres.", "agreement", False, "", ""),
        ("", "Combien de personnes travaillent dans votre organisation ?", "integer", False, "", ""),
        ("", "Qu’est-ce qui devrait changer ?", "long_text", True, "", "Ne nommez personne."),
    ),
    "es": (
        ("Usted", "¿Qué es usted en la alianza?", "select_one", True, "Miembro\nSocio\nPersonal\nOtro", ""),
        ("", "¿Cuáles de nuestros servicios usa?", "select_multiple", False, "Formación\nSubvenciones\nAsesoría",
         "Tantos como quiera."),
        ("Su opinión", "La alianza escucha a sus miembros.", "agreement", False, "", ""),
        ("", "¿Cuántas personas trabajan en su organización?", "integer", False, "", ""),
        ("", "¿Qué debería cambiar?", "long_text", True, "", "No nombre a personas."),
    ),
}  # fmt: skip


def example_rows(language: str, *, say: Say) -> list[list[str]]:
    """A short list to begin with, header first; English where we have none in `language`."""
    columns = ("section", "question", "type", "required", "options", "hint")
    rows = [[COLUMNS[column].get(language, COLUMNS[column]["en"])[0] for column in columns]]
    for section, question, kind, required, options, hint in EXAMPLE.get(language, EXAMPLE["en"]):
        yes = YES_WORD.get(language, "yes") if required else ""
        rows.append([section, question, say(question_types[kind].label), yes, options, hint])
    return rows
