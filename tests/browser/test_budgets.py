"""What pages weigh on the wire, compressed as served, with their headers."""

from __future__ import annotations

import gzip
import http.client
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

import pytest

from tests.bench.participant import Participant, token
from tests.browser.conftest import House

FIRST_VIEW, LATER_VIEW, PUBLIC_PAGE = 14 * 1024, 10 * 1024, 30 * 1024
LOADED = re.compile(r'<(link|script|img|source|iframe)\b[^>]*?\s(?:href|src)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: its bytes with status line and headers, its text, its headers."""

    size: int
    text: str
    headers: dict[str, str]


def fetch(house: House, path: str, cookies: dict[str, str], language: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    headers = {"Accept-Encoding": "gzip", "Accept-Language": language}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, f"{path}: {answer.status}"
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders()) + "\r\n"
    found = dict(answer.getheaders())
    text = _unpacked(body, found)
    return Answer(len(head.encode("latin-1")) + len(body), text, found)


def _unpacked(body: bytes, headers: dict[str, str]) -> str:
    return (gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body).decode()


def loaded(page: str) -> list[tuple[str, str]]:
    """(element, address) of everything that a page makes a browser load."""
    return [(kind, unescape(address)) for kind, address in LOADED.findall(page)]


@pytest.fixture(scope="module")
def member(house: House) -> dict[str, dict[str, str]]:
    """The cookies of a device before answering and with a draft."""
    person = Participant(house.port, "ar")
    page = person.get("/c/next-strategy/1")
    person.post("/c/next-strategy/1", [*token(page), ("action", "save")])
    person.connection.close()
    return {"new": {}, "draft": dict(person.cookies)}


@pytest.mark.parametrize("language", ["ar", "en", "fr", "es"])
@pytest.mark.parametrize(
    ("path", "stage"), [("", "new"), ("/1", "new"), ("/1", "draft"), ("/2", "draft"), ("/check", "draft")]
)
def test_answering_pages(house: House, member, path: str, stage: str, language: str) -> None:
    page = fetch(house, f"/c/next-strategy{path}?lang={language}", member[stage], language)
    parts = loaded(page.text)
    assert [kind for kind, _ in parts if kind == "script"] == []
    rest = [fetch(house, address, {}, language) for _, address in parts]
    assert 1 + len(rest) <= 3
    assert page.size + sum(part.size for part in rest) <= FIRST_VIEW
    assert page.size <= LATER_VIEW
    assert not any("@font-face" in part.text for part in rest)
    assert all("max-age=31536000" in part.headers["Cache-Control"] for part in rest)


PUBLIC = ("/", "/login", "/c/over", "/c/mid-term-review/results", "/c/mid-term-review/background")


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_public_pages(house: House, path: str, language: str) -> None:
    page = fetch(house, f"{path}?lang={language}", {}, language)
    parts = {address for _, address in loaded(page.text)}
    assert all(not urlsplit(address).netloc for address in parts)
    assert page.size + sum(fetch(house, address, {}, language).size for address in parts) <= PUBLIC_PAGE
