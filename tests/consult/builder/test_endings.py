"""The page of quotas and endings, without script."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from consult.builder.services import definition_of
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.elements import Quota, ScreenOut
from surveys.translations import missing_in, with_texts
from tests.consult.builder.test_logic import selected
from tests.support import inputs_of, text_of
from tests.surveys.samples import survey

ADDRESS = "/manage/review/survey/endings"


@pytest.fixture
def page(building):
    return building(survey(languages=("ar", "en")))


def stored():
    db.session.expire_all()
    return definition_of(consultation_by_slug(db.session(), "review"))


def form_of(client) -> dict[str, str]:
    html = client.get(ADDRESS).text
    html = html[html.index("<main") :]
    inputs = {name: values[0] for name, values in inputs_of(html).items() if not name.endswith("-remove")}
    return inputs | selected(html)


def test_endings_are_written_changed_and_removed(page):
    words = {
        "thanks-ar": "شكرًا ${place}", "screen-out-0-condition-typed": "${staff} < 3",
        "screen-out-0-message-en": "Thank you all the same.", "quota-0-title-en": "Women", "quota-0-limit": "٤٠",
        "quota-0-condition-typed": "${kind} = 'women'", "quota-0-message-ar": "اكتمل العدد.",
    }  # fmt: skip
    assert page.post(ADDRESS, data=form_of(page) | words).status_code == 303
    made = stored()
    assert made.thanks == {"ar": "شكرًا ${place}"}
    screen_out, quota = made.screen_outs[0], made.quotas[0]
    assert made.screen_outs == (ScreenOut(screen_out.id, "${staff} < 3", {"en": "Thank you all the same."}),)
    assert made.quotas == (
        Quota(quota.id, {"en": "Women"}, "${kind} = 'women'", 40, {"ar": "اكتمل العدد."}),
    )  # fmt: skip
    shown = text_of(page.get(ADDRESS).text)
    assert "“How many staff?” is less than 3" in shown
    assert "“What kind?” is Women" in shown
    more = form_of(page) | {"quota-1-title-en": "All", "quota-1-limit": "200", "screen-out-0-remove": "yes"}
    assert page.post(ADDRESS, data=more).status_code == 303
    made = stored()
    assert (made.screen_outs, [item.id for item in made.quotas[:1]]) == ((), [quota.id])
    assert (made.quotas[1].limit, made.quotas[1].condition) == (200, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"quota-0-title-en": "A", "quota-0-limit": "0"}, "a whole number from 1"),
        ({"quota-0-title-en": "A", "quota-0-limit": "9" * 20}, "a whole number from 1"),
        ({"quota-0-limit": "5"}, "Give the quota a name."),
        ({"screen-out-0-message-en": "x"}, "Write a condition."),
        ({"screen-out-0-condition-typed": "${nobody} = 1"}, "No question has the name “nobody”."),
        ({"screen-out-0-condition-typed": "${staff} <"}, "not finished"),
        ({"screen-out-0-condition-typed": "doc('/etc/passwd')"}, "“doc”"),
        ({"thanks-en": "a\u202eb"}, "hidden signs"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(page, words, said):
    answer = page.post(ADDRESS, data=form_of(page) | words)
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    inputs = inputs_of(answer.text)
    for name, typed in words.items():
        assert typed in (inputs.get(name) or answer.text)
    assert stored().quotas == stored().screen_outs == ()


def test_conditions_are_built_from_menus(page):
    chosen = {
        "screen-out-0-condition-0-question": "staff", "screen-out-0-condition-0-operator": "less",
        "screen-out-0-condition-0-value": "٣", "quota-0-title-en": "Women", "quota-0-limit": "40",
        "quota-0-condition-0-question": "kind", "quota-0-condition-0-operator": "is",
        "quota-0-condition-0-value": "Women",
    }  # fmt: skip
    redrawn = page.post(ADDRESS, data=form_of(page) | chosen | {"action": "more-rows"})
    assert redrawn.status_code == 200
    assert re.search(r'name="quota-0-condition-0-value".*?value="women" selected', redrawn.text, re.S)
    assert stored().quotas == ()
    assert page.post(ADDRESS, data=form_of(page) | chosen).status_code == 303
    made = stored()
    assert [made.screen_outs[0].condition, made.quotas[0].condition] == ["${staff} < 3", "${kind} = 'women'"]
    refused = page.post(ADDRESS, data=form_of(page) | chosen | {"screen-out-0-condition-0-value": "few"})
    assert refused.status_code == 422
    target = re.search(r'id="error-summary".*?href="#([^"]+)"', refused.text, re.S)[1]
    assert f'id="{target}"' in refused.text


def test_the_words_of_endings_are_translated_like_all_others():
    definition = replace(
        survey(), thanks={"en": "Thanks"}, quotas=(Quota("q", {"en": "Women"}, "", 1, {"en": "Full"}),),
        screen_outs=(ScreenOut("s", "true()", {"en": "Bye"}),),
    )  # fmt: skip
    keys = ["screen_out/s/message", "quota/q/message", "thanks"]
    assert [place.key for place in missing_in(definition, "ar")][-3:] == keys
    whole = with_texts(definition, {key: {"ar": "شكرًا"} for key in keys})
    assert whole.thanks == {"en": "Thanks", "ar": "شكرًا"}
    assert not {place.key for place in missing_in(whole, "ar")} & set(keys)
