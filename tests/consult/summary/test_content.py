"""A summary as JSON and back, and quotes whose answers are gone."""

from __future__ import annotations

import json

from hypothesis import given

from consult.summary.content import SummaryContent, SummaryQuote
from tests.consult.summary.samples import contents


@given(contents)
def test_a_summary_comes_back_from_json_as_it_was(content):
    assert SummaryContent.from_json(json.loads(json.dumps(content.as_json()))) == content


@given(contents)
def test_words_of_an_answer_that_is_gone_are_gone(content):
    kept = SummaryQuote(1, "kept", "en", {"ar": "باقٍ"})
    for quote in content.with_quotes({1: kept}).quotes:
        if quote.excerpt_id == 1:
            assert quote == kept
        else:
            assert quote.is_erased and not quote.text and not quote.translations
