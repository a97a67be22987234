"""Published versions in memory: parsed once a process, shown in a language once a process.

A version never changes, so what is made from it is keyed by its fingerprint and shared by all requests.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveys.definition import Definition
from surveys.presentation import SurveyView, localize
from surveys.rules.logic import Logic

MOST_KEPT = 256


class Compiled:
    """A parsed definition with its logic, and its views by language. Treat as immutable."""

    __slots__ = ("_views", "definition", "logic")

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.logic = Logic(definition)
        self._views: dict[str, SurveyView] = {}

    def view(self, language: str) -> SurveyView:
        """The survey in one language (its default one where `language` is not among its languages)."""
        if language not in self.definition.languages:
            language = self.definition.default_language
        view = self._views.get(language)
        if view is None:
            view = self._views[language] = localize(self.definition, language)
        return view


@dataclass(frozen=True, slots=True)
class Version:
    """A published version as the application handles it."""

    id: int
    survey_id: int
    number: int
    fingerprint: str
    published_at: datetime
    compiled: Compiled

    @property
    def definition(self) -> Definition:
        return self.compiled.definition

    @property
    def logic(self) -> Logic:
        return self.compiled.logic

    def view(self, language: str) -> SurveyView:
        return self.compiled.view(language)


_kept: OrderedDict[str, Compiled] = OrderedDict()


def compiled(fingerprint: str, load: Callable[[], Mapping[str, Any]]) -> Compiled:
    """The version with this fingerprint; `load` gives its stored definition when it is not in memory."""
    found = _kept.get(fingerprint)
    if found is None:
        found = _kept[fingerprint] = Compiled(Definition.from_json(load()))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found
