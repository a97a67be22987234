"""Summaries as one room: writing, signing, and what was signed."""

from __future__ import annotations

from consult.summary import sign_views, version_views, views
from consult.summary.blueprint import PERMISSIONS, PLACES, blueprint

__all__ = ["PERMISSIONS", "PLACES", "blueprint", "sign_views", "version_views", "views"]
