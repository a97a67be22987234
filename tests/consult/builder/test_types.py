"""Each question type on a page as people see it: filled, and with an error, in every language."""

from __future__ import annotations

import re

import pytest
from flask import render_template_string
from flask_babel import force_locale
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from surveys.definition import Definition, Section
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.presentation import localize, result_view
from surveys.questions import question_types, type_of
from tests.support import sent_by, text_of
from tests.surveys import strategies

PAGE = "{% include field.template %}"
RESULT = "{% include result.template %}"
FEW = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def section_with(question, language: str):
    definition = Definition(
        {"en": "T"}, ("ar", "en", "fr", "es"), "en", (Section("s", "s", questions=(question,)),)
    )
    return localize(definition, language).sections[0]


@pytest.mark.parametrize("language", ["ar", "en", "fr", "es"])
@pytest.mark.parametrize("name", sorted(question_types))
def test_a_type_shows_its_question_its_error_and_what_was_typed(app, name, language):
    kind = question_types[name]

    @FEW
    @given(data=st.data())
    def shown(data):
        question, raw = data.draw(strategies.form_strategy(name))
        error = AnswerError("any", N_("Please answer this question."))
        section = section_with(question, language)
        with app.test_request_context(), force_locale(language):
            (field,) = section.bind(raw, {question.id: error} if kind.takes_answer else {})
            html = render_template_string(PAGE, field=field)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
        assert set(described) <= set(ids)
        if kind.takes_answer and kind.asks:
            assert field.input_id in ids
            assert field.error_id in described
            assert set(re.findall(r'name="([^"]+)"', html)) == set(kind.input_names(question))
            names = kind.input_names(question) if not kind.takes_file else ()
            typed = {key: values for key, values in raw.items() if any(values) and key in names}
            if typed:
                sent = sent_by(html)
                assert {key: sorted(sent[key]) for key in typed} == {
                    key: sorted(values) for key, values in typed.items()
                }
        if kind.asks or getattr(question.config, "shown", False):
            assert " ".join(field.label.split()) in text_of(html)

    shown()


@pytest.mark.parametrize("name", sorted(question_types))
def test_a_type_shows_its_result_withheld_and_empty(app, name):
    kind = question_types[name]

    @FEW
    @given(data=st.data())
    def shown(data):
        question, raw = data.draw(strategies.form_strategy(name))
        value = kind.parse(question, raw)
        field = section_with(question, "ar").fields[0]
        for values in ([], [value, None]):
            tally = type_of(question).tally(question, values)
            hidden = {cell.key: "small" for cell in tally.cells if cell.count}
            languages = {"language": "ar", "default_language": "en"}
            for withheld in ({}, hidden):
                result = result_view(field, tally, hidden=withheld, k=5, **languages)
                with app.test_request_context(), force_locale("en"):
                    words = text_of(render_template_string(RESULT, result=result))
                assert ("fewer than 5" in words) == bool(withheld)

    shown()
