"""One small sample of every question type, so that whoever picks one sees what people will meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from consult.i18n import language
from surveys.elements import Option, Question
from surveys.i18n import N_
from surveys.questions import QuestionType, question_types
from surveys.questions.field import BoundField

FAMILIES = (
    (N_("Choosing"), ("select_one", "select_multiple", "yes_no", "image_choice")),
    (N_("Writing"), ("short_text", "long_text")),
    (N_("Rating and agreeing"), ("agreement", "rating", "recommendation", "matrix")),
    (N_("Weighing up"), ("ranking", "budget", "pairwise")),
    (N_("Numbers"), ("integer", "decimal", "range")),
    (N_("Dates and times"), ("date", "time", "datetime")),
    (N_("Contacts and places"), ("email", "phone", "url", "location")),
)
"""What the picker shows together, what is used most first; every other type stands in the last group."""
OTHERS = N_("Files, notes and values")
OPTION_WORDS = (N_("First answer"), N_("Second answer"), N_("Third answer"))


@dataclass(frozen=True, slots=True)
class Sample:
    """A type and a question of it, filled in with nothing."""

    kind: QuestionType
    field: BoundField


def samples_of_types() -> Iterator[tuple[str, list[Sample]]]:
    """Every type with a sample in the page's language: the words of a group → its types."""
    grouped = {name for _words, names in FAMILIES for name in names}
    others = tuple(name for name in question_types if name not in grouped)
    for words, names in (*FAMILIES, (OTHERS, others)):
        yield _(words), [_sample(question_types[name]) for name in names if name in question_types]


def _sample(kind: QuestionType) -> Sample:
    code = language()
    question = Question(
        id=f"sample-{kind.name}",
        name=f"sample-{kind.name}",
        type=kind.name,
        label={code: _(kind.example)},
        required=True,
        config=_filled(kind),
    )
    return Sample(kind, BoundField(kind.field(question, language=code, default_language=code), {}))


def _filled(kind: QuestionType) -> Any:
    """The settings a new question begins with, with three answers where there are none yet."""
    config = kind.starting_config()
    empty = [setting.name for setting in kind.option_settings() if not getattr(config, setting.name)]
    options = tuple(
        Option(f"o{number}", f"o{number}", {language(): _(words)})
        for number, words in enumerate(OPTION_WORDS, 1)
    )
    return replace(config, **dict.fromkeys(empty, options)) if empty else config
