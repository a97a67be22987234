"""The result of `find_themes` as the JSON document that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.analysis.text import shown
from consult.analysis.values import Assignment, Count, Parent, Theme, ThemeResult


def theme_document(result: ThemeResult) -> dict[str, Any]:
    """The document of `consult themes --json`, in a fixed order of keys."""
    return {
        "rows": result.rows,
        "analysed": result.analysed,
        "languages": dict(result.languages),
        "engine": dict(result.engine),
        "themes": [_theme(theme) for theme in result.themes],
        "parents": [_parent(parent) for parent in result.parents],
        "letters": [{"count": len(item.rows), "rows": list(item.rows)} for item in result.letters],
        "assignments": [_assignment(item) for item in result.assignments],
    }


def _theme(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "parent": theme.parent,
        "label": dict(theme.label),
        "description": dict(theme.description),
        "keywords": list(theme.keywords),
        "count": theme.count,
        "share": theme.share,
        "languages": _counts(theme.by_language),
        "groups": {shown(name): _counts(counts) for name, counts in theme.groups.items()},
        "stance": dict(theme.stance),
        "repeated": theme.repeated,
        "quotes": [{"row": quote.row, "text": quote.text} for quote in theme.quotes],
    }


def _parent(parent: Parent) -> dict[str, Any]:
    return {
        "id": parent.id,
        "label": dict(parent.label),
        "count": parent.count,
        "share": parent.share,
        "children": list(parent.children),
    }


def _counts(counts: Mapping[str, Count]) -> dict[str, dict[str, float]]:
    return {shown(value): {"count": c.count, "share": c.share} for value, c in counts.items()}


def _assignment(item: Assignment) -> dict[str, Any]:
    return {
        "row": item.row,
        "language": item.language,
        "themes": [{"id": theme.id, "score": theme.score} for theme in item.themes],
        "stance": item.stance,
    }
