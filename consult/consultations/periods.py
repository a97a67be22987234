"""Periods for which things can be kept."""

from __future__ import annotations

PERIODS = (3, 6, 12, 24, 36, 60, 120)
"""In months after closing."""
