"""Helpers for tests of the application."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from werkzeug.routing import Rule

on_both_databases = pytest.mark.parametrize(
    "app", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def arguments_of(rule: Rule, given: dict[str, object]) -> dict[str, object]:
    """Something for every argument of a route: what is `given`, one of the words it takes, or 1."""
    converters = rule._converters
    return {
        name: given.get(name) or min(getattr(converters[name], "items", ()), default=1)
        for name in rule.arguments
    }


def inputs_of(html: str) -> dict[str, list[str]]:
    """Name → values of every input element in a page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" in attributes:
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return found


def token(html: str) -> str:
    """The token with which a page's forms are sent."""
    return inputs_of(html)["csrf_token"][0]


def text_of(html: str) -> str:
    """A page's words without tags, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class _Form(HTMLParser):
    """What a browser would send of the inputs in a page, buttons and files left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = self._textarea = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._add(self._select, given.get("value") or "")
        elif tag == "textarea":
            self._textarea, self._words = name, ""
        elif tag == "input" and kind != "file" and (kind not in ("radio", "checkbox") or "checked" in given):
            self._add(name, given.get("value") or "")

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._add(self._textarea, self._words.removeprefix("\n"))

    def _add(self, name: str, value: str) -> None:
        if name and value:
            self.sent.setdefault(name, []).append(value)


def sent_by(html: str) -> dict[str, list[str]]:
    """Input name → values of what a form would send as it stands; empty ones are left out."""
    form = _Form()
    form.feed(html)
    return form.sent
