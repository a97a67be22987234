"""Evidence as one room: the pages of the staff and the background work."""

from __future__ import annotations

from consult.evidence import indexing, material_views, views
from consult.evidence.blueprint import PERMISSIONS, PLACES, blueprint

__all__ = ["PERMISSIONS", "PLACES", "blueprint", "indexing", "material_views", "views"]
