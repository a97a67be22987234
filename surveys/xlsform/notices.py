"""What is said about an XLSForm that is not taken as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.errors import SurveyError


class XlsformError(SurveyError):
    """The file cannot be taken as a survey; one line says where and why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was left out or put differently. `row` counts as in the sheet, from 1; 0 is no row."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message
