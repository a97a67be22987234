"""Every type of question in a browser: what the script adds, and what the pages weigh."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_budgets import FIRST_VIEW, LATER_VIEW, fetch, loaded

pytestmark = pytest.mark.browser


def opened(visit, house, number: int, **how) -> Page:
    window = visit("trying", **how)
    window.goto(house.address(f"/c/kinds/{number}", "en"))
    return window


@pytest.mark.parametrize("number", range(1, 6))
def test_a_page_of_many_types_weighs_little(house, cookies, number: int) -> None:
    held = {cookie["name"]: cookie["value"] for cookie in cookies["trying"]["cookies"]}
    page = fetch(house, f"/c/kinds/{number}?lang=ar", held, "ar")
    parts = [(kind, at) for kind, at in loaded(page.text) if kind != "img" and not at.startswith("data:")]
    rest = [fetch(house, address, {}, "ar") for _, address in parts]
    assert 1 + len(parts) <= 3
    assert page.size + sum(part.size for part in rest) <= FIRST_VIEW
    assert page.size <= LATER_VIEW


def test_the_slider_writes_into_the_field_and_follows_it(visit, house) -> None:
    window = opened(visit, house, 2)
    slider = window.locator("input[type=range]")
    slider.focus()
    window.keyboard.press("ArrowRight")
    assert window.input_value("#q-range") == slider.input_value() == "60"
    window.fill("#q-range", "٢٠")
    assert slider.input_value() == "20"


def test_what_is_left_is_counted_in_all_digits(visit, house) -> None:
    window = opened(visit, house, 4)
    left = window.locator(".left")
    expect(left).to_have_text("Left: 100")
    window.fill("[name=budget-health]", "٦٠")
    window.fill("[name=budget-work]", "50")
    expect(left).to_have_text("Too many by 10")


def test_lines_are_dragged_and_the_places_follow(visit, house) -> None:
    window = opened(visit, house, 4)
    grips = window.locator(".grip")
    grips.nth(1).evaluate("grip => grip.scrollIntoView({block: 'center'})")
    start, end = grips.nth(3).bounding_box(), grips.nth(0).bounding_box()
    window.mouse.move(start["x"] + 10, start["y"] + 10)
    window.mouse.down()
    window.mouse.move(start["x"] + 10, start["y"] - 80, steps=6)
    window.mouse.move(end["x"] + 10, end["y"] + 10, steps=12)
    window.mouse.up()
    assert window.input_value("[name=ranking-work]") == "1"
    assert window.input_value("[name=ranking-health]") == "2"


def test_none_of_these_stands_alone(visit, house) -> None:
    window = opened(visit, house, 3)
    several = window.locator("[name=select_multiple]")
    window.check("[name=select_multiple][value=health]")
    window.check("[name=select_multiple][value=none]")
    assert [box.get_attribute("value") for box in several.all() if box.is_checked()] == ["none"]
    window.check("[name=select_multiple][value=water]")
    assert [box.get_attribute("value") for box in several.all() if box.is_checked()] == ["water"]


def test_the_device_gives_its_location_when_it_is_asked(visit, house) -> None:
    window = opened(visit, house, 2)
    window.context.grant_permissions(["geolocation"])
    window.context.set_geolocation({"latitude": 31.76831, "longitude": 35.21371})
    window.click(".locate button")
    expect(window.locator(".locate [role=status]")).to_contain_text("Taken from this device")
    assert window.input_value("#q-location-latitude") == "31.7683"
    assert window.input_value("#q-location-longitude") == "35.2137"


def test_options_keep_their_order_for_one_person_and_differ_between_persons(visit, house, browser) -> None:
    def order(window: Page) -> list[str]:
        return [box.get_attribute("value") for box in window.locator("[name=select_multiple]").all()]

    own = order(opened(visit, house, 3))
    assert own == order(opened(visit, house, 3)) and own[-1] == "none"
    others = set()
    for _ in range(6):
        window = visit("anybody")
        window.goto(house.address("/c/kinds/1"))
        window.goto(house.address("/c/kinds/3"))
        others.add(tuple(order(window)))
    assert len(others) > 1


def test_a_matrix_is_a_table_only_where_there_is_room(visit, house) -> None:
    wide, narrow = opened(visit, house, 4, width=1280), opened(visit, house, 4, width=390)
    assert wide.locator(".matrix thead").is_visible()
    assert not narrow.locator(".matrix thead").is_visible()
    assert narrow.locator(".matrix td span").first.bounding_box()["width"] > 20
    assert wide.get_by_role("radio", name="Our general meetings Satisfied", exact=True).count() == 1
