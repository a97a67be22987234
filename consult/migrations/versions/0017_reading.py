"""Indexes that hold all that the tables of a question are counted from

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace("ix_coding_of_theme", "coding", ["theme_id", "is_current", "score", "excerpt_id", "origin"])
    _replace(
        "ix_excerpt_counting",
        "excerpt",
        ["consultation_id", "question_id", "part_of_id", "language", "response_id"],
    )


def downgrade() -> None:
    _replace("ix_coding_of_theme", "coding", ["theme_id", "is_current", "excerpt_id"])
    _replace("ix_excerpt_counting", "excerpt", ["consultation_id", "question_id", "part_of_id", "language"])


def _replace(name: str, table: str, columns: list[str]) -> None:
    op.drop_index(name, table)
    op.create_index(name, table, columns)
