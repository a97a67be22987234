"""A real server with the demonstration, and a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench.servers import free_port, running
from tests.browser.members import answer, sign_in

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-first-run",
    "--metrics-recording-only",
)  # fmt: skip
# The first one has no windows to draw, and opens a page in a third of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000
OTHER_HOUSE = (
    "DATABASE_URL",
    "CONSULT_BASE_URL",
    "CONSULT_JOBS_URL",
    "CONSULT_PEPPER_FILE",
    "CONSULT_DIGITS",
)


@dataclass(frozen=True, slots=True)
class House:
    """Where the server answers, and what pages need in their addresses."""

    url: str
    port: int
    facts: dict[str, object]

    def address(self, path: str, language: str | None = None) -> str:
        address, mark, fragment = (self.url + path.format(**self.facts)).partition("#")
        asked = f"{'&' if '?' in path else '?'}lang={language}" if language else ""
        return f"{address}{asked}{mark}{fragment}"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`consult serve` on an instance of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in OTHER_HOUSE}
    environment["CONSULT_INSTANCE"] = str(tmp_path_factory.mktemp("house"))
    furnished = subprocess.run(
        [sys.executable, "-m", "tests.browser.house"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert furnished.returncode == 0, furnished.stderr[-3000:]
    port = free_port()
    command = ["-m", "consult.cli", "serve", "--port", str(port), "--workers", "1"]
    with running(command, port=port, environment=environment, path="/healthz", patience=120):
        yield House(f"http://127.0.0.1:{port}", port, json.loads(furnished.stdout.splitlines()[-1]))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without windows where there is such a one."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies(house: House, browser: Browser) -> dict[str, dict]:
    """What the devices of different people hold: name of the person → the state of their browser."""

    def device(use: Callable[[Page], None]) -> dict:
        context = browser.new_context(base_url=house.url, locale="en")
        context.set_default_timeout(PATIENCE)
        use(context.new_page())
        state = context.storage_state()
        context.close()
        return state

    return {
        "anybody": {},
        "trying": device(lambda page: page.goto("/c/kinds/1")),
        "begun": device(lambda page: answer(page, until="saved")),
        "drafting": device(lambda page: answer(page, until="check")),
        "sent": device(lambda page: answer(page, until="receipt")),
        **{
            role: device(lambda page, role=role: sign_in(page, role))
            for role in ("facilitator", "reviewer", "admin")
        },
    }


@pytest.fixture
def visit(house: House, browser: Browser, cookies: dict[str, dict]) -> Iterator[Callable[..., Page]]:
    """Opens a fresh browser window as somebody: `visit("reviewer", width=390, dark=True)`."""
    contexts: list[BrowserContext] = []

    def window(who: str = "anybody", *, width: int = 390, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=house.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            storage_state=cookies[who] or None,
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield window
    for context in contexts:
        context.close()
