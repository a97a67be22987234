"""Logic in the builder: conditions from menus, typed ones, names that follow, what is shown of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.builder.conditions import ConditionInput, asked_before
from consult.builder.services import definition_of
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.i18n import pick
from surveys import editing
from surveys.definition import Definition
from surveys.elements import Question
from surveys.expressions.conditions import OPERATORS, Clause, Condition, written_condition
from surveys.questions.registry import type_named
from surveys.rules.sentences import read_condition, sentence
from surveys.services import save_definition
from tests.consult.builder.test_pages import form_of
from tests.support import text_of
from tests.surveys.kinds import survey_of_every_type
from tests.surveys.samples import EVERY_TYPE, INTEGER, LONG, ONE, SEVERAL, survey

BASE = "/manage/review/survey"
DEFINITION = survey(ONE, INTEGER, SEVERAL, LONG)
ASKED = list(asked_before(DEFINITION, LONG.id))


@pytest.fixture
def page(building):
    return building(DEFINITION, languages=("en", "ar"))


def now() -> Definition:
    db.session.expire_all()
    return definition_of(consultation_by_slug(db.session(), "review"))


def save(client, question_id: str, **inputs: str):
    address = f"{BASE}/questions/{question_id}"
    form = form_of(client, address) | selected(client.get(address).text)
    form |= {name.replace("__", "-"): words for name, words in inputs.items()}
    return client.post(address, data=form)


def selected(html: str) -> dict[str, str]:
    """Name → the value of every menu of the page as it stands."""
    found = {}
    for name, inside in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside) or re.search(r'value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    return found


def test_a_condition_is_built_from_menus_and_read_as_a_sentence(page):
    answer = save(
        page, LONG.id,
        relevant__0__question="kind", relevant__0__operator="is", relevant__0__value="«women»",
        relevant__1__question="staff", relevant__1__operator="at_least", relevant__1__value="١٢",
    )  # fmt: skip
    assert answer.status_code == 303
    assert now().question(LONG.id).relevant == "${kind} = 'women' and ${staff} >= 12"
    shown = text_of(page.get(BASE).text)
    assert "Show this question if “What kind?” is Women and “How many staff?” is at least 12." in shown
    arabic = text_of(page.get(f"{BASE}?lang=ar").text)
    assert "ما نوعها؟" in arabic
    assert "«women»" in arabic
    page.get(f"{BASE}?lang=en")
    menus = selected(page.get(f"{BASE}/questions/{LONG.id}").text)
    assert menus["relevant-0-value"] == "women"
    assert save(page, LONG.id, relevant__joined="any").status_code == 303
    assert now().question(LONG.id).relevant == "${kind} = 'women' or ${staff} >= 12"
    assert save(page, LONG.id, relevant__0__question="", relevant__1__question="").status_code == 303
    assert now().question(LONG.id).relevant == ""


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"relevant__0__question": "kind", "relevant__0__value": "nobody"}, "is not an answer to that question"),
        ({"relevant__0__question": "kind"}, "Say what the answer is compared with."),
        ({"relevant__0__question": "staff", "relevant__0__value": "many"}, "Please write a number"),
        ({"relevant__typed": "${kind} = "}, "is not finished"),
        ({"relevant__typed": "doc('file:///etc/passwd')"}, "doc"),
        ({"constraint__typed": "system(.)"}, "There is no function"),
        ({"relevant__typed": "'a\u202eb' = 'c'"}, "hidden signs"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_kept(page, inputs, message):
    refused = save(page, LONG.id, **inputs)
    assert refused.status_code == 422
    assert message in text_of(refused.text)
    assert "<title>Error:" in refused.text
    target = re.search(r'id="error-summary".*?href="#([^"]+)"', refused.text, re.S)[1]
    assert f'id="{target}"' in refused.text
    assert now().question(LONG.id) == LONG


def test_a_typed_condition_goes_before_the_menus_and_comes_back(page):
    typed = "count-selected(${services}) > 1 and ${staff} + 1 > 2"
    assert save(page, LONG.id, relevant__typed=typed, relevant__0__question="kind").status_code == 303
    assert now().question(LONG.id).relevant == typed
    shown = page.get(f"{BASE}/questions/{LONG.id}").text
    assert f'value="{typed.replace(">", "&gt;")}"' in shown
    assert typed in text_of(page.get(BASE).text)


def test_menus_show_the_answers_of_the_question_chosen(page):
    redrawn = save(page, LONG.id, relevant__0__question="kind", action="more-rows")
    assert redrawn.status_code == 200
    menu = re.search(r'name="relevant-0-value".*?</select>', redrawn.text, re.S)[0]
    assert 'value="youth"' in menu
    assert now().question(LONG.id).relevant == ""


def test_the_other_logic_of_a_question_is_kept(page):
    save(
        page, ONE.id, **{"constraint-typed": ". != 'youth'", "constraint_message-en": "No.", "default": "women",
        "choice_filter-typed": "group = 'a'", "set-options-0-columns": "group=a; x=١"},
    )  # fmt: skip
    question = now().question(ONE.id)
    assert (question.constraint, dict(question.constraint_message)) == (". != 'youth'", {"en": "No."})
    assert (question.default, question.choice_filter) == ("women", "group = 'a'")
    save(page, ONE.id, **{"set-options-0-columns": "group=a; bad name=1; n=١"})
    assert dict(now().question(ONE.id).config.options[0].attributes) == {"group": "a", "n": "١"}
    again = save(page, ONE.id)
    assert again.status_code == 303
    assert dict(now().question(ONE.id).config.options[0].attributes) == {"group": "a", "n": "١"}


def test_a_page_shows_by_condition_and_repeats(page):
    address = f"{BASE}/sections/s2"
    form = form_of(page, address) | selected(page.get(address).text)
    form |= {
        "relevant-0-question": "kind", "relevant-0-operator": "is_not", "relevant-0-value": "youth",
        "repeats": "yes", "minimum": "٠", "maximum": "5", "item-en": "Service",
    }  # fmt: skip
    assert page.post(address, data=form).status_code == 303
    section = now().section("s2")
    assert section.relevant == "${kind} != 'youth'"
    assert (section.repeat.minimum, section.repeat.maximum) == (0, 5)
    listed = text_of(page.get(BASE).text)
    assert "Show this page if “What kind?” is not Youth." in listed
    refused = page.post(address, data=form | {"minimum": "9"})
    assert refused.status_code == 422
    refused = page.post(address, data=form | {"count": "${"})
    assert refused.status_code == 422


def test_the_first_question_has_nothing_to_compare_with(page):
    assert "Nothing is asked before this" in text_of(page.get(f"{BASE}/questions/{ONE.id}").text)


def test_conditions_and_texts_follow_a_new_name_and_a_new_code(page):
    save(page, LONG.id, relevant__0__question="kind", relevant__0__value="women")
    save(page, LONG.id, **{"label-en": "You are ${kind}: why?", "constraint-typed": "${kind} != ''"})
    save(page, ONE.id, **{"name": "sort", "set-options-0-name": "females"})
    question = now().question(LONG.id)
    assert question.relevant == "${sort} = 'females'"
    assert question.constraint == "${sort} != ''"
    assert question.label["en"] == "You are ${sort}: why?"


def test_marks_and_demands_follow_a_new_code(page):
    save(page, ONE.id, **{"constraint-0-operator": "is_not", "constraint-0-value": "youth"})
    save(page, SEVERAL.id, **{"choice_filter-0-how": "mark", "choice_filter-0-asked": "kind"})
    save(page, SEVERAL.id, **{"set-options-0-mark-kind": "women", "set-options-1-mark-kind": "youth"})
    save(page, ONE.id, **{"name": "sort", "set-options-1-name": "young"})
    assert now().question(ONE.id).constraint == ". != 'young'"
    several = now().question(SEVERAL.id)
    assert several.choice_filter == "kind = ${sort}"
    assert [option.attributes.get("kind") for option in several.config.options[:3]] == [
        "women",
        "young",
        None,
    ]


def test_what_an_answer_must_be_is_built_from_menus(page):
    chosen = {
        "constraint-0-operator": "shortest", "constraint-0-value": "٥",
        "constraint-1-operator": "lacks", "constraint-1-value": "it's",
    }  # fmt: skip
    assert save(page, LONG.id, **chosen).status_code == 303
    assert now().question(LONG.id).constraint == 'string-length(.) >= 5 and not(contains(., "it\'s"))'
    shown = text_of(page.get(BASE).text)
    assert (
        "Accepted only if the answer has at least 5 characters and the answer does not contain “it's”."
        in shown
    )
    menus = selected(page.get(f"{BASE}/questions/{LONG.id}").text)
    assert (menus["constraint-0-operator"], menus["constraint-1-operator"]) == ("shortest", "lacks")
    number = save(page, INTEGER.id, **{"constraint-0-operator": "at_least", "constraint-0-value": "many"})
    assert number.status_code == 422
    assert "Please write a number" in text_of(number.text)
    target = re.search(r'id="error-summary".*?href="#([^"]+)"', number.text, re.S)[1]
    assert f'id="{target}"' in number.text
    assert (
        save(page, LONG.id, **{"constraint-0-operator": "pattern", "constraint-0-value": "["}).status_code
        == 422
    )
    assert (
        save(page, LONG.id, **{"constraint-0-operator": "digits", "constraint-1-operator": ""}).status_code
        == 303
    )
    assert now().question(LONG.id).constraint == "regex(., '^[0-9٠-٩۰-۹]+$')"


def test_answers_are_offered_by_what_was_chosen_before(page):
    offered = {"choice_filter-0-how": "same", "choice_filter-0-asked": "kind"}
    assert save(page, SEVERAL.id, **offered).status_code == 303
    assert now().question(SEVERAL.id).choice_filter == "name = ${kind}"
    marked = {"choice_filter-0-how": "mark", "choice_filter-0-mark": "group"}
    redrawn = save(page, SEVERAL.id, **marked, action="more-rows")
    assert redrawn.status_code == 200
    assert 'name="set-options-0-mark-group"' in redrawn.text
    assert save(page, SEVERAL.id, **marked).status_code == 303
    assert save(page, SEVERAL.id, **{"set-options-0-mark-group": "women"}).status_code == 303
    several = now().question(SEVERAL.id)
    assert several.choice_filter == "group = ${kind}"
    assert several.config.options[0].attributes == {"group": "women"}
    shown = text_of(page.get(BASE).text)
    assert "An answer is offered only if its tag “group” is the answer to “What kind?”." in shown
    refused = save(page, SEVERAL.id, **{"choice_filter-1-how": "same"})
    assert refused.status_code == 422
    assert "Choose the earlier question that decides." in text_of(refused.text)


clauses = st.sampled_from(ASKED).flatmap(
    lambda asked: st.builds(
        Clause,
        st.just(asked.name),
        st.sampled_from(asked.operators),
        st.sampled_from([code for code, _ in asked.codes]) if asked.codes
        else st.integers(-999, 999).map(str) if asked.kind == "number"
        else st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="'\""), min_size=1),
    )
)  # fmt: skip


@given(st.lists(clauses, min_size=1, max_size=5), st.sampled_from(["all", "any"]))
def test_any_condition_of_menus_comes_back_the_same(found, joined):
    found = [replace(c, value=c.value if OPERATORS[c.operator].takes_value else "") for c in found]
    written = written_condition(Condition(tuple(found), joined))
    shown = ConditionInput("relevant", "", written, ASKED)
    sent = {"relevant-joined": shown.joined, "relevant-typed": shown.typed}
    for number, row in enumerate(shown.rows):
        sent |= {
            f"relevant-{number}-question": row.question,
            f"relevant-{number}-operator": row.operator,
            f"relevant-{number}-value": row.value,
        }
    again = ConditionInput("relevant", "", written, ASKED)
    assert again.read(sent) == written
    assert again.error is None


@pytest.mark.parametrize("question", EVERY_TYPE, ids=lambda question: question.type)
def test_what_is_asked_before_grows_with_the_survey(question):
    definition = survey()
    earlier = {asked.name for asked in asked_before(definition, question.id)}
    assert question.name not in earlier
    moved = editing.move_question_to_number(definition, question.id, number=99)
    assert earlier <= {asked.name for asked in asked_before(moved, question.id)}


def test_loops_later_questions_and_dead_ends_are_listed_with_links(page):
    definition = now()
    first = replace(definition.question(ONE.id), relevant="${staff} > 1")
    dead = replace(definition.question(LONG.id), relevant="${staff} > 5 and ${staff} < 3")
    changed = editing.update_question(editing.update_question(definition, first), dead)
    made = consultation_by_slug(db.session(), "review")
    save_definition(
        db.session(), survey=made.survey, definition=changed, draft_revision=made.survey.draft_revision
    )
    db.session.commit()
    html = page.get(BASE).text
    listed = html[html.index('id="to-do"') : html.index("</section>", html.index('id="to-do"'))]
    assert f'href="{BASE}/questions/{ONE.id}"' in listed
    assert f'href="{BASE}/questions/{LONG.id}"' in listed


def test_no_two_entries_of_a_menu_read_the_same_and_every_answer_has_words(app):
    for code in ("ar", "en", "fr", "es"):
        with app.test_request_context(f"/?lang={code}"):
            asked = list(asked_before(survey_of_every_type(), None))
            entries = [(item.number, pick(item.part)) for item in asked]
            assert len(set(entries)) == len(entries)
            assert all(pick(words) not in ("", "other") for item in asked for _code, words in item.codes)


def test_a_condition_on_other_and_on_a_latitude_reads_in_words():
    place = Question("qplace", "place", "location", {"en": "Where?"}, config=type_named("location").Config())
    definition = survey(ONE, place, LONG)

    def said(written: str) -> str:
        condition = read_condition(written)
        return sentence(condition, definition, language="en", say=str)

    assert "Other, please say" in said(f"${{{ONE.name}}} = 'other'")
    assert "– Latitude" in said(f"${{{place.name}-latitude}} > 31")
