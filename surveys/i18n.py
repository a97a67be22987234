"""Marks strings for translation; the application that shows them translates at its edge."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the catalogue tools look for this name
    """Return `message` unchanged; extraction finds the call, the caller's application translates it."""
    return message
