"""Members who answer, as programs: one browser each."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Barrier, Thread

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SLUG = "members"
FIRST_PAGE = {"place": "Amman", "change": "More meetings", "staff": "25"}
SECOND_PAGE = {"kind": "women", "services": ["training", "grants"], "trust": "yes"}
ANSWERS = {
    "t1": "Amman",
    "t2": "More meetings",
    "i1": 25,
    "o1": "id-women",
    "m1": ["id-training", "id-grants"],
    "a1": "id-yes",
}


class Member:
    """One person with one browser, on the pages of the consultation `members`."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    def get(self, place: str = "") -> TestResponse:
        return self.client.get(f"/c/{SLUG}{place}")

    def post(self, place: str, /, **data: object) -> TestResponse:
        return self.client.post(f"/c/{SLUG}{place}", data=data)

    def begin(self) -> TestResponse:
        return self.post("/begin", action="continue")

    def fill_in(self) -> None:
        """Up to the check page, both pages answered."""
        self.begin()
        assert place(self.post("/1", **FIRST_PAGE, action="continue")) == "/2"
        assert place(self.post("/2", **SECOND_PAGE, action="continue")) == "/check"

    def submit(self) -> TestResponse:
        return self.post("/check", action="submit", **{"page:quote_consent": "yes"})

    @property
    def receipt(self) -> str:
        found = re.search(r'id="receipt"[^>]*>([^<]+)<', self.get("/receipt").text)
        assert found, "there is no receipt"
        return found[1].strip()

    @property
    def code(self) -> str:
        """The return code that this device holds."""
        cookie = self.client.get_cookie("answer", path=f"/c/{SLUG}")
        return cookie.value if cookie else ""

    def come_back(self, code: str) -> TestResponse:
        return self.post("/return", return_code=code)

    def like(self, other: Member) -> Member:
        """Hold the same code as another browser, as a second tab does."""
        self.client.set_cookie("answer", other.code, path=f"/c/{SLUG}")
        return self


def place(response: TestResponse) -> str:
    """Where a redirect leads, after the consultation's own address."""
    assert response.status_code in (302, 303), f"{response.status_code}: no redirect"
    return response.location.partition(f"/c/{SLUG}")[2]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What these calls return when threads make them at the same moment; an exception is returned too."""
    barrier = Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        barrier.wait(10)
        try:
            results[number] = call()
        except Exception as error:
            results[number] = error

    threads = [Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
