"""Making a survey in the browser, without script: every journey a facilitator takes."""

from __future__ import annotations

import re

import pytest

from consult.builder.services import definition_of
from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from surveys.queries import latest_version
from surveys.questions import question_types
from surveys.xlsform import read_xlsform
from tests.support import inputs_of, text_of

BASE = "/manage/review/survey"


@pytest.fixture
def page(building):
    """A facilitator's browser, and an empty consultation in Arabic and English."""
    return building()


def survey():
    db.session.expire_all()
    return definition_of(consultation_by_slug(db.session(), "review"))


def form_of(client, address: str) -> dict[str, str]:
    """The inputs of the page's main form as they stand, ticked boxes only; textareas too."""
    html = client.get(address).text
    html = html[html.index("<main") :]
    form = {name: values[0] for name, values in inputs_of(html).items()}
    for tag in re.findall(r"<input\b[^>]*type=\"checkbox\"[^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)[1]
        if " checked" not in tag:
            form.pop(name, None)
    for name, words in re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.S):
        form[name] = words
    return form


def add_section(client, **words: str) -> str:
    made = client.post(f"{BASE}/sections", data={"revision": form_of(client, BASE).get("revision", "")})
    form = form_of(client, made.location) | {name.replace("_", "-"): text for name, text in words.items()}
    assert client.post(made.location, data=form).status_code == 303
    return made.location.rsplit("/", 1)[1]


def add_question(client, section_id: str, kind: str, **words: str):
    address = f"{BASE}/sections/{section_id}/add/{kind}"
    inputs = {
        name if name == "page:language" else name.replace("_", "-"): text for name, text in words.items()
    }
    form = form_of(client, address) | inputs
    return client.post(address, data=form)


def test_a_survey_is_made_from_nothing(page):
    assert "There are no questions yet" in text_of(page.get(BASE).text)
    section_id = add_section(page, title_ar="عنكم", title_en="About you", intro_en="Two questions.")
    types = text_of(page.get(f"{BASE}/sections/{section_id}/add").text)
    assert all(kind.label in types and kind.example in types for kind in question_types.values())
    answer = add_question(
        page, section_id, "select_one", label_ar="من أنتم؟", label_en="Who are you?", required="yes",
        set_options_0_en="Women's group", set_options_0_ar="مجموعة نسائية", set_options_1_en="Youth",
        set_other="yes",
    )  # fmt: skip
    assert answer.status_code == 303
    add_question(page, section_id, "long_text", label_ar="ماذا تغيّرون؟", label_en="What would you change?")
    definition = survey()
    assert [s.title for s in definition.sections] == [{"ar": "عنكم", "en": "About you"}]
    who, change = definition.questions()
    assert (who.name, who.required, change.name) == ("q1", True, "q2")
    assert [(o.name, dict(o.label)) for o in who.config.options] == [
        ("Women_s_group", {"ar": "مجموعة نسائية", "en": "Women's group"}),
        ("Youth", {"en": "Youth"}),
    ]
    assert who.config.other
    listed = text_of(page.get(BASE).text)
    assert "Who are you?" in listed
    assert "2 texts are not translated" in listed


def test_what_was_typed_is_kept_when_something_is_wrong(page):
    section_id = add_section(page, title_en="One")
    refused = add_question(
        page, section_id, "integer", label_en="How <many>?", set_min="ten", name="return_code"
    )
    assert refused.status_code == 422
    assert "<title>Error:" in refused.text
    assert 'value="ten"' in refused.text
    assert "How &lt;many&gt;?" in refused.text
    assert 'href="#set-min"' in refused.text
    assert 'href="#name"' in refused.text
    assert "cannot be used" in text_of(refused.text)
    assert list(survey().questions()) == []


def test_a_question_without_words_is_refused(page):
    section_id = add_section(page, title_en="One")
    refused = add_question(page, section_id, "short_text")
    assert refused.status_code == 422
    assert "Write the question in one language at least." in text_of(refused.text)


def test_a_scale_begins_with_five_points_in_all_languages(page):
    section_id = add_section(page, title_en="One")
    add_question(page, section_id, "agreement", label_en="We are heard.", label_ar="صوتنا مسموع.")
    (question,) = survey().questions()
    assert len(question.config.points) == 5
    everything = question.config.points + question.config.apart
    assert all({"ar", "en"} <= set(option.label) for option in everything)
    form = form_of(page, f"{BASE}/questions/{question.id}")
    emptied = {
        name: "" if re.fullmatch(r"set-points-\d-(ar|en)", name) else old for name, old in form.items()
    }
    refused = page.post(f"{BASE}/questions/{question.id}", data=emptied)
    assert refused.status_code == 422
    assert "A scale has between 2 and 11 points." in text_of(refused.text)


def test_options_keep_their_ids_when_they_are_reworded_and_reordered(page):
    section_id = add_section(page, title_en="One")
    add_question(
        page, section_id, "select_multiple", label_en="Which?",
        set_options_0_en="First", set_options_1_en="Second", set_options_2_en="Third",
    )  # fmt: skip
    (question,) = survey().questions()
    first, second, third = question.config.options
    address = f"{BASE}/questions/{question.id}"
    form = form_of(page, address) | {
        "set-options-0-place": "٣",
        "set-options-0-en": "Formerly first", "set-options-1-en": "", "set-max": "٢",
    }  # fmt: skip
    assert page.post(address, data=form).status_code == 303
    (question,) = survey().questions()
    assert [(o.id, o.name) for o in question.config.options] == [(first.id, "First"), (third.id, "Third")]
    assert question.config.options[0].label == {"en": "Formerly first"}
    assert question.config.max == 2
    assert second.id not in page.get(address).text


def test_more_lines_keep_what_was_typed(page):
    section_id = add_section(page, title_en="One")
    typed = {f"set_options_{number}_en": f"Answer {number}" for number in range(4)}
    more = add_question(page, section_id, "select_one", label_en="Which?", action="more-rows", **typed)
    assert more.status_code == 200
    assert "set-options-6-en" in more.text
    assert all(f'value="Answer {number}"' in more.text for number in range(4))
    assert list(survey().questions()) == []


def test_switching_the_language_keeps_what_was_typed(page):
    section_id = add_section(page, title_en="One")
    switched = add_question(
        page, section_id, "short_text", label_en="Half a quest", **{"page:language": "ar"}
    )
    assert 'lang="ar" dir="rtl"' in switched.text
    assert "Half a quest" in switched.text
    assert "Error" not in switched.text


@pytest.fixture
def three(page):
    """Two sections, three questions A, B and C, the last in the second section."""
    first = add_section(page, title_en="One", title_ar="واحد")
    second = add_section(page, title_en="Two", title_ar="اثنان")
    for section_id, words in ((first, "A"), (first, "B"), (second, "C")):
        add_question(page, section_id, "short_text", label_en=words, label_ar=words)
    return page


def change(client, action: str, words: str = "", **more: str):
    item = next((q.id for q in survey().questions() if q.label["en"] == words), words)
    more = {name.replace("number", f"number-{item}"): text for name, text in more.items()}
    data = {"action": f"{action}:{item}", "revision": form_of(client, BASE)["revision"]} | more
    return client.post(f"{BASE}/change", data=data)


def order() -> list[str]:
    return ["".join(q.label["en"] for q in section.questions) for section in survey().sections]


@pytest.mark.parametrize(
    ("action", "words", "more", "after"),
    [
        ("down", "A", {}, ["BA", "C"]),
        ("down", "B", {}, ["A", "BC"]),
        ("up", "C", {}, ["ABC", ""]),
        ("up", "A", {}, ["AB", "C"]),
        ("move", "C", {"number": "١"}, ["CAB", ""]),
        ("move", "A", {"number": "3"}, ["B", "CA"]),
        ("move", "B", {"number": ""}, ["AB", "C"]),
        ("duplicate", "A", {}, ["AAB", "C"]),
        ("remove", "B", {}, ["A", "C"]),
    ],
)
def test_questions_are_put_in_order(three, action, words, more, after):
    assert change(three, action, words, **more).status_code == 303
    assert order() == after


def test_a_number_that_is_none_is_refused_in_words(three):
    refused = change(three, "move", "A", number="first")
    assert refused.status_code == 422
    assert "Please write a number" in text_of(refused.text)


def test_sections_are_put_in_order_and_removed(three):
    first = survey().sections[0].id
    change(three, "section-down", first)
    assert order() == ["C", "AB"]
    change(three, "section-remove", first)
    assert order() == ["C"]


def test_a_late_save_does_not_overwrite_another(three):
    question = next(iter(survey().questions()))
    address = f"{BASE}/questions/{question.id}"
    opened = form_of(three, address)
    three.post(address, data=opened | {"label-en": "Theirs"})
    late = three.post(address, data=opened | {"label-en": "Mine"})
    assert late.status_code == 422
    assert "Someone else changed this survey" in text_of(late.text)
    assert "Mine" in late.text
    assert survey().question(question.id).label["en"] == "Theirs"


def test_a_removed_question_says_so(three):
    gone = three.get(f"{BASE}/questions/nothing")
    assert gone.status_code == 404
    assert "not in the survey any more" in text_of(gone.text)


def test_the_preview_shows_a_page_as_people_see_it_and_checks_answers(three):
    phone = three.get(f"{BASE}/preview/1?show_in=ar&width=phone")
    assert "frame-src 'self'" in phone.headers["Content-Security-Policy"]
    framed = re.search(r'<iframe[^>]*src="([^"]+)"', phone.text)[1].replace("&amp;", "&")
    arabic = three.get(framed)
    assert "frame-ancestors 'self'" in arabic.headers["Content-Security-Policy"]
    assert "preview-bar" not in arabic.text
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert 'name="q1"' in arabic.text
    question = next(iter(survey().questions()))
    form = form_of(three, f"{BASE}/questions/{question.id}") | {"required": "yes"}
    three.post(f"{BASE}/questions/{question.id}", data=form)
    refused = three.post(f"{BASE}/preview/1?show_in=en", data={"q2": "kept", "action": "continue"})
    assert refused.status_code == 422
    assert "Please answer this question." in text_of(refused.text)
    assert 'value="kept"' in refused.text
    onward = three.post(f"{BASE}/preview/1?show_in=en", data={"q1": "x", "action": "continue"})
    assert "/preview/2?show_in=en&so_far=" in onward.location
    assert three.get(f"{BASE}/preview/9").status_code == 404


def test_what_was_done_is_undone_and_done_again_by_name(three):
    change(three, "remove", "B")
    assert "Undo: question removed B" in text_of(three.get(BASE).text)
    revision = {"revision": form_of(three, BASE)["revision"]}
    three.post(f"{BASE}/undo", data=revision | {"action": "undo"})
    assert order() == ["AB", "C"]
    assert "Do again: question removed B" in text_of(three.get(BASE).text)
    late = three.post(f"{BASE}/undo", data=revision | {"action": "redo"})
    assert late.status_code == 422
    revision = {"revision": form_of(three, BASE)["revision"]}
    three.post(f"{BASE}/undo", data=revision | {"action": "redo"})
    assert order() == ["A", "C"]


def test_a_question_is_moved_into_another_section(three):
    a, b, c = survey().questions()
    shown = three.get(f"{BASE}/questions/{a.id}/move").text
    second = survey().sections[1].id
    assert f'value="{second}:{c.id}"' in shown
    for place, after in [(f"{second}:{c.id}", ["B", "CA"]), (second, ["B", "AC"])]:
        form = form_of(three, f"{BASE}/questions/{a.id}/move") | {"place": place}
        assert three.post(f"{BASE}/questions/{a.id}/move", data=form).status_code == 303
        assert order() == after
    assert three.post(f"{BASE}/questions/{b.id}/move", data={"place": "nowhere"}).status_code == 404


def test_a_pasted_list_keeps_the_answers_that_stay(page):
    section_id = add_section(page, title_en="One")
    add_question(
        page, section_id, "select_one", label_en="Which?",
        set_options_0_en="First", set_options_0_ar="أول", set_options_1_en="Second",
    )  # fmt: skip
    (question,) = survey().questions()
    first = question.config.options[0]
    address = f"{BASE}/questions/{question.id}"
    pasted = {"set-options-list": "أخير\tLast\r\n\r\nأول\tFirst, corrected\r\n"}
    shown = page.post(address, data=form_of(page, address) | pasted | {"action": "take-list"})
    assert 'value="First, corrected"' in shown.text
    assert survey().question(question.id) == question
    assert page.post(address, data=form_of(page, address) | pasted).status_code == 303
    last, kept = survey().question(question.id).config.options
    assert dict(last.label) == {"ar": "أخير", "en": "Last"}
    assert (kept.id, kept.name) == (first.id, first.name)
    assert dict(kept.label) == {"ar": "أول", "en": "First, corrected"}


def test_changes_of_an_open_survey_are_published_as_a_new_version(three, sign_in):
    consultation = consultation_by_slug(db.session(), "review")
    services.open_consultation(db.session(), consultation, allow_missing_translations=True)
    db.session.commit()
    assert "Publish the changes" not in three.get(BASE).text
    question = next(iter(survey().questions()))
    address = f"{BASE}/questions/{question.id}"
    three.post(address, data=form_of(three, address) | {"label-en": "A, corrected"})
    shown = text_of(three.get(BASE).text)
    assert "Your changes are not published yet" in shown
    assert "A, corrected : other words ( English )" in shown
    three.post(f"{BASE}/publish")
    version = latest_version(db.session(), consultation.survey_id)
    assert (version.number, version.definition.question(question.id).label["en"]) == (2, "A, corrected")


def test_missing_texts_are_translated_side_by_side(page):
    section_id = add_section(page, title_en="One", intro_en="Line one\nline two")
    add_question(page, section_id, "select_one", label_en="Which?", label_ar="أيّها؟",
        set_options_0_en="This", set_options_1_en="That", set_options_1_ar="ذاك",
    )  # fmt: skip
    address = f"{BASE}/translate/ar"
    assert address in page.get(BASE).text
    shown = page.get(address)
    assert "3 texts are not translated" in text_of(shown.text)
    assert "أيّها؟" in shown.text
    form = form_of(page, address)
    keys = [name for name in form if name.startswith("t:") and not form[name]]
    assert page.post(address, data=form | {key: f"ترجمة {key}" for key in keys}).status_code == 303
    definition = survey()
    assert definition.sections[0].title == {"en": "One", "ar": f"ترجمة t:section/{section_id}/title"}
    (question,) = definition.questions()
    assert question.label == {"en": "Which?", "ar": "أيّها؟"}
    assert "are not translated" not in text_of(page.get(BASE).text)
    refused = page.post(address, data=form | {keys[0]: "a\u202eb"})
    assert refused.status_code == 422
    assert page.get(f"{BASE}/translate/fr").status_code == 404


def test_the_survey_is_downloaded_as_an_xlsform(three):
    form = three.get(f"{BASE}/xlsform")
    assert form.headers["Content-Disposition"].endswith("review.xlsx")
    assert read_xlsform(form.data, languages=("ar", "en")).definition == survey()


def test_every_type_has_a_page_to_edit_it(page):
    section_id = add_section(page, title_en="One")
    for name in question_types:
        shown = page.get(f"{BASE}/sections/{section_id}/add/{name}")
        assert shown.status_code == 200
        assert all(f'name="set-{setting.name}' in shown.text for setting in question_types[name].settings)
    assert page.get(f"{BASE}/sections/{section_id}/add/nonsense").status_code == 404


def test_a_reviewer_may_not_build(client, sign_in, page):
    client.delete_cookie("session")
    sign_in(client, "reviewer")
    assert client.get(BASE).status_code == 403
    assert client.post(f"{BASE}/sections").status_code == 403


def test_the_picker_begins_with_what_is_used_most_and_leaves_no_type_out(page):
    section_id = add_section(page, title_en="One")
    shown = page.get(f"{BASE}/sections/{section_id}/add").text
    offered = re.findall(r'/add/(\w+)"', shown)
    assert sorted(offered) == sorted(question_types)
    assert offered.index("select_one") < offered.index("short_text") < offered.index("agreement")
    assert offered.index("agreement") < offered.index("calculated")


def test_a_title_without_words_is_said_where_it_is_looked_for(building):
    client = building(languages=("en", "ar", "fr"))  # the title is in English and Arabic
    section_id = add_section(client, title_en="One", title_ar="واحد", title_fr="Un")
    words = {f"label_{code}": "X" for code in ("en", "ar", "fr")}
    add_question(client, section_id, "short_text", **words)
    for code, is_missing in (("fr", True), ("ar", False)):
        shown = text_of(client.get(f"{BASE}/translate/{code}").text)
        assert ("The title has no words in this language yet." in shown) is is_missing
    overview = text_of(client.get("/manage/review/").text)
    assert "Questions are not translated completely" not in overview


def test_whole_steps_of_a_range_read_as_whole_numbers(page):
    section_id = add_section(page, title_en="One")
    add_question(page, section_id, "range", label_en="How long?", label_ar="كم؟",
        set_start="0", set_end="100", set_step="10",
    )  # fmt: skip
    shown = text_of(page.get(f"{BASE}/preview/1?show_in=en").text)
    assert "From 0 to 100, in steps of 10." in shown
    address = f"{BASE}/preview/1?show_in=en"
    (name,) = (q.name for q in survey().questions())
    refused = text_of(page.post(address, data=form_of(page, address) | {name: "35"}).text)
    assert "in steps of 10, beginning with 0." in refused
