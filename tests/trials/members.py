"""Members who answer over HTTP, in any mode, and do not give up."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TypeVar

from tests.bench.participant import Participant, RefusedError, token
from tests.consult.ballots.house import Page
from tests.support import sent_by

PATIENCE = 600
PAUSE = 0.05
Some = TypeVar("Some")


class Persistent(Participant):
    """Asks again after an error, with the same cookies and the same bytes, until there is an answer."""

    errors = 0

    def _ask(self, method: str, path: str, body: str | None) -> str:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return super()._ask(method, path, body)
            except (OSError, HTTPException, RefusedError) as error:
                is_final = isinstance(error, RefusedError) and error.status != 503
                if is_final or time.monotonic() > end:
                    raise
            self.errors += 1
            self.connection.close()
            time.sleep(PAUSE)


@dataclass
class Member:
    """Somebody with a browser, a number and a code (in open mode none), who writes `words`."""

    port: int
    mode: str
    number: int
    code: str = ""
    words: str = "More meetings"
    slug: str = ""
    receipt: str = ""
    form: tuple[str, list[tuple[str, str]]] = ("", [])
    browser: Persistent = field(init=False)

    def __post_init__(self) -> None:
        self.slug = self.slug or self.mode
        self.browser = Persistent(self.port)

    def enter(self) -> str:
        """The first page."""
        if self.mode == "open":
            return self.browser.get(f"/c/{self.slug}/1?action=continue")
        if self.mode == "anonymous":
            return self.browser.post(f"/c/{self.slug}/enter", [("code", self.code)])
        page = self.browser.get(f"/c/{self.slug}")
        return self.browser.post(f"/c/{self.slug}/begin", [*token(page), ("code", self.code)])

    def fill_in(self, page: str) -> None:
        """Send the first page; from then on `form` is that of the page for checking."""
        written = {"number": [str(self.number)], "change": [self.words], "action": ["continue"]}
        address, fields = self._form(page, written)
        page = self.browser.post(address, fields)
        if not _receipt_in(page):  # there is one where another browser with this code has sent these answers
            self.form = self._form(page, {"action": ["submit"]})

    def to_check(self) -> Member:
        self.fill_in(self.enter())
        return self

    def submit(self) -> str:
        """Send what the page for checking holds, as often as it is called; the receipt that came."""
        address, fields = self.form
        try:
            page = (
                self.browser.post(address, fields) if address else self.browser.get(f"/c/{self.slug}/receipt")
            )
        finally:
            self.browser.connection.close()
        receipt = _receipt_in(page)
        if not receipt:
            raise RuntimeError(f"no receipt for number {self.number}: {page}")
        return receipt

    def answer(self) -> Member:
        self.receipt = self.to_check().submit()
        return self

    def _form(self, page: str, typed: dict[str, list[str]]) -> tuple[str, list[tuple[str, str]]]:
        address = Page(200, page).action if self.mode == "anonymous" else self.browser.url
        fields = sent_by(page) | typed
        return address, [(name, value) for name, values in fields.items() for value in values]


def _receipt_in(page: str) -> str:
    found = re.search(r'id="receipt"[^>]*>([^<]+)<', page)
    return found[1].strip() if found else ""


def by_many(call: Callable[[Some], object], items: Iterable[Some], clients: int) -> None:
    """Each item handed to one of as many threads, in order; the first error is raised when all have ended."""
    waiting, lock = iter(items), threading.Lock()
    errors: list[Exception] = []

    def work() -> None:
        while not errors:
            with lock:
                item = next(waiting, None)
            if item is None:
                return
            try:
                call(item)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
