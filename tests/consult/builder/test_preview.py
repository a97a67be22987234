"""The preview shows what people meet after these answers, and marks what they do not meet."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape

import pytest

from consult.builder import rehearsal
from surveys.definition import Definition, Option, Question, Section
from surveys.elements import Quota, Repeat
from surveys.ids import new_id
from surveys.questions.select_one import SelectOneConfig
from surveys.questions.silent import CalculatedConfig
from surveys.questions.uploads import UploadConfig
from tests.support import inputs_of, text_of
from tests.surveys.samples import INTEGER, LONG, ONE, SHORT, with_logic

BASE = "/manage/review/survey/preview"


@pytest.fixture
def page(building):
    return building(with_logic(), languages=("en", "ar"))


def send(client, address: str, **words: str):
    return client.post(address, data={"action": "continue", **words})


def test_conditions_and_earlier_answers_work_over_the_pages(page):
    begun = page.get(f"{BASE}/1?show_in=en").text
    assert "Not shown with these answers · Show this question if “What kind?” is Youth." in text_of(begun)
    assert not {"place"} & set(
        inputs_of(re.sub(r"<fieldset[^>]*disabled.*?</fieldset>", "", begun, flags=re.S))
    )
    women = send(page, f"{BASE}/1?show_in=en", kind="women")
    assert "/preview/2?" in women.location
    assert "How many in Women?" in text_of(page.get(women.location).text)
    arabic = page.get(women.location.replace("show_in=en", "show_in=ar")).text
    assert "كم في «women»؟" in text_of(arabic)
    onward = send(page, women.location, staff="5")
    last = page.get(onward.location)
    assert "Not offered with these answers : Youth" in text_of(last.text)
    over = send(page, onward.location, town="women", change="More")
    assert "Thank you, Women" in text_of(page.get(over.location).text)
    back = page.post(onward.location, data={"action": "back"})
    assert "/preview/2?" in back.location
    assert 'value="5"' in page.get(back.location).text


def test_a_page_that_does_not_show_is_passed_by_and_can_be_seen(page):
    youth = send(page, f"{BASE}/1?show_in=en", kind="youth")
    assert "/preview/1?" in youth.location  # the answer opened a question on the same page
    assert 'name="place"' in page.get(youth.location).text
    onward = send(page, youth.location, kind="youth", place="Amman", **{"page:shown": "place"})
    assert "/preview/3?" in onward.location
    hidden = text_of(page.get(onward.location.replace("/3?", "/2?")).text)
    assert "This page does not show with these answers. Show this page if “What kind?” is Women." in hidden
    assert "How many in Amman" in hidden


def test_a_screen_out_and_a_full_quota_end_it(page):
    women = send(page, f"{BASE}/1?show_in=en", kind="women")
    over = text_of(page.get(send(page, women.location, staff="101").location).text)
    assert "Too many, Women." in over
    assert "A screen-out ends it here · “How many in ……?” is more than 100" in over


def test_answers_that_did_not_come_from_here_are_none(page):
    women = send(page, f"{BASE}/1?show_in=en", kind="women")
    forged = re.sub("so_far=[^&]{4}", "so_far=AAAA", women.location)
    shown = page.get(forged)
    assert shown.status_code == 200
    assert "This page does not show" in text_of(shown.text)


def test_long_answers_are_cut_and_never_break_the_address(page):
    kind = send(page, f"{BASE}/1?show_in=en", kind="women").location.replace("/2?", "/3?")
    words = " ".join(f"{number * 7919:x}" for number in range(30))
    over = send(page, kind, town="women", change=words[:200])
    assert over.status_code == 303
    assert len(over.location) < 3000


def test_the_frame_knows_the_answers_and_leads_out_of_itself(page):
    women = send(page, f"{BASE}/1?show_in=en&frame=1", kind="women").location
    framed = page.get(women)
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    links = [unescape(link) for link in re.findall(r'<a href="([^"]+)" target="_top"', framed.text)]
    assert any("/preview/2?" in link and "so_far" in link and "frame" not in link for link in links)


def test_rounds_and_worked_out_values_are_seen(building):
    child = Section(
        "s2", "child", {"en": "Children"}, {}, (replace(SHORT, label={"en": "Name"}),),
        repeat=Repeat(item={"en": "Child"}),
    )  # fmt: skip
    none = replace(
        child, id="s3", name="none", questions=(replace(LONG, required=False),), repeat=Repeat(count="0")
    )
    double = replace(
        SHORT, id="c1", name="double", type="calculated", label={"en": "Double"},
        config=CalculatedConfig(calculation="${staff} * 2"),
    )  # fmt: skip
    first = Section("s1", "one", {"en": "One"}, {}, (INTEGER,))
    last = Section("s4", "four", {"en": "Four"}, {}, (double, replace(ONE, required=False)))
    client = building(
        Definition(
            {"en": "Review"}, ("en",), "en", (first, child, none, last), quotas=(Quota("q", {}, "", 1),)
        ),
        languages=("en",),
    )
    onward = send(client, f"{BASE}/1", staff="4").location
    added = client.post(onward, data={"child-0-place": "Ali", "page:rounds": "1", "action": "add"}).location
    assert {"child-0-place", "child-1-place"} <= set(inputs_of(client.get(added).text))
    following = send(
        client, added, **{"child-0-place": "Ali", "child-1-place": "Mona", "page:rounds": "2"}
    ).location
    assert "/preview/4?" in following
    assert "Nobody is asked this · Double : 8" in text_of(client.get(following).text)
    empty = text_of(client.get(following.replace("/4?", "/3?")).text)
    assert "It is worked out that people answer this page no times." in empty
    assert "What would you change?" in empty


def file_survey() -> Definition:
    asked = Question("f1", "file", "upload", {"en": "File?"}, required=True, config=UploadConfig())
    sections = (Section("s1", "one", questions=(asked,)), Section("s2", "two", questions=(LONG,)))
    return Definition({"en": "Review"}, ("en",), "en", sections)


def test_a_file_is_looked_at_and_not_kept(building):
    client = building(file_survey(), languages=("en",))

    def sent(address: str, words: bytes, name: str):
        return client.post(address, data={"action": "continue", "file": (io.BytesIO(words), name)})

    assert "This file is not what its name says" in text_of(sent(f"{BASE}/1", b"no", "a.pdf").text)
    onward = sent(f"{BASE}/1", b"%PDF-1.4", "a.pdf")
    assert "/preview/2?" in onward.location
    here = onward.location.replace("/2?", "/1?")
    page = client.get(here).text
    assert "Kept: a.pdf" in text_of(page)
    kept = {"file-kept": inputs_of(page)["file-kept"][0]}
    assert "/preview/2?" in send(client, here, **kept).location
    assert send(client, here, **kept, **{"file-remove": "yes"}).status_code == 422


def test_the_answers_to_a_long_survey_fit_into_an_address(building):
    options = tuple(Option(new_id(), f"o{number}", {"en": "O"}) for number in range(9))
    asked = tuple(
        Question(new_id(), f"q{number}", "select_one", {"en": "Q"}, config=SelectOneConfig(options=options))
        for number in range(200)
    )
    definition = Definition({"en": "T"}, ("en",), "en", (Section("s1", "one", questions=asked),))
    answers = {question.id: options[number * 7 % 9].id for number, question in enumerate(asked)}
    answers[asked[0].id] = {"other": "~12 ~~"}
    client = building(definition, languages=("en",))
    with client.application.test_request_context():
        word = rehearsal.packed(definition, answers)
        assert 0 < len(word) < rehearsal.LONGEST
        assert rehearsal.unpacked(definition, word) == answers


def test_it_says_so_when_the_answers_have_no_room(page, monkeypatch):
    monkeypatch.setattr(rehearsal, "LONGEST", 10)
    onward = send(page, f"{BASE}/1?show_in=en", kind="women").location
    assert "The answers so far take more room than a preview has." in text_of(page.get(onward).text)
    monkeypatch.undo()
    onward = send(page, onward.replace("/3?", "/1?"), kind="women").location
    assert "more room" not in text_of(page.get(onward).text)
