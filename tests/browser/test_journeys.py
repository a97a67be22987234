"""Whole journeys in a browser with JavaScript switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser import members

pytestmark = pytest.mark.browser
SLUG = "annual-meeting"
LANGUAGES = ("ar", "en")
WORDS = {"ar": "كلمات", "en": "words"}


def fill_languages(page: Page, stem: str, words: str) -> None:
    """The same text in every language that stands beside each other under this name."""
    for code in LANGUAGES:
        page.fill(f"[name='{stem}-{code}']", f"{words} {WORDS[code]}")


def add_question(page: Page, kind: str, words: str, options: int = 0) -> None:
    """From the list of questions and back to it."""
    page.get_by_role("link", name=re.compile("^Add a question")).last.click()
    page.click(f"a[href$='/add/{kind}']")
    fill_languages(page, "label", words)
    for number in range(options):
        fill_languages(page, f"set-options-{number}", f"{words} {number}")
    page.click("button[value=save]")
    expect(page).to_have_url(re.compile(r"/survey(#.*)?$"))


def press(page: Page, value: str) -> None:
    page.click(f"button[name=action][value={value}]")


def test_a_member_answers_in_arabic_on_a_phone(visit) -> None:
    page = visit(width=390, script=False)
    page.goto("/c/next-strategy?lang=ar")
    members.answer(page, until="receipt")
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
    receipt = page.locator("#receipt").inner_text()
    page.go_back()
    page.goto("/c/next-strategy/check")
    expect(page.locator("#receipt")).to_have_text(receipt)


def test_a_member_saves_corrects_switches_language_and_comes_back(visit) -> None:
    page = visit(width=320, script=False)
    page.goto("/c/next-strategy?lang=en")
    page.click("button[value=continue]")
    page.click("button[value=continue]")
    expect(page).to_have_title(re.compile("^Error:"))
    assert page.locator(".summary a").count() >= 1
    members.fill_in(page, "We meet too rarely")
    page.click('button[name="page:language"][value=ar]')
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.locator("input:checked").count() >= 1
    page.click("button[value=save]")
    code = page.locator("strong.receipt").inner_text()
    device = visit(width=390, script=False)
    device.goto("/c/next-strategy?lang=en")
    device.locator("summary").click()
    device.fill("#return_code", code.lower())
    device.click("form[action$='/return'] button")
    expect(device).to_have_url(re.compile("/1$"))
    assert device.locator("input:checked").count() >= 1


def test_a_facilitator_makes_opens_closes_and_publishes(visit) -> None:
    page = visit("facilitator", width=1280, script=False)
    page.goto("/manage/new?lang=en")
    page.fill("#title", "Annual meeting")
    page.fill("#slug", SLUG)
    for code in LANGUAGES:
        page.check(f"input[name=languages][value={code}]")
    page.click("#new-consultation button.main")
    expect(page).to_have_url(re.compile("/settings$"))
    for name in ("title", "asker", "purpose", "use_of_answers"):
        fill_languages(page, name, name)
    page.click("#settings button.main")
    page.goto(f"/manage/{SLUG}/survey")
    page.get_by_role("button", name="Add a section").click()
    fill_languages(page, "title", "Meeting")
    page.click("#section button.main")
    add_question(page, "select_one", "Where", options=2)
    add_question(page, "long_text", "Why")
    page.goto(f"/manage/{SLUG}/survey/preview/1?show_in=ar")
    assert page.locator("main fieldset.question input[type=radio]").count() == 2
    page.goto(f"/manage/{SLUG}/")
    press(page, "open")
    expect(page.locator(".state-open")).to_be_visible()
    _somebody_answers(visit)
    page.reload()
    expect(page.locator(".figure").first).to_have_text("0")  # in steps of five while people answer
    page.click("details:has(button[value=close]) > summary")
    press(page, "close")
    expect(page.locator(".state-closed")).to_be_visible()
    expect(page.locator(".figure").first).to_have_text("1")
    press(page, "publish")
    page.goto(f"/c/{SLUG}/results")
    expect(page.locator("h1")).to_be_visible()


def _somebody_answers(visit) -> None:
    member = visit(width=390, script=False)
    member.goto(f"/c/{SLUG}?lang=ar")
    press(member, "continue")
    members.fill_in(member, "لأن القاعة قريبة")
    press(member, "continue")
    press(member, "submit")
    expect(member.locator("#receipt")).to_have_text(re.compile(r"\S{6,}"))


def test_a_question_is_dragged_and_its_new_number_is_said(visit) -> None:
    page = visit("facilitator", width=390)
    page.goto("/manage/logic/survey?lang=en")
    rows = page.locator(".outline-questions > li")
    before = rows.locator(".outline-words a").all_inner_texts()
    rows.nth(1).locator(".grip").scroll_into_view_if_needed()
    start, end = rows.nth(1).locator(".grip").bounding_box(), rows.nth(0).bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 8, steps=8)
    page.mouse.up()
    expect(page.get_by_role("status")).to_have_text("The question now has the number 1 (Section 1).")
    assert rows.locator(".outline-words a").all_inner_texts() == [before[1], before[0], *before[2:]]
    page.get_by_role("button", name="Undo: question moved").click()
    assert rows.locator(".outline-words a").all_inner_texts() == before


def test_a_reviewer_renames_merges_and_undoes(visit, house) -> None:
    page = visit("reviewer", width=1280, script=False)
    themes = house.address("/manage/mid-term-review/review/question/{asked}")
    page.goto(f"{themes}?lang=en")
    before = _names(page)
    page.locator(".theme-name a").first.click()
    page.locator("summary", has_text="Rename").click()
    page.fill("#name-en", "Renamed by a person")
    page.click("#theme-form button.main")
    page.goto(themes)
    assert set(_names(page)) == {"Renamed by a person", *before[1:]}
    ticks = page.locator("input[name=theme]")
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.select_option("#into", index=page.locator("#into option").count() - 1)
    press(page, "merge")
    page.goto(themes)
    assert len(_names(page)) < len(before)
    for deed in ("Merged", "Renamed"):
        page.goto("/manage/mid-term-review/review/changes")
        entry = page.locator("tr").filter(has=page.locator("th", has_text=re.compile(rf"^\s*{deed}")))
        entry.first.get_by_role("button").click()
    page.goto(themes)
    assert _names(page) == before


def _names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator(".theme-name a").all_inner_texts()]


def _tab_to(page: Page, words: str, most: int = 80) -> None:
    """Press Tab until what has the focus says these words; fails where nothing does."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.value || '').trim()"
        )
        seen.append(focused)
        if words in focused:
            return
    raise AssertionError(f"no tab stop says {words!r}: {seen}")


@pytest.mark.parametrize("script", [False, True])
def test_from_a_template_to_the_preview_by_keyboard_in_six_page_loads(visit, script: bool) -> None:
    page = visit("facilitator", width=1280, script=script)
    loads = []
    page.on("response", lambda answer: loads.append(answer.url) if _is_page(answer) else None)
    page.goto("/manage/?lang=ar")
    for words in ("البدء من نموذج", "رأيكم في اللقاء", "إنشاء الاستشارة", "العربية"):
        address = page.url
        if words == "العربية":
            page.locator("main").focus()
        _tab_to(page, words)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, address=address: url != address)
    expect(page).to_have_url(re.compile(r"/survey/preview/1\?show_in=ar"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.locator("main .question").count() >= 2
    assert len(loads) <= 6, loads


def _is_page(answer: Response) -> bool:
    """Whether a page was loaded for it: no redirect, no style, no script."""
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


def test_a_condition_is_built_by_menus_that_follow_the_question(visit, house) -> None:
    page = visit("facilitator", width=390)
    page.goto(house.address("/manage/making/survey/questions/m1", "ar"))
    page.locator("details.logic > summary").click()
    page.select_option("[name=relevant-0-question]", "kind")
    page.select_option("[name=relevant-0-value]", "youth")
    page.locator(".insert-help > summary").click()
    page.focus("#label-ar")
    page.keyboard.press("End")
    page.get_by_role("button", name="${kind}").click()
    expect(page.locator("#label-ar")).to_have_value(re.compile(r"\$\{kind\}$"))
    page.click("button[value=save]")
    expect(page.locator("#item-m1 .logic-line")).to_contain_text("ما نوعها؟")
