"""A participant's program: answers a survey over HTTP as a browser without script would."""

from __future__ import annotations

import http.client
import re
from email.message import Message
from html import unescape
from urllib.parse import urlencode, urlsplit


class RefusedError(RuntimeError):
    """An answer of 400 or above."""

    def __init__(self, request: str, status: int, page: str, headers: Message | None = None) -> None:
        super().__init__(f"{request}: {status}")
        self.status, self.page, self.headers = status, page, headers


class Participant:
    """One connection with its cookies; `headers` go with every request."""

    def __init__(self, port: int, language: str = "en") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.headers = {"Accept-Language": language, "Accept-Encoding": "identity"}
        self.url = "/"
        self.requests = 0

    def get(self, path: str) -> str:
        return self._ask("GET", path, None)

    def post(self, path: str, data: list[tuple[str, str]]) -> str:
        return self._ask("POST", path, urlencode(data))

    def headers_for(self, body: str | None) -> dict[str, str]:
        """What goes with a request beside its body."""
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers

    def _ask(self, method: str, path: str, body: str | None) -> str:
        self.connection.request(method, path, body, self.headers_for(body))
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.requests += 1
        self.url = path
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in (302, 303):
            return self._ask(
                "GET", urlsplit(answer.headers["Location"])._replace(scheme="", netloc="").geturl(), None
            )
        if answer.status >= 400:
            raise RefusedError(f"{method} {path}", answer.status, page, answer.headers)
        return page

    def answer(self, slug: str, answers: list[tuple[str, str]]) -> str:
        """Start, one page, check, submit; returns the receipt."""
        self.get(f"/c/{slug}")
        page = self.get(f"/c/{slug}/1?action=continue")
        page = self.post(f"/c/{slug}/1", [*token(page), *answers, ("action", "continue")])
        page = self.post(self.url, [*token(page), ("action", "submit")])
        found = re.search(r'id="receipt"[^>]*>([^<]+)<', page)
        if found is None:
            raise RuntimeError("no receipt")
        return found[1]


def token(page: str) -> list[tuple[str, str]]:
    """The page's CSRF field."""
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    return [("csrf_token", unescape(found[1]))] if found else []
