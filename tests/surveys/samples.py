"""Surveys for the tests."""

from __future__ import annotations

from dataclasses import replace

from surveys.definition import Definition, Option, Question, Section
from surveys.elements import ScreenOut
from surveys.questions.agreement import AgreementConfig
from surveys.questions.integer import IntegerConfig
from surveys.questions.select_multiple import SelectMultipleConfig
from surveys.questions.select_one import SelectOneConfig
from surveys.questions.texts import LongTextConfig, ShortTextConfig


def options(*names: str) -> tuple[Option, ...]:
    return tuple(Option(f"id-{name}", name, {"en": name.title(), "ar": f"«{name}»"}) for name in names)


NOTE = Question("n1", "welcome", "note", {"en": "Welcome", "ar": "أهلًا"})
SHORT = Question(
    "t1", "place", "short_text", {"en": "Where?", "ar": "أين؟"}, config=ShortTextConfig(max_length=20)
)
LONG = Question(
    "t2", "change", "long_text", {"en": "What would you change?", "ar": "ماذا تغيّر؟"},
    hint={"en": "Do not name people.", "ar": "لا تذكر أسماء."},
    required=True, config=LongTextConfig(max_length=200),
)  # fmt: skip
INTEGER = Question(
    "i1",
    "staff",
    "integer",
    {"en": "How many staff?", "ar": "كم موظفًا؟"},
    config=IntegerConfig(min=0, max=5000),
)
ONE = Question(
    "o1", "kind", "select_one", {"en": "What kind?", "ar": "ما نوعها؟"},
    config=SelectOneConfig(options=options("women", "youth", "academia"), other=True),
)  # fmt: skip
SEVERAL = Question(
    "m1", "services", "select_multiple", {"en": "Which services?", "ar": "أي خدمات؟"},
    config=SelectMultipleConfig(options=options("training", "grants", "advice", "events"), other=True, max=3),
)  # fmt: skip
SCALE = Question(
    "a1", "trust", "agreement", {"en": "We are heard.", "ar": "صوتنا مسموع."}, required=True,
    config=AgreementConfig(
        points=options("no", "rather_no", "rather_yes", "yes"), apart=options("dont_know")
    ),
)  # fmt: skip
EVERY_TYPE = (NOTE, SHORT, LONG, INTEGER, ONE, SEVERAL, SCALE)


def survey(*questions: Question, languages: tuple[str, ...] = ("en", "ar")) -> Definition:
    """A survey of two pages with these questions, or with one of each type."""
    questions = questions or EVERY_TYPE
    half = (len(questions) + 1) // 2
    return Definition(
        title={"en": "Member survey", "ar": "استبيان الأعضاء"},
        languages=languages,
        default_language=languages[0],
        sections=(
            Section("s1", "you", {"en": "About you", "ar": "عنكم"}, {}, questions[:half]),
            Section("s2", "work", {"en": "Our work", "ar": "عملنا"}, {}, questions[half:]),
        ),
    )


TOWNS = replace(
    ONE, id="o2", name="town", label={"en": "Which town?", "ar": "أي مدينة؟"}, choice_filter="name = ${kind}",
    config=SelectOneConfig(options=options("women", "youth")), relevant="${kind} != ''",
)  # fmt: skip


def with_logic() -> Definition:
    """Three pages whose questions, answers, texts and end depend on the first question."""
    first = Section("s1", "you", {"en": "About you", "ar": "عنكم"}, {}, (
        replace(ONE, required=True),
        replace(SHORT, relevant="${kind} = 'youth'"),
    ))  # fmt: skip
    second = Section("s2", "women", {"en": "For women", "ar": "للنساء"}, {}, (
        replace(INTEGER, label={"en": "How many in ${place}${kind}?", "ar": "كم في ${kind}؟"}),
    ), relevant="${kind} = 'women'")  # fmt: skip
    third = Section(
        "s3", "rest", {"en": "The rest", "ar": "الباقي"}, {}, (TOWNS, replace(LONG, required=False))
    )
    return Definition(
        {"en": "Review", "ar": "مراجعة"}, ("en", "ar"), "en", (first, second, third),
        thanks={"en": "Thank you, ${kind}"},
        screen_outs=(ScreenOut("x", "${staff} > 100", {"en": "Too many, ${kind}."}),),
    )  # fmt: skip
