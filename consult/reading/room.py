"""Reading as one room: its pages."""

from __future__ import annotations

from consult.reading import views
from consult.reading.blueprint import PERMISSIONS, PLACES, blueprint

__all__ = ["PERMISSIONS", "PLACES", "blueprint", "views"]
