"""The workshop as one room: its pages, its buttons and its background work."""

from __future__ import annotations

from consult.review import (
    actions,
    codebook_start_views,
    codebook_version_views,
    codebook_views,
    coding_views,
    double_views,
    erasing,
    passage_views,
    personal_reading,
    redaction_views,
    search_views,
    views,
    work,
)
from consult.review.blueprint import PERMISSIONS, PLACES, blueprint

__all__ = [
    "PERMISSIONS",
    "PLACES",
    "actions",
    "blueprint",
    "codebook_start_views",
    "codebook_version_views",
    "codebook_views",
    "coding_views",
    "double_views",
    "erasing",
    "passage_views",
    "personal_reading",
    "redaction_views",
    "search_views",
    "views",
    "work",
]
