"""The question that a run or a page is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from consult.evidence.models import Excerpt
from consult.review.models import Theme


@dataclass(frozen=True, slots=True)
class Scope:
    """One question of one consultation."""

    consultation_id: int
    question_id: str

    @property
    def excerpts(self) -> ColumnElement[bool]:
        """Condition: an excerpt of this question."""
        return and_(Excerpt.consultation_id == self.consultation_id, Excerpt.question_id == self.question_id)

    @property
    def themes(self) -> ColumnElement[bool]:
        """Condition: a theme of this question."""
        return and_(Theme.consultation_id == self.consultation_id, Theme.question_id == self.question_id)
