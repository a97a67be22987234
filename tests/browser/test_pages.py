"""Every page in a browser: WCAG 2.2 AA by axe, no sideways scroll, visible focus, targets for a thumb."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Page as Window

from consult.i18n import direction
from tests.browser import axe
from tests.browser.pages import LANGUAGES, NOT_PAGES, PAGES, WIDTHS, Page, sample

PALE = """<!doctype html><html lang="ar" dir="rtl"><head><title>صفحة</title></head>
<body style="background:#fff;color:{}"><main><h1>استشارة الأعضاء</h1><p>نص عربي متصل الحروف</p></main></body></html>"""
KEYBOARD_SAMPLE = (
    "front",
    "start",
    "questions 1",
    "check",
    "sign in",
    "settings",
    "survey",
    "themes",
    "theme",
)


def show(window: Window, house, page: Page, language: str) -> list[str]:
    """Open a page and bring it into the state that is meant; what the browser complained about."""
    complaints: list[str] = []
    window.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    window.on(
        "console",
        lambda line: complaints.append(line.text) if "Security Policy" in line.text else None,
    )
    # A press on a button leaves the page before all its pictures are there: "aborted" is no fault.
    window.on(
        "requestfailed",
        lambda request: (
            complaints.append(f"not loaded: {request.url} ({request.failure})")
            if request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    window.on(
        "response",
        lambda answer: (
            complaints.append(f"not there: {answer.url} ({answer.status})")
            if answer.status >= 400 and answer.request.resource_type != "document"
            else None
        ),
    )
    window.goto(house.address(page.path, language))
    for click in page.clicks:
        window.click(click)
    return complaints


def faults(window: Window, page: Page, language: str) -> Iterator[str]:
    root = window.locator("html")
    if (root.get_attribute("lang"), root.get_attribute("dir")) != (language, direction(language)):
        yield f"lang and dir are {root.get_attribute('lang')} {root.get_attribute('dir')}"
    yield from axe.too_wide(window)
    if page.is_answering:
        yield from axe.small_targets(window)
    yield from axe.violations(window)


def test_every_page_is_in_the_list(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    listed = {page.endpoint for page in PAGES} | set(NOT_PAGES)
    assert routes - listed == set(), "add these to tests/browser/pages.py"
    assert {page.endpoint for page in PAGES} - routes == set()
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_the_sample_meets_every_language_at_every_width() -> None:
    assert {(language, width) for _, language, width in sample()} == set(product(LANGUAGES, WIDTHS))


@pytest.mark.browser
@pytest.mark.parametrize(("page", "language", "width"), sample(), ids=[page.name for page, *_ in sample()])
def test_page(visit: Callable[..., Window], house, page: Page, language: str, width: int) -> None:
    window = visit(page.who, width=width)
    complaints = show(window, house, page, language)
    assert [*complaints, *faults(window, page, language)] == []


@pytest.mark.browser
@pytest.mark.sweep
@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_at_every_width_and_in_the_dark(visit, house, page: Page, language: str) -> None:
    found = {}
    window = visit(page.who, width=320)
    found["loading"] = show(window, house, page, language)
    for width, colours in [(320, "light"), (390, "light"), (1280, "light"), (390, "dark")]:
        window.set_viewport_size({"width": width, "height": 800})
        window.emulate_media(color_scheme=colours)
        found[width, colours] = list(faults(window, page, language))
    window.set_viewport_size({"width": 640, "height": 800})
    window.evaluate("document.documentElement.style.fontSize = '200%'")
    found["twice as large"] = axe.too_wide(window)
    assert {view: faults for view, faults in found.items() if faults} == {}


@pytest.mark.browser
@pytest.mark.parametrize("name", ["front", "questions 1", "check", "receipt", "review", "survey"])
def test_page_in_the_dark(visit, house, name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    window = visit(page.who, dark=True)
    show(window, house, page, "ar")
    assert list(faults(window, page, "ar")) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", KEYBOARD_SAMPLE)
def test_every_tab_stop_is_seen(visit, house, name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    window = visit(page.who, width=1280)
    show(window, house, page, "ar")
    assert axe.faint_stops(window) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_saving_is_at_hand_while_one_codes_and_hides_nothing_that_has_the_focus(visit, house, width) -> None:
    window = visit("reviewer", width=width, script=False)
    page = next(page for page in PAGES if page.name == "coding")
    show(window, house, page, "ar")
    bar = window.locator(".at-hand")
    window.evaluate("scrollTo(0, 0)")
    box = bar.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 800
    for field in window.locator("#coding input:visible, #coding summary:visible").all():
        field.focus()
        stop, bar_box = field.bounding_box(), bar.bounding_box()
        assert stop is not None and bar_box is not None
        assert stop["y"] + stop["height"] <= bar_box["y"] + 1
    window.set_viewport_size({"width": width, "height": 380})  # a low screen, or a zoom of 200 %
    assert bar.evaluate("bar => getComputedStyle(bar).position") == "static"


@pytest.mark.browser
def test_the_box_for_masking_stands_beside_its_words(visit, house) -> None:
    window = visit("reviewer", width=1280)
    show(window, house, next(page for page in PAGES if page.name == "coding"), "ar")
    label = window.locator("label:has([name=needs_redaction])")
    box, words = label.locator("input").bounding_box(), label.locator("span").bounding_box()
    assert box is not None and words is not None
    assert words["y"] < box["y"] + box["height"] / 2 < words["y"] + words["height"]
    assert label.evaluate("label => getComputedStyle(label).fontWeight") == "400"


@pytest.mark.browser
def test_the_harness_sees_pale_arabic(visit) -> None:
    window = visit()
    window.set_content(PALE.format("#aaa"))
    assert [line.partition(":")[0] for line in axe.violations(window)] == ["color-contrast"]
    window.set_content(PALE.format("#222"))
    assert axe.violations(window) == []


@pytest.mark.browser
def test_the_harness_sees_what_else_it_is_for(visit) -> None:
    window = visit(width=320)
    window.set_content(
        "<style>:focus-visible{outline:0}</style><main><div style='width:600px'>wide</div>"
        "<button>x</button><button style='width:50px;height:50px'>large</button></main>"
    )
    assert len(axe.too_wide(window)) >= 1
    assert len(axe.small_targets(window)) == 1
    assert len(axe.faint_stops(window)) == 2
    window.set_content("<main></main>")
    assert axe.faint_stops(window) == ["no tab stops"]
    assert "axe judged no contrast" in axe.violations(window)
