"""What people do in a browser, by the words and marks that pages promise to keep. Works without script."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from consult.demo.loader import ACCOUNTS, PASSWORD

SLUG = "next-strategy"
LONGEST_SURVEY = 12


def sign_in(page: Page, role: str) -> None:
    """As the member of staff of the demonstration with this role."""
    page.goto("/login")
    page.fill("#email", ACCOUNTS[role])
    page.fill("#password", PASSWORD)
    page.click("#sign-in button.main")
    expect(page).to_have_url(re.compile(r"/manage/$"))


def answer(page: Page, *, until: str, words: str = "نلتقي مرتين في السنة على الأقل") -> None:
    """Answer the open consultation of the demonstration until `saved` (page 1 empty), `check` or `receipt`."""
    page.goto(f"/c/{SLUG}")
    page.click("button[value=continue]")
    if until == "saved":
        page.click("button[value=save]")
        expect(page).to_have_url(re.compile("/saved$"))
        return
    for _ in range(LONGEST_SURVEY):
        if page.url.endswith("/check"):
            break
        fill_in(page, words)
        page.click("button[value=continue]")
    expect(page).to_have_url(re.compile("/check$"))
    if until == "receipt":
        page.click("button[value=submit]")
        expect(page.locator("#receipt")).to_have_text(re.compile(r"\S{6,}"))


def fill_in(page: Page, words: str) -> None:
    """Something in every question of the page: the first choice, a sentence, a number in Arabic digits."""
    for group in page.locator("fieldset.question").all():
        group.locator("input[type=radio], input[type=checkbox]").first.check()
    for field in page.locator("form#answer textarea").all():
        field.fill(words)
    for field in page.locator("div.question > input").all():
        field.fill("٤" if field.get_attribute("inputmode") == "numeric" else words)
