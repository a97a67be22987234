"""References of a form that follow what became of their questions: another name, or nothing at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from surveys.definition import Definition
from surveys.rules.logic import names_of

REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
"""``${name}`` as forms write it, with whatever stands in the brackets."""
_EXPRESSIONS = frozenset(
    {"relevant", "required_if", "constraint", "default", "choice_filter", "calculation", "count", "condition"}
)
_INSTEAD = {"today": "today()", "start": "now()", "end": "now()"}
"""What stands for data of the device that are left out, where an expression asks for them."""


def settled(definition: Definition, renamed: Mapping[str, str]) -> tuple[Definition, tuple[str, ...]]:
    """The definition with `renamed` references (old name → new), and without those to what is not in it; the
    names of the latter."""
    known = {name for question in definition.questions() for name in names_of(question)}
    known |= {section.name for section in definition.sections}
    missing: dict[str, None] = {}

    def replaced(match: re.Match[str], *, is_text: bool) -> str:
        name = renamed.get(match[1], match[1])
        if name in known:
            return f"${{{name}}}"
        if match[1].startswith("last-saved#"):
            return match[0]
        missing.setdefault(match[1])
        return "…" if is_text else _INSTEAD.get(match[1], "''")

    def settle(data: Any, *, is_text: bool) -> Any:
        if isinstance(data, dict):
            return {key: settle(value, is_text=key not in _EXPRESSIONS) for key, value in data.items()}
        if isinstance(data, list):
            return [settle(item, is_text=is_text) for item in data]
        if isinstance(data, str) and "${" in data:
            return REFERENCE.sub(lambda match: replaced(match, is_text=is_text), data)
        return data

    stored = definition.to_json()
    made = settle(stored, is_text=True)
    return (definition if made == stored else Definition.from_json(made)), tuple(missing)
