"""Errors that a person can do something about."""

from __future__ import annotations

from surveys.errors import SurveyError


class DomainError(SurveyError):
    """A rule of the application was not met: a code, a catalogue string to translate and its values."""


__all__ = ["DomainError", "SurveyError"]
