"""The way of a reviewer who comes for the first time: from 200 answers to a signed summary and its PDF.

With PICTURES=FOLDER it also takes the pictures that stand in docs/reviewing.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.servers import free_port, running
from tests.browser.conftest import OTHER_HOUSE, PATIENCE, House
from tests.browser.members import sign_in

pytestmark = pytest.mark.browser
MOST_LOADS = 40
SLUG = "mid-term-review"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demonstration as it comes: a closed consultation of 200 answers, nothing accepted."""
    environment = {name: value for name, value in os.environ.items() if name not in OTHER_HOUSE}
    environment["CONSULT_INSTANCE"] = str(tmp_path_factory.mktemp("fresh"))
    port = free_port()
    command = ["-m", "consult.demo", "--port", str(port)]
    with running(command, port=port, environment=environment, path="/healthz", patience=180):
        yield House(f"http://127.0.0.1:{port}", port, {})


class Reviewer:
    """A browser that counts the pages that it loads."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.loads = 0
        self.pictures = os.environ.get("PICTURES", "")
        page.on("load", lambda _page: self._count())

    def _count(self) -> None:
        self.loads += 1

    def picture(self, name: str, at: str = "") -> None:
        """Take a picture of what is on the screen, where pictures are asked for."""
        if self.pictures:
            if at:
                self.page.locator(at).first.scroll_into_view_if_needed()
            self.page.screenshot(path=Path(self.pictures) / f"{name}.png")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()


def test_from_two_hundred_answers_to_a_signed_summary_and_its_pdf(
    fresh: House, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(
        base_url=fresh.url, viewport={"width": 1280, "height": 900}, locale="en", accept_downloads=True,
        java_script_enabled=False, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    reviewer = Reviewer(context.new_page())
    page = reviewer.page
    sign_in(page, "reviewer")
    page.locator(f"a[href='/manage/{SLUG}/']").first.click()
    reviewer.follow("Review")
    reviewer.picture("1-review")
    questions = page.get_by_role("link", name="Work on the themes").count()
    assert questions >= 2
    for number in range(questions):
        page.get_by_role("link", name="Work on the themes").nth(number).click()
        if number == 0:
            reviewer.picture("2-themes")
        reviewer.press("Accept all suggested")
        expect(page.get_by_role("button", name="Accept all suggested")).to_have_count(0)
        reviewer.follow("Review")
    reviewer.follow("Personal data to look at")
    reviewer.picture("3-personal-data")
    reviewer.follow("Summary")
    reviewer.press("Write the drafts")
    reviewer.picture("4-summaries")
    rows = page.locator("main tbody th a")
    for number in range(rows.count()):
        rows.nth(number).click()
        for quote in page.locator("input[type=checkbox][name^=quote]").all()[:2]:
            quote.check()
        if number == 1:
            reviewer.picture("5-summary")
        page.locator("main button.main").first.click()
        reviewer.follow("Summary")
    reviewer.follow("Check and sign")
    reviewer.picture("6-sign")
    page.locator("#sign button.main").click()
    reviewer.picture("7-signed")
    reviewer.follow("Report")
    reviewer.picture("8-report")
    with page.expect_download() as download:
        page.locator("main button.main").click()
    saved = tmp_path / "report.pdf"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"%PDF-") and saved.stat().st_size > 20_000
    reviewer.follow("Summary")
    assert page.get_by_text(re.compile("Read version 1")).count() == rows.count()
    context.close()
    print(f"{reviewer.loads} page loads")
    assert reviewer.loads <= MOST_LOADS
